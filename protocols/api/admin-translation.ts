/**
 * What administrators ask, from a request's body to the command that goes into the log. Whoever
 * proposes a command comes to the same bytes as the gateway that will be asked for it.
 */
import type { Static } from "typebox";
import { isActorAddress } from "../actor-address.ts";
import type { FeeTier } from "../fees.ts";
import { isAccountId, isSymbol } from "../identifiers.ts";
import type { AdminCommand, InstrumentTerms } from "../messages.ts";
import { KillScope } from "../order-terms.ts";
import { parseAmount } from "../units.ts";
import type {
  ArmKillSwitchRequest,
  DepositRequest,
  ListInstrumentRequest,
  ReleaseKillSwitchRequest,
} from "./admin-requests.ts";
import {
  addressAssigned,
  custodyPolicySet,
  depositReported,
  sweepAdvanced,
  sweepProposed,
  sweepReleased,
  withdrawalAdvanced,
  withdrawalJudged,
} from "./custody-translation.ts";
import { marginAccountSet } from "./margin-translation.ts";
import { settlementCycleSet } from "./clearing-translation.ts";
import { contractTermsOf } from "./contract-terms.ts";
import { failPermissionSet } from "./fail-translation.ts";
import type { SetFeeScheduleRequest } from "./fee-requests.ts";
import { deficitCovered } from "./deficit-requests.ts";
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import { riskGroupSet, riskLimitsSet } from "./risk-translation.ts";
import type { requests } from "./requests.ts";
import { tradingTermsOf } from "./trading-terms-translation.ts";

export type TranslatedCommand =
  | { readonly kind: "command"; readonly command: AdminCommand }
  | { readonly kind: "fault"; readonly fault: RequestFault };

/** The body has been held to its schema; what the market makes of it, the actors say. */
export function adminCommandOf<Name extends AdminCommandName>(
  name: Name,
  author: string,
  body: BodyOf<Name>,
): TranslatedCommand {
  return translations[name](author, body);
}

export type BodyOf<Name extends keyof typeof requests> = Static<(typeof requests)[Name]["request"]>;

type Translations = {
  readonly [Name in AdminCommandName]: (author: string, body: BodyOf<Name>) => TranslatedCommand;
};

/** The requests that are commands; others only ask. */
export type AdminCommandName =
  | "asset.add"
  | "instrument.list"
  | "account.open"
  | "deposit"
  | "halt"
  | "resume"
  | "markPrice.publish"
  | "indexPrice.publish"
  | "killSwitch.arm"
  | "killSwitch.confirm"
  | "killSwitch.release"
  | "breaker.set"
  | "actor.place"
  | "shard.add"
  | "approvals.setPolicy"
  | "fees.setSchedule"
  | "fees.setAccount"
  | "custody.setPolicy"
  | "custody.releaseWithdrawal"
  | "custody.refuseWithdrawal"
  | "custody.advanceWithdrawal"
  | "custody.assignAddress"
  | "custody.reportDeposit"
  | "custody.proposeSweep"
  | "custody.releaseSweep"
  | "custody.advanceSweep"
  | "riskLimits.set"
  | "riskLimits.setGroup"
  | "clearing.setCycle"
  | "clearing.setFails"
  | "margin.setAccount"
  | "deficit.cover";

// Adding 0 makes 0 of the -0 that JSON can hold.
const translations: Translations = {
  "asset.add": (author, { asset, decimals, reason = "" }) =>
    done({ kind: "add-asset", asset, decimals: decimals + 0, author, reason }),
  "instrument.list": listing,
  "account.open": (author, { account, participant = "", reason = "" }) =>
    done({ kind: "open-account", account, participant, author, reason }),
  deposit: credit,
  halt: (author, { symbol = "", reason }) => done({ kind: "halt-trading", symbol, author, reason }),
  resume: (author, { symbol = "", reason }) =>
    done({ kind: "resume-trading", symbol, author, reason }),
  "markPrice.publish": (author, { symbol, price, reason = "" }) =>
    done({ kind: "publish-mark-price", symbol, price: price + 0, author, reason }),
  "indexPrice.publish": (author, { symbol, price, reason = "" }) =>
    done({ kind: "publish-index-price", symbol, price: price + 0, author, reason }),
  "killSwitch.arm": (author, body) => switching("arm-kill-switch", author, body),
  "killSwitch.confirm": (author, { number }) =>
    done({ kind: "confirm-kill-switch", number: number + 0, author }),
  "killSwitch.release": (author, body) => switching("release-kill-switch", author, body),
  "breaker.set": (author, { symbol, levels, reason }) => {
    const copies = levels.map(({ basisPoints, haltSeconds }) => ({
      basisPoints: basisPoints + 0,
      haltSeconds: haltSeconds + 0,
    }));
    return done({ kind: "set-market-breaker", symbol, levels: copies, author, reason });
  },
  "actor.place": (author, { actor, shard, reason }) =>
    isActorAddress(actor)
      ? done({ kind: "place-actor", actor, shard: shard + 0, author, reason })
      : { kind: "fault", fault: noSuchActor },
  "shard.add": (author, { shards, reason }) =>
    done({ kind: "add-shard", shards: shards + 0, author, reason }),
  "approvals.setPolicy": (author, { command, needed, reason }) =>
    done({ kind: "set-approval-policy", command, needed: needed + 0, author, reason }),
  "fees.setSchedule": scheduling,
  "fees.setAccount": (author, { account, symbol = "", rates, reason }) => {
    const own = rates && { makerPpm: rates.makerPpm + 0, takerPpm: rates.takerPpm + 0 };
    return done({ kind: "set-account-fees", account, symbol, rates: own, author, reason });
  },
  "custody.setPolicy": custodyPolicySet,
  "custody.releaseWithdrawal": (author, body) =>
    withdrawalJudged("release-withdrawal", author, body),
  "custody.refuseWithdrawal": (author, body) => withdrawalJudged("refuse-withdrawal", author, body),
  "custody.advanceWithdrawal": withdrawalAdvanced,
  "custody.assignAddress": addressAssigned,
  "custody.reportDeposit": depositReported,
  "custody.proposeSweep": sweepProposed,
  "custody.releaseSweep": sweepReleased,
  "custody.advanceSweep": sweepAdvanced,
  "riskLimits.set": riskLimitsSet,
  "riskLimits.setGroup": riskGroupSet,
  "clearing.setCycle": settlementCycleSet,
  "margin.setAccount": marginAccountSet,
  "deficit.cover": deficitCovered,
  "clearing.setFails": failPermissionSet,
};

function done(command: AdminCommand): TranslatedCommand {
  return { kind: "command", command };
}

function listing(author: string, request: ListInstrumentRequest): TranslatedCommand {
  const { reason = "" } = request;
  const contract = request.contract && contractTermsOf(request.contract);
  const terms: InstrumentTerms = {
    symbol: request.symbol,
    base: request.base,
    quote: request.quote,
    baseUnitsPerLot: request.baseUnitsPerLot + 0,
    quoteUnitsPerTickLot: request.quoteUnitsPerTickLot + 0,
    makerFeeBasisPoints: request.makerFeeBasisPoints + 0,
    takerFeeBasisPoints: request.takerFeeBasisPoints + 0,
    ...(contract !== undefined && { contract }),
  };
  const command = { kind: "list-instrument", author, reason } as const;
  if (request.trading === undefined) return done({ ...command, terms });
  const trading = tradingTermsOf(request.trading);
  if (trading.kind === "fault") return trading;
  return done({ ...command, terms: { ...terms, trading: trading.terms } });
}

function credit(author: string, request: DepositRequest): TranslatedCommand {
  const { account, asset, reference, reason = "" } = request;
  const amount = parseAmount(request.amount);
  if (amount === undefined) return tooMuch("amount");
  return done({ kind: "deposit", account, asset, amount, reference, author, reason });
}

function scheduling(author: string, request: SetFeeScheduleRequest): TranslatedCommand {
  const { schedule, symbols, reason } = request;
  const minimum = parseAmount(request.minimum);
  if (minimum === undefined) return tooMuch("minimum");
  const tiers: FeeTier[] = [];
  for (const { volume, makerPpm, takerPpm } of request.tiers) {
    const amount = parseAmount(volume);
    if (amount === undefined) return tooMuch("tiers");
    tiers.push({ volume: amount, makerPpm: makerPpm + 0, takerPpm: takerPpm + 0 });
  }
  const terms = { schedule, symbols, minimum, tiers };
  return done({ kind: "set-fee-schedule", ...terms, author, reason });
}

function tooMuch(field: string): TranslatedCommand {
  return { kind: "fault", fault: fieldFault(field, "It is more than a ledger can hold.") };
}

function switching(
  kind: "arm-kill-switch" | "release-kill-switch",
  author: string,
  request: ArmKillSwitchRequest | ReleaseKillSwitchRequest,
): TranslatedCommand {
  const { scope, target = "", reason } = request;
  if (!isTarget(scope, target)) return { kind: "fault", fault: noSuchTarget };
  return done({ kind, scope: KillScope[scope], target, author, reason });
}

/** Whether something of such a name could be what a kill switch is for. */
function isTarget(scope: ArmKillSwitchRequest["scope"], target: string): boolean {
  switch (scope) {
    case "account":
    case "participant":
      return isAccountId(target);
    case "symbol":
      return isSymbol(target);
    case "venue":
      return target === "";
  }
}

const noSuchActor = fieldFault("actor", "It must be `account/` or `book/` and a name.");

const noSuchTarget = fieldFault(
  "target",
  "It must name what the scope says, or nothing for venue.",
);

/**
 * What administrators have done, from the logs: every administrative command, who gave it, why, who
 * else has agreed, and what came of it.
 *
 * Of approvals it tells who gave them and what their signatures are worth.
 *
 * Commands that arrived twice are told once. Of some that earlier releases wrote the log knows the
 * gateway alone.
 */
import type { Step } from "../../actors/index.ts";
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import type { Administrators } from "../../gateway/approvals/administrator-token.ts";
import { killScopeWords, wordOf } from "../../protocols/api/words.ts";
import {
  isAdminCommand,
  isShardProducer,
  messagesIn,
  RejectReason,
  rejectReasonName,
  repliesIn,
  riskLimitNames,
  unsealFrame,
  nameIn,
  SweepStep,
  WithdrawalStep,
} from "../../protocols/index.ts";
import type {
  AdminCommand,
  ActivateLogic,
  Amount,
  CustodyTerms,
  FeeRates,
  FeeSchedule,
  SettlementCycle,
  Message,
  Origin,
  RiskLimits,
  RiskScope,
  SetNodes,
} from "../../protocols/index.ts";
import { proofsOf } from "./approval-proof.ts";
import type { ApprovalProof } from "./approval-proof.ts";

export interface AdministrativeAct {
  readonly shard: number;
  readonly sequence: number;
  /** Place in the frame, from 0. */
  readonly index: number;
  /** Log time. */
  readonly timeUs: number;
  readonly command: AdministrativeCommand["kind"];
  /** What it is about: an account, an instrument, an asset; "" for the venue. */
  readonly target: string;
  /** "" where the log does not say. */
  readonly author: string;
  readonly reason: string;
  /** By which gateway or node it came. */
  readonly producer: string;
  /**
   * Who has agreed: those who signed it; before them, where it takes two steps, who prepared it and
   * who had it done.
   */
  readonly approvals: readonly string[];
  /** What was signed, and what that is worth. */
  readonly signatures: readonly ApprovalProof[];
  /** `done`, why it was refused, or `unanswered`. */
  readonly outcome: string;
}

type AdministrativeCommand = AdminCommand | ActivateLogic | SetNodes;

/** An amount as people write it. */
type AmountText = (amount: Amount, asset: string) => string;

type OpenAct = { -readonly [Field in keyof AdministrativeAct]: AdministrativeAct[Field] };

export class AdministrativeActs {
  readonly #trusted: readonly Administrators[];
  /** As the logs say that they were formed. */
  #cluster = "";
  readonly #acts: OpenAct[] = [];
  /** How many places each asset has: as it was added, in the first shard's log. */
  readonly #decimals = new Map<string, number>();
  /** Those without an answer, by shard and origin. */
  readonly #unanswered = new Map<string, OpenAct>();
  /** By number. */
  readonly #armed = new Map<number, OpenAct>();

  /** @param trusted by whose word administrators are known, now and before */
  constructor(trusted: readonly Administrators[]) {
    this.#trusted = trusted;
  }

  /** The next step of a shard. The shards may be read one after the other. */
  hear(shard: number, { payload }: LogEntry, step: Step): void {
    if (step.verdict === "applied" && step.header !== undefined) {
      const { producer, epoch, frame } = step.header;
      if (!isShardProducer(producer)) {
        for (const [index, message] of messagesIn(unsealFrame(payload)).entries()) {
          if (message.kind === "form-shard" && this.#cluster === "") {
            this.#cluster = message.cluster;
          }
          if (isAdministrative(message))
            this.#add(message, { producer, epoch, frame, index }, { shard, step });
        }
      }
    }
    for (const { records } of step.replies) {
      for (const reply of repliesIn(records)) {
        if (reply.kind === "command-replied") this.#answer(shard, reply);
      }
    }
  }

  /** By log time. */
  all(): readonly AdministrativeAct[] {
    return this.#acts.toSorted(
      (a, b) =>
        a.timeUs - b.timeUs || a.shard - b.shard || a.sequence - b.sequence || a.index - b.index,
    );
  }

  #add(
    message: AdministrativeCommand,
    origin: Origin,
    { shard, step }: { readonly shard: number; readonly step: Step },
  ): void {
    const { sequence, timeUs } = step;
    if (message.kind === "add-asset") this.#decimals.set(message.asset, message.decimals);
    const armed =
      message.kind === "confirm-kill-switch" ? this.#armed.get(message.number) : undefined;
    const author = "author" in message ? message.author : "";
    const signatures = isAdminCommand(message)
      ? proofsOf(message, { cluster: this.#cluster, timeUs, trusted: this.#trusted })
      : [];
    const prepared = armed === undefined ? [] : [armed.author, author];
    const act: OpenAct = {
      ...{ shard, sequence, index: origin.index, timeUs, command: message.kind, author },
      target: armed?.target ?? targetOf(message, this.#amountOf),
      reason: armed?.reason ?? ("reason" in message ? message.reason : ""),
      producer: origin.producer,
      approvals: [...prepared, ...signatures.map(({ approver }) => approver)],
      signatures,
      outcome: "unanswered",
    };
    this.#acts.push(act);
    this.#unanswered.set(keyOf(shard, origin), act);
  }

  /** As people write it; in units of an asset that nobody added. */
  readonly #amountOf: AmountText = (amount, asset) =>
    decimalOf(BigInt(amount), this.#decimals.get(asset) ?? 0);

  #answer(
    shard: number,
    { origin, rejectReason, detail }: { origin: Origin; rejectReason: number; detail: number },
  ): void {
    const key = keyOf(origin.shard ?? shard, origin);
    const act = this.#unanswered.get(key);
    if (act === undefined) return;
    this.#unanswered.delete(key);
    if (rejectReason === RejectReason["actor-elsewhere"]) {
      // It was sent on, and stands in that shard's log.
      this.#acts.splice(this.#acts.indexOf(act), 1);
      return;
    }
    act.outcome = rejectReason === RejectReason.none ? "done" : rejectReasonName(rejectReason);
    const isArmed = act.command === "arm-kill-switch" && rejectReason === RejectReason.none;
    if (isArmed) this.#armed.set(detail, act);
  }
}

function isAdministrative(message: Message): message is AdministrativeCommand {
  const { kind } = message;
  return isAdminCommand(message) || kind === "activate-logic" || kind === "set-nodes";
}

function keyOf(shard: number, { producer, epoch, frame, index }: Origin): string {
  return `${shard} ${producer} ${epoch} ${frame} ${index}`;
}

/** Rates in parts of a million, makers' first. */
function rateText(rates: FeeRates | undefined): string {
  return rates === undefined ? "none of its own" : `${rates.makerPpm}/${rates.takerPpm}`;
}

function feeTexts({ symbols, minimum, tiers }: FeeSchedule): readonly string[] {
  if (symbols.length === 0) return ["no more"];
  const rates = tiers.map((tier) => `from ${tier.volume} ${rateText(tier)}`);
  return [symbols.join(" "), ...rates, ...(minimum === 0 ? [] : [`at least ${minimum}`])];
}

/** Whose limits, and of what. */
function riskScopeText({ account, group, quote, symbol }: RiskScope): string {
  const whose = account || (group === "" ? "everybody" : `group ${group}`);
  return `${whose}, ${symbol || quote || "all"}`;
}

function riskTexts(limits: RiskLimits): readonly string[] {
  const set = riskLimitNames.filter((name) => limits[name] !== undefined);
  return set.length === 0 ? ["no limits"] : set.map((name) => `${name} ${limits[name]}`);
}

function cycleTexts(terms: SettlementCycle): readonly string[] {
  const { symbols, days, cutOffMinute, offsetMinutes, weekend, holidays } = terms;
  if (symbols.length === 0) return ["no more"];
  return [
    symbols.join(" "),
    `T+${days} at minute ${cutOffMinute}, ${offsetMinutes} minutes ahead of UTC`,
    `never on weekdays ${weekend.join(" ")} and ${holidays.join(" ")}`,
  ];
}

function custodyTexts(terms: CustodyTerms): readonly string[] {
  const { approvers, quorum, custodian, tiers, withdrawalMin, withdrawalMax, dailyMax } = terms;
  return [
    `${quorum} of ${approvers.join(" ")}`,
    `sent by ${custodian}`,
    `${withdrawalMin} to ${withdrawalMax}, ${dailyMax} a day`,
    ...tiers.map(({ from, needed }) => `from ${from} by ${needed}`),
  ];
}

function targetOf(message: AdministrativeCommand, amountOf: AmountText): string {
  switch (message.kind) {
    case "add-asset":
      return message.asset;
    case "list-instrument":
      return message.terms.symbol;
    case "open-account":
      return message.account;
    case "deposit":
      return `${message.account}, ${amountOf(message.amount, message.asset)} ${message.asset}, ${message.reference}`;
    case "halt-trading":
    case "resume-trading":
    case "set-market-breaker":
      return message.symbol;
    case "publish-mark-price":
    case "publish-index-price":
      return `${message.symbol}, ${message.price} ticks`;
    case "arm-kill-switch":
    case "release-kill-switch":
      return `${wordOf(killScopeWords, message.scope)} ${message.target}`.trimEnd();
    case "confirm-kill-switch":
      return `number ${message.number}`;
    case "place-actor":
      return `${message.actor} to ${message.shard}`;
    case "add-shard":
      return `${message.shards} shards`;
    case "set-approval-policy":
      return `${message.command}: ${message.needed}`;
    case "set-fee-schedule":
      return `${message.schedule}: ${feeTexts(message).join("; ")}`;
    case "set-account-fees":
      return `${message.account}, ${message.symbol || "all"}: ${rateText(message.rates)}`;
    case "set-risk-limits":
      return `${riskScopeText(message.scope)}: ${riskTexts(message.limits).join("; ")}`;
    case "set-risk-group":
      return `${message.account}: ${message.group || "no group"}`;
    case "set-margin-account":
      return `${message.account}: ${message.isMargin ? "for margin" : "no new positions"}`;
    case "make-good-deficit":
      return `${message.account}: ${amountOf(message.amount, message.asset)} ${message.asset}`;
    case "set-settlement-cycle":
      return `${message.cycle}: ${cycleTexts(message).join("; ")}`;
    case "set-fail-permission": {
      const { account, asset, limit, penaltyBasisPoints, buyInDays } = message;
      const terms = `${amountOf(limit, asset)} ${asset}, ${penaltyBasisPoints} bp`;
      return `${account}: ${terms}, buy-in after ${buyInDays} days`;
    }
    case "set-custody-policy":
      return `${message.asset}: ${custodyTexts(message).join("; ")}`;
    case "assign-deposit-address":
      return `${message.account}: ${message.asset} ${message.address}`;
    case "report-deposit":
      return `${message.asset} ${message.transaction}:${message.output}, ${amountOf(message.amount, message.asset)}`;
    case "propose-sweep":
    case "release-sweep":
      return `${amountOf(message.amount, message.asset)} ${message.asset} from ${message.from} to ${message.to}`;
    case "advance-sweep":
      return `${message.asset} ${message.number} ${nameIn(SweepStep, message.step)} ${message.transaction}`.trimEnd();
    case "release-withdrawal":
    case "refuse-withdrawal":
      return `${message.account} ${message.number}: ${amountOf(message.amount, message.asset)} ${message.asset}`;
    case "advance-withdrawal":
      return `${message.account} ${message.number} ${nameIn(WithdrawalStep, message.step)}`;
    case "activate-logic":
      return `logic ${message.version}`;
    case "set-nodes":
      return message.nodes.join(", ");
  }
}

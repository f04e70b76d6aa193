/**
 * What administrators may ask: the bodies of requests on `outcry.v1.admin.…`.
 *
 * Who asked is known by the inbox that the answer goes to, and is written into the log with every
 * command; a body cannot claim another name.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { adminCommandKinds } from "../admin-commands.ts";
import { approvalsMax } from "../approvals.ts";
import { breakerLevelsMax } from "../ordinary-messages.ts";
import { approvals } from "./approval-document.ts";
import {
  accountId,
  actorAddress,
  amount,
  assetId,
  closed,
  count,
  integer,
  participantId,
  remark,
  symbol,
} from "./fields.ts";
import { haltSecondsMax } from "./limits.ts";
import { contractTerms } from "./contract-terms.ts";
import { tradingTermsRequest } from "./trading-terms.ts";
import { killScopeWords } from "./words.ts";

/** What is halted, stopped or moved has to have a reason; this may have one. */
const whyIfSaid = Type.Optional(remark("Why, for the record."));

export const addAssetRequest = Type.Object(
  {
    asset: assetId("The new asset's code."),
    decimals: Type.Integer({
      minimum: 0,
      maximum: 18,
      description: "Decimal places of one whole: 8 means that a whole is 10^8 units.",
    }),
    reason: whyIfSaid,
    approvals,
  },
  closed,
);

export const listInstrumentRequest = Type.Object(
  {
    symbol: symbol("The new instrument's ticker."),
    base: assetId("What is traded."),
    quote: assetId("What it is paid in."),
    baseUnitsPerLot: integer({
      description: "Units of the base asset in one lot.",
      unit: "units",
      rule: "at least 1",
    }),
    quoteUnitsPerTickLot: integer({
      description: "Units of the quote asset that one lot costs at a price of one tick.",
      unit: "units",
      rule: "at least 1",
    }),
    makerFeeBasisPoints: integer({
      description: "Fee of the resting order.",
      unit: "hundredths of a percent",
    }),
    takerFeeBasisPoints: integer({
      description: "Fee of the incoming order.",
      unit: "hundredths of a percent",
    }),
    trading: Type.Optional(tradingTermsRequest),
    contract: Type.Optional(contractTerms),
    reason: whyIfSaid,
    approvals,
  },
  closed,
);

export const openAccountRequest = Type.Object(
  {
    account: accountId("The new account."),
    participant: Type.Optional(
      participantId(
        "Whose account it is: the accounts of one participant can be kept from trading with each " +
          "other. Without it, the account is a participant of its own.",
      ),
    ),
    reason: whyIfSaid,
    approvals,
  },
  closed,
);

export const accountsRequest = Type.Object({}, closed);

export const depositRequest = Type.Object(
  {
    account: accountId("The account to credit."),
    asset: assetId(),
    amount: amount("How much."),
    reference: Type.String({
      pattern: "^[A-Za-z0-9_:./-]{1,64}$",
      description: "Your name for the deposit: the same reference is credited once.",
    }),
    reason: whyIfSaid,
    approvals,
  },
  closed,
);

export const haltRequest = Type.Object(
  {
    symbol: Type.Optional(symbol("The instrument; without it, the whole venue.")),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const resumeRequest = Type.Object(
  {
    symbol: Type.Optional(symbol("The instrument; without it, the whole venue.")),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const publishMarkPriceRequest = Type.Object(
  {
    symbol: symbol(),
    price: integer({
      description: "What orders are set off by that go by the mark price.",
      unit: "ticks",
      rule: "at least 1",
    }),
    reason: whyIfSaid,
    approvals,
  },
  closed,
);

export const publishIndexPriceRequest = Type.Object(
  {
    symbol: symbol("The contract."),
    price: integer({
      description: "What its index is from now on.",
      unit: "ticks",
      rule: "at least 1",
    }),
    reason: whyIfSaid,
    approvals,
  },
  closed,
);

const killScope = Type.Enum([...killScopeWords], {
  description:
    "What it stops: one account, all accounts of a participant, one instrument, or the whole venue.",
});
const killTarget = Type.Optional(
  Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9-]{0,30}$",
    description: "The account, participant or instrument; none for the venue.",
  }),
);

export const armKillSwitchRequest = Type.Object(
  { scope: killScope, target: killTarget, reason: remark("Why, for the record."), approvals },
  closed,
);

export const confirmKillSwitchRequest = Type.Object(
  {
    number: count({ description: "What arming it was answered with." }),
    approvals,
  },
  closed,
);

export const releaseKillSwitchRequest = Type.Object(
  { scope: killScope, target: killTarget, reason: remark("Why, for the record."), approvals },
  closed,
);

export const breakerLevel = Type.Object(
  {
    basisPoints: integer({
      description: "How far the price has fallen since the day began.",
      unit: "hundredths of a percent",
      rule: "1 to 10000",
    }),
    haltSeconds: Type.Integer({
      minimum: 0,
      maximum: haltSecondsMax,
      unit: "s",
      description: "For how long trading is halted then; 0 for the rest of the day.",
    }),
  },
  { ...closed, description: "A fall, and the halt that follows." },
);

export const setBreakerRequest = Type.Object(
  {
    symbol: symbol("The instrument whose price is watched for the whole venue."),
    levels: Type.Array(breakerLevel, {
      maxItems: breakerLevelsMax,
      description: "By ascending fall; none for no breaker.",
    }),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const placeActorRequest = Type.Object(
  {
    actor: actorAddress("`account/` and an account, or `book/` and an instrument."),
    shard: count({ description: "Where it is to live." }),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const addShardRequest = Type.Object(
  {
    shards: count({ description: "How many there are with it: one more than now." }),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const placementRequest = Type.Object({}, closed);

const commandKind = Type.Enum([...adminCommandKinds], {
  description: "The kind of command, as `./outcry audit admin` calls it.",
});

export const setApprovalPolicyRequest = Type.Object(
  {
    command: commandKind,
    needed: integer({
      description: "How many others have to approve of each.",
      rule: `0 to ${String(approvalsMax)}`,
    }),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const approvalPolicyRequest = Type.Object({}, closed);

/** How many it takes for one kind of command. */
export const neededApprovals = Type.Object(
  {
    command: commandKind,
    needed: count({ description: "How many others have to approve of each." }),
  },
  { description: "A kind of command, and how many others have to approve of it." },
);

export type AddAssetRequest = Static<typeof addAssetRequest>;
export type ListInstrumentRequest = Static<typeof listInstrumentRequest>;
export type OpenAccountRequest = Static<typeof openAccountRequest>;
export type DepositRequest = Static<typeof depositRequest>;
export type HaltRequest = Static<typeof haltRequest>;
export type ResumeRequest = Static<typeof resumeRequest>;
export type PublishMarkPriceRequest = Static<typeof publishMarkPriceRequest>;
export type PublishIndexPriceRequest = Static<typeof publishIndexPriceRequest>;
export type ArmKillSwitchRequest = Static<typeof armKillSwitchRequest>;
export type ConfirmKillSwitchRequest = Static<typeof confirmKillSwitchRequest>;
export type ReleaseKillSwitchRequest = Static<typeof releaseKillSwitchRequest>;
export type AddShardRequest = Static<typeof addShardRequest>;
export type PlaceActorRequest = Static<typeof placeActorRequest>;
export type SetApprovalPolicyRequest = Static<typeof setApprovalPolicyRequest>;
export type SetBreakerRequest = Static<typeof setBreakerRequest>;

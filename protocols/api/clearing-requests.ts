/**
 * What is asked about clearing and settlement, and said in answer: cycles, what an account owes and
 * is owed, and rounds.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { ObligationStatus, settlementLimits } from "../clearing.ts";
import { minutesPerDay } from "../trading-calendar.ts";
import { approvals } from "./approval-document.ts";
import {
  accountId,
  assetId,
  closed,
  count,
  list,
  participantId,
  remark,
  symbol,
  timeUs,
} from "./fields.ts";

const date = (description: string) =>
  Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description });

const { days, holidays, offsetMinutes, symbols, weekend } = settlementLimits;

const cycleFields = {
  cycle: accountId("The cycle's name."),
  symbols: Type.Array(symbol(), {
    maxItems: symbols,
    description: "The instruments whose trades it is for.",
  }),
  days: Type.Integer({
    minimum: 0,
    maximum: days,
    description: "Business days from a trade to its settlement; 0 settles it at once.",
  }),
  offsetMinutes: Type.Integer({
    minimum: -offsetMinutes,
    maximum: offsetMinutes,
    description: "Local time minus UTC.",
    unit: "minutes",
  }),
  cutOffMinute: Type.Integer({
    minimum: 0,
    maximum: minutesPerDay - 1,
    description: "Minute of the local day at which it ends, and what is due on it is settled.",
  }),
  weekend: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), {
    maxItems: weekend,
    description: "No business days: 0 for Monday to 6 for Sunday, ascending.",
  }),
  holidays: Type.Array(date("A date."), {
    maxItems: holidays,
    description: "No business days either, ascending.",
  }),
};

export const cycle = Type.Object(cycleFields, { description: "When trades are settled." });

export const setSettlementCycleRequest = Type.Object(
  { ...cycleFields, reason: remark("Why, for the record."), approvals },
  closed,
);

export const settlementCyclesRequest = Type.Object({}, closed);

export const settlementCyclesReply = Type.Object({
  ok: Type.Literal(true),
  cycles: list(cycle, "By name."),
});

export const obligationsRequest = Type.Object({}, closed);

/** As an amount, but of any size. */
const sum = (description: string) =>
  Type.String({ pattern: "^-?[0-9]{1,40}$", unit: "units of the asset", description });

const leg = {
  asset: assetId(),
  deliver: sum("What it owes."),
  receive: sum("What it is owed."),
  net: sum("What it receives in the end; below zero: what it delivers."),
};

export const obligation = Type.Object(
  { date: date("When it is settled."), ...leg },
  { description: "What the account owes and is owed of an asset on a date." },
);

export const obligationsReply = Type.Object({
  ok: Type.Literal(true),
  obligations: list(obligation, "By date and asset."),
});

export const settlementsRequest = Type.Object(
  {
    date: Type.Optional(
      date("Of that date, with what accounts owe; left out, all that are known, without."),
    ),
    after: Type.Optional(accountId("Only what accounts behind this one owe, by name.")),
  },
  closed,
);

const statuses = Object.keys(ObligationStatus) as (keyof typeof ObligationStatus)[];

export const roundObligation = Type.Object(
  {
    account: accountId(),
    participant: participantId("Whose account it is."),
    status: Type.Enum(statuses, { description: "How far it is." }),
    ...leg,
  },
  { description: "What an account owes and is owed in the round." },
);

export const round = Type.Object(
  {
    round: count({ description: "Its number." }),
    date: date("The settlement date."),
    cutOffUs: timeUs,
    trades: count({ description: "How many trades it is made of." }),
    isFinal: Type.Boolean({ description: "Whether it is settled, for good." }),
    finalAtUs: timeUs,
    obligations: list(roundObligation, "By account and asset; none unless one date is asked for."),
  },
  { description: "All trades that are due by one cut-off." },
);

export const settlementsReply = Type.Object({
  ok: Type.Literal(true),
  settlements: list(round, "Those that are final first, the last 20 of them."),
  next: Type.Optional(accountId("There may be more: ask again for those after this account.")),
});

export const netsRequest = Type.Object(
  {
    date: date("The settlement date."),
    after: Type.Optional(participantId("Only participants behind this one, by name.")),
  },
  closed,
);

export const participantNet = Type.Object(
  { date: date("The settlement date."), participant: participantId("Whose accounts."), ...leg },
  { description: "What all accounts of a participant owe and are owed of an asset on a date." },
);

export const netsReply = Type.Object({
  ok: Type.Literal(true),
  nets: list(participantNet, "By participant and asset."),
  next: Type.Optional(
    participantId("There may be more: ask again for those after this participant."),
  ),
});

export type NetsRequest = Static<typeof netsRequest>;
export type NetsReply = Static<typeof netsReply>;
export type ParticipantNet = NetsReply["nets"][number];
export type SetSettlementCycleRequest = Static<typeof setSettlementCycleRequest>;
export type SettlementsRequest = Static<typeof settlementsRequest>;
export type SettlementCyclesReply = Static<typeof settlementCyclesReply>;
export type SettlementCycleTerms = SettlementCyclesReply["cycles"][number];
export type ObligationsReply = Static<typeof obligationsReply>;
export type Obligation = ObligationsReply["obligations"][number];
export type SettlementsReply = Static<typeof settlementsReply>;
export type Settlement = SettlementsReply["settlements"][number];

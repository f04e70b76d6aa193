/**
 * What is asked about fees, and said in answer: schedules, rates of single accounts, and what an
 * order would pay.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { feePpmMax, feeSymbolsMax, feeTiersMax, feeVolumeDays, rebatePpmMax } from "../fees.ts";
import { lotsMax, ticksMax } from "../units.ts";
import { approvals } from "./approval-document.ts";
import { accountId, amount, closed, count, integer, list, remark, side, symbol } from "./fields.ts";

const ppm = "parts of a million of the notional";

const rates = {
  makerPpm: integer({
    description: "For an order that rested; below zero for a rebate.",
    unit: ppm,
    rule: `-${String(rebatePpmMax)} to ${String(feePpmMax)}`,
  }),
  takerPpm: integer({
    description: "For an order that came in.",
    unit: ppm,
    rule: `0 to ${String(feePpmMax)}`,
  }),
};

const days = String(feeVolumeDays);

const tier = Type.Object(
  {
    volume: amount(`What an account has to have traded within ${days} days, in the quote asset.`),
    ...rates,
  },
  { ...closed, description: "Rates for those who trade so much." },
);

const scheduleName = accountId("The schedule's name.");
const minimum = amount("What an order pays at least once it has traded, in the quote asset.");

const scheduleFields = {
  schedule: scheduleName,
  symbols: Type.Array(symbol(), {
    maxItems: feeSymbolsMax,
    description: "The instruments that it is for, all of one quote asset.",
  }),
  minimum,
  tiers: Type.Array(tier, {
    maxItems: feeTiersMax,
    description: "By ascending volume, the first from 0.",
  }),
};

export const setFeeScheduleRequest = Type.Object(
  { ...scheduleFields, reason: remark("Why, for the record."), approvals },
  closed,
);

export const setAccountFeesRequest = Type.Object(
  {
    account: accountId(),
    symbol: Type.Optional(symbol("For one instrument; left out, for all that have none.")),
    rates: Type.Optional(
      Type.Object(rates, { ...closed, description: "Left out to take them back." }),
    ),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const feeSchedulesRequest = Type.Object({}, closed);

export const feePreviewRequest = Type.Object(
  {
    symbol: symbol(),
    side,
    price: Type.Integer({ minimum: 1, maximum: ticksMax, description: "At which.", unit: "ticks" }),
    quantity: Type.Integer({
      minimum: 1,
      maximum: lotsMax,
      description: "How much.",
      unit: "lots",
    }),
  },
  closed,
);

export const feeSchedulesReply = Type.Object({
  ok: Type.Literal(true),
  schedules: list(Type.Object(scheduleFields, { description: "A fee schedule." }), "By name."),
});

export const feePreviewReply = Type.Object({
  ok: Type.Literal(true),
  ...rates,
  minimum,
  schedule: Type.String({
    description: "The schedule that the instrument is under; empty for none.",
  }),
  isOwn: Type.Boolean({ description: "Whether the rates are this account's alone." }),
  volume: amount(`What the account has traded under the schedule within ${days} days.`),
  tier: count({ description: "Which tier of the schedule that makes, from 0." }),
  notional: amount("What the order is worth, in the quote asset."),
  makerFee: amount("What it would pay if it rested and was filled whole; below zero: be given."),
  takerFee: amount("What it would pay if it was filled whole as it came in."),
  reserved: amount(
    "What would be reserved for it, of the quote asset or, to sell, the base; 0 of a contract.",
  ),
  margin: Type.Optional(
    amount(
      "Of a contract with a mark price: by how much the margin that is asked for would grow, with " +
        "what the order would lose at once; of the quote asset.",
    ),
  ),
});

export type SetFeeScheduleRequest = Static<typeof setFeeScheduleRequest>;
export type SetAccountFeesRequest = Static<typeof setAccountFeesRequest>;
export type FeePreviewRequest = Static<typeof feePreviewRequest>;
export type FeeScheduleTerms = FeeSchedulesReply["schedules"][number];
export type FeeSchedulesReply = Static<typeof feeSchedulesReply>;
export type FeePreviewReply = Static<typeof feePreviewReply>;

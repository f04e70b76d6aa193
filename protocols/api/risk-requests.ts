/** What is asked about limits of risk, and said in answer: what holds for whom, what is used. */
import { Type } from "typebox";
import type { Static } from "typebox";
import { riskLimitKinds } from "../risk-limits.ts";
import { approvals } from "./approval-document.ts";
import { accountId, amount, assetId, closed, count, list, remark, symbol } from "./fields.ts";

/** As words: what may be done all the same. */
export const restrictionWords = ["closed", "sellOnly"] as const;
export const shortSaleWords = ["forbidden"] as const;

const bounds = (name: keyof typeof riskLimitKinds) => ({
  minimum: Number(riskLimitKinds[name].least),
  maximum: Number(riskLimitKinds[name].most),
});

export const riskLimitValues = Type.Object(
  {
    orderQuantity: Type.Optional(
      Type.Integer({
        ...bounds("orderQuantity"),
        description: "Of one order; only of an instrument.",
        unit: "lots",
      }),
    ),
    orderNotional: Type.Optional(
      amount("What one order may be worth; only of an instrument or a quote asset."),
    ),
    openOrders: Type.Optional(
      Type.Integer({ ...bounds("openOrders"), description: "Orders that work at a time." }),
    ),
    orderRate: Type.Optional(
      Type.Integer({
        ...bounds("orderRate"),
        description: "Orders and replaces, once the burst is used up.",
        unit: "per second",
      }),
    ),
    orderBurst: Type.Optional(
      Type.Integer({
        ...bounds("orderBurst"),
        description: "Orders and replaces at once; as many as per second unless told.",
      }),
    ),
    ordersPerTrade: Type.Optional(
      Type.Integer({
        ...bounds("ordersPerTrade"),
        description: "Orders, replaces and cancels for each trade of the day.",
      }),
    ),
    ordersFree: Type.Optional(
      Type.Integer({
        ...bounds("ordersFree"),
        description: "As many more of them a day; none unless told.",
      }),
    ),
    repeatMs: Type.Optional(
      Type.Integer({
        ...bounds("repeatMs"),
        description: "Within which the same order is not taken twice.",
        unit: "ms",
      }),
    ),
    priceBasisPoints: Type.Optional(
      Type.Integer({
        ...bounds("priceBasisPoints"),
        description: "How far a limit price may be from the last price.",
        unit: "basis points",
      }),
    ),
    positionQuantity: Type.Optional(
      Type.Integer({
        ...bounds("positionQuantity"),
        description:
          "What the account may have, with what it is to buy, or may come to have on a side of a " +
          "contract; only of an instrument.",
        unit: "lots",
      }),
    ),
    exposure: Type.Optional(
      amount(
        "What that may be worth at last prices and marks, and what is reserved to buy goods; only " +
          "of an instrument or a quote asset.",
      ),
    ),
    dailyLoss: Type.Optional(
      amount(
        "What may be lost on one day before orders may only reduce; only of an instrument or a " +
          "quote asset.",
      ),
    ),
    netExposure: Type.Optional(
      amount(
        "What may be worth more on one side than on the other, long or short; only of an " +
          "instrument or a quote asset.",
      ),
    ),
    shortSales: Type.Optional(
      Type.Enum([...shortSaleWords], {
        description: "`forbidden`: nothing is sold that the account would not have.",
      }),
    ),
    restriction: Type.Optional(
      Type.Enum([...restrictionWords], {
        description: "`closed` takes no order, `sellOnly` none but to reduce.",
      }),
    ),
  },
  { ...closed, description: "Limits of risk; one that is left out does not bind." },
);

const groupName = (description: string) => accountId(description);

const scopeFields = {
  account: Type.Optional(accountId("Of one account.")),
  group: Type.Optional(groupName("Of each account of a group.")),
  quote: Type.Optional(assetId("For all instruments of this quote asset.")),
  symbol: Type.Optional(symbol("For one instrument.")),
};

export const setRiskLimitsRequest = Type.Object(
  { ...scopeFields, limits: riskLimitValues, reason: remark("Why, for the record."), approvals },
  closed,
);

export const setRiskGroupRequest = Type.Object(
  {
    account: accountId(),
    group: Type.Optional(groupName("Which; left out for none.")),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const riskLimitsRequest = Type.Object({}, closed);
export const riskRequest = Type.Object({}, closed);

export const scopedRiskLimits = Type.Object(
  { ...scopeFields, limits: riskLimitValues },
  { description: "Whose limits, and of what: all of what is left out." },
);

export const riskGroupMember = Type.Object(
  { account: accountId(), group: groupName("Its group.") },
  { description: "An account in a group." },
);

export const riskLimitsReply = Type.Object({
  ok: Type.Literal(true),
  limits: list(scopedRiskLimits, "By whose and of what."),
  groups: list(riskGroupMember, "By account."),
});

export const riskUse = Type.Object(
  {
    quote: Type.Optional(assetId("For all instruments of this quote asset.")),
    symbol: Type.Optional(symbol("For one instrument.")),
    limits: riskLimitValues,
    openOrders: count({ description: "Orders that work there." }),
    position: Type.Optional(
      count({
        description: "What it has and is to buy, of a contract on the larger side.",
        unit: "lots",
      }),
    ),
    exposure: Type.Optional(
      amount("What that is worth, where that is limited and every price is known."),
    ),
    netExposure: Type.Optional(
      amount("What is more on one side than on the other, likewise, on the larger side."),
    ),
    lossOfDay: Type.Optional(
      amount(
        "What was lost on this day, below zero for a gain, where that is limited and every price " +
          "is known.",
      ),
    ),
    ordersLeft: Type.Optional(
      count({
        description: "Orders and replaces that could be made at once, where there is a rate.",
      }),
    ),
    ordersOfDay: count({
      description: "Orders, replaces and cancels of this day, since `ordersPerTrade` holds.",
    }),
    tradesOfDay: count({ description: "Trades of this day, since then." }),
  },
  { description: "What an account is held to, everywhere or at one place, and what it has used." },
);

export const riskReply = Type.Object({
  ok: Type.Literal(true),
  group: Type.Optional(groupName("The group that the account is in.")),
  uses: list(riskUse, "Where there are limits; of each kind the tightest that applies."),
});

export type RiskLimitValues = Static<typeof riskLimitValues>;
export type SetRiskLimitsRequest = Static<typeof setRiskLimitsRequest>;
export type SetRiskGroupRequest = Static<typeof setRiskGroupRequest>;
export type RiskLimitsReply = Static<typeof riskLimitsReply>;
export type RiskReply = Static<typeof riskReply>;

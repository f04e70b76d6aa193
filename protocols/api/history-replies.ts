/** What is answered about the past. As all replies, these may gain fields. */
import { Type } from "typebox";
import type { Static, TProperties } from "typebox";
import {
  amount,
  assetId,
  clientOrderId,
  closeReason,
  count,
  executed,
  executedNotional,
  fees,
  list,
  orderId,
  orderPrice,
  orderQuantity,
  orderStatus,
  orderType,
  revision,
  sequence,
  shard,
  side,
  symbol,
  takerSide,
  timeInForce,
  timeUs,
  tradeId,
  tradePrice,
  tradeQuantity,
} from "./fields.ts";
import { historyCursorPattern } from "./history-requests.ts";
import { instructionFields } from "./instruction-fields.ts";
import { candle, candleInterval } from "./market-summaries.ts";
import { liquidityWords, withoutNone } from "./words.ts";

/** By which a row is known: the same in every copy of the history. */
const place = {
  timeUs,
  shard,
  sequence,
  index: count({ description: "Which one of the rows of its kind that the entry has brought." }),
};

export const pastOrder = Type.Object(
  {
    orderId: orderId(),
    clientOrderId: clientOrderId("Your name for it."),
    symbol: symbol(),
    side,
    type: orderType,
    timeInForce: timeInForce(),
    status: orderStatus,
    closeReason,
    rejectReason: Type.Optional(
      Type.String({ description: "Why it was refused, by name; only if it was." }),
    ),
    price: orderPrice,
    quantity: orderQuantity,
    executed,
    executedNotional,
    fees,
    revision: revision({ description: "How often the order has been replaced." }),
    placedAtUs: count({ description: "When it was accepted.", unit: "µs since 1970" }),
    updatedAtUs: count({
      description: "When something happened to it last.",
      unit: "µs since 1970",
    }),
    ...instructionFields,
  },
  { description: "An order as its account has it." },
);

export const fill = Type.Object(
  {
    ...place,
    tradeId,
    orderId: orderId("Your order."),
    symbol: symbol(),
    side,
    liquidity: Type.Enum([...withoutNone(liquidityWords)], {
      description:
        "Whether it made liquidity, took it, came of an auction or was a transfer between accounts " +
        "of one participant.",
    }),
    price: tradePrice,
    quantity: tradeQuantity,
    notional: amount("Quote units that it was paid with."),
    fee: amount("Quote units charged for it; below zero for a rebate."),
  },
  { description: "What one trade did to one order." },
);

export const ledgerCauses = [
  "deposit",
  "trade",
  "fee",
  "rebate",
  "fee-income",
  "withdrawal",
  "withdrawal-return",
  "profit",
  "funding",
  "cover",
  "liquidation-fee",
  "margin",
] as const;

export const ledgerEntry = Type.Object(
  {
    ...place,
    asset: assetId(),
    amount: amount("What it has more since then; below zero for less."),
    cause: Type.Enum([...ledgerCauses], { description: "On account of what." }),
    tradeId: Type.Optional(tradeId),
    orderId: Type.Optional(orderId("Your order, if it was one.")),
  },
  { description: "A change of what an account has, reserved or not, of one asset." },
);

export const pastTrade = Type.Object(
  { ...place, tradeId, price: tradePrice, quantity: tradeQuantity, takerSide },
  { description: "One trade, and the place in the logs that it comes from." },
);

function page<Fields extends TProperties>(rows: Fields) {
  return Type.Object({
    ok: Type.Literal(true),
    ...rows,
    next: Type.Optional(
      Type.String({
        pattern: historyCursorPattern,
        description: "Ask the same with this as `after` for what follows. Absent on the last page.",
      }),
    ),
    asOf: list(
      count({ description: "An entry of a log." }),
      "By shard, up to which entry of its log all is there; the same on all pages.",
    ),
    entriesBehind: count({
      description:
        "How many entries of the logs history has yet to take in: what they did is not there yet.",
    }),
  });
}

export const orderHistoryReply = page({ orders: list(pastOrder, "By when they were placed.") });
export const fillHistoryReply = page({ fills: list(fill, "By time.") });
export const ledgerReply = page({ entries: list(ledgerEntry, "By time.") });
export const tradeHistoryReply = page({
  symbol: symbol(),
  trades: list(pastTrade, "By time."),
});
export const candleHistoryReply = page({
  symbol: symbol(),
  interval: candleInterval(),
  candles: list(candle, "By time; those that have ended. No trades, no candle."),
});

export type PastOrder = Static<typeof pastOrder>;
export type Fill = Static<typeof fill>;
export type LedgerEntry = Static<typeof ledgerEntry>;
export type PastTrade = Static<typeof pastTrade>;
export type OrderHistoryReply = Static<typeof orderHistoryReply>;
export type FillHistoryReply = Static<typeof fillHistoryReply>;
export type LedgerReply = Static<typeof ledgerReply>;
export type TradeHistoryReply = Static<typeof tradeHistoryReply>;
export type CandleHistoryReply = Static<typeof candleHistoryReply>;
/** What all of them have. */
export type HistoryPage = Pick<OrderHistoryReply, "next" | "asOf" | "entriesBehind">;

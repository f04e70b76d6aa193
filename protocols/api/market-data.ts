/**
 * What is published without being asked for: changes of depth and of displayed orders, trades, best
 * prices, candles, statistics, checksums and what goes on in a market for everybody, execution
 * reports and news of its contracts for one account.
 *
 * Each message names the step it comes from by (shard, sequence). After a failover the same
 * message can come again; receivers drop what they have seen.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { contractNews } from "./contract-news.ts";
import {
  accountId,
  amount,
  averagePrice,
  clientOrderId,
  closedBecause,
  count,
  entryId,
  executed,
  executedNotional,
  executionType,
  liquidity,
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
  updateId,
  yesOrNo,
} from "./fields.ts";
import { candle, candleInterval, statistics } from "./market-summaries.ts";
import { tradingPhase } from "./trading-terms.ts";
import { sideWords } from "./words.ts";

/** The kinds of commands that are recorded. */
export const interventionWords = [
  "halt-trading",
  "resume-trading",
  "arm-kill-switch",
  "confirm-kill-switch",
  "release-kill-switch",
  "set-market-breaker",
  "breaker-moved",
  "place-actor",
  "add-shard",
] as const;

export const depthUpdate = Type.Tuple([
  updateId,
  Type.Enum(["b", "a"], { description: "The bid or the ask side of the book." }),
  tradePrice,
  count({ description: "What rests there now; 0 when the level is gone.", unit: "lots" }),
]);

export const depthMessage = Type.Object({
  symbol: symbol(),
  first: count({ description: "The update id of the first update here." }),
  last: count({ description: "The update id of the last update here." }),
  updates: list(
    depthUpdate,
    'In order, without a gap: [updateId, "b" or "a", price in ticks, quantity in lots]. The ' +
      "quantity is what rests at that price now; 0 means that the level is gone.",
  ),
  shard,
  sequence,
  timeUs,
});

const entryUpdateId = count({
  description: "Counts the changes of one book's displayed orders from 1, without a gap.",
});
const shownQuantity = count({ description: "What it shows now; 0 when it is gone.", unit: "lots" });

export const entryUpdate = Type.Union([
  Type.Tuple([
    entryUpdateId,
    Type.Literal("a", { description: "Added." }),
    entryId,
    Type.Enum(["b", "a"], { description: "The bid or the ask side of the book." }),
    tradePrice,
    tradeQuantity,
  ]),
  Type.Tuple([
    entryUpdateId,
    Type.Literal("e", { description: "Executed." }),
    entryId,
    shownQuantity,
    tradeId,
  ]),
  Type.Tuple([
    entryUpdateId,
    Type.Literal("c", { description: "Canceled, whole or in part." }),
    entryId,
    shownQuantity,
  ]),
]);

export const ordersMessage = Type.Object({
  symbol: symbol(),
  first: count({ description: "The update id of the first update here." }),
  updates: list(
    entryUpdate,
    'In order, without a gap. Added: [updateId, "a", entryId, "b" or "a", price in ticks, quantity ' +
      'in lots]. Executed in a trade: [updateId, "e", entryId, quantity left, tradeId]. Canceled, ' +
      'whole or in part: [updateId, "c", entryId, quantity left]. With nothing left it is gone.',
  ),
  last: count({ description: "The update id of the last update here." }),
  depthUpdateId: count({
    description:
      "The depth's update id at the end of this step: with all messages of the step applied, the " +
      "quantities at each price sum up to the depth as of that update.",
  }),
  shard,
  sequence,
  timeUs,
});

export const publishedTrade = Type.Object(
  {
    tradeId,
    price: tradePrice,
    quantity: tradeQuantity,
    takerSide,
    updateId: count({
      description: "The book's update id before the changes that this trade belongs to.",
    }),
  },
  { description: "One trade." },
);

export const tradesMessage = Type.Object({
  symbol: symbol(),
  trades: list(publishedTrade, "In the order they happened."),
  shard,
  sequence,
  timeUs,
});

const bestPrice = Type.Union([
  Type.Tuple([tradePrice, count({ description: "Total resting quantity.", unit: "lots" })]),
  Type.Null(),
]);

export const bestPricesMessage = Type.Object({
  symbol: symbol(),
  updateId,
  bid: Type.Union(bestPrice.anyOf, {
    description: "[price in ticks, quantity in lots] of the highest bid, or null without one.",
  }),
  ask: Type.Union(bestPrice.anyOf, { description: "Of the lowest ask, likewise." }),
  shard,
  sequence,
  timeUs,
});

export const candleMessage = Type.Object({
  symbol: symbol(),
  interval: candleInterval(),
  candle,
  shard,
  sequence,
  timeUs,
});

export const statisticsMessage = Type.Object({
  symbol: symbol(),
  statistics,
  shard,
  sequence,
  timeUs,
});

export const checksumMessage = Type.Object({
  symbol: symbol(),
  updateId: count({ description: "The update as of which the checksum is." }),
  checksum: count({ description: "CRC-32 of the ten best levels of each side, as an integer." }),
  shard,
  sequence,
  timeUs,
});

export const phaseMessage = Type.Object({
  symbol: symbol(),
  phase: tradingPhase,
  shard,
  sequence,
  timeUs,
});

export const auctionMessage = Type.Object({
  symbol: symbol(),
  price: count({
    description: "The price it would have; 0 if nothing would trade.",
    unit: "ticks",
  }),
  volume: count({ description: "How much would trade.", unit: "lots" }),
  surplusSide: Type.Enum([...sideWords], { description: "The side that has more at that price." }),
  surplus: count({ description: "How much would be left over there.", unit: "lots" }),
  shard,
  sequence,
  timeUs,
});

export const bandsMessage = Type.Object({
  symbol: symbol(),
  referencePrice: count({ description: "What the bands are drawn around.", unit: "ticks" }),
  lower: count({ description: "No trade is made below.", unit: "ticks" }),
  upper: count({ description: "No trade is made above.", unit: "ticks" }),
  isLimitState: yesOrNo("Trading is held back at one of them."),
  shard,
  sequence,
  timeUs,
});

export const interventionMessage = Type.Object({
  command: Type.Enum([...interventionWords], {
    description: "What was done; `breaker-moved` is the market-wide breaker's own doing.",
  }),
  target: Type.String({
    description: "The account, participant or instrument; empty for the whole venue.",
  }),
  author: Type.String({ description: "The administrator; empty for the breaker." }),
  reason: Type.String({
    description: "Why, as the administrator says; of the breaker `tripped` or `released`.",
  }),
  shard,
  sequence,
  timeUs,
});

export const report = Type.Object(
  {
    index: count({
      description: "Place within the step: (shard, sequence, index) names a report for ever.",
    }),
    symbol: symbol(),
    traceId: Type.String({
      description:
        "The order's trace in OpenTelemetry: 32 hex digits, the same in all reports of it.",
    }),
    orderId: orderId(),
    clientOrderId: clientOrderId("Your name for it."),
    executionType,
    status: orderStatus,
    side,
    type: orderType,
    timeInForce: timeInForce(),
    price: orderPrice,
    quantity: orderQuantity,
    revision: revision({ description: "How often the order has been replaced." }),
    executed,
    remaining: count({ description: "Not executed and still working.", unit: "lots" }),
    executedNotional,
    averagePrice: Type.Optional(averagePrice),
    rejectReason: Type.Optional(
      Type.String({ description: "Why it was refused, by name; only if it was." }),
    ),
    closeReason: Type.Optional(closedBecause),
    tradeId: Type.Optional(count({ description: "The trade; only if this is a fill." })),
    lastPrice: Type.Optional(
      count({ description: "Price of this fill; only if it is one.", unit: "ticks" }),
    ),
    lastQuantity: Type.Optional(
      count({ description: "Quantity of this fill; only if it is one.", unit: "lots" }),
    ),
    liquidity: Type.Optional(liquidity),
    fee: Type.Optional(amount("Quote units charged for this fill; only if it is one.")),
  },
  { description: "One change in the life of one order." },
);

export const reportsMessage = Type.Object({
  account: accountId(),
  shard,
  sequence,
  timeUs,
  reports: list(report, "In the order they happened."),
  news: Type.Optional(
    list(contractNews, "What became of the account's contracts beside that; then without reports."),
  ),
});

export type DepthUpdate = Static<typeof depthUpdate>;
export type DepthMessage = Static<typeof depthMessage>;
export type EntryUpdate = Static<typeof entryUpdate>;
export type OrdersMessage = Static<typeof ordersMessage>;
export type PublishedTrade = Static<typeof publishedTrade>;
export type TradesMessage = Static<typeof tradesMessage>;
export type BestPricesMessage = Static<typeof bestPricesMessage>;
export type CandleMessage = Static<typeof candleMessage>;
export type StatisticsMessage = Static<typeof statisticsMessage>;
export type ChecksumMessage = Static<typeof checksumMessage>;
export type PhaseMessage = Static<typeof phaseMessage>;
export type AuctionMessage = Static<typeof auctionMessage>;
export type BandsMessage = Static<typeof bandsMessage>;
export type InterventionMessage = Static<typeof interventionMessage>;
export type Report = Static<typeof report>;
export type ReportsMessage = Static<typeof reportsMessage>;

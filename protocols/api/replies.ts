/**
 * What the gateway answers: `{"ok": true, …}`, or `{"ok": false, "error": …}` with a number out
 * of `reject-reasons.ts`.
 *
 * Replies may gain fields in later releases: a client ignores those it does not know.
 */
import { neededApprovals } from "./admin-requests.ts";
import { Type } from "typebox";
import type { Static, TObject, TProperties } from "typebox";
import {
  accountId,
  actorAddress,
  amount,
  assetId,
  averagePrice,
  clientOrderId,
  closeReason,
  count,
  entryId,
  executed,
  executedNotional,
  fees,
  integer,
  list,
  orderId,
  orderPrice,
  orderQuantity,
  orderStatus,
  orderType,
  revision,
  side,
  symbol,
  takerSide,
  timeInForce,
  timeUs,
  tradeId,
  tradePrice,
  tradeQuantity,
  yesOrNo,
} from "./fields.ts";
import { instructionFields } from "./instruction-fields.ts";
import { contractTerms } from "./contract-terms.ts";
import { candle, candleInterval, statistics } from "./market-summaries.ts";
import { tradingPhase, tradingTerms } from "./trading-terms.ts";

const orderRevision = revision({ description: "How often the order has been replaced." });

/** Where an order stands after a command, as the actors told it in the reply. */
export const orderState = Type.Object(
  {
    orderId: orderId(),
    clientOrderId: Type.Optional(clientOrderId("Your name for it, when the request held it.")),
    symbol: Type.Optional(symbol("The instrument, when the request held it.")),
    status: orderStatus,
    closeReason,
    price: orderPrice,
    quantity: orderQuantity,
    executed,
    executedNotional,
    fees,
    revision: orderRevision,
    updateId: count({
      description: "The book's update id after the command; 0 when the book was not asked.",
    }),
  },
  { description: "Where an order stands after a command." },
);

/** All that is known of an order. */
export const orderDetails = Type.Object(
  {
    orderId: orderId(),
    clientOrderId: clientOrderId("Your name for it."),
    symbol: symbol(),
    side,
    type: orderType,
    timeInForce: timeInForce(),
    status: orderStatus,
    closeReason,
    price: orderPrice,
    quantity: orderQuantity,
    executed,
    executedNotional,
    averagePrice: Type.Optional(averagePrice),
    fees,
    revision: orderRevision,
    placedAtUs: timeUs,
    waiting: Type.Optional(
      Type.Literal(true, {
        description: "It waits for its trigger price or for another order of its list.",
      }),
    ),
    ...instructionFields,
  },
  { description: "All that is known of an order." },
);

export const apiError = Type.Object(
  {
    number: count({ description: "From the list of reject reasons; never reused." }),
    name: Type.String({ description: "The same in a word." }),
    message: Type.String({ description: "The same in a sentence, for people." }),
    figures: Type.Optional(
      Type.Object(
        {
          limit: Type.String({ description: "How much there may be." }),
          used: Type.String({ description: "How much there was before." }),
          asked: Type.String({ description: "How much would have been added." }),
          unit: Type.String({ description: "Of what." }),
        },
        { description: "By how much, where a limit of risk is the reason: whole numbers as text." },
      ),
    ),
    field: Type.Optional(
      Type.String({ description: "The field at fault, such as `price` or `commands[3].symbol`." }),
    ),
  },
  { description: "Why not." },
);

/** The answer "no". An order that exists all the same is told with it. */
export const refusal = Type.Object(
  {
    ok: Type.Literal(false),
    error: apiError,
    order: Type.Optional(orderState),
    clientOrderId: Type.Optional(
      clientOrderId(
        "The name by which the command told the order, or that the gateway made for it. When it is " +
          "not known what became of the order, ask again with it. Absent when the command named " +
          "none, or was refused before it became a command.",
      ),
    ),
  },
  { description: "The answer “no”." },
);

function done<Fields extends TProperties>(fields: Fields) {
  return Type.Object({ ok: Type.Literal(true), ...fields });
}

export const orderReply = done({
  isDuplicate: yesOrNo("The same command had been taken before; this tells what became of it."),
  order: orderState,
});

export const cancelAllReply = done({
  canceled: count({ description: "How many orders were working and are being canceled." }),
});

export const massQuoteReply = done({
  quoted: count({ description: "How many of the quotes took effect." }),
});

export const batchReply = done({
  answers: list(
    Type.Union([orderReply, refusal]),
    "One for each command, in their order: what `order.place` and its like would have answered.",
  ),
});

export const orderDetailsReply = done({ order: orderDetails });

export const openOrdersReply = done({ orders: list(orderDetails, "Oldest first.") });

export const balance = Type.Object(
  {
    asset: assetId(),
    available: amount("Free to use."),
    reserved: amount("Held for working orders."),
    withdrawing: Type.Optional(amount("Held for withdrawals under way; only if there are any.")),
    posted: Type.Optional(amount("What isolated positions have to themselves; only if any.")),
    unsettled: Type.Optional(
      amount(
        "Of what is free, what cannot be withdrawn before it is settled; only if there is any.",
      ),
    ),
  },
  { description: "What an account has of one asset." },
);

export const balancesReply = done({ balances: list(balance, "One for each asset it has had.") });

export const depthLevel = Type.Tuple([
  tradePrice,
  count({ description: "Total resting quantity.", unit: "lots" }),
  count({ description: "How many orders." }),
]);

export const displayedOrder = Type.Tuple([
  entryId,
  tradePrice,
  count({ description: "What it shows.", unit: "lots" }),
]);

export const depthReply = done({
  symbol: symbol(),
  updateId: count({
    description: "The last change that this depth includes: join the updates from the next one on.",
  }),
  phase: tradingPhase,
  isHalted: yesOrNo(
    "New orders are refused: the venue is halted, or `phase` is `halted` or `cancelOnly`.",
  ),
  bids: list(depthLevel, "Highest first: [price in ticks, quantity in lots, number of orders]."),
  asks: list(depthLevel, "Lowest first, likewise."),
});

export const displayedOrdersReply = done({
  symbol: symbol(),
  updateId: count({
    description:
      "The last change of displayed orders that this includes: join the updates of the orders feed " +
      "from the next one on.",
  }),
  depthUpdateId: count({ description: "The last change of depth that this includes." }),
  bids: list(
    displayedOrder,
    "By priority, the first to trade first: [entryId, price in ticks, quantity shown in lots].",
  ),
  asks: list(displayedOrder, "Likewise."),
});

export const trade = Type.Object(
  { tradeId, price: tradePrice, quantity: tradeQuantity, takerSide, timeUs },
  { description: "One trade." },
);

export const tradesReply = done({ symbol: symbol(), trades: list(trade, "Newest first.") });

export const candlesReply = done({
  symbol: symbol(),
  interval: candleInterval(),
  candles: list(candle, "Oldest first, the running one last. No trades, no candle."),
});

export const statisticsReply = done({ symbol: symbol(), statistics });

export const instrument = Type.Object(
  {
    symbol: symbol(),
    base: assetId("What is traded."),
    quote: assetId("What it is paid in."),
    baseUnitsPerLot: count({ description: "Units of the base asset in one lot.", unit: "units" }),
    quoteUnitsPerTickLot: count({
      description: "Units of the quote asset that one lot costs at a price of one tick.",
      unit: "units",
    }),
    makerFeeBasisPoints: integer({
      description: "Fee of the resting order.",
      unit: "hundredths of a percent",
    }),
    takerFeeBasisPoints: integer({
      description: "Fee of the incoming order.",
      unit: "hundredths of a percent",
    }),
    trading: Type.Optional(tradingTerms),
    contract: Type.Optional(contractTerms),
    shard: count({ description: "The shard its book lives in." }),
  },
  { description: "What is traded here, and how prices and quantities are counted." },
);

export const instrumentsReply = done({ instruments: list(instrument, "By symbol.") });

export const asset = Type.Object(
  {
    asset: assetId(),
    decimals: count({ description: "Decimal places of one whole: 8 means 10^8 units." }),
  },
  { description: "What can be held." },
);

export const assetsReply = done({ assets: list(asset, "By code.") });

export const shardStatus = Type.Object(
  {
    shard: count({ description: "The shard." }),
    emitter: Type.String({ description: "The node whose outputs are sent." }),
    emitterEpoch: count({ description: "How often that has changed." }),
    headSequence: count({ description: "The last entry of the log that any replica knows of." }),
    appliedSequence: count({ description: "The last entry that any replica has applied." }),
    replicas: count({ description: "How many nodes that answered run this shard." }),
  },
  { description: "One shard, put together from what the nodes said." },
);

export const replicaStatus = Type.Object(
  {
    shard: count({ description: "The shard." }),
    phase: Type.String({ description: "Such as `replaying`, `following` or `emitting`." }),
    appliedSequence: count({ description: "The last entry of the log that it has applied." }),
    headSequence: count({ description: "The last entry of the log that it knows of." }),
    isEmitter: yesOrNo("It is the one whose outputs are sent."),
    emitter: Type.String({ description: "Which node it holds to be the emitter." }),
    emitterEpoch: count({ description: "In which epoch." }),
    entriesHash: Type.String({ description: "Running hash over the log." }),
    outputsHash: Type.String({ description: "Running hash over all outputs." }),
    checkpointSequence: count({
      description: "The last entry included when it last hashed its whole state.",
    }),
    checkpointHash: Type.String({ description: "Hash of the whole state at that sequence." }),
    snapshotSequence: count({
      description:
        "The last entry in the newest snapshot that it knows to be stored; 0 before one.",
    }),
    commandsApplied: count({ description: "Commands applied so far." }),
  },
  { description: "One node's copy of one shard." },
);

export const nodeStatus = Type.Object(
  {
    node: Type.String({ description: "The node." }),
    version: Type.String({ description: "The release it runs." }),
    startedAtMs: count({ description: "When it started.", unit: "ms since 1970" }),
    replicas: list(replicaStatus, "By shard."),
  },
  { description: "One engine node, as it described itself." },
);

export const statusReply = done({
  shards: list(shardStatus, "Those of which at least one node answered."),
  nodes: list(nodeStatus, "Those that answered in time, by name."),
});

export const doneReply = done({});

export const killSwitchReply = done({
  number: count({ description: "Under which it is confirmed, within a minute." }),
});

export const accountsReply = done({ accounts: list(accountId(), "By name.") });

export const approvalPolicyReply = done({
  cluster: Type.Optional(
    Type.String({
      description: "The name for which approvals are made; without it, this gateway takes none.",
    }),
  ),
  policy: list(
    neededApprovals,
    "By kind of command. A kind that is not there needs nobody but its author.",
  ),
});

export const placementReply = done({
  epoch: count({ description: "How many moves there have been." }),
  shards: count({ description: "How many shards there are." }),
  founded: count({ description: "How many there were at first: addresses name one of these." }),
  moving: Type.Union([actorAddress("The actor that moves now."), Type.Literal("")], {
    description: "The actor that moves now; empty for none.",
  }),
  pins: list(
    Type.Object({
      actor: actorAddress("An actor."),
      shard: count({ description: "Where it lives." }),
    }),
    "Actors that were moved, by address. All others live where their address says.",
  ),
});

export type OrderState = Static<typeof orderState>;
export type OrderDetails = Static<typeof orderDetails>;
/** What an order asked for beyond its terms, and nothing that it did not. */
export type ShownInstructions = Static<TObject<typeof instructionFields>>;
export type ApiError = Static<typeof apiError>;
export type Refusal = Static<typeof refusal>;
export type OrderReply = Static<typeof orderReply>;
export type CancelAllReply = Static<typeof cancelAllReply>;
export type MassQuoteReply = Static<typeof massQuoteReply>;
export type BatchReply = Static<typeof batchReply>;
export type OrderDetailsReply = Static<typeof orderDetailsReply>;
export type OpenOrdersReply = Static<typeof openOrdersReply>;
export type Balance = Static<typeof balance>;
export type BalancesReply = Static<typeof balancesReply>;
export type DisplayedOrdersReply = Static<typeof displayedOrdersReply>;
export type DepthReply = Static<typeof depthReply>;
export type Trade = Static<typeof trade>;
export type TradesReply = Static<typeof tradesReply>;
export type CandlesReply = Static<typeof candlesReply>;
export type StatisticsReply = Static<typeof statisticsReply>;
export type Instrument = Static<typeof instrument>;
export type InstrumentsReply = Static<typeof instrumentsReply>;
export type Asset = Static<typeof asset>;
export type AssetsReply = Static<typeof assetsReply>;
export type ShardStatus = Static<typeof shardStatus>;
export type NodeDescription = Static<typeof nodeStatus>;
export type StatusReply = Static<typeof statusReply>;
export type KillSwitchReply = Static<typeof killSwitchReply>;
export type DoneReply = Static<typeof doneReply>;
export type ApprovalPolicyReply = Static<typeof approvalPolicyReply>;
export type PlacementReply = Static<typeof placementReply>;
export type AccountsReply = Static<typeof accountsReply>;

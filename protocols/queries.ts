/**
 * Questions about a shard's state and their answers.
 *
 * Any replica may answer; `minSequence` makes it wait until it has applied that far, so that a
 * client reads its own writes. Questions change nothing and never enter the log.
 */
import type { CandleInterval } from "./candle-interval.ts";
import type {
  AccountId,
  AssetId,
  ClientOrderId,
  EntryId,
  InstrumentSymbol,
  NodeId,
  OrderId,
  ShardId,
  TradeId,
} from "./identifiers.ts";
import type { InstrumentTerms } from "./messages.ts";
import type { OrderInstructions } from "./order-instructions.ts";
import type { OrderStatus, OrderType, Side, TimeInForce, TradingPhase } from "./order-terms.ts";
import type { CloseReason } from "./reject-reasons.ts";
import type { Amount, Lots, Ticks, TimeUs } from "./units.ts";

/** Where one order stands. */
export interface OrderView {
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly status: OrderStatus;
  readonly closeReason: CloseReason;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly executed: Lots;
  readonly executedNotional: Amount;
  /** Quote units that a tick of one lot is worth. */
  readonly tickValue: number;
  readonly fees: Amount;
  readonly revision: number;
  readonly placedAtUs: TimeUs;
  readonly instructions: OrderInstructions;
  /** Whether it waits for its trigger price or for another order of its list. */
  readonly isWaiting: boolean;
}

export interface BalanceView {
  readonly asset: AssetId;
  readonly available: Amount;
  readonly reserved: Amount;
}

export interface InstrumentView {
  readonly terms: InstrumentTerms;
  readonly shard: ShardId;
}

export interface AssetView {
  readonly asset: AssetId;
  readonly decimals: number;
}

/** Price, total quantity and number of orders of one level. */
export type DepthLevel = readonly [price: Ticks, quantity: Lots, orders: number];

export interface DepthView {
  readonly symbol: InstrumentSymbol;
  /** The last change this depth includes: join the updates from the next one on. */
  readonly updateId: number;
  readonly phase: TradingPhase;
  /** No new orders are taken: the venue is halted, or the phase is halted or cancelOnly. */
  readonly isHalted: boolean;
  /** Best first. */
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** One displayed order: what it shows, and where. */
export type DisplayedOrder = readonly [entryId: EntryId, price: Ticks, quantity: Lots];

export interface DisplayedOrdersView {
  readonly symbol: InstrumentSymbol;
  /** The last change of displayed orders that is included, and of depth. */
  readonly updateId: number;
  readonly depthUpdateId: number;
  /** By priority, the first to trade first. */
  readonly bids: readonly DisplayedOrder[];
  readonly asks: readonly DisplayedOrder[];
}

export interface TradeView {
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly takerSide: Side;
  readonly timeUs: TimeUs;
}

/**
 * What was traded in a span of time. Totals are digits: they may pass every field that numbers of
 * ours go through.
 */
export interface CandleView {
  readonly startUs: TimeUs;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
  /** In lots. */
  readonly volume: string;
  /** In tick·lots. */
  readonly notional: string;
  readonly trades: number;
  readonly firstTradeId: TradeId;
  readonly lastTradeId: TradeId;
}

/** A candle that may still run. */
export interface OpenCandleView extends CandleView {
  readonly isClosed: boolean;
}

/** What was traded in the last 24 hours, rolling by the minute. Prices are 0 for none. */
export interface StatisticsView {
  /** The last price before them, or else the first one in them. */
  readonly open: Ticks;
  /** 0 without a trade, and so is the lowest. */
  readonly high: Ticks;
  readonly low: Ticks;
  readonly last: Ticks;
  /** In lots. */
  readonly volume: string;
  /** In tick·lots. */
  readonly notional: string;
  readonly trades: number;
}

/** Each question by its kind: what it carries and what answers it. */
export interface Questions {
  /** By our id, or by the client's when `orderId` is 0. */
  order: {
    ask: { account: AccountId; orderId: OrderId; clientOrderId: ClientOrderId };
    answer: OrderView | null;
  };
  /** Working orders of an account, oldest first, those after `afterOrderId`. */
  "open-orders": {
    ask: {
      account: AccountId;
      /** "" for all. */
      symbol: InstrumentSymbol;
      afterOrderId: OrderId;
      limit: number;
    };
    answer: readonly OrderView[];
  };
  /** null when the account is not known here. */
  balances: { ask: { account: AccountId }; answer: readonly BalanceView[] | null };
  depth: { ask: { symbol: InstrumentSymbol; levels: number }; answer: DepthView | null };
  /** At most `limit` of each side. */
  "displayed-orders": {
    ask: { symbol: InstrumentSymbol; limit: number };
    answer: DisplayedOrdersView | null;
  };
  /** Newest first. */
  trades: {
    ask: { symbol: InstrumentSymbol; limit: number };
    answer: readonly TradeView[] | null;
  };
  /** Oldest first, the running one last: the latest of those that begin before `endUs`. */
  candles: {
    ask: {
      symbol: InstrumentSymbol;
      interval: CandleInterval;
      limit: number;
      /** 0 for the latest there are. */
      endUs: TimeUs;
    };
    answer: readonly OpenCandleView[] | null;
  };
  statistics: { ask: { symbol: InstrumentSymbol }; answer: StatisticsView | null };
  instruments: { ask: Record<never, never>; answer: readonly InstrumentView[] };
  assets: { ask: Record<never, never>; answer: readonly AssetView[] };
  /** Only the governor's shard knows them all. */
  accounts: { ask: Record<never, never>; answer: readonly AccountId[] };
  /** Units of every asset on all accounts of this shard, fee accounts included. */
  holdings: { ask: Record<never, never>; answer: readonly BalanceView[] };
}

export type QuestionKind = keyof Questions;
export type Ask<Kind extends QuestionKind> = Questions[Kind]["ask"];
export type Answer<Kind extends QuestionKind> = Questions[Kind]["answer"];

/** A question on the wire; the answer comes as an {@link AnswerEnvelope}. */
export interface QuestionEnvelope {
  readonly kind: QuestionKind;
  readonly ask: unknown;
  /** The answering replica must have applied at least this sequence. */
  readonly minSequence: number;
}

export interface AnswerEnvelope {
  readonly node: NodeId;
  readonly shard: ShardId;
  /** What the answering replica had applied. */
  readonly sequence: number;
  readonly answer: unknown;
}

/** How far one node's replica of one shard is. */
export interface ReplicaStatus {
  readonly shard: ShardId;
  readonly phase: string;
  readonly appliedSequence: number;
  readonly headSequence: number;
  readonly isEmitter: boolean;
  readonly emitter: NodeId;
  readonly emitterEpoch: number;
  /** Running hash over all entries, and over all outputs, up to `appliedSequence`. */
  readonly entriesHash: string;
  readonly outputsHash: string;
  /** The newest sequence at which the whole state was hashed, and that hash. */
  readonly checkpointSequence: number;
  readonly checkpointHash: string;
  readonly snapshotSequence: number;
  readonly commandsApplied: number;
}

export interface NodeStatus {
  readonly node: NodeId;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly version: string;
  readonly natsServer: string;
  readonly replicas: readonly ReplicaStatus[];
}

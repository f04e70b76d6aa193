/**
 * What surveillance sees of one book, in the order in which the book's log has it: orders that come
 * and are taken back, trades with both orders, phases and what auctions indicate.
 *
 * Plain data: prices in ticks, quantities in lots, times in microseconds of log time. What is kept
 * of it by a detector is saved with the detector.
 */
import type {
  AccountId,
  InstrumentSymbol,
  Lots,
  OrderId,
  ParticipantId,
  ShardId,
  Side,
  Ticks,
  TimeUs,
  TradeId,
  TradingPhase,
} from "../../protocols/index.ts";

/** An entry of a log. */
export interface LogPlace {
  readonly shard: ShardId;
  readonly sequence: number;
  readonly timeUs: TimeUs;
}

/** Who stands behind an account: a group of related ones, or its participant. */
export type OwnerName = string;

/** An order as it came to its book; never changed. */
export interface OrderEntry {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly participant: ParticipantId;
  readonly owner: OwnerName;
  readonly side: Side;
  /** 0 for one without a limit. */
  readonly price: Ticks;
  /** 0 for one by budget. */
  readonly quantity: Lots;
  /** The best price of its side before it came; 0 where there was none. */
  readonly touchPrice: Ticks;
  /** What an ordinary order of the instrument asked for then: the median of the latest ones. */
  readonly typicalQuantity: Lots;
  readonly at: LogPlace;
}

/** An order that is in its book, as it is now. */
export interface WatchedOrder {
  readonly symbol: InstrumentSymbol;
  entry: OrderEntry;
  /** Its book has done something with it. */
  isEntered: boolean;
  readonly isMarket: boolean;
  price: Ticks;
  executed: Lots;
  remaining: Lots;
  /** Since when it has had its price, and no more quantity than now. */
  since: LogPlace;
  /** Since when it has stood on its side without being moved away from the market. */
  stoodSince: LogPlace;
  /** Its slice, where it shows one; 0 for all of it. */
  readonly displayQuantity: Lots;
  readonly isHidden: boolean;
  /** It waits for its trigger price, outside of the order book. */
  isWaiting: boolean;
  /** What everybody sees of it in the order book. */
  shown: Lots;
}

export interface TradeAct {
  readonly kind: "traded";
  readonly at: LogPlace;
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly buy: OrderEntry;
  readonly sell: OrderEntry;
  /** Whose order came last; undefined for the trades of an auction. */
  readonly takerSide: Side | undefined;
  /** The last price before; 0 for the first trade. */
  readonly priceBefore: Ticks;
  /** What each owner showed of this book's orders before: by side, of the buyer and the seller. */
  readonly buyerShown: ShownSides;
  readonly sellerShown: ShownSides;
  /** What is left of each order. */
  readonly buyRemaining: Lots;
  readonly sellRemaining: Lots;
}

/** Lots that somebody shows on both sides of a book, indexed by side. */
export type ShownSides = readonly [buy: Lots, sell: Lots];

/** An owner takes back an order or a part of it, or moves it away from the market. */
export interface WithdrawalAct {
  readonly kind: "withdrawn";
  readonly at: LogPlace;
  readonly order: OrderEntry;
  readonly price: Ticks;
  /** So much of what everybody saw. */
  readonly shown: Lots;
  /** What was executed of the order before. */
  readonly executed: Lots;
  /** Since when it had stood like that, */
  readonly since: LogPlace;
  /** and since when at least so near to the market, with whatever quantity. */
  readonly stoodSince: LogPlace;
}

export interface EntryAct {
  readonly kind: "entered";
  readonly at: LogPlace;
  readonly order: OrderEntry;
}

export interface PhaseAct {
  readonly kind: "phase";
  readonly at: LogPlace;
  readonly from: TradingPhase;
  readonly to: TradingPhase;
}

/** What an auction would execute now; 0 for nothing. */
export interface IndicationAct {
  readonly kind: "indicated";
  readonly at: LogPlace;
  readonly price: Ticks;
  readonly volume: Lots;
}

/** All that the entry came to in this book was told. */
export interface StepEnd {
  readonly kind: "step-ended";
  readonly at: LogPlace;
}

export type MarketAct = EntryAct | WithdrawalAct | TradeAct | PhaseAct | IndicationAct | StepEnd;

/** The parties of a trade by side. */
export function orderOn(trade: Pick<TradeAct, "buy" | "sell">, side: Side): OrderEntry {
  return side === 0 ? trade.buy : trade.sell;
}

/** What is said about accounts that are liquidated: the part of `messages.ts` that it is. */
import type { AccountId, AssetId, InstrumentSymbol, ShardId } from "./identifiers.ts";
import type { Side } from "./order-terms.ts";
import type { Amount, Lots, Ticks } from "./units.ts";

/** To an insurance fund: what an order cost that closed a position for its owner. */
export interface PayLiquidationFee {
  readonly kind: "pay-liquidation-fee";
  /** The fund's. */
  readonly account: AccountId;
  readonly payer: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
}

/** What a position is to change hands at, and which fundings have been paid for it by then. */
export interface HandOverTerms {
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
  readonly fundingIndex: Amount;
}

/** To an insurance fund: it may take a position, or not. */
export interface OfferPosition extends HandOverTerms {
  readonly kind: "offer-position";
  /** The fund's. */
  readonly account: AccountId;
  readonly owner: AccountId;
  /** Below zero for a short one. */
  readonly lots: number;
}

/** From the fund: it has taken the position on those terms, or has not. */
export interface AnswerOffer extends HandOverTerms {
  readonly kind: "answer-offer";
  /** Whose position it was. */
  readonly account: AccountId;
  readonly lots: number;
  readonly isTaken: boolean;
}

/** To the book of a contract: others are to take what nobody else does. */
export interface DeleverageWanted {
  readonly kind: "deleverage-wanted";
  readonly symbol: InstrumentSymbol;
  readonly account: AccountId;
  /** Below zero for a short position. */
  readonly lots: number;
  readonly price: Ticks;
}

/** From the book to every shard: who has most to give of positions on a side? */
export interface RankPositions {
  readonly kind: "rank-positions";
  readonly shard: ShardId;
  readonly symbol: InstrumentSymbol;
  /** Of the positions: those of buyers, or of sellers. */
  readonly side: Side;
  /** More than so many lots are not asked for. */
  readonly lots: Lots;
  /** At which they are to be closed. */
  readonly price: Ticks;
}

/** As many as a shard names at most. */
export const rankedPositionsMax = 100;

/** A position that may be reduced for somebody else's. */
export interface RankedPosition {
  readonly account: AccountId;
  /** The highest is reduced first. */
  readonly rank: number;
  readonly lots: Lots;
}

export interface PositionsRanked {
  readonly kind: "positions-ranked";
  readonly symbol: InstrumentSymbol;
  /** The highest rank first. */
  readonly positions: readonly RankedPosition[];
}

/** To an account: its position on a side is reduced by so many lots, or by what it has of them. */
export interface Deleverage extends HandOverTerms {
  readonly kind: "deleverage";
  readonly account: AccountId;
  readonly side: Side;
  readonly lots: Lots;
  /** Whose position it is reduced for. */
  readonly owner: AccountId;
}

/** From that account to the book. */
export interface Deleveraged {
  readonly kind: "deleveraged";
  readonly symbol: InstrumentSymbol;
  readonly account: AccountId;
  readonly lots: Lots;
}

/** From the book to the account that is liquidated: so much of its position is closed. */
export interface DeleverageDealt extends HandOverTerms {
  readonly kind: "deleverage-dealt";
  readonly account: AccountId;
  /** Of the account's position. */
  readonly side: Side;
  readonly lots: Lots;
  /** Whether nothing more comes of it: all is closed, or there is nobody left. */
  readonly isLast: boolean;
}

/** What accounts are told. */
export type LiquidationMessage =
  PayLiquidationFee | OfferPosition | AnswerOffer | Deleverage | DeleverageDealt;

/** What the keeper of a contract is told, where its book is. */
export type DeleveragingMessage = DeleverageWanted | PositionsRanked | Deleveraged;

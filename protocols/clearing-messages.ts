/** What is said about clearing and settlement: the part of `messages.ts` that they are. */
import type { Approvable } from "./approvals.ts";
import type { CivilDate } from "./civil-days.ts";
import type { SettlementCycle, SettlementLeg, SettlementMoment } from "./clearing.ts";
import type { AssetUnits, DeliveryCall, FailPermission } from "./fails.ts";
import type { AccountId, AssetId, InstrumentSymbol, ShardId } from "./identifiers.ts";
import type { Amount } from "./units.ts";

// ---- From an administrator -----------------------------------------------------------------

/** Says when trades of some instruments are settled: of those that are made from then on. */
export interface SetSettlementCycle extends SettlementCycle, Approvable {
  readonly kind: "set-settlement-cycle";
  readonly author: string;
  readonly reason: string;
}

/** Lets an account trade an asset that it does not have, or does away with that. */
export interface SetFailPermission extends FailPermission, Approvable {
  readonly kind: "set-fail-permission";
  readonly author: string;
  readonly reason: string;
}

// ---- Between actors ------------------------------------------------------------------------

export interface AnnounceSettlementCycle extends SettlementCycle {
  readonly kind: "announce-settlement-cycle";
  readonly shard: ShardId;
  readonly ticket: number;
}

/** From the governor to the account. */
export interface ApplyFailPermission {
  readonly kind: "apply-fail-permission";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly limit: Amount;
  readonly ticket: number;
}

/** From a book to the clearing house: a trade that is to be settled later. */
export interface ClearTrade extends SettlementMoment {
  readonly kind: "clear-trade";
  readonly buyer: AccountId;
  readonly seller: AccountId;
  readonly base: AssetId;
  readonly quote: AssetId;
  /** Units of the base asset. */
  readonly goods: Amount;
  /** Units of the quote asset. */
  readonly money: Amount;
  /** Of a trade that is settled for itself, because one of its orders was uncovered. */
  readonly onDelivery?: OnDelivery;
}

export interface OnDelivery {
  readonly symbol: InstrumentSymbol;
  /** Which of the parties have yet to give what they owe. */
  readonly isSellerUncovered: boolean;
  readonly isBuyerUncovered: boolean;
}

/**
 * From the clearing house to an account: what it is to settle in a round. It confirms once it has
 * heard of every trade that this is made of.
 */
export interface InstructSettlement {
  readonly kind: "instruct-settlement";
  readonly account: AccountId;
  readonly round: number;
  readonly date: CivilDate;
  /** By asset. */
  readonly legs: readonly SettlementLeg[];
  /** By asset: what of deliveries one by one it has given, and has yet to give. */
  readonly calls?: readonly DeliveryCall[];
}

/** From an account to the clearing house. */
export interface SettlementConfirmed {
  readonly kind: "settlement-confirmed";
  readonly account: AccountId;
  readonly round: number;
  /** By asset: what it has given now of what it had yet to give. */
  readonly given?: readonly AssetUnits[];
}

/** From the clearing house to an account: the round is final, and this account's part is done now. */
export interface PostSettlement {
  readonly kind: "post-settlement";
  readonly account: AccountId;
  readonly round: number;
  /** By asset: what of deliveries one by one changes hands. */
  readonly deliveries?: readonly SettlementLeg[];
  /** By asset: what it pays for what it did not give. */
  readonly penalties?: readonly AssetUnits[];
}

/** What the clearing house hears of trades and their settlement. */
export type ClearingMessage = ClearTrade | SettlementConfirmed;
/** What it tells accounts. */
export type SettlementMessage = InstructSettlement | PostSettlement;

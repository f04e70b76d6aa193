/** What is said about margin accounts and their losses: the part of `messages.ts` that they are. */
import type { Approvable } from "./approvals.ts";
import type { AccountId, AssetId, InstrumentSymbol } from "./identifiers.ts";
import type { MarginMode } from "./margin.ts";
import type { Amount } from "./units.ts";

/** From an administrator: lets an account trade contracts, or open no more positions. */
export interface SetMarginAccount extends Approvable {
  readonly kind: "set-margin-account";
  readonly account: AccountId;
  readonly isMargin: boolean;
  readonly author: string;
  readonly reason: string;
}

/** From the account: whether its position in a contract has cash of its own. */
export interface SetMarginMode {
  readonly kind: "set-margin-mode";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly mode: MarginMode;
}

/** Of cash that is free. The same `reference` is added once. */
export interface AddMargin extends MovedMargin {
  readonly kind: "add-margin";
}

/** Likewise, of what an isolated position does not need. */
export interface RemoveMargin extends MovedMargin {
  readonly kind: "remove-margin";
}

interface MovedMargin {
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  /** Units of the contract's quote asset. */
  readonly amount: Amount;
  readonly reference: string;
}

/** From an administrator: has an account pay what insurance funds have lacked in its shard. */
export interface MakeGoodDeficit extends Approvable {
  readonly kind: "make-good-deficit";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly author: string;
  readonly reason: string;
}

/** From the governor to the account. */
export interface ApplyMarginAccount {
  readonly kind: "apply-margin-account";
  readonly account: AccountId;
  readonly isMargin: boolean;
  readonly ticket: number;
}

/** From an account that could not pay a loss to the insurance fund, which has it paid. */
export interface CoverDeficit {
  readonly kind: "cover-deficit";
  /** The fund's. */
  readonly account: AccountId;
  /** Whose loss it is. */
  readonly debtor: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
}

/** What accounts ask for themselves. */
export type MarginRequest = SetMarginMode | AddMargin | RemoveMargin;

/** What accounts are told about margin. */
export type MarginMessage = ApplyMarginAccount | CoverDeficit;

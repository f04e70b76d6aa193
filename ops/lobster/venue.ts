/**
 * What a run needs of an exchange: administration, order entry for accounts of its own, and the
 * public book of an instrument. `sdk-venue.ts` is the exchange behind its public API.
 *
 * All of it asks again by itself, for as long as asking again cannot do a thing twice, and throws
 * `Unanswered` after that.
 */
import type { LocalBook } from "../../clients/sdk/local-book.ts";
import type { Asset, Balance, Instrument, OrderDetails } from "../../protocols/api/replies.ts";
import type { InstrumentTerms } from "../../protocols/index.ts";
import type { Action } from "./row-planner.ts";

export interface Venue {
  assets(): Promise<readonly Asset[]>;
  instruments(): Promise<readonly Instrument[]>;
  /** Does nothing when there is such an asset. */
  addAsset(asset: string, decimals: number): Promise<void>;
  listInstrument(terms: InstrumentTerms): Promise<void>;
  /** Opens an account. */
  openTrader(account: string): Promise<Trader>;
  deposit(credit: Credit): Promise<void>;
  /** Resolves when the book follows the exchange's. */
  openBook(symbol: string): Promise<LocalBook>;
  close(): Promise<void>;
}

export interface Credit {
  readonly account: string;
  readonly asset: string;
  readonly amount: string;
  /** Each is credited once. */
  readonly reference: string;
}

/** One account. */
export interface Trader {
  readonly account: string;
  /** Carries actions out in order, each once. Resolves when each is answered. */
  send(symbol: string, actions: readonly Action[]): Promise<readonly ActionAnswer[]>;
  balances(): Promise<readonly Balance[]>;
  openOrders(symbol: string): Promise<readonly OrderDetails[]>;
  /** Of every instrument when none is named. */
  cancelAll(symbol?: string): Promise<void>;
}

export interface ActionAnswer {
  /** Why not, in words; undefined when it was done. */
  readonly refusal: string | undefined;
  /** It had been done when this was asked: the rest may tell of later things too. */
  readonly isDuplicate: boolean;
  /** The book's update id after it. */
  readonly updateId: number;
  /** Executed so far of the order that it is about. */
  readonly executed: number;
}

/** It is not known whether something was done, and asking again would no longer be safe. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

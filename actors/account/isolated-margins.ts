/**
 * Isolated margins: in which contracts one account's positions are isolated, and the cash that each
 * of them has to itself. That stands on a ledger account of its owner, `margin`: what opens a
 * position is posted there, losses and funding are taken from it, and when some is closed that
 * share goes back to cash.
 *
 * While such a position is liquidated nothing is given back: by that it is measured.
 *
 * Invariant: margin-is-sum-of-posted.
 */
import {
  add,
  amountOf,
  assert,
  hold,
  invariant,
  MarginCause,
  MarginMode,
  marginReferencesMax,
  minimum,
  subtract,
} from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId, InstrumentSymbol } from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import type { Holdings } from "./holdings.ts";
import type { LiquidationBook } from "./liquidation-book.ts";

const marginIsSum = invariant("margin-is-sum-of-posted");

interface Isolated {
  readonly asset: AssetId;
  posted: Amount;
}

export class IsolatedMargins {
  readonly #account: AccountId;
  readonly #holdings: Holdings;
  readonly #liquidations: LiquidationBook | undefined;
  readonly #isolated = new Map<InstrumentSymbol, Isolated>();
  /** Of the last moves that its owner asked for, oldest first. */
  readonly #references: string[] = [];

  constructor(account: AccountId, holdings: Holdings, liquidations?: LiquidationBook) {
    this.#account = account;
    this.#holdings = holdings;
    this.#liquidations = liquidations;
  }

  // ---- Questions ---------------------------------------------------------------------------

  has(symbol: InstrumentSymbol): boolean {
    return this.#isolated.size > 0 && this.#isolated.has(symbol);
  }

  modeOf(symbol: InstrumentSymbol): MarginMode {
    return this.has(symbol) ? MarginMode.isolated : MarginMode.cross;
  }

  postedFor(symbol: InstrumentSymbol): Amount {
    return this.#isolated.get(symbol)?.posted ?? 0;
  }

  /** Of all that are paid in an asset. */
  postedIn(asset: AssetId): Amount {
    let sum: Amount = 0;
    for (const of of this.#isolated.values()) if (of.asset === asset) sum = add(sum, of.posted);
    return sum;
  }

  #isLiquidated(symbol: InstrumentSymbol): boolean {
    return this.#liquidations?.ofContract(symbol) !== undefined;
  }

  /** Whether its owner's orders are gone, so that other cash is not for it any more. */
  isOnItsOwn(symbol: InstrumentSymbol): boolean {
    const liquidation = this.#liquidations?.ofContract(symbol);
    return liquidation !== undefined && liquidation.phase !== "canceling";
  }

  // ---- What is asked -----------------------------------------------------------------------

  /** Of a contract that the account has no position in. */
  set({ symbol, quote }: ContractInstrument, mode: MarginMode, context: ActorContext): void {
    assert(this.postedFor(symbol) === 0, "a mode is changed while something is posted");
    if (mode === MarginMode.isolated) this.#isolated.set(symbol, { asset: quote, posted: 0 });
    else this.#isolated.delete(symbol);
    const account = this.#account;
    context.emit({ kind: "margin-mode-changed", account, symbol, mode });
  }

  /** Whether a move of that name was made before. */
  isKnown(reference: string): boolean {
    return this.#references.includes(reference);
  }

  know(reference: string): void {
    this.#references.push(reference);
    if (this.#references.length > marginReferencesMax) this.#references.shift();
  }

  // ---- What is posted ----------------------------------------------------------------------

  /** Gives it so much of cash, or what there is of that. */
  post(
    contract: ContractInstrument,
    { amount, cause }: { readonly amount: Amount; readonly cause: MarginCause },
    context: ActorContext,
  ): void {
    const balance = this.#holdings.balance(contract.quote);
    const posted = minimum(amount, balance.available);
    balance.post(posted);
    this.#change(contract, { amount: posted, cause }, context);
  }

  /** Gives so much of it back. The caller checked that there is. */
  release(
    contract: ContractInstrument,
    { amount, cause }: { readonly amount: Amount; readonly cause: MarginCause },
    context: ActorContext,
  ): void {
    this.#holdings.balance(contract.quote).unpost(amount);
    this.#change(contract, { amount: subtract(0, amount), cause }, context);
  }

  /** Gives back what is more than stays with it. */
  keep(contract: ContractInstrument, kept: Amount, context: ActorContext): void {
    const { symbol } = contract;
    if (!this.has(symbol) || this.#isLiquidated(symbol)) return;
    const amount = subtract(this.postedFor(symbol), kept);
    if (amount > 0) this.release(contract, { amount, cause: MarginCause.closed }, context);
  }

  /** Profit comes to it, and losses are taken from it. The caller has seen to it that there is. */
  realise(
    contract: ContractInstrument,
    { realised, code }: { readonly realised: Amount; readonly code: "profit" | "funding" },
    context: ActorContext,
  ): void {
    this.#holdings.balance(contract.quote).realisePosted(realised, code);
    this.#change(contract, { amount: realised, cause: MarginCause.realised }, context);
  }

  /** The contract's fund pays so much of its losses. */
  cover(contract: ContractInstrument, amount: Amount, context: ActorContext): void {
    this.#holdings.balance(contract.quote).coverPosted(amount);
    this.#change(contract, { amount, cause: MarginCause.realised }, context);
  }

  #change(
    { symbol }: ContractInstrument,
    { amount, cause }: { readonly amount: Amount; readonly cause: MarginCause },
    context: ActorContext,
  ): void {
    const isolated = this.#isolated.get(symbol);
    assert(isolated !== undefined, "something is posted for a position that is not isolated");
    if (amount === 0) return;
    const posted = add(isolated.posted, amount);
    assert(posted >= 0, "more is taken of what is posted than there is");
    isolated.posted = posted;
    const account = this.#account;
    context.emit({ kind: "margin-moved", account, symbol, cause, amount, posted });
  }

  // ---- Audit and snapshot ------------------------------------------------------------------

  /** Holds what is posted against what stands in the ledger for it. */
  audit(hasPosition: (symbol: InstrumentSymbol) => boolean): void {
    for (const [symbol, { posted }] of this.#isolated) {
      const isFor = hasPosition(symbol) || this.#isLiquidated(symbol);
      hold(marginIsSum, posted === 0 || isFor);
    }
    for (const [asset, { posted }] of this.#holdings.all()) {
      hold(marginIsSum, posted === this.postedIn(asset));
    }
  }

  /** By symbol; undefined where there is nothing. */
  snapshot(): SavedIsolatedMargins | undefined {
    if (this.#isolated.size === 0 && this.#references.length === 0) return undefined;
    const isolated = [...this.#isolated]
      .map(([symbol, { posted }]) => [symbol, String(posted)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return [isolated, [...this.#references]];
  }

  restore([isolated, references]: SavedIsolatedMargins, venue: Venue): void {
    this.#references.push(...references);
    for (const [symbol, digits] of isolated) {
      const asset = venue.instrument(symbol)?.quote;
      assert(asset !== undefined, "a mode in no contract");
      const posted = amountOf(BigInt(digits));
      this.#isolated.set(symbol, { asset, posted });
      if (posted > 0) this.#holdings.balance(asset).arrivePosted(posted);
    }
  }
}

export type SavedIsolatedMargins = readonly [
  isolated: readonly (readonly [InstrumentSymbol, posted: string])[],
  references: readonly string[],
];

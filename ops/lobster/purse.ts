/**
 * Sees to it that an account can pay for what it is about to do: deposits what is missing before a
 * batch is sent, since an order refused in the middle of a batch would leave the book another.
 */
import { add, multiply, parseAmount, subtract } from "../../protocols/index.ts";
import type { Amount, InstrumentTerms } from "../../protocols/index.ts";
import { Side } from "../../protocols/index.ts";
import type { Action } from "./row-planner.ts";
import type { Trader, Venue } from "./venue.ts";

/** Balances may be told as they were a batch ago: so many batches' worth must be there. */
const batchesKept = 4;
const batchesDeposited = 20;

export class Purse {
  readonly #venue: Venue;
  readonly #trader: Trader;
  /** What is surely available, by asset: what was told last, less all that was asked for since. */
  readonly #available = new Map<string, Amount>();
  #deposits = 0;

  constructor(venue: Venue, trader: Trader) {
    this.#venue = venue;
    this.#trader = trader;
  }

  /** Resolves when the account can pay for the actions. */
  async cover(terms: InstrumentTerms, actions: readonly Action[]): Promise<void> {
    let quote: Amount = 0;
    let base: Amount = 0;
    for (const action of actions) {
      if (action.kind !== "place" && action.kind !== "trade") continue;
      const { side, price, quantity } = action;
      if (side === Side.sell) base = add(base, multiply(quantity, terms.baseUnitsPerLot));
      else {
        const perLot = multiply(price, terms.quoteUnitsPerTickLot);
        quote = add(quote, multiply(perLot, quantity));
      }
    }
    await this.#coverAsset(terms.quote, quote);
    await this.#coverAsset(terms.base, base);
  }

  async #coverAsset(asset: string, need: Amount): Promise<void> {
    if (need === 0) return;
    let available = this.#available.get(asset) ?? 0;
    if (available < need) {
      available = await this.#askAvailable(asset);
      if (available < multiply(need, batchesKept)) {
        const amount = multiply(need, batchesDeposited);
        await this.#deposit(asset, amount);
        available = add(available, amount);
      }
      // What the last batches took may not have been told yet.
      available = subtract(available, multiply(need, batchesKept - 1));
    }
    this.#available.set(asset, subtract(available, need));
  }

  async #askAvailable(asset: string): Promise<Amount> {
    const balances = await this.#trader.balances();
    const balance = balances.find((known) => known.asset === asset);
    return parseAmount(balance?.available ?? "0") ?? 0;
  }

  async #deposit(asset: string, amount: Amount): Promise<void> {
    this.#deposits += 1;
    const { account } = this.#trader;
    const reference = `${account}:${this.#deposits}`;
    await this.#venue.deposit({ account, asset, amount: String(amount), reference });
  }
}

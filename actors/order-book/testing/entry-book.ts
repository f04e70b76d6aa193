/**
 * A book by order as somebody keeps it who hears nothing but the changes of displayed orders: each
 * side's entries in the order of priority. As plain as can be, to hold books against.
 */
import { Side } from "../../../protocols/order-terms.ts";
import type { BookEntry } from "../book-terms.ts";

/** What is said of a displayed order, in the order of priority. */
export type KeptEntry = readonly [entryId: number, side: Side, price: number, quantity: number];

export class EntryBook {
  readonly #entries = new Map<number, KeptEntry>();
  #lastEntryId = 0;

  add({ entryId, side, price, quantity }: BookEntry): void {
    if (entryId <= this.#lastEntryId) throw new Error(`entry ${entryId} is not a new one`);
    if (quantity <= 0) throw new Error(`entry ${entryId} is added with nothing`);
    this.#lastEntryId = entryId;
    this.#entries.set(entryId, [entryId, side, price, quantity]);
  }

  /** Executed or canceled: the entry shows `quantity` now. */
  change(entryId: number, quantity: number): void {
    const entry = this.#entries.get(entryId);
    if (entry === undefined) throw new Error(`entry ${entryId} is not there`);
    const [, side, price] = entry;
    if (quantity === 0) this.#entries.delete(entryId);
    else this.#entries.set(entryId, [entryId, side, price, quantity]);
  }

  /** Bids, then asks: best price first, then by entry id. */
  entries(): readonly KeptEntry[] {
    const bySide = [Side.buy, Side.sell].map((of) => {
      const sign = of === Side.buy ? -1 : 1;
      return [...this.#entries.values()]
        .filter(([, side]) => side === of)
        .sort(([a, , priceA], [b, , priceB]) => (priceA - priceB) * sign || a - b);
    });
    return bySide.flat();
  }

  /** The sums by price of one side, best first. */
  levels(of: Side): readonly (readonly [price: number, quantity: number, orders: number])[] {
    const levels = new Map<number, [price: number, quantity: number, orders: number]>();
    for (const [, side, price, quantity] of this.entries()) {
      if (side !== of) continue;
      const level = levels.get(price) ?? [price, 0, 0];
      levels.set(price, [price, level[1] + quantity, level[2] + 1]);
    }
    return [...levels.values()];
  }
}

/** What an account has placed within the last seconds, so that the same is told again. */
import { repeatMsMax } from "../../protocols/index.ts";
import type { PlaceOrder, TimeUs } from "../../protocols/index.ts";

/** Two orders of which the second may be there by mistake. */
export function placingKey(order: PlaceOrder): string {
  const { symbol, side, orderType, quantity, price, instructions } = order;
  const { triggerPrice, quoteBudget } = instructions;
  return [symbol, side, orderType, quantity, price, triggerPrice, quoteBudget].join(" ");
}

export class RecentPlacings {
  /** When each was placed last, in the order of that. */
  readonly #placedAt = new Map<string, TimeUs>();

  /** When the same was placed last; undefined if that is longer ago than anybody may ask. */
  lastOf(key: string): TimeUs | undefined {
    return this.#placedAt.get(key);
  }

  add(key: string, timeUs: TimeUs): void {
    this.#placedAt.delete(key);
    this.#placedAt.set(key, timeUs);
    for (const [known, placedAtUs] of this.#placedAt) {
      if (placedAtUs >= timeUs - repeatMsMax * 1000) break;
      this.#placedAt.delete(known);
    }
  }

  snapshot(): SavedPlacings {
    return [...this.#placedAt];
  }

  restore(saved: SavedPlacings): void {
    for (const [key, placedAtUs] of saved) this.#placedAt.set(key, placedAtUs);
  }
}

export type SavedPlacings = readonly (readonly [key: string, placedAtUs: TimeUs])[];

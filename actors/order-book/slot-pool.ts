/**
 * Slots: small integers that stand for orders and price levels, so that what is known of these can
 * live in columns of numbers instead of objects.
 *
 * Hands out a free slot and takes it back. The slot given back last is handed out first, because
 * its columns are still in the cache. Knows nothing of what a slot stands for.
 *
 * Invariant: a slot is either free or handed out once.
 */
import { assert } from "../../protocols/assert.ts";

/** No slot: ends a list, answers a search that found nothing. */
export const none = -1;

export class SlotPool {
  /** How many slots are handed out. */
  usedCount = 0;
  #free = new Int32Array(64);
  #freeCount = 0;
  /** Slots from here on were never handed out. */
  #firstUnused = 0;

  /** No slot from this one on was ever handed out. */
  get end(): number {
    return this.#firstUnused;
  }

  take(): number {
    this.usedCount += 1;
    if (this.#freeCount === 0) return this.#firstUnused++;
    this.#freeCount -= 1;
    return this.#free[this.#freeCount]!;
  }

  giveBack(slot: number): void {
    assert(slot >= 0);
    assert(slot < this.#firstUnused);
    assert(this.usedCount > 0);
    if (this.#freeCount === this.#free.length) this.#free = doubledInts(this.#free);
    this.#free[this.#freeCount] = slot;
    this.#freeCount += 1;
    this.usedCount -= 1;
  }
}

/** A column of twice the length with the same values in front. */
export function doubledInts(column: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(column.length * 2);
  longer.set(column);
  return longer;
}

/** As {@link doubledInts}, for numbers up to 2^53. */
export function doubledNumbers(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2);
  longer.set(column);
  return longer;
}

/** As {@link doubledInts}, for marks. */
export function doubledBytes(column: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(column.length * 2);
  longer.set(column);
  return longer;
}

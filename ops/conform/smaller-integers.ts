/**
 * Small numbers that stand for large integers and compare as these do: each integer's rank among
 * those that occur. Matching needs no more of a price than which is higher, nor of an id than which
 * is equal; and a report needs the text.
 */
import { assert } from "../../protocols/assert.ts";

export class SmallerIntegers {
  readonly #ascending: bigint[];
  readonly #ranks: ReadonlyMap<bigint, number>;

  constructor(occurring: Iterable<bigint>) {
    this.#ascending = [...new Set(occurring)].sort((a, b) => (a < b ? -1 : 1));
    this.#ranks = new Map(this.#ascending.map((integer, rank) => [integer, rank]));
  }

  /** The number that stands for one of the integers given at construction. */
  numberFor(integer: bigint): number {
    const rank = this.#ranks.get(integer);
    assert(rank !== undefined, "the integer did not occur");
    return rank;
  }

  textOf(number: number): string {
    return String(this.#ascending[number]);
  }
}

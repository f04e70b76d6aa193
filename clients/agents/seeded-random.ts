/**
 * Chance from a seed: the same seed gives the same numbers for ever, on every machine.
 *
 * Mulberry32. Reference: Tommy Ettinger, public domain; good enough for agents, not for secrets.
 */
import { assert } from "../../protocols/index.ts";

export class SeededRandom {
  #state: number;

  /** Different names under one seed give streams that have nothing to do with each other. */
  constructor(seed: number, name = "") {
    let state = seed >>> 0;
    for (let index = 0; index < name.length; index++) {
      state = Math.imul(state ^ name.charCodeAt(index), 0x01000193) >>> 0;
    }
    this.#state = state;
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    const state = this.#state;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    assert(Number.isSafeInteger(low) && Number.isSafeInteger(high));
    assert(low <= high);
    return low + (this.next() % (high - low + 1));
  }

  /** True so many times in a hundred. */
  percent(chance: number): boolean {
    return this.between(1, 100) <= chance;
  }
}

/** Random numbers from a seed: the same on every machine, in every release. */
export class SmallRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** An integer from 0 to `limit - 1`; `limit` is at most 2^32. */
  below(limit: number): number {
    // Reference: G. Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (2003), 13-17-5.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  /** An integer from `min` to `max`. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True once in `times` on average. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }
}

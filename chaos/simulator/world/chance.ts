/**
 * Chance that a seed decides, with branches: each part of a world draws from a branch of its own,
 * so that one more draw here changes nothing there.
 */
import { Random } from "../../../actors/testing/random.ts";

export class Chance extends Random {
  readonly #seed: number;

  constructor(seed: number) {
    super(seed);
    this.#seed = seed >>> 0;
  }

  branch(name: string): Chance {
    let seed = this.#seed ^ 0x9e3779b9;
    for (let at = 0; at < name.length; at++) {
      seed = Math.imul(seed ^ name.charCodeAt(at), 0x85ebca6b);
      seed ^= seed >>> 13;
    }
    return new Chance(Math.imul(seed ^ (seed >>> 16), 0xc2b2ae35));
  }

  /** At least 0 and less than 1, in steps of 2^-32. */
  next(): number {
    return this.below(2 ** 32) / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const left = [...items];
    const drawn: Item[] = [];
    while (left.length > 0) drawn.push(...left.splice(this.below(left.length), 1));
    return drawn;
  }
}

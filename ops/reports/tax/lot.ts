/**
 * Tax lots: units of an asset that were acquired together, at one cost.
 *
 * A part of a lot costs its share of what is left of the lot's cost, rounded down to a unit; what
 * is taken last costs the rest. So the parts of a lot always add up to the lot.
 */
import { assert } from "../../../protocols/index.ts";
import type { TimeUs } from "../../../protocols/index.ts";

export interface Acquisition {
  /** Names the lot for ever: `trade/81`, or the code and the place of what brought it. */
  readonly name: string;
  readonly acquiredUs: TimeUs;
  /** Units of the asset, more than none. */
  readonly quantity: bigint;
  /** Units of the currency, fees included; undefined where nobody has said. */
  readonly cost: bigint | undefined;
}

export class Lot {
  readonly acquisition: Acquisition;
  /** By arrival, from 0. */
  readonly number: number;
  #quantity: bigint;
  #cost: bigint | undefined;

  constructor(acquisition: Acquisition, number: number) {
    assert(acquisition.quantity > 0n, "a lot of nothing");
    assert((acquisition.cost ?? 0n) >= 0n, "a lot that cost less than nothing");
    this.acquisition = acquisition;
    this.number = number;
    this.#quantity = acquisition.quantity;
    this.#cost = acquisition.cost;
  }

  /** What is left of it. */
  get quantity(): bigint {
    return this.#quantity;
  }

  /** What that cost. */
  get cost(): bigint | undefined {
    return this.#cost;
  }

  /** Takes a part out of it, and says what that cost. */
  take(quantity: bigint): bigint | undefined {
    assert(quantity > 0n && quantity <= this.#quantity, "more of a lot than is left");
    const cost = this.#cost === undefined ? undefined : (this.#cost * quantity) / this.#quantity;
    this.#quantity -= quantity;
    if (this.#cost !== undefined && cost !== undefined) this.#cost -= cost;
    return cost;
  }
}

/** First in, first out; highest cost first; or those that somebody names, and then the first. */
export const lotMethods = ["fifo", "hifo", "specific"] as const;
export type LotMethod = (typeof lotMethods)[number];

/** Below zero where `a` is taken before `b`. */
export function compareLots(method: LotMethod, a: Lot, b: Lot): number {
  return (method === "hifo" ? byCost(a, b) : 0) || byTime(a, b);
}

function byTime(a: Lot, b: Lot): number {
  return a.acquisition.acquiredUs - b.acquisition.acquiredUs || a.number - b.number;
}

/** By what a unit cost when the lot was acquired. Of what nobody knows the cost, comes last. */
function byCost(a: Lot, b: Lot): number {
  const [one, other] = [a.acquisition, b.acquisition];
  if (one.cost === undefined || other.cost === undefined) {
    return Number(one.cost === undefined) - Number(other.cost === undefined);
  }
  const difference = other.cost * one.quantity - one.cost * other.quantity;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

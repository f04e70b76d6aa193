/**
 * The mean of something that is so much for a while and then so much else, weighted by how long:
 * exact sums, of any sign, in microseconds of log time.
 */
import { add, assert, divideFloor, multiply, subtract } from "../../protocols/index.ts";
import type { Amount, TimeUs } from "../../protocols/index.ts";

export class TimeMean {
  #sum: Amount = 0;
  #us: TimeUs = 0;

  /** It was this for so long. */
  pass(value: number, us: TimeUs): void {
    assert(us >= 0, "time went back");
    this.#sum = add(this.#sum, multiply(value, us));
    this.#us += us;
  }

  /** Rounded towards zero; undefined of no time. */
  get mean(): number | undefined {
    return this.#us === 0 ? undefined : (towardZero(this.#sum, this.#us) as number);
  }

  reset(): void {
    this.#sum = this.#us = 0;
  }

  snapshot(): SavedTimeMean {
    return [this.#sum, this.#us];
  }

  restore([sum, us]: SavedTimeMean): void {
    this.#sum = sum;
    this.#us = us;
  }
}

/** A dividend of any sign by a positive divisor, rounded towards zero. */
export function towardZero(dividend: Amount, divisor: Amount): Amount {
  if (dividend >= 0) return divideFloor(dividend, divisor);
  return subtract(0, divideFloor(subtract(0, dividend), divisor));
}

export type SavedTimeMean = readonly [sum: Amount, us: TimeUs];

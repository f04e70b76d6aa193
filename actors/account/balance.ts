/**
 * One account's holding of one asset: what it may use, and what its working orders have reserved.
 *
 * Invariant: neither part is ever negative.
 */
import { add, assert, subtract } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";

export class Balance {
  #available: Amount;
  #reserved: Amount;

  constructor(available: Amount = 0, reserved: Amount = 0) {
    assert(available >= 0);
    assert(reserved >= 0);
    this.#available = available;
    this.#reserved = reserved;
  }

  get available(): Amount {
    return this.#available;
  }

  get reserved(): Amount {
    return this.#reserved;
  }

  get total(): Amount {
    return add(this.#available, this.#reserved);
  }

  /** Adds what was received. */
  credit(amount: Amount): void {
    assert(amount >= 0);
    this.#available = add(this.#available, amount);
  }

  /** Moves from available to reserved, or back when negative. The caller checked the funds. */
  reserve(amount: Amount): void {
    this.#available = subtract(this.#available, amount);
    this.#reserved = add(this.#reserved, amount);
    assert(this.#available >= 0, "reserved more than was available");
    assert(this.#reserved >= 0, "released more than was reserved");
  }

  /** Takes what was reserved out of the account. */
  spendReserved(amount: Amount): void {
    assert(amount >= 0);
    this.#reserved = subtract(this.#reserved, amount);
    assert(this.#reserved >= 0, "spent more than was reserved");
  }
}

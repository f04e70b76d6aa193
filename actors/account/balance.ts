/**
 * One account's holding of one asset: what it may use, and what its working orders have reserved.
 *
 * Invariant: funds-not-negative, reservations-not-negative.
 */
import { add, assert, hold, invariant, subtract } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { AssetFlow } from "./asset-flow.ts";

const fundsNotNegative = invariant("funds-not-negative");
const reservationsNotNegative = invariant("reservations-not-negative");

export class Balance {
  #available: Amount;
  #reserved: Amount;
  /** While the account is audited: what those of its orders have reserved that were counted. */
  ofOrders: Amount = 0;
  /** Told of all that comes and goes. */
  readonly flow: AssetFlow;

  constructor(available: Amount = 0, reserved: Amount = 0, flow = new AssetFlow()) {
    assert(available >= 0);
    assert(reserved >= 0);
    this.#available = available;
    this.#reserved = reserved;
    this.flow = flow;
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
    this.flow.moved(amount);
  }

  /** Moves from available to reserved, or back when negative. The caller checked the funds. */
  reserve(amount: Amount): void {
    this.#available = subtract(this.#available, amount);
    this.#reserved = add(this.#reserved, amount);
    hold(fundsNotNegative, this.#available >= 0, "reserved more than was available");
    hold(reservationsNotNegative, this.#reserved >= 0, "released more than was reserved");
  }

  /** Takes what was reserved out of the account. */
  spendReserved(amount: Amount): void {
    assert(amount >= 0);
    this.#reserved = subtract(this.#reserved, amount);
    this.flow.moved(subtract(0, amount));
    hold(reservationsNotNegative, this.#reserved >= 0, "spent more than was reserved");
  }
}

/**
 * Finds a resting order's slot by its id: open addressing over one column of slots.
 *
 * The ids themselves stay in the order slab. Removal closes the gap it leaves, so there are no
 * tombstones and a book that runs for years does not slow down.
 *
 * Invariant: walking from an entry's home to the entry meets no empty place.
 * Invariant: at most half of the places are taken.
 */
import { assert } from "../../protocols/assert.ts";
import type { OrderSlab } from "./order-slab.ts";
import { none } from "./slot-pool.ts";

const initialCapacity = 2048;

export class OrderIndex {
  count = 0;
  readonly #orders: OrderSlab;
  #places = new Int32Array(initialCapacity).fill(none);
  #mask = initialCapacity - 1;
  /** How far a hash is shifted for its top bits to name a place. */
  #shift = Math.clz32(initialCapacity - 1);

  constructor(orders: OrderSlab) {
    this.#orders = orders;
  }

  /** The slot of the order, or none. */
  find(orderId: number): number {
    const { orderId: ids } = this.#orders;
    for (let place = hash(orderId) >>> this.#shift; ; place = (place + 1) & this.#mask) {
      const slot = this.#places[place]!;
      if (slot === none || ids[slot] === orderId) return slot;
    }
  }

  /** Adds an order that is not there. Its slot already holds its id. */
  add(slot: number): void {
    if ((this.count + 1) * 2 > this.#places.length) this.#grow();
    let place = hash(this.#orders.orderId[slot]!) >>> this.#shift;
    while (this.#places[place] !== none) place = (place + 1) & this.#mask;
    this.#places[place] = slot;
    this.count += 1;
  }

  /** Removes an order that is there. */
  remove(slot: number): void {
    const ids = this.#orders.orderId;
    let gap = hash(ids[slot]!) >>> this.#shift;
    while (this.#places[gap] !== slot) {
      assert(this.#places[gap] !== none, "the order is not in the index");
      gap = (gap + 1) & this.#mask;
    }
    // Entries behind the gap move up unless that would put them before their home.
    for (let place = (gap + 1) & this.#mask; ; place = (place + 1) & this.#mask) {
      const entry = this.#places[place]!;
      if (entry === none) break;
      const home = hash(ids[entry]!) >>> this.#shift;
      if (((place - home) & this.#mask) < ((place - gap) & this.#mask)) continue;
      this.#places[gap] = entry;
      gap = place;
    }
    this.#places[gap] = none;
    this.count -= 1;
  }

  #grow(): void {
    const slots = this.#places.filter((slot) => slot !== none);
    this.#places = new Int32Array(this.#places.length * 2).fill(none);
    this.#mask = this.#places.length - 1;
    this.#shift = Math.clz32(this.#mask);
    this.count = 0;
    for (const slot of slots) this.add(slot);
  }
}

/**
 * Multiplicative hashing; the top bits are the good ones. Ids are counters in practice, of one
 * shard or of several that differ only above 2^32, so both halves count.
 */
function hash(orderId: number): number {
  const low = orderId | 0;
  const high = (orderId / 2 ** 32) | 0;
  return Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
}

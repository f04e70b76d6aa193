/**
 * Finds an account's orders by one of their names: open addressing over a column of hashes and one
 * of orders.
 *
 * An account may know a hundred thousand closed orders, and nearly every look-up is of a new name,
 * which is not there: the column of hashes answers it alone, small enough to stay near the
 * processor. (Measured against a Map of the same names: a quarter of all time spent on an order.)
 * Removal closes the gap it leaves, so the table is as it would be had the order never been there.
 *
 * Clients choose names. One who chose them to collide would make every look-up long, so a table
 * that becomes crowded is to be reseeded with something that he could not know before. What is
 * found never depends on the seed.
 */
import { assert } from "../../protocols/index.ts";
import type { Order } from "./order.ts";

export interface TableKey<Key> {
  readonly of: (order: Order) => Key;
  /** 32 bits that differ for different keys as often as not, whatever the seed. */
  readonly hash: (key: Key, seed: number) => number;
}

const initialCapacity = 64;
/** With half of the table empty, a run of so many is an accident that nobody will live to see. */
const runLengthMax = 128;

export class OrderTable<Key extends string | number> {
  readonly #key: TableKey<Key>;
  #seed = 0;
  /** 0 where there is none. */
  #hashes = new Int32Array(initialCapacity);
  #orders: (Order | undefined)[] = emptyColumn(initialCapacity);
  #count = 0;
  #isCrowded = false;

  constructor(key: TableKey<Key>) {
    this.#key = key;
  }

  /** Whether keys collide so often that it cannot be chance. */
  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  find(key: Key): Order | undefined {
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    const hash = this.#hashOf(key);
    for (let at = hash & mask; hashes[at] !== 0; at = (at + 1) & mask) {
      if (hashes[at] !== hash) continue;
      const order = this.#orders[at]!;
      if (this.#key.of(order) === key) return order;
    }
    return undefined;
  }

  /** Adds an order whose key no other has. */
  add(order: Order): void {
    if ((this.#count + 1) * 2 > this.#hashes.length) this.#rebuild(this.#hashes.length * 2);
    this.#put(order);
    this.#count += 1;
  }

  delete(order: Order): void {
    const hashes = this.#hashes;
    const orders = this.#orders;
    const mask = hashes.length - 1;
    let gap = this.#hashOf(this.#key.of(order)) & mask;
    while (orders[gap] !== order) {
      assert(hashes[gap] !== 0, "the order is not in the table");
      gap = (gap + 1) & mask;
    }
    // What follows moves into the gap unless its own place lies behind the gap.
    for (let at = (gap + 1) & mask; hashes[at] !== 0; at = (at + 1) & mask) {
      const wayFromHome = (at - hashes[at]!) & mask;
      const wayFromGap = (at - gap) & mask;
      if (wayFromHome < wayFromGap) continue;
      hashes[gap] = hashes[at]!;
      orders[gap] = orders[at];
      gap = at;
    }
    hashes[gap] = 0;
    orders[gap] = undefined;
    this.#count -= 1;
  }

  /** Hashes all keys anew. */
  reseed(seed: number): void {
    this.#seed = seed | 0;
    this.#isCrowded = false;
    this.#rebuild(this.#hashes.length);
  }

  #rebuild(capacity: number): void {
    const orders = this.#orders;
    this.#hashes = new Int32Array(capacity);
    this.#orders = emptyColumn(capacity);
    for (const order of orders) if (order !== undefined) this.#put(order);
  }

  #put(order: Order): void {
    const hashes = this.#hashes;
    const orders = this.#orders;
    const mask = hashes.length - 1;
    const key = this.#key.of(order);
    const hash = this.#hashOf(key);
    let at = hash & mask;
    while (hashes[at] !== 0) {
      assert(hashes[at] !== hash || this.#key.of(orders[at]!) !== key, "two orders of one name");
      at = (at + 1) & mask;
    }
    if (((at - hash) & mask) > runLengthMax) this.#isCrowded = true;
    hashes[at] = hash;
    orders[at] = order;
  }

  /** Never 0, which marks an empty place. */
  #hashOf(key: Key): number {
    const hash = this.#key.hash(key, this.#seed) | 0;
    return hash === 0 ? 1 : hash;
  }
}

function emptyColumn(length: number): (Order | undefined)[] {
  return new Array<Order | undefined>(length).fill(undefined);
}

/**
 * By our id. Ids are counted, so the id itself is the best hash: orders that were placed together
 * lie together.
 */
export const byOrderId: TableKey<number> = {
  of: (order) => order.orderId,
  hash: (orderId) => orderId,
};

/**
 * By the client's id. FNV-1a from the seed on, then mixed: such ids often differ at their end only.
 */
export const byClientOrderId: TableKey<string> = {
  of: (order) => order.clientOrderId,
  hash: (text, seed) => {
    let hash = seed ^ 0x811c9dc5;
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  },
};

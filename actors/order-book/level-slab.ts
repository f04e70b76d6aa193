/**
 * The price levels of one book, as columns indexed by slot.
 *
 * A level is one price that has orders resting: its queue, oldest first, and the totals that market
 * data shows. Where a level stands among the others is the ladder's business.
 */
import type { Side } from "../../protocols/order-terms.ts";
import { doubledInts, doubledNumbers, none, SlotPool } from "./slot-pool.ts";

const initialCapacity = 64;

export class LevelSlab {
  price = new Float64Array(initialCapacity);
  /** Sum of what remains of the orders in the queue. */
  quantity = new Float64Array(initialCapacity);
  side = new Int32Array(initialCapacity);
  /** The oldest order, or none while the level is being filled for the first time. */
  head = new Int32Array(initialCapacity);
  tail = new Int32Array(initialCapacity);
  orderCount = new Int32Array(initialCapacity);
  readonly #slots = new SlotPool();

  get count(): number {
    return this.#slots.usedCount;
  }

  /** A level without orders. */
  take(side: Side, price: number): number {
    const level = this.#slots.take();
    if (level === this.price.length) this.#grow();
    this.price[level] = price;
    this.quantity[level] = 0;
    this.side[level] = side;
    this.head[level] = none;
    this.tail[level] = none;
    this.orderCount[level] = 0;
    return level;
  }

  giveBack(level: number): void {
    this.#slots.giveBack(level);
  }

  #grow(): void {
    this.price = doubledNumbers(this.price);
    this.quantity = doubledNumbers(this.quantity);
    this.side = doubledInts(this.side);
    this.head = doubledInts(this.head);
    this.tail = doubledInts(this.tail);
    this.orderCount = doubledInts(this.orderCount);
  }
}

/**
 * The resting orders of one book, as columns indexed by slot.
 *
 * Holds the facts of each order and its place in its level's queue; whoever keeps the queues
 * decides. Nothing is allocated per order; the columns double when they are full.
 */
import { doubledBytes, doubledInts, doubledNumbers, SlotPool } from "./slot-pool.ts";

const initialCapacity = 1024;

export class OrderSlab {
  orderId = new Float64Array(initialCapacity);
  /** What takes part in the queue now: all that remains, or the slice that an iceberg shows. */
  remaining = new Float64Array(initialCapacity);
  /** Of a displayed order, the number of its place: rises along a queue. 0 of a hidden one. */
  entryId = new Float64Array(initialCapacity);
  owner = new Int32Array(initialCapacity);
  /** Those of one group may be kept from trading with each other; 0 for none. */
  group = new Int32Array(initialCapacity);
  /** The price level the order rests at. */
  level = new Int32Array(initialCapacity);
  /** The order behind this one at the same price, or none. */
  next = new Int32Array(initialCapacity);
  /** The order before this one at the same price, or none. */
  previous = new Int32Array(initialCapacity);
  /** 1 for an order of which more is kept beside the columns. */
  hasTerms = new Uint8Array(initialCapacity);
  readonly #slots = new SlotPool();

  get count(): number {
    return this.#slots.usedCount;
  }

  /** A slot whose columns hold whatever was there before: the caller fills every one. */
  take(): number {
    const slot = this.#slots.take();
    if (slot === this.orderId.length) this.#grow();
    return slot;
  }

  giveBack(slot: number): void {
    this.#slots.giveBack(slot);
  }

  #grow(): void {
    this.orderId = doubledNumbers(this.orderId);
    this.remaining = doubledNumbers(this.remaining);
    this.entryId = doubledNumbers(this.entryId);
    this.owner = doubledInts(this.owner);
    this.group = doubledInts(this.group);
    this.level = doubledInts(this.level);
    this.next = doubledInts(this.next);
    this.previous = doubledInts(this.previous);
    this.hasTerms = doubledBytes(this.hasTerms);
  }
}

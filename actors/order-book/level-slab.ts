/**
 * The price levels of one book, as columns indexed by slot.
 *
 * A level is one price that has orders resting: its queue, oldest first, and the totals that market
 * data shows. Where a level stands among the others is the ladder's business.
 */
import { doubledInts, doubledNumbers, none, SlotPool } from "./slot-pool.ts";

const initialCapacity = 64;

export class LevelSlab {
  price = new Float64Array(initialCapacity);
  /** Sum of what the orders in the queue bring to it now: of an iceberg, its slice. */
  quantity = new Float64Array(initialCapacity);
  /** Sum of what the icebergs in the queue keep back. */
  reserve = new Float64Array(initialCapacity);
  /** The number of the ladder that the level stands on. */
  ladder = new Int32Array(initialCapacity);
  /** The oldest order, or none while the level is being filled for the first time. */
  head = new Int32Array(initialCapacity);
  tail = new Int32Array(initialCapacity);
  orderCount = new Int32Array(initialCapacity);
  readonly #slots = new SlotPool();

  get count(): number {
    return this.#slots.usedCount;
  }

  /** Levels lie before this one; those without orders are free. */
  get end(): number {
    return this.#slots.end;
  }

  /** A level without orders. */
  take(ladder: number, price: number): number {
    const level = this.#slots.take();
    if (level === this.price.length) this.#grow();
    this.price[level] = price;
    this.quantity[level] = 0;
    this.reserve[level] = 0;
    this.ladder[level] = ladder;
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
    this.reserve = doubledNumbers(this.reserve);
    this.ladder = doubledInts(this.ladder);
    this.head = doubledInts(this.head);
    this.tail = doubledInts(this.tail);
    this.orderCount = doubledInts(this.orderCount);
  }
}

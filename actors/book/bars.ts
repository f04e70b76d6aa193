/**
 * Bars: what was traded in spans of time, oldest first: first, highest, lowest and last price, and
 * totals. A ring in one typed array, so that a trade costs no memory.
 *
 * The array begins small and grows up to the size of the ring: most books are quiet.
 *
 * Invariant: totals are exact, whatever is traded. Each is a pair of numbers, high * 2^52 + low.
 */
import { amountOf, assert, divideFloor, multiply } from "../../protocols/index.ts";
import type { Amount, CandleView, Lots, Ticks, TimeUs, TradeId } from "../../protocols/index.ts";

export interface BarTrade {
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** Where the fields of a bar lie in its row. A total takes two places, high and low. */
const At = {
  start: 0,
  open: 1,
  high: 2,
  low: 3,
  close: 4,
  volume: 5,
  notional: 7,
  trades: 9,
  firstTradeId: 10,
  lastTradeId: 11,
} as const;
const fieldsPerBar = 12;
const bytesPerBar = fieldsPerBar * Float64Array.BYTES_PER_ELEMENT;

const barsAtFirst = 4;
/** What the low part of a total stays below. */
const lowEnd = 2 ** 52;
/** A product of a price and a quantity beyond `lowEnd` is made of parts below it. */
const partEnd = 2 ** 20;
const twoTo32 = 2 ** 32;

export class Bars {
  readonly #barsMax: number;
  #rows = new Float64Array(0);
  /** How many bars there is room for. */
  #places = 0;
  /** The place of the oldest bar. */
  #first = 0;
  #count = 0;

  constructor(barsMax: number) {
    this.#barsMax = barsMax;
  }

  get count(): number {
    return this.#count;
  }

  /** When the newest one began. There must be one. */
  get newestStartUs(): TimeUs {
    return this.startUs(this.#count - 1);
  }

  /** Of a bar by its age: 0 is the oldest. */
  startUs(index: number): TimeUs {
    return this.#rows[this.#rowOf(index) + At.start]!;
  }

  close(index: number): Ticks {
    return this.#rows[this.#rowOf(index) + At.close]!;
  }

  // ---- Change --------------------------------------------------------------------------------

  /** Begins an empty bar behind all others; without room for one more, the oldest is dropped. */
  begin(startUs: TimeUs): void {
    if (this.#count === this.#barsMax) this.dropOldest();
    if (this.#count === this.#places) this.#grow();
    this.#count += 1;
    const row = this.#rowOf(this.#count - 1);
    this.#rows.fill(0, row, row + fieldsPerBar);
    this.#rows[row + At.start] = startUs;
  }

  dropOldest(): void {
    assert(this.#count > 0, "no bar to drop");
    this.#count -= 1;
    this.#first = this.#count === 0 ? 0 : this.#placeAfter(this.#first, 1);
  }

  clear(): void {
    this.#first = this.#count = 0;
  }

  /** Counts a trade in the newest bar. */
  addTrade({ tradeId, price, quantity }: BarTrade): void {
    const rows = this.#rows;
    const row = this.#rowOf(this.#count - 1);
    if (rows[row + At.trades] === 0) {
      rows[row + At.open] = rows[row + At.high] = rows[row + At.low] = price;
      rows[row + At.firstTradeId] = tradeId;
    } else {
      if (price > rows[row + At.high]!) rows[row + At.high] = price;
      if (price < rows[row + At.low]!) rows[row + At.low] = price;
    }
    rows[row + At.close] = price;
    rows[row + At.lastTradeId] = tradeId;
    rows[row + At.trades]! += 1;
    this.#addLow(row + At.volume, quantity);
    this.#addProduct(row + At.notional, price, quantity);
  }

  /** Counts in the newest bar what another one holds, which came later. */
  addBar(from: Bars, index: number): void {
    const rows = this.#rows;
    const row = this.#rowOf(this.#count - 1);
    const other = from.#rowOf(index);
    const added = from.#rows;
    assert(added[other + At.trades]! > 0, "nothing to count");
    if (rows[row + At.trades] === 0) {
      rows[row + At.open] = added[other + At.open]!;
      rows[row + At.high] = added[other + At.high]!;
      rows[row + At.low] = added[other + At.low]!;
      rows[row + At.firstTradeId] = added[other + At.firstTradeId]!;
    }
    rows[row + At.high] = Math.max(rows[row + At.high]!, added[other + At.high]!);
    rows[row + At.low] = Math.min(rows[row + At.low]!, added[other + At.low]!);
    rows[row + At.close] = added[other + At.close]!;
    rows[row + At.lastTradeId] = added[other + At.lastTradeId]!;
    rows[row + At.trades]! += added[other + At.trades]!;
    for (const total of [At.volume, At.notional]) {
      rows[row + total]! += added[other + total]!;
      this.#addLow(row + total, added[other + total + 1]!);
    }
  }

  /** Adds less than 2^52 to the total that begins at a place. */
  #addLow(at: number, value: number): void {
    const rows = this.#rows;
    const low = rows[at + 1]! + value;
    if (low < lowEnd) {
      rows[at + 1] = low;
      return;
    }
    rows[at + 1] = low - lowEnd;
    rows[at]! += 1;
  }

  #addProduct(at: number, price: Ticks, quantity: Lots): void {
    const product = price * quantity;
    if (product < lowEnd) {
      this.#addLow(at, product);
      return;
    }
    // With price < 2^32 and quantity < 2^52, each part and each sum of two is below 2^53.
    const lowQuantity = quantity % partEnd;
    const upper = multiply(price, divideFloor(quantity, partEnd)) as number;
    const upperLow = upper % twoTo32;
    this.#rows[at]! += divideFloor(upper, twoTo32) as number;
    this.#addLow(at, upperLow * partEnd);
    this.#addLow(at, price * lowQuantity);
  }

  // ---- Reading -------------------------------------------------------------------------------

  /** A bar as it is told. */
  candle(index: number): CandleView {
    const rows = this.#rows;
    const row = this.#rowOf(index);
    return {
      startUs: rows[row + At.start]!,
      open: rows[row + At.open]!,
      high: rows[row + At.high]!,
      low: rows[row + At.low]!,
      close: rows[row + At.close]!,
      volume: String(this.#total(row + At.volume)),
      notional: String(this.#total(row + At.notional)),
      trades: rows[row + At.trades]!,
      firstTradeId: rows[row + At.firstTradeId]!,
      lastTradeId: rows[row + At.lastTradeId]!,
    };
  }

  #total(at: number): Amount {
    const high = this.#rows[at]!;
    const low = this.#rows[at + 1]!;
    return high === 0 ? low : amountOf(BigInt(high) * BigInt(lowEnd) + BigInt(low));
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  /** The bars as bytes, oldest first: little-endian numbers of eight bytes. */
  snapshot(): Uint8Array {
    const bytes = new Uint8Array(this.#count * bytesPerBar);
    const view = new DataView(bytes.buffer);
    let to = 0;
    for (let index = 0; index < this.#count; index++) {
      const row = this.#rowOf(index);
      for (let field = 0; field < fieldsPerBar; field++, to += 8) {
        view.setFloat64(to, this.#rows[row + field]!, true);
      }
    }
    return bytes;
  }

  static restore(bytes: Uint8Array, barsMax: number): Bars {
    const bars = new Bars(barsMax);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    assert(bytes.length % bytesPerBar === 0, "not whole bars");
    for (let from = 0; from < bytes.length; from += bytesPerBar) {
      bars.begin(view.getFloat64(from, true));
      const row = bars.#rowOf(bars.#count - 1);
      for (let field = 1; field < fieldsPerBar; field++) {
        bars.#rows[row + field] = view.getFloat64(from + field * 8, true);
      }
    }
    return bars;
  }

  // ---- Places --------------------------------------------------------------------------------

  #rowOf(index: number): number {
    assert(index >= 0 && index < this.#count, "no such bar");
    return this.#placeAfter(this.#first, index) * fieldsPerBar;
  }

  #placeAfter(place: number, count: number): number {
    const after = place + count;
    return after < this.#places ? after : after - this.#places;
  }

  /** Makes room for twice as many, in order from the first place on. */
  #grow(): void {
    const places = Math.min(this.#barsMax, Math.max(barsAtFirst, this.#places * 2));
    const rows = new Float64Array(places * fieldsPerBar);
    const split = this.#first * fieldsPerBar;
    rows.set(this.#rows.subarray(split));
    rows.set(this.#rows.subarray(0, split), this.#rows.length - split);
    this.#rows = rows;
    this.#places = places;
    this.#first = 0;
  }
}

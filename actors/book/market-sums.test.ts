/**
 * What one book tells in sums: candles when they end, statistics after trades, checksums of its
 * depth; and when it asks to be called for them.
 *
 * The book has twins that come from snapshots; see the lone book.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { CandleInterval, depthChecksum, OrderType } from "../../protocols/index.ts";
import type { TimeUs } from "../../protocols/index.ts";
import { eventText } from "../testing/plain-words.ts";
import { Random } from "../testing/random.ts";
import { cancel, ioc, LoneBook, sells, submit, symbol } from "./testing/lone-book.ts";

const second = 1_000_000;
const minute = 60 * second;

let book: LoneBook;
let orderId = 0;

beforeEach(() => {
  book = new LoneBook();
  orderId = 0;
});

/** One lot is traded at a price. */
function trade(price = 100, quantity = 1): void {
  const terms = { price, quantity } as const;
  book.hear(submit(++orderId, terms));
  book.hear(submit(++orderId, { ...sells, ...terms, ...ioc }));
}

/** Log time moves on, and nobody is called for it. */
function moveTo(timeUs: TimeUs): void {
  book.timeUs = timeUs;
}

function told(kind: string): string[] {
  return book.besidePrices.filter((event) => event.kind === kind).map(eventText);
}

describe("candles", () => {
  it("end when the book is called at the end of their minute, which it asks for", () => {
    moveTo(5 * second);
    trade();
    trade(103);
    expect(book.nextDueUs).toBe(minute);
    book.passTo(minute - 1);
    expect(told("candle-closed")).toEqual([]);
    book.passTo(minute);
    expect(told("candle-closed")).toEqual([
      `${symbol} candle of 1m: 00:00 100 103 100 103, 2 for 203 in 2`,
    ]);
  });

  it("end with the next thing the book hears of, before that is done", () => {
    trade();
    moveTo(minute + 1);
    book.hear(submit(++orderId, { price: 90 }));
    expect(told("candle-closed")).toHaveLength(1);
    expect(book.book.candles({ interval: CandleInterval["5m"], limit: 9, endUs: 0 })).toMatchObject(
      [{ startUs: 0, trades: 1, isClosed: false }],
    );
  });

  it("of wider intervals end in their time, too, and ask for it once each", () => {
    trade();
    book.passTo(minute);
    expect(book.nextDueUs).toBe(5 * minute);
    book.passTo(2 * minute);
    book.enter("continuous");
    book.passTo(5 * minute);
    expect(told("candle-closed")).toEqual([
      `${symbol} candle of 5m: 00:00 100 100 100 100, 1 for 100 in 1`,
    ]);
    for (const hours of [0.25, 1, 4, 24]) {
      expect(book.nextDueUs).toBe(hours * 60 * minute);
      book.passTo(hours * 60 * minute);
      expect(told("candle-closed")).toHaveLength(1);
    }
    expect(book.nextDueUs).toBeUndefined();
  });

  it("count what an auction executes", () => {
    book.enter("openingAuction");
    book.hear(submit(1, { price: 105, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 95, quantity: 4 }));
    book.enter("continuous");
    expect(told("statistics-changed")).toHaveLength(1);
    book.passTo(minute);
    expect(told("candle-closed")).toHaveLength(1);
    const [candle] = book.book.candles({ interval: CandleInterval["1m"], limit: 1, endUs: 0 });
    expect(candle).toMatchObject({ volume: "4", trades: 1, isClosed: true });
  });
});

describe("statistics", () => {
  it("are told after a trade, then after a second at the earliest", () => {
    moveTo(second);
    trade();
    expect(told("statistics-changed")).toEqual([`${symbol} day: 100 100 100 100, 1 for 100 in 1`]);
    trade(101);
    expect(told("statistics-changed")).toEqual([]);
    moveTo(2 * second - 1);
    book.hear(submit(++orderId, { price: 50 }));
    expect(told("statistics-changed")).toEqual([]);
    moveTo(2 * second);
    book.hear(cancel(orderId));
    expect(told("statistics-changed")).toEqual([`${symbol} day: 100 101 100 101, 2 for 201 in 2`]);
  });

  it("are told at the end of the minute when the book hears of nothing more", () => {
    trade();
    trade(101);
    book.passTo(minute);
    expect(told("statistics-changed")).toEqual([`${symbol} day: 100 101 100 101, 2 for 201 in 2`]);
    moveTo(minute + second);
    book.hear(submit(++orderId, { price: 50 }));
    expect(told("statistics-changed")).toEqual([]);
  });

  it("are not told because somebody calls in vain", () => {
    trade();
    trade(101);
    moveTo(30 * second);
    book.enter("continuous");
    expect(book.besidePrices).toEqual([]);
    book.mark(100);
    expect(told("statistics-changed")).toHaveLength(1);
  });

  it("can be asked for at any later moment", () => {
    trade();
    expect(book.book.statistics(second)).toMatchObject({ open: 100, volume: "1", trades: 1 });
    expect(book.book.statistics(24 * 60 * minute)).toMatchObject({ open: 100, trades: 0 });
  });
});

describe("checksums", () => {
  const checksums = () =>
    book.besidePrices.flatMap((event) =>
      event.kind === "depth-checksummed" ? [[event.updateId, event.checksum]] : [],
    );

  it("are told of a book that has changed, every 100 ms at the most", () => {
    book.hear(submit(1, { price: 100 }));
    expect(checksums()).toEqual([[1, depthChecksum([[100, 10]], [])]]);
    book.hear(submit(2, { ...sells, price: 101, quantity: 3 }));
    expect(checksums()).toEqual([]);
    moveTo(99_999);
    book.hear(submit(3, { price: 99 }));
    expect(checksums()).toEqual([]);
    moveTo(100_000);
    book.mark(100);
    const bids = [
      [100, 10],
      [99, 10],
    ] as const;
    expect(checksums()).toEqual([[3, depthChecksum(bids, [[101, 3]])]]);
    moveTo(second);
    book.mark(100);
    expect(checksums()).toEqual([]);
  });

  it("count no market orders that gather for an auction", () => {
    book.enter("openingAuction");
    moveTo(second);
    book.hear(submit(1, { price: 100 }));
    moveTo(2 * second);
    book.hear(submit(2, { ...sells, orderType: OrderType.market, price: 0, quantity: 3 }));
    expect(checksums()).toEqual([]);
    moveTo(3 * second);
    book.hear(submit(3, { ...sells, price: 120, quantity: 3 }));
    expect(checksums()).toEqual([[2, depthChecksum([[100, 10]], [[120, 3]])]]);
  });

  it("are those of the depth that anybody may ask for", () => {
    const random = new Random(7);
    let count = 0;
    for (let n = 1; n <= 150; n++) {
      moveTo(book.timeUs + random.below(80_000));
      const terms = { price: 90 + random.below(20), quantity: 1 + random.below(9) };
      book.hear(submit(n, random.isOneOf(50) ? terms : { ...sells, ...terms }));
      const { updateId, bids, asks } = book.book.depth(100);
      for (const told of checksums()) expect(told).toEqual([updateId, depthChecksum(bids, asks)]);
      count += checksums().length;
    }
    expect(count).toBeGreaterThan(20);
  });
});

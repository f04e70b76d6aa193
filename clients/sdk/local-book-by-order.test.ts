import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { EntryUpdate, OrdersMessage } from "../../protocols/api/market-data.ts";
import type { DisplayedOrdersReply } from "../../protocols/api/replies.ts";
import { ClientClosed } from "./faults.ts";
import { LocalBookByOrder } from "./local-book-by-order.ts";
import type { OutcryClient } from "./outcry-client.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { MemoryExchange } from "./testing/memory-exchange.ts";

/** A feed and snapshots that come when the test says so. */
class ScriptedSource {
  readonly asked: number[] = [];
  #listener: (message: OrdersMessage) => void = () => undefined;
  #waiting: ((reply: DisplayedOrdersReply) => void)[] = [];
  isFollowed = false;

  follow(listener: (message: OrdersMessage) => void): () => void {
    this.#listener = listener;
    this.isFollowed = true;
    return () => {
      this.isFollowed = false;
    };
  }

  snapshot(size: number): Promise<DisplayedOrdersReply> {
    this.asked.push(size);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  update(...updates: EntryUpdate[]): void {
    const [first, last] = [updates[0]?.[0] ?? 0, updates.at(-1)?.[0] ?? 0];
    const stamp = { shard: 0, sequence: 1, timeUs: 1 };
    const depthUpdateId = last + 1000;
    this.#listener({ symbol: "BTC-USDT", first, last, updates, depthUpdateId, ...stamp });
  }

  async answer(updateId: number, orders: Partial<DisplayedOrdersReply> = {}): Promise<void> {
    const names = { ok: true, symbol: "BTC-USDT" } as const;
    const ids = { updateId, depthUpdateId: updateId + 1000 };
    this.#waiting.shift()?.({ ...names, ...ids, bids: [], asks: [], ...orders });
    await setImmediate();
  }
}

function bookOn(source: ScriptedSource, orders = 1000): LocalBookByOrder {
  return new LocalBookByOrder({ symbol: "BTC-USDT", source, orders, clock: new ManualClock() });
}

describe("a local book by order", () => {
  it("has the orders of its snapshot, and after them those of newer updates", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    const bids: [number, number, number][] = [
      [1, 101, 7],
      [3, 100, 9],
    ];
    source.update([5, "a", 3, "b", 100, 9], [6, "a", 4, "b", 100, 2]);
    await source.answer(5, { bids, asks: [[2, 103, 4]] });
    expect(book.bids(10)).toEqual([
      [1, 101, 7],
      [3, 100, 9],
      [4, 100, 2],
    ]);
    expect(book.asks(10)).toEqual([[2, 103, 4]]);
    expect([book.bestBid, book.bestAsk]).toEqual([
      [1, 101, 7],
      [2, 103, 4],
    ]);
    expect(book.bidsAt(100)).toEqual([
      [3, 100, 9],
      [4, 100, 2],
    ]);
    expect(book.asksAt(100)).toEqual([]);
    expect([book.updateId, book.depthUpdateId, book.isWhole]).toEqual([6, 1006, true]);
  });

  it("follows orders that trade and are canceled, in part or whole", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    const changes: number[] = [];
    const end = book.onChanged(({ updateId }) => changes.push(updateId));
    await source.answer(0);
    source.update([1, "a", 1, "b", 100, 9], [2, "a", 2, "a", 103, 4], [3, "a", 3, "b", 100, 5]);
    source.update([4, "e", 1, 6, 77], [5, "c", 3, 1]);
    expect(book.bids(10)).toEqual([
      [1, 100, 6],
      [3, 100, 1],
    ]);
    source.update([6, "e", 1, 0, 78], [7, "c", 2, 0]);
    end();
    source.update([8, "c", 3, 0]);
    expect([book.bids(10), book.asks(10)]).toEqual([[], []]);
    expect(changes).toEqual([0, 3, 5, 7]);
  });

  it("drops what it has seen, and joins anew when an update is missing", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    await source.answer(1, { bids: [[1, 100, 9]] });
    source.update([1, "a", 1, "b", 100, 9], [2, "e", 1, 8, 5]);
    source.update([1, "a", 1, "b", 100, 9], [2, "e", 1, 8, 5]);
    expect(book.bids(10)).toEqual([[1, 100, 8]]);
    source.update([4, "c", 1, 2]);
    expect(book.phase).toBe("joining");
    await source.answer(3, { bids: [[1, 100, 4]] });
    expect([book.phase, book.updateId, book.joins]).toEqual(["following", 4, 2]);
    expect(book.bids(10)).toEqual([[1, 100, 2]]);
  });

  it("joins anew when it hears of an order that it ought to have and has not", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    await source.answer(1, { bids: [[1, 100, 9]] });
    source.update([2, "c", 7, 1], [3, "c", 1, 5]);
    expect(book.phase).toBe("joining");
    await source.answer(2, { bids: [[1, 100, 9]] });
    expect(book.bids(10)).toEqual([[1, 100, 5]]);
  });

  it("joins anew when it learns that the last messages were lost", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    await source.answer(1);
    const verified = book.verify();
    await source.answer(2);
    await verified;
    expect(book.phase).toBe("joining");
  });

  it("deeper than its snapshot leaves out what stands behind, and asks in time", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source, 4);
    const bids: [number, number, number][] = [
      [1, 101, 1],
      [2, 100, 1],
      [3, 99, 1],
      [4, 99, 1],
    ];
    await source.answer(10, { bids });
    expect(book.isWhole).toBe(false);
    // Behind the last one known at 99 may be others; what is better is known for sure.
    source.update([11, "a", 20, "b", 99, 5], [12, "a", 21, "b", 100, 6], [13, "e", 19, 0, 7]);
    expect(book.bids(10).map(([entryId]) => entryId)).toEqual([1, 2, 21, 3, 4]);
    source.update([14, "c", 1, 0], [15, "c", 2, 0], [16, "c", 21, 0]);
    expect(book.phase).toBe("following");
    source.update([17, "c", 3, 0]);
    expect(book.phase).toBe("joining");
    expect(source.asked).toEqual([4, 4]);
  });

  it("that is closed listens no more, and tells whoever waits for it", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    book.close();
    expect(source.isFollowed).toBe(false);
    await expect(book.following()).rejects.toThrow(ClientClosed);
  });
});

describe("a local book by order of a real exchange", () => {
  let exchange: MemoryExchange;
  afterEach(() => exchange.close());

  const symbol = "BTC-USDT";

  async function trade(trader: OutcryClient, step: number): Promise<void> {
    const side = step % 3 === 0 ? ("sell" as const) : ("buy" as const);
    const price = 100 + ((step * 7) % 5) - (side === "buy" ? 2 : 0);
    const more = step % 5 === 0 ? { displayQuantity: 1 } : {};
    const quantity = 1 + (step % 4);
    await trader.place({ symbol, side, type: "limit", price, quantity, ...more });
  }

  /** Whether the book is what the exchange displays, and sums up to its depth. */
  async function expectWhole(book: LocalBookByOrder, client: OutcryClient): Promise<void> {
    await book.verify();
    await book.following();
    const [orders, depth] = await Promise.all([
      client.displayedOrders({ symbol, limit: 1000 }),
      client.depth({ symbol, levels: 1000 }),
    ]);
    expect([book.updateId, book.depthUpdateId]).toEqual([orders.updateId, depth.updateId]);
    expect([book.bids(1000), book.asks(1000)]).toEqual([orders.bids, orders.asks]);
    for (const [price, quantity, count] of depth.bids) {
      const queue = book.bidsAt(price);
      expect(queue).toHaveLength(count);
      expect(queue.reduce((sum, [, , shown]) => sum + shown, 0)).toBe(quantity);
    }
  }

  it("equals what is displayed, though messages get lost or come twice", async () => {
    exchange = await MemoryExchange.open();
    const wire = exchange.wire();
    let heard = 0;
    wire.isHeard = (subject) => !subject.endsWith(".orders") || ++heard % 7 !== 0;
    const watcher = exchange.clientOn(wire, "maker");
    const book = watcher.bookByOrder(symbol, { verifyEveryMs: 0 });
    await book.following();
    const trader = exchange.client();
    for (let step = 0; step < 60; step++) await trade(trader, step);
    wire.isHeard = () => true;
    await expectWhole(book, watcher);
    expect(book.joins).toBeGreaterThan(1);
    wire.reconnect();
    await expectWhole(book, watcher);
  });

  it("goes on when the emitter dies", async () => {
    exchange = await MemoryExchange.open({ nodes: 3, shards: 2 });
    const trader = exchange.client();
    const watcher = exchange.client("maker");
    const book = watcher.bookByOrder(symbol, { verifyEveryMs: 0 });
    await book.following();
    for (let step = 0; step < 90; step++) {
      await trade(trader, step);
      if (step !== 30) continue;
      const { shards } = await trader.status();
      await exchange.place.cluster.killNode(shards.find(({ emitter }) => emitter !== "")!.emitter);
    }
    await expectWhole(book, watcher);
  });

  it("of an instrument that is unknown is refused, and so is the question", async () => {
    exchange = await MemoryExchange.open();
    const client = exchange.client("demo", { clock: new ManualClock() });
    const book = client.bookByOrder("NOPE");
    await expect(book.following()).rejects.toMatchObject({ code: "request-refused" });
    expect(book.phase).toBe("closed");
    await expect(client.displayedOrders({ symbol: "NOPE" })).rejects.toMatchObject({
      error: { name: "instrument-unknown" },
    });
  });
});

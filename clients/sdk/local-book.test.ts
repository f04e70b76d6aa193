import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type {
  ChecksumMessage,
  DepthMessage,
  DepthUpdate,
} from "../../protocols/api/market-data.ts";
import type { DepthReply } from "../../protocols/api/replies.ts";
import { apiErrorOf } from "../../protocols/api/errors.ts";
import { depthChecksum, RejectReason } from "../../protocols/index.ts";
import type { Level } from "./book-side.ts";
import { ClientClosed, RequestRefused } from "./faults.ts";
import { LocalBook } from "./local-book.ts";
import type { DepthChecksum } from "./local-book.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { MemoryExchange } from "./testing/memory-exchange.ts";

/** A feed and snapshots that come when the test says so. */
class ScriptedSource {
  readonly asked: number[] = [];
  #listener: (message: DepthMessage) => void = () => undefined;
  #waiting: { resolve: (reply: DepthReply) => void; reject: (fault: Error) => void }[] = [];
  isFollowed = false;
  isChecked = false;
  #check: (message: DepthChecksum) => void = () => undefined;

  follow(listener: (message: DepthMessage) => void): () => void {
    this.#listener = listener;
    this.isFollowed = true;
    return () => {
      this.isFollowed = false;
    };
  }

  snapshot(levels: number): Promise<DepthReply> {
    this.asked.push(levels);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Update ids from `first` on, each setting the bid at its own id to quantity 1. */
  publish(first: number, last: number): void {
    const updates: DepthUpdate[] = [];
    for (let updateId = first; updateId <= last; updateId++) {
      updates.push([updateId, "b", updateId, 1]);
    }
    this.#listener({ ...common, first, last, updates });
  }

  checksums(listener: (message: DepthChecksum) => void): () => void {
    this.#check = listener;
    this.isChecked = true;
    return () => {
      this.isChecked = false;
    };
  }

  check(updateId: number, bids: Level[], asks: Level[] = []): void {
    this.#check({ updateId, checksum: depthChecksum(bids, asks) });
  }

  update(...updates: DepthUpdate[]): void {
    const [first, last] = [updates[0]?.[0] ?? 0, updates.at(-1)?.[0] ?? 0];
    this.#listener({ ...common, first, last, updates });
  }

  async answer(updateId: number, levels: Partial<DepthReply> = {}): Promise<void> {
    const bids = Array.from({ length: updateId }, (_, at): [number, number, number] => [
      updateId - at,
      1,
      1,
    ]);
    this.#waiting.shift()?.resolve({
      ok: true,
      symbol: "BTC-USDT",
      phase: "continuous",
      isHalted: false,
      updateId,
      bids,
      asks: [],
      ...levels,
    });
    await setImmediate();
  }

  async fail(fault = new Error("no snapshot")): Promise<void> {
    this.#waiting.shift()?.reject(fault);
    await setImmediate();
  }
}

const common = { symbol: "BTC-USDT", shard: 0, sequence: 1, timeUs: 1 };

function bookOn(source: ScriptedSource, levels = 1000, onFault?: (fault: unknown) => void) {
  const options = { symbol: "BTC-USDT", source, levels, clock: new ManualClock() };
  return new LocalBook(onFault === undefined ? options : { ...options, onFault });
}

/** The prices of bids that a source of `publish` and `answer` gives up to an update id. */
function pricesUpTo(updateId: number): number[] {
  return Array.from({ length: updateId }, (_, at) => updateId - at);
}

function bidPrices(book: LocalBook): number[] {
  return book.bids(10_000).map(([price]) => price);
}

function refusal(reason: "instrument-unknown" | "field-invalid"): RequestRefused {
  return new RequestRefused("depth", apiErrorOf({ reason: RejectReason[reason] }));
}

describe("whoever waits for a book", () => {
  it("of an instrument that is unknown is told so", async () => {
    const exchange = await MemoryExchange.open();
    const book = exchange.client("demo", { clock: new ManualClock() }).book("NOPE");
    await expect(book.following()).rejects.toMatchObject({
      code: "request-refused",
      error: { number: 50, name: "instrument-unknown" },
    });
    expect(book.phase).toBe("closed");
    await exchange.close();
  });

  it("is told at once of a refusal that no time mends", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    await source.fail(refusal("field-invalid"));
    await expect(book.following()).rejects.toThrow(RequestRefused);
    expect(source.isFollowed).toBe(false);
  });

  it("gets it when the instrument becomes known a moment later", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    await source.fail(refusal("instrument-unknown"));
    await source.answer(3);
    await book.following();
    expect(book.updateId).toBe(3);
  });

  it("that followed once gets it again, whatever is said meanwhile", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    await source.answer(3);
    book.rejoin();
    await source.fail(refusal("field-invalid"));
    await source.answer(4);
    await book.following();
    expect(book.updateId).toBe(4);
  });

  it("that is closed meanwhile is told so", async () => {
    const book = bookOn(new ScriptedSource());
    book.close();
    await expect(book.following()).rejects.toThrow(ClientClosed);
  });
});

describe("a local book joins", () => {
  it("a snapshot with the updates that came meanwhile and are newer", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    source.publish(1, 2);
    source.publish(3, 5);
    source.publish(6, 6);
    await source.answer(4);
    expect(book.phase).toBe("following");
    expect(book.updateId).toBe(6);
    expect(bidPrices(book)).toEqual(pricesUpTo(6));
  });

  it("a snapshot that is newer than all updates so far", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    source.publish(1, 2);
    await source.answer(9);
    source.publish(9, 10);
    expect(bidPrices(book)).toEqual(pricesUpTo(10));
    expect(book.joins).toBe(1);
  });

  it("not with a snapshot that is too old, but with the next", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    source.publish(8, 9);
    await source.answer(4);
    expect(book.phase).toBe("joining");
    source.publish(10, 10);
    await source.answer(9);
    expect(bidPrices(book)).toEqual(pricesUpTo(10));
  });

  it("not over a gap between updates that came meanwhile", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    source.publish(5, 6);
    source.publish(9, 9);
    await source.answer(4);
    expect(book.phase).toBe("joining");
    await source.answer(8);
    expect(bidPrices(book)).toEqual(pricesUpTo(9));
  });

  it("although updates that came meanwhile were repeated", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    source.publish(5, 8);
    source.publish(5, 6);
    source.publish(9, 9);
    await source.answer(4);
    expect(bidPrices(book)).toEqual(pricesUpTo(9));
  });

  it("after snapshots that could not be had", async () => {
    const source = new ScriptedSource();
    const faults: unknown[] = [];
    const book = bookOn(source, 1000, (fault) => faults.push(fault));
    await source.fail();
    await source.fail();
    await source.answer(3);
    expect(faults).toHaveLength(2);
    expect(bidPrices(book)).toEqual(pricesUpTo(3));
    await expect(book.following()).resolves.toBeUndefined();
  });
});

describe("a local book follows", () => {
  async function following(updateId: number, levels = 1000) {
    const source = new ScriptedSource();
    const book = bookOn(source, levels);
    await source.answer(updateId);
    return { source, book };
  }

  it("levels that come, change and go, best first on both sides", async () => {
    const { source, book } = await following(0);
    source.update([1, "b", 100, 5], [2, "a", 103, 1], [3, "a", 102, 2], [4, "b", 99, 7]);
    source.update([5, "b", 100, 6], [6, "a", 103, 0]);
    expect(book.bids(10)).toEqual([
      [100, 6],
      [99, 7],
    ]);
    expect(book.asks(10)).toEqual([[102, 2]]);
    expect([book.bestBid, book.bestAsk]).toEqual([
      [100, 6],
      [102, 2],
    ]);
  });

  it("dropping what it has seen, whole or in part", async () => {
    const { source, book } = await following(5);
    source.publish(3, 5);
    source.publish(4, 7);
    expect(book.updateId).toBe(7);
    expect(bidPrices(book)).toEqual(pricesUpTo(7));
    expect(book.joins).toBe(1);
  });

  it("and joins anew when an update is missing", async () => {
    const { source, book } = await following(5);
    source.publish(6, 6);
    source.publish(8, 9);
    expect(book.phase).toBe("joining");
    source.publish(10, 10);
    await source.answer(7);
    expect(bidPrices(book)).toEqual(pricesUpTo(10));
    expect(book.joins).toBe(2);
  });

  it("and joins anew when told that something may be missing", async () => {
    const { source, book } = await following(5);
    book.rejoin();
    book.rejoin();
    expect(source.asked).toHaveLength(2);
    await source.answer(6);
    expect(book.updateId).toBe(6);
  });

  it("and joins anew when it learns that the last messages were lost", async () => {
    const { source, book } = await following(5);
    const verified = book.verify();
    await source.answer(7);
    await verified;
    expect(book.phase).toBe("joining");
    await source.answer(7);
    expect(book.updateId).toBe(7);
  });

  it("telling listeners once for each message, and observers of every update", async () => {
    const { source, book } = await following(0);
    const story: string[] = [];
    const endChanged = book.onChanged(() => story.push(`changed at ${String(book.updateId)}`));
    const endObserving = book.observe({
      joined: () => story.push(`joined at ${String(book.updateId)}`),
      updated: ([updateId]) =>
        story.push(`updated to ${String(updateId)}, is ${String(book.updateId)}`),
    });
    source.publish(1, 2);
    source.publish(1, 2);
    source.publish(4, 4);
    await source.answer(5);
    endChanged();
    endObserving();
    source.publish(6, 6);
    expect(story).toEqual([
      "updated to 1, is 1",
      "updated to 2, is 2",
      "changed at 2",
      "joined at 5",
      "changed at 5",
    ]);
  });

  it("telling the book as of an update, or that it went past it", async () => {
    const { source, book } = await following(3);
    const told: string[] = [];
    const at = (updateId: number) =>
      book.at(updateId, (found) => told.push(`${String(updateId)}: ${String(found?.updateId)}`));
    at(6);
    at(3);
    at(2);
    at(5);
    at(9);
    source.publish(4, 6);
    source.publish(8, 8);
    await source.answer(10);
    at(12);
    book.close();
    expect(told).toEqual(["3: 3", "2: undefined", "5: 5", "6: 6", "9: undefined", "12: undefined"]);
    expect(source.isFollowed).toBe(false);
  });
});

describe("a local book that is deeper than its snapshot", () => {
  it("leaves out what lies behind, and asks anew before it gets there", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source, 4);
    const bids: [number, number, number][] = [
      [100, 1, 1],
      [99, 1, 1],
      [98, 1, 1],
      [97, 1, 1],
    ];
    await source.answer(10, { bids, asks: [[101, 1, 1]] });
    expect(book.isWhole).toBe(false);
    source.update([11, "b", 50, 9], [12, "b", 100, 0], [13, "b", 99, 0]);
    expect(bidPrices(book)).toEqual([98, 97]);
    expect(book.phase).toBe("following");
    source.update([14, "b", 98, 0]);
    expect(book.phase).toBe("joining");
    await source.answer(14, {
      bids: [
        [97, 1, 1],
        [50, 9, 1],
      ],
      asks: [[101, 1, 1]],
    });
    expect(book.isWhole).toBe(true);
    expect(bidPrices(book)).toEqual([97, 50]);
  });
});

describe("a checksum", () => {
  const sound: Level[] = [[2, 1], [1, 1]]; // prettier-ignore

  async function follows(updateId = 2, levels?: number): Promise<[ScriptedSource, LocalBook]> {
    const source = new ScriptedSource();
    const book = bookOn(source, levels);
    await source.answer(updateId);
    return [source, book];
  }

  it("of what the book has changes nothing", async () => {
    const [source, book] = await follows();
    source.check(2, sound);
    source.check(3, [[3, 1], ...sound]);
    source.publish(3, 4);
    expect([book.phase, book.updateId, book.joins]).toEqual(["following", 4, 1]);
  });

  it("of something else makes the book join anew", async () => {
    const [source, book] = await follows();
    source.check(2, [[2, 9]]);
    expect(book.phase).toBe("joining");
    await source.answer(2);
    expect([book.phase, book.joins]).toEqual(["following", 2]);
  });

  it("counts as of its update: what came behind that in one message is not lost", async () => {
    const [source, book] = await follows();
    source.check(3, sound);
    source.publish(3, 5);
    expect(book.phase).toBe("joining");
    await source.answer(4);
    expect([book.updateId, book.joins]).toEqual([5, 2]);
    expect(bidPrices(book)).toEqual(pricesUpTo(5));
  });

  it("that is found wrong in a snapshot makes the book ask for another", async () => {
    const source = new ScriptedSource();
    const book = bookOn(source);
    source.check(2, [[2, 9]]);
    await source.answer(2);
    expect(book.phase).toBe("joining");
    expect(book.joins).toBe(1);
  });

  it("of an update that the book has gone past says nothing", async () => {
    const [source, book] = await follows();
    source.check(1, [[2, 9]]);
    expect(book.phase).toBe("following");
  });

  it("of levels that the book was cut from says nothing", async () => {
    const [source, book] = await follows(9, 9);
    source.check(9, [[2, 9]]);
    expect([book.isWhole, book.phase]).toEqual([false, "following"]);
    const [deep, deepBook] = await follows(10, 10);
    deep.check(10, [[2, 9]]);
    expect([deepBook.isWhole, deepBook.phase]).toEqual([false, "joining"]);
  });

  it("is not waited for by a book that is closed", async () => {
    const [source, book] = await follows();
    book.close();
    expect(source.isChecked).toBe(false);
    source.check(2, [[2, 9]]);
    expect(book.phase).toBe("closed");
  });
});

describe("a local book of a real exchange", () => {
  let exchange: MemoryExchange;
  afterEach(() => exchange.close());

  it("equals the exchange's depth after every change, though messages get lost", async () => {
    exchange = await MemoryExchange.open();
    const wire = exchange.wire();
    let heard = 0;
    wire.isHeard = (subject) => !subject.endsWith(".depth") || ++heard % 7 !== 0;
    const watcher = exchange.clientOn(wire, "maker");
    const book = watcher.book("BTC-USDT");
    await book.following();
    const trader = exchange.client();
    for (let step = 0; step < 60; step++) {
      const side = step % 3 === 0 ? ("sell" as const) : ("buy" as const);
      const price = 100 + ((step * 7) % 5) - (side === "buy" ? 2 : 0);
      await trader.place({
        symbol: "BTC-USDT",
        side,
        type: "limit",
        price,
        quantity: 1 + (step % 4),
      });
    }
    const depth = await watcher.depth({ symbol: "BTC-USDT", levels: 1000 });
    wire.isHeard = () => true;
    await book.verify();
    await book.following();
    expect(book.updateId).toBe(depth.updateId);
    const levels = (side: [number, number, number][]) =>
      side.map(([price, quantity]) => [price, quantity]);
    expect(book.bids(1000)).toEqual(levels(depth.bids));
    expect(book.asks(1000)).toEqual(levels(depth.asks));
    expect(book.joins).toBeGreaterThan(1);
  });

  it("finds by a checksum that it is unsound", async () => {
    exchange = await MemoryExchange.open();
    const checksums: ChecksumMessage[] = [];
    const book = exchange.client().book("BTC-USDT", { verifyEveryMs: 0 });
    const maker = exchange.client("maker");
    const order = { symbol: "BTC-USDT", side: "buy", type: "limit", quantity: 5 } as const;
    maker.onChecksums("BTC-USDT", (message) => checksums.push(message));
    await book.following();
    await maker.place({ ...order, price: 100 });
    await maker.place({ ...order, price: 99 });
    await expect.poll(() => book.updateId).toBe(2);
    expect(checksums).toMatchObject([{ updateId: 1, checksum: depthChecksum([[100, 5]], []) }]);
    expect(book.joins).toBe(1);
  });

  it("joins anew after its line was broken", async () => {
    exchange = await MemoryExchange.open();
    const wire = exchange.wire();
    const client = exchange.clientOn(wire);
    const book = client.book("BTC-USDT", { verifyEveryMs: 0 });
    await book.following();
    wire.reconnect();
    await book.following();
    expect(book.joins).toBe(2);
  });
});

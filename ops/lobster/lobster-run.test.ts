/**
 * Goal: a run tells the truth. Where the exchange does as it is told every row matches, whatever is
 * lost on the way; where a row is different, an order is lost, or nobody answers, it says so.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Wire } from "../../clients/sdk/index.ts";
import { plainInstructions } from "../../protocols/index.ts";
import { LocalExchange } from "./local-exchange.ts";
import type { LocalExchangeOptions } from "./local-exchange.ts";
import { LobsterFault } from "./lobster-fault.ts";
import type { LobsterPaths } from "./lobster-files.ts";
import { LobsterRun } from "./lobster-run.ts";
import type { LobsterEvent, LobsterResult, LobsterRunOptions } from "./lobster-run.ts";
import { isRight } from "./run-lobster.ts";
import { Unanswered } from "./venue.ts";
import type { Trader } from "./venue.ts";
import { writeSyntheticMarket } from "./testing/synthetic-market.ts";

let folder: string;
let files: LobsterPaths;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-lobster-"));
  files = await writeSyntheticMarket(folder, { seed: 11, rows: 600, depth: 12 });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  readonly result: LobsterResult;
  readonly events: readonly LobsterEvent[];
}

async function run(
  options: Partial<LobsterRunOptions> = {},
  exchange: LocalExchangeOptions = {},
  during?: (event: LobsterEvent, exchange: LocalExchange) => void,
): Promise<Ran> {
  const local = await LocalExchange.open(exchange);
  const venue = local.venue();
  const events: LobsterEvent[] = [];
  try {
    const onEvent = (event: LobsterEvent): void => {
      events.push(event);
      during?.(event, local);
    };
    const played = new LobsterRun({
      venue,
      paths: files,
      symbol: "MSFT",
      levels: 10,
      rowsAtOnce: 64,
      onEvent,
      ...options,
    });
    return { result: await played.run(), events };
  } finally {
    await venue.close();
  }
}

describe("a run", () => {
  it.each([1, 3])("on %i shards matches every row and leaves nothing resting", async (shards) => {
    const { result, events } = await run({}, { shards, nodes: shards });
    expect(result).toMatchObject({
      rows: 599,
      matched: 599,
      firstDifference: null,
      fault: null,
      resting: { firstDifference: null },
      rowsPlayedAgain: 0,
    });
    expect(isRight(result)).toBe(true);
    expect(result.counts.levelsEntered).toBeGreaterThan(0);
    const rows = events.filter(({ kind }) => kind === "acknowledged");
    expect(rows.length).toBeGreaterThan(10);
  });

  it("from one account alone matches every row with fewer batches", async () => {
    const batches = ({ events }: Ran): number =>
      events.filter(({ kind }) => kind === "acknowledged").length;
    const alone = await run({ accounts: 1 }, { shards: 3 });
    expect(isRight(alone.result)).toBe(true);
    expect(batches(alone) * 2).toBeLessThan(batches(await run()));
  });

  it("compares as deep as the file goes, and no deeper", async () => {
    const { result } = await run({ levels: 50 });
    expect(result.matched).toBe(599);
  });

  it("says which row is different, where, and what was there, and plays on", async () => {
    const wrong = join(folder, "wrong.csv");
    const lines = (await readFile(files.orderbook, "utf8")).split("\n");
    const fields = lines[99]!.split(",");
    const [, size, price, bidSize] = fields.map(Number);
    fields[3] = String(bidSize! + 1);
    lines[99] = fields.join(",");
    await writeFile(wrong, lines.join("\n"));
    const { result, events } = await run({ paths: { ...files, orderbook: wrong } });
    expect(size).toBeGreaterThan(0);
    const difference = {
      row: 100,
      side: "bid",
      level: 1,
      expected: [price, bidSize! + 1],
      got: [price, bidSize],
    };
    expect(result).toMatchObject({ rows: 599, matched: 598, firstDifference: difference });
    expect(events).toContainEqual({ kind: "different", difference });
    expect(isRight(result)).toBe(false);
  });

  it("throws when a line cannot be read", async () => {
    const cut = join(folder, "cut.csv");
    await writeFile(cut, (await readFile(files.messages, "utf8")).replace("\n", "\nx,"));
    await expect(run({ paths: { ...files, messages: cut } })).rejects.toMatchObject({
      code: "file-malformed",
    });
  });
});

describe("a disturbed run", () => {
  it("plays the rows again that a hole in the feed has hidden", async () => {
    let messages = 0;
    const isLost = (): boolean => {
      messages += 1;
      return messages === 40 || messages === 41 || messages === 90;
    };
    const { result, events } = await run({}, { wrapWire: (wire) => losingFeed(wire, isLost) });
    expect(result).toMatchObject({ matched: 599, fault: null, resting: { firstDifference: null } });
    expect(result.symbols.length).toBe(3);
    expect(events.filter(({ kind }) => kind === "disturbed").length).toBe(2);
  });

  it("matches every row when answers get lost and batches are sent twice", async () => {
    let requests = 0;
    const isLost = (): boolean => {
      requests += 1;
      return requests % 3 === 0;
    };
    const { result } = await run({}, { wrapWire: (wire) => losingAnswers(wire, isLost) });
    expect(result).toMatchObject({
      matched: 599,
      fault: null,
      resting: { firstDifference: null },
      rowsPlayedAgain: 0,
    });
  });

  it("can send a batch twice that changes one order very often", async () => {
    const paths = {
      messages: join(folder, "often.csv"),
      orderbook: join(folder, "often-book.csv"),
    };
    const left = Array.from({ length: 40 }, (_, row) => 100 - row);
    await writeFile(
      paths.messages,
      left
        .map((size) => `1.5,${size === 100 ? 1 : 2},7,${size === 100 ? 100 : 1},500,1\n`)
        .join(""),
    );
    await writeFile(paths.orderbook, left.map((size) => `9999999999,0,500,${size}\n`).join(""));
    const asked = new Set<string>();
    const isFirst = (payload: Uint8Array): boolean => {
      const text = payload.toString();
      return !asked.has(text) && asked.add(text).size > 0;
    };
    const wrapWire = (wire: Wire): Wire => losingAnswers(wire, isFirst);
    const { result } = await run({ paths }, { wrapWire });
    expect(result).toMatchObject({ rows: 39, matched: 39, fault: null, rowsPlayedAgain: 0 });
  });

  it("plays rows again when nobody knows whether a batch was carried out", async () => {
    let batches = 0;
    const forgetful = (trader: Trader): Trader => ({
      account: trader.account,
      async send(...args) {
        const answers = await trader.send(...args);
        batches += 1;
        if (batches === 30) throw new Unanswered("execution status unknown");
        return answers;
      },
      balances: () => trader.balances(),
      openOrders: (symbol) => trader.openOrders(symbol),
      cancelAll: (symbol) => trader.cancelAll(symbol),
    });
    const local = await LocalExchange.open();
    const venue = local.venue();
    const openTrader = venue.openTrader.bind(venue);
    venue.openTrader = async (account) => forgetful(await openTrader(account));
    const options = { venue, paths: files, symbol: "MSFT", levels: 10, rowsAtOnce: 64 };
    const result = await new LobsterRun(options).run();
    await venue.close();
    expect(result).toMatchObject({ matched: 599, rowsPlayedAgain: 64, fault: null });
    expect(isRight(result)).toBe(true);
  });

  it("matches every row when the emitting node is killed, and then another", async () => {
    const killed = new Set<string>();
    const kill = (name: string, exchange: LocalExchange): void => {
      if (killed.has(name)) return;
      killed.add(name);
      void exchange.cluster.killNode(name).then(() => exchange.cluster.startNode(name));
    };
    const { result } = await run({}, { shards: 3, nodes: 3 }, (event, exchange) => {
      if (event.kind !== "acknowledged") return;
      if (event.row > 100) kill("e1", exchange);
      if (event.row > 300) kill("e2", exchange);
    });
    expect(killed).toEqual(new Set(["e1", "e2"]));
    expect(result).toMatchObject({ matched: 599, fault: null, resting: { firstDifference: null } });
  });

  it("ends and says why when trading is halted, and counts the rest as not matched", async () => {
    let isHalted = false;
    const { result } = await run({}, {}, (event, { cluster }) => {
      if (isHalted || event.kind !== "compared" || event.row < 200) return;
      isHalted = true;
      const command = { kind: "halt-trading", symbol: "", author: "test", reason: "test" } as const;
      void cluster.client.submit([command]);
    });
    expect(result.fault).toMatchObject({
      code: "refused",
      message: expect.stringContaining("halted"),
    });
    expect(result.rows).toBe(599);
    expect(result.matched).toBeGreaterThan(190);
    expect(result.matched).toBeLessThan(599);
    expect(isRight(result)).toBe(false);
  });

  it("tells of a book that somebody else has moved", async () => {
    let isMoved = false;
    const { result } = await run({ runId: "1" }, {}, (event, { cluster }) => {
      if (isMoved || event.kind !== "compared" || event.row < 200) return;
      isMoved = true;
      void cluster.client.submit([
        {
          kind: "place-order",
          account: "lobster-1-maker",
          clientOrderId: "stray",
          symbol: "MSFT-R1",
          side: 0,
          orderType: 0,
          timeInForce: 0,
          price: 1,
          quantity: 1,
          instructions: plainInstructions,
        },
      ]);
    });
    expect(result.fault).toMatchObject({ code: "book-differs" });
  });
});

describe("nothing rests after a run", () => {
  /** What the run's account has at the exchange once it has ended, in whatever way. */
  async function restingAfter(
    options: Partial<LobsterRunOptions>,
    during?: (event: LobsterEvent, exchange: LocalExchange) => void,
  ): Promise<{ placed: number; resting: number; ending: LobsterResult | Error }> {
    const local = await LocalExchange.open();
    const venue = local.venue();
    const trader = await venue.openTrader("lobster-1-maker");
    let placed = 0;
    const cancelAll = trader.cancelAll.bind(trader);
    trader.cancelAll = async (symbol) => {
      placed = (await trader.openOrders("MSFT-R1")).length;
      await cancelAll(symbol);
    };
    const ending = await new LobsterRun({
      venue,
      paths: files,
      symbol: "MSFT",
      levels: 10,
      rowsAtOnce: 64,
      runId: "1",
      onEvent: (event) => during?.(event, local),
      ...options,
    })
      .run()
      .catch((error: unknown) => error as Error);
    const resting = (await trader.openOrders("MSFT-R1")).length;
    await venue.close();
    return { placed, resting, ending };
  }

  it("that ended at a line which cannot be read", async () => {
    const messages = join(folder, "garbage.csv");
    const lines = (await readFile(files.messages, "utf8")).split("\n");
    lines[250] = "garbage";
    await writeFile(messages, lines.join("\n"));
    const { placed, resting, ending } = await restingAfter({ paths: { ...files, messages } });
    expect(ending).toMatchObject({ code: "file-malformed" });
    expect(placed).toBeGreaterThan(0);
    expect(resting).toBe(0);
  });

  it("that somebody stopped while it waited", async () => {
    const stop = new AbortController();
    const options = { rowsPerSecond: 1, stop: stop.signal };
    const { placed, resting, ending } = await restingAfter(options, ({ kind }) => {
      if (kind === "compared") {
        setImmediate(() => stop.abort(new LobsterFault("interrupted", "stopped by SIGINT")));
      }
    });
    expect(ending).toMatchObject({ fault: { code: "interrupted" }, rows: 599, resting: null });
    expect(placed).toBeGreaterThan(0);
    expect(resting).toBe(0);
  });

  it("that somebody stopped between two batches", async () => {
    const stop = new AbortController();
    const { placed, resting, ending } = await restingAfter({ stop: stop.signal }, (event) => {
      if (event.kind === "acknowledged" && event.row > 100) {
        stop.abort(new LobsterFault("interrupted", "stopped by SIGTERM"));
      }
    });
    expect(ending).toMatchObject({ fault: { message: "stopped by SIGTERM" } });
    expect(placed).toBeGreaterThan(0);
    expect(resting).toBe(0);
  });

  it("that ended because trading was halted", async () => {
    const { placed, resting, ending } = await restingAfter({}, ({ kind }, { cluster }) => {
      if (kind !== "compared") return;
      const command = { kind: "halt-trading", symbol: "", author: "test", reason: "test" } as const;
      void cluster.client.submit([command]);
    });
    expect(ending).toMatchObject({ fault: { code: "refused" } });
    expect(placed).toBeGreaterThan(0);
    expect(resting).toBe(0);
  });

  it("or else the run says so", async () => {
    const local = await LocalExchange.open();
    const venue = local.venue();
    const trader = await venue.openTrader("lobster-1-maker");
    trader.cancelAll = () => Promise.reject(new Unanswered("nobody answers"));
    const events: LobsterEvent[] = [];
    const onEvent = (event: LobsterEvent): void => void events.push(event);
    const options = { venue, paths: files, symbol: "MSFT", levels: 10, runId: "1", onEvent };
    const result = await new LobsterRun(options).run();
    await venue.close();
    expect(isRight(result)).toBe(false);
    expect(result.fault?.message).toBe("orders of lobster-1-maker may still rest: nobody answers");
    expect(events).toContainEqual({
      kind: "left",
      account: "lobster-1-maker",
      why: "nobody answers",
    });
  });
});

/** Loses messages of the public feed. */
function losingFeed(wire: Wire, isLost: () => boolean): Wire {
  return {
    request: (...args) => wire.request(...args),
    subscribe: (subject, listener) =>
      wire.subscribe(subject, (payload) => {
        if (!isLost()) listener(payload);
      }),
    onReconnect: (listener) => wire.onReconnect(listener),
    close: () => wire.close(),
  };
}

/** Carries requests out and loses the answers of some. */
function losingAnswers(wire: Wire, isLost: (request: Uint8Array) => boolean): Wire {
  return {
    async request(subject, payload, timeoutMs) {
      const answer = await wire.request(subject, payload, timeoutMs);
      return isLost(payload) ? { kind: "no-answer" } : answer;
    },
    subscribe: (...args) => wire.subscribe(...args),
    onReconnect: (listener) => wire.onReconnect(listener),
    close: () => wire.close(),
  };
}

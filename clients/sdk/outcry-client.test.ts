import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeOrderBatch } from "../../protocols/api/order-batch.ts";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import { AdminClient } from "./admin-client.ts";
import {
  ClientClosed,
  ExchangeUnavailable,
  ExecutionStatusUnknown,
  OptionsInvalid,
  ServersUnreachable,
} from "./faults.ts";
import type { OrderDone, OrderResult } from "./order-result.ts";
import type { ExecutionReport } from "./reports.ts";
import { OutcryClient } from "./outcry-client.ts";
import type { ConnectOptions } from "./outcry-client.ts";
import { MemoryExchange } from "./testing/memory-exchange.ts";
import type { Fate, MemoryWire } from "./testing/memory-exchange.ts";

const buy: PlaceRequest = {
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  price: 100,
  quantity: 5,
};
const quick = { timing: { attemptTimeoutMs: 10, deadlineMs: 100 } };

let exchange: MemoryExchange;
beforeEach(async () => {
  exchange = await MemoryExchange.open();
});
afterEach(() => exchange.close());

function done(result: OrderResult): OrderDone {
  if (!result.ok) throw new Error(`refused: ${result.error.message}`);
  return result;
}

function nameOf(result: OrderResult): string {
  return result.ok ? result.order.status : result.error.name;
}

/** A wire whose first batches meet the given fates, and all later ones are delivered. */
function wireWith(...fates: Fate[]): MemoryWire {
  const wire = exchange.wire();
  wire.fateOf = (subject) =>
    subject.endsWith("order.batch") ? (fates.shift() ?? "delivered") : "delivered";
  return wire;
}

describe("an order", () => {
  it("has a client order id whether or not the caller gave one", async () => {
    const client = exchange.client();
    const { order } = done(await client.place(buy));
    expect(order.clientOrderId).toMatch(/^[a-z0-9]+-1$/);
    const named = done(await client.place({ ...buy, clientOrderId: "mine" }));
    expect(named.order.clientOrderId).toBe("mine");
  });

  it("that is refused is an answer", async () => {
    const client = exchange.client();
    expect(await client.place({ ...buy, quantity: 0 })).toMatchObject({
      ok: false,
      error: { number: 90, name: "quantity-not-positive" },
    });
  });

  it.each<[Partial<PlaceRequest>, string]>([
    [{ quantity: 1.5 }, "quantity"],
    [{ quantity: Number.NaN }, "quantity"],
    [{ price: Infinity }, "price"],
    [{ symbol: "btc" }, "symbol"],
    [{ clientOrderId: "a b" }, "clientOrderId"],
    [{ type: "market" }, "price"],
  ])("with %j cannot be written down, and is refused before it is sent", async (more, field) => {
    const wire = exchange.wire();
    const client = exchange.clientOn(wire);
    expect(await client.place({ ...buy, ...more })).toMatchObject({
      ok: false,
      error: { number: 1001, field },
    });
    expect(wire.requested).toEqual([]);
  });

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ side: "SELL" }, "side"],
    [{ side: "bid" }, "side"],
    [{ side: undefined }, "side"],
    [{ type: "LIMIT" }, "type"],
    [{ timeInForce: "GTX" }, "timeInForce"],
    [{ quantity: true }, "quantity"],
    [{ quantity: 1n }, "quantity"],
    [{ clientOrderId: null }, "clientOrderId"],
    [{ postOnly: true }, "postOnly"],
    [{ iceberg: 5 }, "iceberg"],
  ])("with %o, as no compiler would take it, is refused before it is sent", async (more, field) => {
    const wire = exchange.wire();
    const client = exchange.clientOn(wire);
    const odd = { ...buy, ...more };
    const refusal = { ok: false, error: { number: 1001, name: "field-invalid", field } };
    expect(await client.place(odd)).toMatchObject(refusal);
    expect(await client.placeMany([odd])).toMatchObject([refusal]);
    expect(wire.requested).toEqual([]);
  });

  it("is canceled or replaced by what has the fields of such a request only", async () => {
    const wire = exchange.wire();
    const client = exchange.clientOn(wire);
    const cancel = { clientOrderId: "a", symbol: "BTC-USDT" } as { clientOrderId: string };
    expect(await client.cancel(cancel)).toMatchObject({ error: { number: 1001, field: "symbol" } });
    const replace = { clientOrderId: "a", price: 1, quantity: 1, side: "sell" };
    expect(await client.replace(replace)).toMatchObject({ error: { number: 1001, field: "side" } });
    expect(wire.requested).toEqual([]);
  });

  it("can be asked for, and one that never was is undefined", async () => {
    const client = exchange.client();
    await client.place({ ...buy, clientOrderId: "mine" });
    expect(await client.order({ clientOrderId: "mine" })).toMatchObject({ status: "new" });
    expect(await client.order({ clientOrderId: "other" })).toBeUndefined();
  });
});

describe("an attempt that got no answer", () => {
  it.each<[string, Fate[]]>([
    ["was lost", ["lost"]],
    ["was taken, but its answer was lost", ["answer-lost"]],
    ["was not heard", ["not-heard", "not-heard"]],
    ["and several more", ["lost", "not-heard", "answer-lost", "answer-lost"]],
  ])("because it %s is followed by others, and the order happens once", async (_, fates) => {
    const client = exchange.clientOn(wireWith(...fates), "demo", {
      timing: { attemptTimeoutMs: 10, deadlineMs: 5000 },
    });
    const { order } = done(await client.place(buy));
    expect(order.status).toBe("new");
    expect(await client.openOrders()).toHaveLength(1);
  });

  it("leaves a cancel done, not closed by somebody", async () => {
    const client = exchange.clientOn(wireWith("delivered", "answer-lost"));
    await client.place({ ...buy, clientOrderId: "a" });
    expect(await client.cancel({ clientOrderId: "a" })).toMatchObject({
      ok: true,
      isDuplicate: true,
      order: { status: "canceled", closeReason: "requested" },
    });
    expect(nameOf(await client.cancel({ clientOrderId: "a" }))).toBe("order-closed");
  });

  it("leaves a list of orders placed once", async () => {
    const wire = exchange.wire();
    const fates: Fate[] = ["answer-lost", "lost"];
    wire.fateOf = () => fates.shift() ?? "delivered";
    const client = exchange.clientOn(wire);
    const profit = { ...buy, side: "sell", price: 120 } as const;
    const { price: _, ...unpriced } = profit;
    const orders: PlaceRequest[] = [profit, { ...unpriced, type: "stop", triggerPrice: 80 }];
    expect(await client.placeList({ type: "OCO", orders })).toMatchObject({
      ok: true,
      isDuplicate: true,
      order: { price: 120, status: "new" },
    });
    expect(await client.openOrders()).toHaveLength(2);
  });

  it("leaves one order canceled and another placed", async () => {
    const wire = exchange.wire();
    const client = exchange.clientOn(wire);
    await client.place({ ...buy, clientOrderId: "a" });
    const fates: Fate[] = ["answer-lost"];
    wire.fateOf = () => fates.shift() ?? "delivered";
    const order = { ...buy, price: 99 };
    expect(await client.cancelAndPlace({ clientOrderId: "a", order })).toMatchObject({
      ok: true,
      isDuplicate: true,
      order: { price: 99, status: "new" },
    });
    expect(await client.openOrders()).toMatchObject([{ price: 99 }]);
  });

  it("leaves quotes as they were asked for", async () => {
    const wire = exchange.wire();
    const client = exchange.clientOn(wire);
    const fates: Fate[] = ["answer-lost"];
    wire.fateOf = () => fates.shift() ?? "delivered";
    const quote = { symbol: "BTC-USDT", bidPrice: 90, bidQuantity: 1, askPrice: 110 };
    const quotes = [{ ...quote, askQuantity: 2 }];
    expect(await client.massQuote({ quoteId: "q", quotes })).toBe(1);
    expect(await client.openOrders()).toHaveLength(2);
    expect(await client.cancelAll({ side: "sell" })).toBe(1);
  });

  it("leaves a replace done once", async () => {
    const client = exchange.clientOn(wireWith("delivered", "answer-lost"));
    await client.place({ ...buy, clientOrderId: "a" });
    const replaced = await client.replace({ clientOrderId: "a", price: 99, quantity: 6 });
    expect(replaced).toMatchObject({
      ok: true,
      isDuplicate: true,
      order: { price: 99, revision: 1 },
    });
  });

  it("does not change the order of commands", async () => {
    const client = exchange.clientOn(wireWith("answer-lost", "lost"));
    const results = await Promise.all([
      client.place({ ...buy, clientOrderId: "a" }),
      client.replace({ clientOrderId: "a", price: 101, quantity: 5, revision: 1 }),
      client.cancel({ clientOrderId: "a" }),
      client.place({ ...buy, clientOrderId: "b" }),
    ]);
    expect(results.map(nameOf)).toEqual(["canceled", "canceled", "canceled", "new"]);
  });
});

describe("an order without an answer in time", () => {
  it("is of unknown status when an attempt may have been taken", async () => {
    const wire = exchange.wire();
    wire.fateOf = () => "lost";
    const client = exchange.clientOn(wire, "demo", quick);
    const fault = await client
      .place({ ...buy, clientOrderId: "a" })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ExecutionStatusUnknown);
    expect(fault).toMatchObject({ clientOrderId: "a", disposition: "unknown-outcome" });
    expect((fault as Error).message).toContain("under that client order id");
  });

  it("surely did not happen when nobody heard of it", async () => {
    const wire = exchange.wire();
    wire.fateOf = () => "not-heard";
    const client = exchange.clientOn(wire, "demo", quick);
    await expect(client.place(buy)).rejects.toThrow(ExchangeUnavailable);
  });

  it("can be sent again under its name, and happened once", async () => {
    const wire = exchange.wire();
    wire.fateOf = () => "answer-lost";
    const client = exchange.clientOn(wire, "demo", quick);
    await expect(client.place({ ...buy, clientOrderId: "a" })).rejects.toThrow(
      ExecutionStatusUnknown,
    );
    wire.fateOf = () => "delivered";
    expect(await client.place({ ...buy, clientOrderId: "a" })).toMatchObject({ isDuplicate: true });
    expect(await client.openOrders()).toHaveLength(1);
  });
});

describe("many orders", () => {
  it("asked for in one go travel in one batch, later ones in the next", async () => {
    const wire = exchange.wire();
    const sizes: number[] = [];
    wire.fateOf = (_, payload) => {
      const batch = decodeOrderBatch(payload, "demo");
      sizes.push(batch.kind === "commands" ? batch.commands.length : 0);
      return "delivered";
    };
    const client = exchange.clientOn(wire);
    const orders = Array.from({ length: 2500 }, () => buy);
    const results = await client.placeMany(orders);
    expect(results.map(nameOf).every((name) => name === "new")).toBe(true);
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(wire.requested).toHaveLength(3);
  });

  it("may travel in several batches at a time where their order does not matter", async () => {
    const client = exchange.client("demo", { batchesUnderWayMax: 4 });
    const results = await client.placeMany(Array.from({ length: 3000 }, () => buy));
    expect(results.map(nameOf).every((name) => name === "new")).toBe(true);
  });
});

describe("replacing without a revision", () => {
  it("finds out the next one, and makes several changes one after the other", async () => {
    const client = exchange.client();
    await client.place({ ...buy, clientOrderId: "a" });
    const results = await Promise.all(
      [98, 97, 96].map((price) => client.replace({ clientOrderId: "a", price, quantity: 5 })),
    );
    expect(results.map((result) => done(result).order.revision)).toEqual([1, 2, 3]);
    expect(await client.order({ clientOrderId: "a" })).toMatchObject({ price: 96, revision: 3 });
  });

  it("of an order that is unknown is refused", async () => {
    const client = exchange.client();
    const result = await client.replace({ clientOrderId: "none", price: 1, quantity: 1 });
    expect(nameOf(result)).toBe("order-unknown");
  });
});

describe("canceling all", () => {
  it("cancels what was asked for before, and nothing that was asked for after", async () => {
    const client = exchange.client();
    const before = client.placeMany([buy, buy]);
    const canceled = client.cancelAll();
    const after = client.place(buy);
    await before;
    expect(await canceled).toBe(2);
    await after;
    expect(await client.openOrders()).toHaveLength(1);
  });
});

describe("reports", () => {
  it("tell every change of the account's orders and of nobody else's", async () => {
    const client = exchange.client();
    const told: ExecutionReport[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    client.onReports((reports) => {
      told.push(...reports);
      if (told.at(-1)?.executionType === "canceled") resolve();
    });
    await exchange.client("maker").place({ ...buy, side: "sell", quantity: 2 });
    await client.place(buy);
    await client.cancelAll();
    await promise;
    expect(told.map(({ account, executionType, executed }) => [account, executionType, executed]))
      // A trade that fills part of an order comes after the report that it is new.
      .toEqual([
        ["demo", "new", 0],
        ["demo", "trade", 2],
        ["demo", "canceled", 2],
      ]);
  });
});

describe("questions", () => {
  it("about the market are answered as plain data", async () => {
    const client = exchange.client();
    await client.place(buy);
    expect(await client.depth({ symbol: "BTC-USDT" })).toMatchObject({ bids: [[100, 5, 1]] });
    expect(await client.trades({ symbol: "BTC-USDT" })).toEqual([]);
    expect(await client.balances()).toHaveLength(2);
    const units = await client.units("BTC-USDT");
    expect(units?.priceOf(6_500_000)).toBe("65000");
    expect((await client.status()).nodes).toHaveLength(1);
  });

  it("about what was traded in sums are answered, and what ends is heard", async () => {
    const client = exchange.client();
    const heard: object[] = [];
    client.onStatistics("BTC-USDT", ({ statistics }) => heard.push(statistics));
    client.onCandles({ symbol: "BTC-USDT", interval: "1m" }, ({ candle }) => heard.push(candle));
    await exchange.client("maker").place({ ...buy, side: "sell", quantity: 2 });
    await client.place(buy);
    const sums = { open: 100, high: 100, low: 100, volume: "2", notional: "200", trades: 1 };
    const [candle] = await client.candles({ symbol: "BTC-USDT" });
    expect(candle).toMatchObject({ ...sums, close: 100, isClosed: false });
    const statistics = await client.statistics({ symbol: "BTC-USDT" });
    expect(statistics).toEqual({ ...sums, last: 100, priceChange: 0 });
    await expect.poll(() => heard).toEqual([statistics]);
  });

  it("that nobody answers are given up with time", async () => {
    const wire = exchange.wire();
    wire.fateOf = () => "lost";
    const client = exchange.clientOn(wire, "demo", quick);
    await expect(client.balances()).rejects.toThrow(ExchangeUnavailable);
  });
});

describe("connecting", () => {
  const nowhere = { servers: "nats://127.0.0.1:1", account: "demo" };

  it("to servers that cannot be reached may be tried again", async () => {
    const fault: unknown = await OutcryClient.connect(nowhere).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ServersUnreachable);
    expect(fault).toMatchObject({ code: "servers-unreachable", disposition: "retry" });
  });

  it.each<[object, string]>([
    [{ account: "DEMO" }, "account"],
    [{ account: undefined }, "account"],
    [{ servers: undefined }, "servers"],
    [{ servers: [] }, "servers"],
    [{ servers: "" }, "servers"],
    [{ servers: "nats://[bad" }, "servers"],
    [{ credentials: "keys/users/participant/demo.creds" }, "credentials"],
    [{ timing: { deadlineMs: 60_000 } }, "timing.deadlineMs"],
  ])("with %o is refused, and the option named", async (more, option) => {
    const options = { ...nowhere, ...more } as ConnectOptions;
    const fault: unknown = await OutcryClient.connect(options).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(OptionsInvalid);
    expect(fault).toMatchObject({ code: "options-invalid", disposition: "fatal", option });
  });

  it("as an administrator has the same faults", async () => {
    const options = { servers: "nats://127.0.0.1:1", administrator: "ops" };
    await expect(AdminClient.connect(options)).rejects.toThrow(ServersUnreachable);
    const unnamed = AdminClient.connect({ ...options, administrator: "OPS" });
    await expect(unnamed).rejects.toThrow(OptionsInvalid);
  });
});

describe("a closed client", () => {
  it("says so to whoever asks", async () => {
    const client = exchange.client();
    await client.close();
    await expect(client.place(buy)).rejects.toThrow(ClientClosed);
    await expect(client.balances()).rejects.toThrow(ClientClosed);
  });
});

describe("an administrator", () => {
  it("runs the venue, and is told of what cannot be", async () => {
    const admin = exchange.admin();
    expect(await admin.addAsset({ asset: "ETH", decimals: 18 })).toEqual({ ok: true });
    const terms = { baseUnitsPerLot: 1, quoteUnitsPerTickLot: 1 };
    const fees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 };
    const listing = { symbol: "ETH-USDT", base: "ETH", quote: "USDT", ...terms, ...fees };
    expect(await admin.listInstrument(listing)).toEqual({ ok: true });
    expect(await admin.openAccount({ account: "eve" })).toEqual({ ok: true });
    expect(await admin.accounts()).toEqual(["demo", "eve", "maker"]);
    const halt = { symbol: "ETH-USDT", reason: "test" };
    expect(await admin.halt(halt)).toEqual({ ok: true });
    expect(await admin.resume(halt)).toEqual({ ok: true });
    expect(await admin.openAccount({ account: "demo" })).toMatchObject({
      error: { name: "account-exists" },
    });
  });

  it("throws kill switches, sets the breaker and publishes mark prices", async () => {
    const admin = exchange.admin();
    const client = exchange.client();
    const demo = { scope: "account", target: "demo", reason: "test" } as const;
    const armed = await admin.armKillSwitch(demo);
    if (!armed.ok) throw new Error("it was not armed");
    expect(await admin.confirmKillSwitch({ number: armed.number })).toEqual({ ok: true });
    expect(nameOf(await client.place(buy))).toBe("account-blocked");
    expect(await admin.releaseKillSwitch(demo)).toEqual({ ok: true });
    expect(nameOf(await client.place(buy))).toBe("new");
    const levels = [{ basisPoints: 700, haltSeconds: 900 }];
    expect(await admin.setBreaker({ symbol: "BTC-USDT", levels, reason: "test" })).toEqual({
      ok: true,
    });
    expect(await admin.publishMarkPrice({ symbol: "BTC-USDT", price: 5 })).toEqual({ ok: true });
    expect(await admin.publishIndexPrice({ symbol: "BTC-USDT", price: 5 })).toMatchObject({
      error: { name: "price-source-other" },
    });
  });

  it("who confirms a kill switch without an answer is not told that it was thrown", async () => {
    const wire = exchange.wire();
    const admin = exchange.adminOn(wire);
    const armed = await admin.armKillSwitch({ scope: "venue", reason: "test" });
    if (!armed.ok) throw new Error("it was not armed");
    let attempts = 0;
    wire.fateOf = () => (++attempts === 1 ? "answer-lost" : "delivered");
    expect(await admin.confirmKillSwitch({ number: armed.number })).toMatchObject({
      error: { name: "kill-switch-unknown" },
    });
    attempts = 0;
    const released = { scope: "venue", reason: "test" } as const;
    expect(await admin.releaseKillSwitch(released)).toEqual({ ok: true });
  });

  it("is heard of by everybody who listens", async () => {
    const client = exchange.client();
    const heard: unknown[] = [];
    client.onPhases("BTC-USDT", ({ symbol, phase }) => heard.push([symbol, phase]));
    client.onInterventions(({ command, author }) => heard.push([command, author]));
    const halt = { symbol: "BTC-USDT", reason: "test" };
    await exchange.admin().halt(halt);
    expect(await client.depth({ symbol: "BTC-USDT" })).toMatchObject({ phase: "halted" });
    await exchange.admin().resume(halt);
    await expect.poll(() => heard).toHaveLength(4);
    expect(heard).toEqual([
      ["halt-trading", "ops"],
      ["BTC-USDT", "halted"],
      ["resume-trading", "ops"],
      ["BTC-USDT", "continuous"],
    ]);
  });

  it("lists an instrument with bands and auctions, and all hear of them", async () => {
    const admin = exchange.admin();
    const client = exchange.client();
    const maker = exchange.client("maker");
    const symbol = "BTC-USDT-2";
    const bands: number[][] = [];
    const phases: string[] = [];
    const auctions: number[][] = [];
    client.onBands(symbol, ({ lower, upper }) => bands.push([lower, upper]));
    client.onPhases(symbol, ({ phase }) => phases.push(phase));
    client.onAuctions(symbol, ({ price, volume }) => auctions.push([price, volume]));
    const units = { baseUnitsPerLot: 1, quoteUnitsPerTickLot: 1 };
    const fees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 };
    const listing = { symbol, base: "BTC", quote: "USDT", ...units, ...fees };
    const trading = { bandBasisPoints: 500, auctionSeconds: 1 };
    expect(await admin.listInstrument({ ...listing, trading })).toEqual({ ok: true });
    const order = { ...buy, symbol, quantity: 1 };
    await maker.place({ ...order, side: "sell" });
    await client.place(order);
    expect(nameOf(await maker.place({ ...order, side: "sell", price: 200 }))).toBe("new");
    await client.place({ ...order, price: 200 });
    await expect.poll(() => phases).toContain("volatilityAuction");
    await expect.poll(() => auctions.at(-1)).toEqual([200, 1]);
    expect(bands[0]).toEqual([95, 105]);
  });

  it("whose request was taken without an answer is told that it is done", async () => {
    const wire = exchange.wire();
    let attempts = 0;
    wire.fateOf = () => (++attempts === 1 ? "answer-lost" : "delivered");
    const admin = exchange.adminOn(wire);
    expect(await admin.openAccount({ account: "eve" })).toEqual({ ok: true });
    attempts = 0;
    const deposit = { account: "eve", asset: "BTC", amount: "5", reference: "eve-1" };
    expect(await admin.deposit(deposit)).toEqual({ ok: true });
    expect(await exchange.client("eve").balances()).toEqual([
      { asset: "BTC", available: "5", reserved: "0" },
    ]);
    expect(attempts).toBe(2);
  });

  it("whose request stays without an answer is told that nobody knows", async () => {
    const wire = exchange.wire();
    wire.fateOf = () => "lost";
    const admin = exchange.adminOn(wire, quick);
    await expect(admin.openAccount({ account: "eve" })).rejects.toThrow(ExecutionStatusUnknown);
    wire.fateOf = () => "not-heard";
    await expect(admin.openAccount({ account: "eve" })).rejects.toThrow(ExchangeUnavailable);
  });
});

describe("a cluster whose emitter dies", () => {
  it("leaves every order placed once", async () => {
    const large = await MemoryExchange.open({ nodes: 3, shards: 2 });
    const client = large.client("demo", { batchesUnderWayMax: 1 });
    const watcher = large.client("maker");
    const told = new Map<string, number>();
    client.onReports((reports) => {
      for (const { clientOrderId } of reports) {
        told.set(clientOrderId, (told.get(clientOrderId) ?? 0) + 1);
      }
    });
    const book = watcher.book("BTC-USDT", { verifyEveryMs: 0 });
    await book.following();
    const results: Promise<OrderResult>[] = [];
    for (let n = 0; n < 300; n++) {
      results.push(client.place({ ...buy, price: 1 + (n % 50), quantity: 1 }));
      if (n === 100) await large.place.cluster.killNode(await emitterOf(client));
      if (n % 10 === 0) await Promise.all(results.slice(-2));
    }
    for (const result of await Promise.all(results)) expect(result.ok).toBe(true);
    const open = await client.openOrders({ limit: 1000 });
    expect(open).toHaveLength(300);
    expect([...told.values()].every((count) => count === 1)).toBe(true);
    const { updateId, bids } = await watcher.depth({ symbol: "BTC-USDT", levels: 100 });
    await book.verify();
    await book.following();
    expect(book.updateId).toBe(updateId);
    expect(book.bids(100)).toEqual(bids.map(([price, quantity]) => [price, quantity]));
    await large.close();
  });
});

async function emitterOf(client: OutcryClient): Promise<string> {
  const { shards } = await client.status();
  const emitter = shards.find(({ emitter: node }) => node !== "")?.emitter;
  if (emitter === undefined) throw new Error("nobody emits");
  return emitter;
}

describe("a client that is part of a trace", () => {
  const parents = [
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-01",
  ];

  it("says so with every command, and mixes none of different traces", async () => {
    const wire = exchange.wire();
    let now: string | undefined;
    const client = exchange.clientOn(wire, "demo", { traceparent: () => now });
    const odd = "00-1-2-3\r\nx: y";
    const results = [parents[0], parents[0], odd, undefined, parents[1]].map((traceparent) => {
      now = traceparent;
      return client.place(buy);
    });
    now = parents[1];
    results.push(client.cancelAll().then(() => client.place(buy)));
    now = undefined;
    expect((await Promise.all(results)).every(({ ok }) => ok)).toBe(true);
    expect(wire.traceparents).toEqual([parents[0], undefined, parents[1], parents[1], undefined]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeOrderReplies, OrderBatchWriter } from "../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../protocols/api/order-batch.ts";
import {
  OrderType,
  plainInstructions,
  RejectReason,
  Side,
  TimeInForce,
} from "../protocols/index.ts";
import type { PlaceOrder } from "../protocols/index.ts";
import { MarketPlace } from "./testing/market-place.ts";

let place: MarketPlace;
beforeEach(async () => {
  place = await MarketPlace.open();
});
afterEach(() => place.close());

const buy = { symbol: "BTC-USDT", side: "buy", type: "limit", price: 100, quantity: 5 };
const sell = { ...buy, side: "sell" };

describe("placing an order", () => {
  it("answers with the order as it rests", async () => {
    const { order } = await place.must("order.place", { ...buy, clientOrderId: "a-1" });
    expect(order).toMatchObject({
      clientOrderId: "a-1",
      symbol: "BTC-USDT",
      status: "new",
      price: 100,
      quantity: 5,
      executed: 0,
    });
  });

  it("answers with what was executed at once", async () => {
    await place.must("order.place", sell, "maker");
    const { order } = await place.must("order.place", { ...buy, quantity: 8 });
    expect(order).toMatchObject({
      status: "partiallyFilled",
      executed: 5,
      executedNotional: "500",
      fees: "1",
    });
  });

  it("names an order that its client did not name", async () => {
    const { order } = await place.must("order.place", buy);
    const got = await place.must("order.get", { clientOrderId: order.clientOrderId });
    expect(got.order.orderId).toBe(order.orderId);
  });

  it("at the market takes what there is and rests nothing", async () => {
    await place.must("order.place", sell, "maker");
    const market = { symbol: "BTC-USDT", side: "buy", type: "market", quantity: 9 };
    const { order } = await place.must("order.place", market);
    expect(order).toMatchObject({
      status: "canceled",
      closeReason: "immediate-remainder",
      executed: 5,
    });
  });

  it("twice under one name happens once", async () => {
    const first = await place.must("order.place", { ...buy, clientOrderId: "a-1" });
    const second = await place.must("order.place", { ...buy, clientOrderId: "a-1" });
    expect(first.isDuplicate).toBe(false);
    expect(second).toEqual({ ...first, isDuplicate: true });
  });

  it.each([
    [{ ...buy, symbol: "ETH-USDT" }, "instrument-unknown"],
    [{ ...buy, quantity: 0 }, "quantity-not-positive"],
    [{ ...buy, quantity: 2 ** 40 + 1 }, "quantity-too-large"],
    [{ ...buy, price: -1 }, "price-not-positive"],
    [{ ...buy, price: 2 ** 31 + 1 }, "price-too-large"],
    [{ ...buy, price: 2 ** 31, quantity: 2 ** 40 }, "notional-too-large"],
    [{ ...buy, price: 1_000_000, quantity: 1_000_000 }, "funds-insufficient"],
  ])("%j is refused by the account: %s", async (body, name) => {
    const { error, order } = await place.refusalOf("order.place", body);
    expect(error).toMatchObject({ name, number: RejectReason[name as keyof typeof RejectReason] });
    expect(order).toBeUndefined();
  });

  it("of an account that was never opened is refused", async () => {
    const { error } = await place.refusalOf("order.place", buy, "nobody");
    expect(error.name).toBe("account-unknown");
  });
});

describe("changing an order", () => {
  it("by cancel answers with the canceled order", async () => {
    await place.must("order.place", { ...buy, clientOrderId: "a-1" });
    const { order } = await place.must("order.cancel", { clientOrderId: "a-1" });
    expect(order).toMatchObject({ status: "canceled", closeReason: "requested" });
  });

  it("that is closed is refused, and the order is told", async () => {
    await place.must("order.place", { ...buy, clientOrderId: "a-1" });
    await place.must("order.cancel", { clientOrderId: "a-1" });
    const { error, order } = await place.refusalOf("order.cancel", { clientOrderId: "a-1" });
    expect(error.name).toBe("order-closed");
    expect(order).toMatchObject({ status: "canceled", clientOrderId: "a-1" });
  });

  it("by replace with a revision happens once, however often it is sent", async () => {
    const { order } = await place.must("order.place", buy);
    const change = { orderId: order.orderId, price: 90, quantity: 7, revision: 1 };
    const first = await place.must("order.replace", change);
    const second = await place.must("order.replace", change);
    expect(first.order).toMatchObject({ price: 90, quantity: 7, revision: 1 });
    expect(second).toEqual({ ...first, isDuplicate: true });
  });

  it("of somebody else finds no such order", async () => {
    const { order } = await place.must("order.place", buy, "maker");
    const { error } = await place.refusalOf("order.cancel", { orderId: order.orderId });
    expect(error.name).toBe("order-unknown");
  });

  it("by cancelAll cancels those in the instrument and says how many", async () => {
    await place.must("order.place", buy);
    await place.must("order.place", buy);
    expect(await place.must("order.cancelAll", { symbol: "ETH-USDT" })).toEqual({
      ok: true,
      canceled: 0,
    });
    expect(await place.must("order.cancelAll", {})).toEqual({ ok: true, canceled: 2 });
    expect((await place.must("order.open", {})).orders).toEqual([]);
  });
});

describe("an order that asks for more", () => {
  const rising = { symbol: "BTC-USDT", side: "sell", type: "takeProfit", quantity: 2 };

  it("is shown with what it asked for", async () => {
    const terms = { displayQuantity: 2, postOnly: "slide", selfTradePrevention: "cancelNewest" };
    await place.must("order.place", { ...buy, ...terms, clientOrderId: "a-1" });
    const { order } = await place.must("order.get", { clientOrderId: "a-1" });
    expect(order).toMatchObject(terms);
    expect(order).not.toHaveProperty("waiting");
    expect(order).not.toHaveProperty("hidden");
  });

  it("waits for its trigger price, and says so", async () => {
    const waiting = { ...rising, triggerPrice: 110, clientOrderId: "a-1" };
    expect((await place.must("order.place", waiting)).order).toMatchObject({ status: "new" });
    const { order } = await place.must("order.get", { clientOrderId: "a-1" });
    expect(order).toMatchObject({ type: "takeProfit", waiting: true, triggerPrice: 110 });
  });

  it("spends its budget and no more", async () => {
    await place.must("order.place", sell, "maker");
    const market = { symbol: "BTC-USDT", side: "buy", type: "market", quoteBudget: "350" };
    const { order } = await place.must("order.place", market);
    expect(order).toMatchObject({ executed: 3, executedNotional: "300" });
  });

  it.each([
    [{ ...buy, timeInForce: "GTD", expiresAtUs: 1 }, "expiry-passed"],
    [{ ...rising, triggerPrice: 2 ** 31 + 1 }, "trigger-price-invalid"],
    [
      { ...rising, type: "trailingStop", triggerPrice: 90, trailBasisPoints: 10_001 },
      "trail-invalid",
    ],
    [{ ...buy, displayQuantity: 6 }, "display-quantity-invalid"],
    [{ ...buy, timeInForce: "IOC", minimumQuantity: 6 }, "minimum-quantity-invalid"],
  ])("%j is refused: %s", async (body, name) => {
    expect((await place.refusalOf("order.place", body)).error.name).toBe(name);
  });
});

describe("orders that depend on one another", () => {
  const profit = { ...sell, price: 120, clientOrderId: "profit" };
  const stop = {
    symbol: "BTC-USDT",
    side: "sell",
    type: "stop",
    triggerPrice: 80,
    quantity: 5,
    clientOrderId: "stop",
  };
  const list = { type: "OCO", orders: [profit, stop] };

  it("are answered with the first, and placed once", async () => {
    const first = await place.must("order.placeList", list);
    expect(first.order).toMatchObject({ clientOrderId: "profit", status: "new", price: 120 });
    expect(await place.must("order.placeList", list)).toEqual({ ...first, isDuplicate: true });
    expect((await place.must("order.open", {})).orders).toHaveLength(2);
  });

  it("are refused together", async () => {
    const odd = { ...list, orders: [profit, { ...stop, side: "buy" }] };
    const { error } = await place.refusalOf("order.placeList", odd);
    expect(error.name).toBe("list-inconsistent");
    expect((await place.must("order.open", {})).orders).toEqual([]);
  });
});

describe("canceling and placing at once", () => {
  const instead = { clientOrderId: "old", order: { ...buy, price: 99, clientOrderId: "new" } };

  it("answers with the new order", async () => {
    await place.must("order.place", { ...buy, clientOrderId: "old" });
    const { order } = await place.must("order.cancelAndPlace", instead);
    expect(order).toMatchObject({ clientOrderId: "new", symbol: "BTC-USDT", price: 99 });
    const { orders } = await place.must("order.open", {});
    expect(orders.map(({ clientOrderId }) => clientOrderId)).toEqual(["new"]);
  });

  it("tells of the old order when that is why it is refused", async () => {
    await place.must("order.place", { ...buy, clientOrderId: "old" });
    await place.must("order.cancel", { clientOrderId: "old" });
    const refused = await place.refusalOf("order.cancelAndPlace", instead);
    expect(refused.error.name).toBe("order-closed");
    expect(refused.order).toMatchObject({ clientOrderId: "old", status: "canceled" });
    expect(refused.clientOrderId).toBe("old");
    const anyway = { ...instead, ifCancelFails: "place" };
    const { order } = await place.must("order.cancelAndPlace", anyway);
    expect(order).toMatchObject({ clientOrderId: "new", status: "new" });
  });
});

describe("canceling some orders", () => {
  it("cancels those of a side, and those between prices", async () => {
    for (const price of [90, 95, 100]) await place.must("order.place", { ...buy, price });
    await place.must("order.place", { ...sell, price: 110 });
    const between = { symbol: "BTC-USDT", priceMin: 92, priceMax: 99 };
    expect(await place.must("order.cancelAll", between)).toEqual({ ok: true, canceled: 1 });
    expect(await place.must("order.cancelAll", { side: "buy" })).toEqual({ ok: true, canceled: 2 });
    const { orders } = await place.must("order.open", {});
    expect(orders.map(({ price }) => price)).toEqual([110]);
  });
});

describe("a mass quote", () => {
  const quote = { symbol: "BTC-USDT", bidPrice: 90, bidQuantity: 1, askPrice: 110, askQuantity: 2 };
  const depth = () => place.must("depth", { symbol: "BTC-USDT" });

  it("replaces both sides at once", async () => {
    const first = { quoteId: "q1", quotes: [quote] };
    expect(await place.must("order.massQuote", first)).toEqual({ ok: true, quoted: 1 });
    expect(await depth()).toMatchObject({ bids: [[90, 1, 1]], asks: [[110, 2, 1]] });
    const second = { quoteId: "q2", quotes: [{ ...quote, bidPrice: 91, askQuantity: 0 }] };
    expect(await place.must("order.massQuote", second)).toEqual({ ok: true, quoted: 1 });
    expect(await depth()).toMatchObject({ bids: [[91, 1, 1]], asks: [] });
  });
});

describe("a batch", () => {
  it("is applied in order and each command answered", async () => {
    const { answers } = await place.must("order.batch", {
      commands: [
        { op: "place", ...buy, clientOrderId: "a-1" },
        { op: "replace", clientOrderId: "a-1", price: 101, quantity: 5 },
        { op: "cancel", clientOrderId: "a-1" },
        { op: "cancel", clientOrderId: "a-2" },
      ],
    });
    const told = answers.map((answer) => (answer.ok ? answer.order.status : answer.error.name));
    expect(told).toEqual(["new", "new", "canceled", "order-unknown"]);
  });
});

describe("a batch in records form", () => {
  const order: PlaceOrder = {
    kind: "place-order",
    account: "demo",
    clientOrderId: "a-1",
    symbol: "BTC-USDT",
    side: Side.buy,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price: 100,
    quantity: 5,
    instructions: plainInstructions,
  };
  const cancel = {
    kind: "cancel-order",
    account: "demo",
    orderId: 0,
    clientOrderId: "a-1",
  } as const;

  function encoded(...commands: BatchedCommand[]): Uint8Array {
    const writer = new OrderBatchWriter();
    for (const command of commands) writer.add(command);
    return writer.finish();
  }

  it("is answered in records, one for each command in order", async () => {
    const bytes = encoded(order, cancel, cancel);
    const answer = await place.gateway.answerRecords({ account: "demo", administrator: "" }, bytes);
    const replies = decodeOrderReplies(answer as Uint8Array, 3);
    expect(replies.map((reply) => reply.rejectReason)).toEqual([0, 0, 71]);
  });

  it.each([
    [
      "another account's order",
      encoded({ ...order, account: "maker" }),
      1010,
      "commands[0].account",
    ],
    [
      "another account's cancel",
      encoded(order, { ...cancel, account: "maker" }),
      1010,
      "commands[1].account",
    ],
    [
      "a cancel of no order",
      encoded({ ...cancel, clientOrderId: "" }),
      1001,
      "commands[0].orderId",
    ],
    ["a cancel by both names", encoded({ ...cancel, orderId: 1 }), 1001, "commands[0].orderId"],
    [
      "a cancel by a name that is none",
      encoded({ ...cancel, clientOrderId: "a b" }),
      1000,
      undefined,
    ],
    [
      "a negative order id",
      encoded({ ...cancel, orderId: -1, clientOrderId: "" }),
      1001,
      "commands[0].orderId",
    ],
    ["no command", encoded(), 1001, "commands"],
    ["too many", encoded(...Array.from({ length: 1001 }, () => cancel)), 1002, undefined],
    ["another kind of command", encoded({ kind: "tick" } as never), 1001, "commands[0]"],
    ["a row cut short", encoded(order).subarray(0, -3), 1000, undefined],
  ])("with %s is refused as a whole", async (_, bytes, number, field) => {
    const answer = await place.gateway.answerRecords({ account: "demo", administrator: "" }, bytes);
    expect(answer).toMatchObject({ ok: false, error: { number, ...(field && { field }) } });
    expect((await place.must("order.open", {})).orders).toEqual([]);
  });
});

describe("questions of an account", () => {
  it("about open orders come in pages, oldest first", async () => {
    const placed: number[] = [];
    for (let n = 0; n < 5; n++) placed.push((await place.must("order.place", buy)).order.orderId);
    const first = await place.must("order.open", { limit: 3 });
    expect(first.orders.map((order) => order.orderId)).toEqual(placed.slice(0, 3));
    const second = await place.must("order.open", { after: placed[2] });
    expect(second.orders.map((order) => order.orderId)).toEqual(placed.slice(3));
  });

  it("about balances tell what working orders hold", async () => {
    await place.must("order.place", { ...sell, quantity: 2 });
    const { balances } = await place.must("balances", {});
    expect(balances).toContainEqual({ asset: "BTC", available: "999980000", reserved: "20000" });
  });

  it("about an order that never was are refused", async () => {
    expect((await place.refusalOf("order.get", { orderId: 99 })).error.name).toBe("order-unknown");
    expect((await place.refusalOf("balances", {}, "nobody")).error.name).toBe("account-unknown");
  });
});

describe("questions about the market", () => {
  it("tell depth, trades, instruments and assets", async () => {
    await place.must("order.place", { ...sell, quantity: 3 }, "maker");
    await place.must("order.place", { ...buy, price: 99 });
    await place.must("order.place", { ...buy, quantity: 1 });
    const depth = await place.must("depth", { symbol: "BTC-USDT" });
    expect(depth).toMatchObject({ bids: [[99, 5, 1]], asks: [[100, 2, 1]], isHalted: false });
    const { trades } = await place.must("trades", { symbol: "BTC-USDT" });
    expect(trades).toMatchObject([{ price: 100, quantity: 1, takerSide: "buy" }]);
    const { instruments } = await place.must("instruments", {});
    expect(instruments).toMatchObject([{ symbol: "BTC-USDT", baseUnitsPerLot: 10_000 }]);
    const { assets } = await place.must("assets", {});
    expect(assets).toEqual([
      { asset: "BTC", decimals: 8 },
      { asset: "USDT", decimals: 6 },
    ]);
  });

  it("tell the displayed orders one by one, by priority and without a name", async () => {
    await place.must("order.place", { ...sell, quantity: 3 }, "maker");
    await place.must("order.place", { ...buy, price: 98 });
    await place.must("order.place", { ...buy, price: 99, quantity: 9, displayQuantity: 2 });
    await place.must("order.place", { ...buy, price: 97, hidden: true });
    await place.must("order.place", { ...sell, price: 99, quantity: 3 }, "maker");
    const ask = { symbol: "BTC-USDT" };
    expect(await place.must("displayedOrders", ask)).toEqual({
      ok: true,
      ...ask,
      updateId: 6,
      depthUpdateId: 4,
      bids: [
        [4, 99, 1],
        [2, 98, 5],
      ],
      asks: [[1, 100, 3]],
    });
    const first = await place.must("displayedOrders", { ...ask, limit: 1 });
    expect(first.bids).toEqual([[4, 99, 1]]);
  });

  it("tell candles and statistics", async () => {
    await place.must("order.place", { ...sell, quantity: 3 }, "maker");
    await place.must("order.place", { ...buy, quantity: 2 });
    const sums = { volume: "2", notional: "200", trades: 1 };
    for (const body of [{}, { interval: "1d", limit: 5, endUs: Number.MAX_SAFE_INTEGER }]) {
      const reply = await place.must("candles", { symbol: "BTC-USDT", ...body });
      const { interval, candles } = reply;
      expect(interval).toBe("interval" in body ? "1d" : "1m");
      expect(candles).toMatchObject([{ open: 100, close: 100, isClosed: false, ...sums }]);
    }
    const before = await place.must("candles", { symbol: "BTC-USDT", endUs: 1 });
    expect(before.candles).toEqual([]);
    const { statistics } = await place.must("statistics", { symbol: "BTC-USDT" });
    expect(statistics).toMatchObject({ open: 100, last: 100, priceChange: 0, ...sums });
  });

  it("about an instrument that is not listed are refused", async () => {
    const names = ["depth", "displayedOrders", "trades", "candles", "statistics"] as const;
    for (const name of names) {
      const { error } = await place.refusalOf(name, { symbol: "ETH-USDT" });
      expect(error.name).toBe("instrument-unknown");
    }
  });

  it("about the cluster tell every shard and its emitter", async () => {
    const large = await MarketPlace.open({ cluster: { shards: 2, nodes: 3 } });
    const { shards, nodes } = await large.must("status", {});
    expect(shards.map(({ shard, replicas }) => [shard, replicas])).toEqual([
      [0, 3],
      [1, 3],
    ]);
    for (const { emitter } of shards) expect(nodes.map(({ node }) => node)).toContain(emitter);
    await large.close();
  });
});

describe("on several shards", () => {
  it("an order trades, and is canceled, as on one", async () => {
    const large = await MarketPlace.open({ cluster: { shards: 3 } });
    await large.must("order.place", sell, "maker");
    const { order } = await large.must("order.place", { ...buy, quantity: 8, clientOrderId: "a" });
    expect(order).toMatchObject({ status: "partiallyFilled", executed: 5 });
    const canceled = await large.must("order.cancel", { clientOrderId: "a" });
    expect(canceled.order).toMatchObject({ status: "canceled", executed: 5 });
    await large.close();
  });
});

describe("administration", () => {
  it("lists accounts, and opens each once", async () => {
    const { accounts } = await place.must("account.all", {});
    expect(accounts).toEqual(["demo", "maker"]);
    const again = await place.refusalOf("account.open", { account: "demo" });
    expect(again.error.name).toBe("account-exists");
    const reserved = await place.refusalOf("account.open", { account: "fees-0" });
    expect(reserved.error.name).toBe("account-reserved");
    await place.must("account.open", { account: "desk", participant: "acme" });
  });

  it("credits a deposit once per reference", async () => {
    const deposit = { account: "demo", asset: "BTC", amount: "5", reference: "again" };
    await place.must("deposit", deposit);
    await place.must("deposit", deposit);
    const { balances } = await place.must("balances", {});
    expect(balances).toContainEqual({ asset: "BTC", available: "1000000005", reserved: "0" });
    const other = await place.refusalOf("deposit", { ...deposit, amount: "6" });
    expect(other.error.name).toBe("reference-reused");
  });

  it("halts and resumes an instrument and the venue", async () => {
    const halt = { symbol: "BTC-USDT", reason: "test" };
    await place.must("halt", halt);
    expect((await place.refusalOf("order.place", buy)).error.name).toBe("instrument-halted");
    expect((await place.refusalOf("halt", halt)).error.name).toBe("already-halted");
    await place.must("resume", halt);
    await place.must("halt", { reason: "test" });
    expect((await place.refusalOf("order.place", buy)).error.name).toBe("venue-halted");
    await place.must("resume", { reason: "test" });
    await place.must("order.place", buy);
  });

  it("does not add, list or credit what cannot be", async () => {
    const terms = { symbol: "X-Y", base: "BTC", quote: "USDT", baseUnitsPerLot: 1 };
    const fees = { quoteUnitsPerTickLot: 1, makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 };
    const deposit = { account: "demo", asset: "BTC", reference: "r" };
    const cases = [
      ["asset.add", { asset: "BTC", decimals: 8 }, "asset-exists"],
      ["instrument.list", { ...terms, ...fees, symbol: "BTC-USDT" }, "instrument-exists"],
      ["instrument.list", { ...terms, ...fees, quote: "EUR" }, "asset-unknown"],
      ["instrument.list", { ...terms, ...fees, quote: "BTC" }, "instrument-terms-invalid"],
      ["deposit", { ...deposit, amount: "-1" }, "amount-not-positive"],
      ["deposit", { ...deposit, amount: "1", asset: "EUR" }, "asset-unknown"],
      ["deposit", { ...deposit, amount: "1", account: "nobody" }, "account-unknown"],
      ["deposit", { ...deposit, amount: "9223372036854775807" }, "supply-too-large"],
      ["resume", { reason: "r" }, "not-halted"],
      ["halt", { reason: "r", symbol: "ETH-USDT" }, "instrument-unknown"],
    ] as const;
    for (const [name, body, reason] of cases) {
      expect((await place.refusalOf(name, body)).error.name).toBe(reason);
    }
  });
});

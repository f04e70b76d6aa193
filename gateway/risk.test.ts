/** Goal: limits that administrators set are held to, and whoever is refused is told by how much. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MarketPlace } from "./testing/market-place.ts";

const symbol = "BTC-USDT";
const why = { reason: "as agreed" };
const order = { symbol, side: "buy", type: "limit", timeInForce: "GTC", price: 100, quantity: 20 };

let place: MarketPlace;

beforeEach(async () => {
  place = await MarketPlace.open();
});
afterEach(() => place.close());

const set = (body: object) => place.mustAdmin("riskLimits.set", { ...body, ...why });

describe("limits of risk", () => {
  it("are none until somebody sets some", async () => {
    expect(await place.must("riskLimits.show", {}, "")).toMatchObject({ limits: [], groups: [] });
    expect((await place.must("risk.show", {})).uses).toEqual([]);
  });

  it("are told as they were set", async () => {
    const limits = {
      ...{ orderNotional: "9223372036854775807", netExposure: "5000000000" },
      ...{ restriction: "sellOnly", shortSales: "forbidden" },
    };
    await set({ group: "retail", symbol, limits });
    await set({ quote: "USDT", limits: { openOrders: 3, orderRate: 5 } });
    await place.mustAdmin("riskLimits.setGroup", { account: "demo", group: "retail", ...why });
    const { limits: all, groups } = await place.must("riskLimits.show", {}, "");
    expect(all).toEqual([
      { quote: "USDT", limits: { openOrders: 3, orderRate: 5 } },
      { group: "retail", symbol, limits },
    ]);
    expect(groups).toEqual([{ account: "demo", group: "retail" }]);
    expect(await place.must("risk.show", {})).toEqual({
      ok: true,
      group: "retail",
      uses: [
        { symbol, limits, openOrders: 0, ordersOfDay: 0, tradesOfDay: 0 },
        {
          quote: "USDT",
          limits: { openOrders: 3, orderRate: 5 },
          ...{ openOrders: 0, ordersLeft: 5, ordersOfDay: 0, tradesOfDay: 0 },
        },
      ],
    });
    await place.mustAdmin("riskLimits.setGroup", { account: "demo", ...why });
    await set({ group: "retail", symbol, limits: {} });
    const after = await place.must("riskLimits.show", {}, "");
    expect([after.limits.length, after.groups]).toEqual([1, []]);
  });

  it("have refusals say limit, used and asked", async () => {
    await set({ account: "demo", symbol, limits: { orderQuantity: 19 } });
    const { error } = await place.refusalOf("order.place", order);
    expect(error).toMatchObject({
      ...{ number: 302, name: "order-quantity-above-limit" },
      figures: { limit: "19", used: "0", asked: "20", unit: "lots" },
    });
    await place.must("order.place", order, "maker");
    await place.must("order.place", { ...order, clientOrderId: "mine", quantity: 19 });
    const grown = { clientOrderId: "mine", price: 100, quantity: 21 };
    const replaced = await place.refusalOf("order.replace", grown);
    expect(replaced.error.figures).toEqual({ limit: "19", used: "0", asked: "21", unit: "lots" });
    expect(replaced.order?.quantity).toBe(19);
  });

  it("are of what is known, and can be counted", async () => {
    const nameOf = async (...args: Parameters<MarketPlace["refusalOf"]>) =>
      (await place.refusalOf(...args)).error.name;
    expect(await nameOf("risk.show", {}, "nobody")).toBe("account-unknown");
    const one = { limits: { openOrders: 1 }, ...why };
    expect(await nameOf("riskLimits.set", { ...one, symbol: "NO-SUCH" })).toBe(
      "instrument-unknown",
    );
    expect(await nameOf("riskLimits.set", { ...one, quote: "USDT", symbol })).toBe(
      "risk-limits-invalid",
    );
    const beyond = { orderNotional: "9999999999999999999" };
    expect(await nameOf("riskLimits.set", { symbol, limits: beyond, ...why })).toBe(
      "field-invalid",
    );
    expect(await nameOf("riskLimits.set", { ...one, limits: { openOrders: -1 } })).toBe(
      "field-invalid",
    );
  });
});

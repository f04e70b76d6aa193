/** Goal: accounts ask what they have in contracts and what is free; administrators say who may. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MarketPlace } from "./testing/market-place.ts";

let place: MarketPlace;
beforeEach(async () => {
  place = await MarketPlace.open();
  await place.must("account.open", { account: "insurance" });
  const { instruments } = await place.must("instruments", {});
  const { baseUnitsPerLot, quoteUnitsPerTickLot } = instruments[0]!;
  await place.must("instrument.list", {
    ...{ symbol, base: "BTC", quote: "USDT", baseUnitsPerLot, quoteUnitsPerTickLot },
    ...{ makerFeeBasisPoints: 0, takerFeeBasisPoints: 0, contract: future },
  });
  await place.must("indexPrice.publish", { symbol, price: 100 });
});
afterEach(() => place.close());

const symbol = "BTC-USDT-FUT";
const future = {
  ...{ kind: "future", expiresAtUs: 4_000_000_000_000_000, fundAccount: "insurance" },
  ...{ initialMarginPpm: 50_000, maintenanceMarginPpm: 25_000, markClampPpm: 10_000 },
  liquidationFeePpm: 5000,
};
const goods = { symbol: "BTC-USDT", price: 100, quantity: 2 };
const order = { symbol, type: "limit", price: 100, quantity: 2 };

it("an account that is not for margin opens no position", async () => {
  const refusal = await place.refusalOf("order.place", { ...order, side: "buy" });
  expect(refusal.error.name).toBe("margin-account-required");
  expect(await place.must("margin.show", {})).toEqual({ ok: true, isMargin: false, assets: [] });
  expect(await place.must("positions.list", {})).toEqual({ ok: true, positions: [] });
});

it("a margin account is told its positions, and what they leave free", async () => {
  for (const account of ["demo", "maker"]) {
    await place.must("margin.setAccount", { account, isMargin: true, reason: "agreed" });
  }
  const { assets: before } = await place.must("margin.show", {});
  expect(before).toEqual([]);
  await place.must("order.place", { ...order, side: "sell" }, "maker");
  await place.must("order.place", { ...order, side: "buy" });
  const { positions } = await place.must("positions.list", {});
  expect(positions).toMatchObject([
    { symbol, lots: 2, markPrice: 100, unrealised: "0", buys: 0, sells: 0 },
  ]);
  const { isMargin, assets } = await place.must("margin.show", {});
  const [usdt] = assets;
  expect([isMargin, assets.length, usdt?.asset]).toEqual([true, 1, "USDT"]);
  const { cash, equity, initialMargin, free } = usdt!;
  expect(equity).toBe(cash);
  expect(BigInt(free)).toBe(BigInt(cash) - BigInt(initialMargin));
  expect(BigInt(initialMargin) > 0n).toBe(true);
});

it("a preview says what margin an order would ask for, and reserves nothing", async () => {
  for (const account of ["demo", "maker"]) {
    await place.must("margin.setAccount", { account, isMargin: true, reason: "agreed" });
  }
  const preview = (side: string, quantity: number, price = 100) =>
    place.must("fees.preview", { symbol, side, quantity, price });
  const buying = await preview("buy", 40);
  const { notional, reserved, margin } = buying;
  // A twentieth, rounded up.
  expect([reserved, margin]).toEqual(["0", String((BigInt(notional) + 19n) / 20n)]);
  expect((await preview("sell", 40)).margin).toBe(margin);
  // What it would lose at once is asked for, too: a tick of each hundred.
  const worse = BigInt((await preview("buy", 40, 101)).margin!);
  expect(worse - BigInt(margin!)).toBe(BigInt(notional) / 100n);
  await place.must("order.place", { ...order, quantity: 40, side: "sell" }, "maker");
  await place.must("order.place", { ...order, quantity: 40, side: "buy" });
  const { assets } = await place.must("margin.show", {});
  expect(assets[0]?.initialMargin).toBe(margin);
  expect((await preview("sell", 80)).margin).toBe("0");
  expect(await place.must("fees.preview", { ...goods, side: "buy" })).not.toHaveProperty("margin");
});

describe("an account's isolated position", () => {
  const move = (amount: string, reference: string) => ({ symbol, amount, reference });

  beforeEach(async () => {
    for (const account of ["demo", "maker"]) {
      await place.must("margin.setAccount", { account, isMargin: true, reason: "agreed" });
    }
    await place.must("margin.setMode", { symbol, mode: "isolated" });
    await place.must("order.place", { ...order, quantity: 40, side: "sell" }, "maker");
    await place.must("order.place", { ...order, quantity: 40, side: "buy" });
  });

  it("has its initial margin to itself, which no balance has free", async () => {
    const { positions } = await place.must("positions.list", {});
    const [{ mode, posted, initialMargin, liquidationPrice, liquidation } = {}] = positions;
    expect([mode, liquidation]).toEqual(["isolated", ""]);
    expect([posted, liquidationPrice]).toEqual([initialMargin, 97]);
    const { balances } = await place.must("balances", {});
    expect(balances.find(({ asset }) => asset === "USDT")).toMatchObject({ posted });
    const { assets } = await place.must("margin.show", {});
    expect(assets[0]).toMatchObject({ posted, unrealised: "0", initialMargin: "0" });
    expect(assets[0]?.free).toBe(assets[0]?.cash);
  });

  it("is added to and taken from, once for each reference", async () => {
    const postedNow = async () =>
      BigInt((await place.must("positions.list", {})).positions[0]!.posted);
    const before = await postedNow();
    for (let times = 0; times < 2; times++) await place.must("margin.add", move("500", "a-1"));
    expect(await postedNow()).toBe(before + 500n);
    await place.must("margin.remove", move("200", "r-1"));
    expect(await postedNow()).toBe(before + 300n);
    const tooMuch = await place.refusalOf("margin.remove", move("301", "r-2"));
    expect(tooMuch.error.name).toBe("margin-not-removable");
  });

  it("is asked for in words that can be understood, or refused", async () => {
    const reasonOf = async (name: "margin.add" | "margin.setMode", body: object) =>
      (await place.refusalOf(name, body)).error.name;
    expect(await reasonOf("margin.setMode", { symbol, mode: "cross" })).toBe("margin-mode-in-use");
    expect(await reasonOf("margin.setMode", { symbol, mode: "half" })).toBe("field-invalid");
    expect(await reasonOf("margin.add", move("9".repeat(30), "a-2"))).toBe("field-invalid");
    expect(await reasonOf("margin.add", move("0", "a-3"))).toBe("amount-not-positive");
    const goods = { ...move("5", "a-4"), symbol: "BTC-USDT" };
    expect(await reasonOf("margin.add", goods)).toBe("contract-required");
  });

  it("is asked nothing for what closes it, and all for what makes it larger", async () => {
    const preview = async (side: string) =>
      (await place.must("fees.preview", { symbol, side, quantity: 40, price: 100 })).margin;
    const { positions } = await place.must("positions.list", {});
    expect([await preview("sell"), await preview("buy")]).toEqual(["0", positions[0]?.posted]);
  });
});

it("an account that there is not is made no margin account", async () => {
  const body = { account: "nobody", isMargin: true, reason: "agreed" };
  expect((await place.refusalOf("margin.setAccount", body)).error.name).toBe("account-unknown");
});

it("what nobody has paid of losses is told, and no more than that is made good", async () => {
  expect(await place.must("deficit.show", {})).toEqual({ ok: true, deficits: [] });
  const body = { account: "demo", asset: "USDT", amount: "5", reason: "as decided" };
  expect((await place.refusalOf("deficit.cover", body)).error.name).toBe("deficit-smaller");
  const refusal = await place.refusalOf("deficit.cover", { ...body, account: "nobody" });
  expect(refusal.error.name).toBe("account-unknown");
});

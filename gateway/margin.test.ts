/** Goal: accounts ask what they have in contracts and what is free; administrators say who may. */
import { afterEach, beforeEach, expect, it } from "vitest";
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

it("an account that there is not is made no margin account", async () => {
  const body = { account: "nobody", isMargin: true, reason: "agreed" };
  expect((await place.refusalOf("margin.setAccount", body)).error.name).toBe("account-unknown");
});

/** Goal: what orders pay is told before they are placed, and charged the same. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MarketPlace } from "./testing/market-place.ts";

const symbol = "BTC-USDT";
const why = { reason: "as published" };
const spot = {
  schedule: "spot",
  symbols: [symbol],
  minimum: "0",
  tiers: [
    { volume: "0", makerPpm: 1000, takerPpm: 2000 },
    { volume: "20000000", makerPpm: -50, takerPpm: 800 },
  ],
};
/** Two lots at 650,000 ticks: 1,300,000 units. */
const order = { symbol, price: 650_000, quantity: 20 };

let place: MarketPlace;
let placed = 0;

beforeEach(async () => {
  place = await MarketPlace.open();
});
afterEach(() => place.close());

const preview = (account: string, side = "buy") =>
  place.must("fees.preview", { ...order, side }, account);

/** What maker, who sells, and demo, who takes, have paid in the end for that order. */
async function traded(): Promise<readonly [maker: string, taker: string]> {
  placed += 1;
  const clientOrderId = `t-${placed}`;
  const limit = { ...order, clientOrderId, type: "limit", timeInForce: "GTC" };
  await place.must("order.place", { ...limit, side: "sell" }, "maker");
  await place.must("order.place", { ...limit, side: "buy" }, "demo");
  const fees = async (account: string): Promise<string> => {
    const { order: done } = await place.must("order.get", { clientOrderId }, account);
    return done.fees;
  };
  return [await fees("maker"), await fees("demo")];
}

describe("fees", () => {
  it("are the instrument's where nobody has said otherwise", async () => {
    expect(await preview("demo")).toMatchObject({
      ...{ makerPpm: 1000, takerPpm: 2000, minimum: "0", schedule: "", isOwn: false },
      ...{ notional: "13000000", makerFee: "13000", takerFee: "26000", reserved: "13026000" },
    });
    expect((await place.must("fees.schedules", {})).schedules).toEqual([]);
  });

  it("are told as they will be charged", async () => {
    await place.mustAdmin("fees.setSchedule", { ...spot, ...why });
    expect((await place.must("fees.schedules", {})).schedules).toEqual([spot]);
    for (const tier of [0, 0, 1]) {
      const [maker, taker] = [await preview("maker", "sell"), await preview("demo")];
      expect([maker.tier, taker.tier, maker.schedule]).toEqual([tier, tier, "spot"]);
      expect(await traded()).toEqual([maker.makerFee, taker.takerFee]);
    }
    expect(await preview("maker", "sell")).toMatchObject({
      ...{ volume: "39000000", makerFee: "-650", takerFee: "10400", reserved: "200000" },
    });
  });

  it("may be an account's own, at least so much, or nothing special any more", async () => {
    await place.mustAdmin("fees.setSchedule", { ...spot, minimum: "5000", ...why });
    const rates = { makerPpm: 0, takerPpm: 100 };
    await place.mustAdmin("fees.setAccount", { account: "demo", rates, ...why });
    expect(await preview("demo")).toMatchObject({ isOwn: true, takerFee: "5000" });
    expect(await traded()).toEqual(["13000", "5000"]);
    await place.mustAdmin("fees.setAccount", { account: "demo", ...why });
    await place.mustAdmin("fees.setSchedule", { ...spot, symbols: [], tiers: [], ...why });
    expect(await preview("demo")).toMatchObject({ isOwn: false, schedule: "", takerFee: "26000" });
  });

  it("are of what is known, and can be counted", async () => {
    const nameOf = async (...args: Parameters<MarketPlace["refusalOf"]>) =>
      (await place.refusalOf(...args)).error.name;
    const asked = { ...order, side: "buy" };
    expect(await nameOf("fees.preview", asked, "nobody")).toBe("account-unknown");
    expect(await nameOf("fees.preview", { ...asked, symbol: "NO-SUCH" })).toBe(
      "instrument-unknown",
    );
    expect(await nameOf("fees.preview", { ...asked, quantity: 0 })).toBe("field-invalid");
    const beyond = "9999999999999999999";
    expect(await nameOf("fees.setSchedule", { ...spot, minimum: beyond, ...why })).toBe(
      "field-invalid",
    );
    const [first, ...others] = spot.tiers;
    const tiers = [first, ...others.map((tier) => ({ ...tier, volume: beyond }))];
    expect(await nameOf("fees.setSchedule", { ...spot, tiers, ...why })).toBe("field-invalid");
    expect(await nameOf("fees.setSchedule", { ...spot, tiers: others, ...why })).toBe(
      "fees-invalid",
    );
  });
});

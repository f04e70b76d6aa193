/** Goal: cycles are set, told and kept to, and who owes what is told to whom it is for. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MarketPlace } from "./testing/market-place.ts";

const symbol = "BTC-USDT";
const why = { reason: "as published" };
const cycle = {
  ...{ cycle: "spot", symbols: [symbol], days: 1, offsetMinutes: 0, cutOffMinute: 0 },
  ...{ weekend: [5, 6], holidays: ["2026-12-25"] },
};

let place: MarketPlace;

beforeEach(async () => {
  place = await MarketPlace.open();
});
afterEach(() => place.close());

async function trade(): Promise<void> {
  const limit = { symbol, price: 650_000, quantity: 20, type: "limit", timeInForce: "GTC" };
  await place.must("order.place", { ...limit, clientOrderId: "s", side: "sell" }, "maker");
  await place.must("order.place", { ...limit, clientOrderId: "b", side: "buy" }, "demo");
}

describe("clearing", () => {
  it("has no cycle where nobody has set one, and then nobody owes anything", async () => {
    expect((await place.must("clearing.cycles", {})).cycles).toEqual([]);
    await trade();
    expect((await place.must("obligations.list", {}, "demo")).obligations).toEqual([]);
    expect((await place.must("settlement.show", {})).settlements).toEqual([]);
  });

  it("tells cycles as they were set, and accounts what they owe", async () => {
    await place.mustAdmin("clearing.setCycle", { ...cycle, ...why });
    expect((await place.must("clearing.cycles", {})).cycles).toEqual([cycle]);
    await trade();
    const { obligations } = await place.must("obligations.list", {}, "demo");
    expect(obligations).toMatchObject([
      { asset: "BTC", deliver: "0", receive: "200000", net: "200000" },
      { asset: "USDT", deliver: "13000000", receive: "0", net: "-13000000" },
    ]);
    const { settlements } = await place.must("settlement.show", {});
    expect(settlements).toMatchObject([{ round: 1, trades: 1, isFinal: false }]);
    const [all] = settlements;
    expect(all?.obligations).toEqual([]);
    const [round, ...others] = (await place.must("settlement.show", { date: all?.date }))
      .settlements;
    expect([round?.obligations.length, others]).toEqual([4, []]);
    expect({ ...round, obligations: [] }).toEqual(all);
    const { balances } = await place.must("balances", {}, "demo");
    expect(balances).toContainEqual(expect.objectContaining({ asset: "BTC", unsettled: "200000" }));
  });

  it("lets who is permitted to sell uncovered, and tells what is not delivered", async () => {
    await place.mustAdmin("clearing.setCycle", { ...cycle, ...why });
    const limit = { symbol, price: 650_000, quantity: 20, type: "limit", timeInForce: "GTC" };
    const sale = { ...limit, side: "sell", uncovered: true };
    const refused = await place.refusalOf("order.place", { ...sale, clientOrderId: "r" }, "maker");
    expect(refused.error.name).toBe("uncovered-not-permitted");
    const permission = {
      ...{ account: "maker", asset: "BTC", limit: "200000" },
      ...{ penaltyBasisPoints: 10, buyInDays: 4 },
    };
    await place.mustAdmin("clearing.setFails", { ...permission, ...why });
    expect((await place.must("clearing.failPermissions", {})).permissions).toEqual([permission]);
    await place.must("order.place", { ...sale, clientOrderId: "s" }, "maker");
    await place.must("order.place", { ...limit, side: "buy", clientOrderId: "b" }, "demo");
    const told = await place.must("deliveries.list", {}, "maker");
    expect(told.deliveries).toMatchObject([
      { seller: "maker", buyer: "demo", goods: "200000", goodsGiven: "0", moneyGiven: "13000000" },
    ]);
    expect(told.owings).toMatchObject([{ asset: "BTC", limit: "200000", owed: "200000" }]);
    expect((await place.must("clearing.fails", {})).deliveries).toEqual(told.deliveries);
    expect((await place.must("clearing.fails", { failedOnly: true })).deliveries).toEqual([]);
    const after = { after: told.deliveries[0]?.delivery };
    expect((await place.must("clearing.fails", after)).deliveries).toEqual([]);
  });

  it("tells what accounts owe page by page", async () => {
    await place.mustAdmin("clearing.setCycle", { ...cycle, ...why });
    await trade();
    const [{ date } = { date: "" }] = (await place.must("settlement.show", {})).settlements;
    const accounts = async (after: string) => {
      const { settlements } = await place.must("settlement.show", { date, after });
      return settlements[0]?.obligations.map(({ account }) => account);
    };
    expect(await accounts("demo")).toEqual(["maker", "maker"]);
    expect(await accounts("maker")).toEqual([]);
  });

  it("tells what participants owe on a date, page by page", async () => {
    await place.mustAdmin("clearing.setCycle", { ...cycle, ...why });
    await trade();
    const [{ date } = { date: "" }] = (await place.must("settlement.show", {})).settlements;
    const { nets, next } = await place.must("settlement.nets", { date });
    expect(nets).toEqual([
      ...[
        { asset: "BTC", deliver: "0", receive: "200000", net: "200000" },
        { asset: "USDT", deliver: "13000000", receive: "0", net: "-13000000" },
      ].map((leg) => ({ date, participant: "demo", ...leg })),
      ...[
        { asset: "BTC", deliver: "200000", receive: "0", net: "-200000" },
        { asset: "USDT", deliver: "0", receive: "13000000", net: "13000000" },
      ].map((leg) => ({ date, participant: "maker", ...leg })),
    ]);
    expect(next).toBeUndefined();
    const behind = await place.must("settlement.nets", { date, after: "demo" });
    expect(behind.nets.map(({ participant }) => participant)).toEqual(["maker", "maker"]);
    expect((await place.must("settlement.nets", { date: "2020-01-01" })).nets).toEqual([]);
  });

  it("refuses what no cycle can be", async () => {
    const nameOf = async (change: object) =>
      (await place.refusalOf("clearing.setCycle", { ...cycle, ...why, ...change })).error.name;
    expect(await nameOf({ days: 3 })).toBe("field-invalid");
    expect(await nameOf({ holidays: ["25.12.2026"] })).toBe("field-invalid");
    expect(await nameOf({ holidays: ["2026-02-30"] })).toBe("settlement-cycle-invalid");
    expect(await nameOf({ symbols: ["NO-SUCH"] })).toBe("instrument-unknown");
    const unknown = await place.refusalOf("obligations.list", {}, "nobody");
    expect(unknown.error.name).toBe("account-unknown");
  });
});

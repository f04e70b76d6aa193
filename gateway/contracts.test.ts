/** Goal: contracts are listed and shown with all of their terms, and their prices are told. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MarketPlace } from "./testing/market-place.ts";

let place: MarketPlace;
beforeEach(async () => {
  place = await MarketPlace.open();
  await place.must("account.open", { account: "insurance" });
});
afterEach(() => place.close());

const listing = {
  ...{ symbol: "BTC-USDT-PERP", base: "BTC", quote: "USDT" },
  ...{ makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 },
};
const margins = {
  ...{ initialMarginPpm: 50_000, maintenanceMarginPpm: 25_000, markClampPpm: 10_000 },
  ...{ liquidationFeePpm: 5000, fundAccount: "insurance" },
};
const perpetual = {
  ...{ kind: "perpetual", indexSymbol: "BTC-USDT", ...margins },
  ...{ fundingIntervalSeconds: 28_800, fundingCapPpm: 7500 },
};
const future = { kind: "future", expiresAtUs: 4_000_000_000_000_000, ...margins };

/** With lots and ticks as those of the instrument that is there. */
async function bodyOf(symbol: string, contract: object): Promise<object> {
  const { instruments } = await place.must("instruments", {});
  const { baseUnitsPerLot, quoteUnitsPerTickLot } = instruments[0]!;
  return { ...listing, symbol, baseUnitsPerLot, quoteUnitsPerTickLot, contract };
}

const figuresOf = async (symbol: string) =>
  (await place.must("statistics", { symbol })).statistics.contract;

describe("a contract", () => {
  it("is shown with all of its terms, and spot without", async () => {
    await place.must("instrument.list", await bodyOf("BTC-USDT-PERP", perpetual));
    await place.must("instrument.list", await bodyOf("BTC-USDT-FUT", future));
    const { instruments } = await place.must("instruments", {});
    const shown = new Map(instruments.map(({ symbol, contract }) => [symbol, contract]));
    expect(shown.get("BTC-USDT")).toBeUndefined();
    expect(shown.get("BTC-USDT-PERP")).toEqual(perpetual);
    expect(shown.get("BTC-USDT-FUT")).toEqual(future);
  });

  it("is not listed by terms that make no sense", async () => {
    const nameOf = async (contract: object): Promise<string> => {
      const body = await bodyOf("BTC-USDT-PERP", contract);
      return (await place.refusalOf("instrument.list", body)).error.name;
    };
    expect(await nameOf({ ...perpetual, initialMarginPpm: 0 })).toBe("contract-terms-invalid");
    expect(await nameOf({ ...perpetual, indexSymbol: "BTC-EUR" })).toBe("price-source-other");
    expect(await nameOf({ ...perpetual, fundAccount: "nobody" })).toBe("account-unknown");
    expect(await nameOf({ ...future, expiresAtUs: 1 })).toBe("contract-expired");
    expect(await nameOf({ ...perpetual, kind: "option" })).toBe("field-invalid");
  });

  it("is marked by its index: what that trades at, or what is published", async () => {
    await place.must("instrument.list", await bodyOf("BTC-USDT-PERP", perpetual));
    await place.must("instrument.list", await bodyOf("BTC-USDT-FUT", future));
    expect(await figuresOf("BTC-USDT")).toBeUndefined();
    expect(await figuresOf("BTC-USDT-PERP")).toMatchObject({ markPrice: 0, indexPrice: 0 });
    const order = { symbol: "BTC-USDT", type: "limit", price: 100, quantity: 1 };
    await place.must("order.place", { ...order, side: "sell" }, "maker");
    await place.must("order.place", { ...order, side: "buy" });
    await place.must("indexPrice.publish", { symbol: "BTC-USDT-FUT", price: 90 });
    const zero = { lastFundingRatePpm: 0, finalPrice: 0 };
    expect(await figuresOf("BTC-USDT-PERP")).toMatchObject({ markPrice: 100, ...zero });
    expect(await figuresOf("BTC-USDT-FUT")).toEqual({
      ...{ markPrice: 90, indexPrice: 90, nextFundingTimeUs: 0, ...zero },
    });
  });

  it("whose index is an instrument has none that is published", async () => {
    await place.must("instrument.list", await bodyOf("BTC-USDT-PERP", perpetual));
    const body = { symbol: "BTC-USDT-PERP", price: 90 };
    expect((await place.refusalOf("indexPrice.publish", body)).error.name).toBe(
      "price-source-other",
    );
  });
});

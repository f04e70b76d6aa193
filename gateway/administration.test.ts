import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tradingTermsExample } from "../protocols/testing/trading-terms.ts";
import { renderTradingTerms } from "../protocols/api/trading-terms-translation.ts";
import { Gateway } from "./gateway.ts";
import { MarketPlace } from "./testing/market-place.ts";
import { ScriptedCluster } from "./testing/scripted-cluster.ts";

let place: MarketPlace;
beforeEach(async () => {
  place = await MarketPlace.open();
});
afterEach(() => place.close());

const buy = { symbol: "BTC-USDT", side: "buy", type: "limit", price: 100, quantity: 5 };
const reason = "test";
const listing = {
  symbol: "BTC-USDT-2",
  base: "BTC",
  quote: "USDT",
  baseUnitsPerLot: 1,
  quoteUnitsPerTickLot: 1,
  makerFeeBasisPoints: 0,
  takerFeeBasisPoints: 0,
};

/** Arms a kill switch and confirms it. */
async function throwSwitch(target: { scope: string; target?: string }): Promise<void> {
  const { number } = await place.must("killSwitch.arm", { ...target, reason });
  await place.must("killSwitch.confirm", { number });
}

async function nameOf(name: "order.place" | "order.open", body: object): Promise<string> {
  const reply = await place.ask(name, body);
  return reply.ok ? "ok" : reply.error.name;
}

describe("an instrument with trading terms", () => {
  it("is shown with all of them, and one without is shown without", async () => {
    const shown = renderTradingTerms(tradingTermsExample);
    await place.must("instrument.list", { ...listing, trading: shown });
    const { instruments } = await place.must("instruments", {});
    expect(instruments.map(({ symbol, trading }) => [symbol, trading])).toEqual([
      ["BTC-USDT", undefined],
      ["BTC-USDT-2", shown],
    ]);
  });

  it("is shown with what was left out as it is for most", async () => {
    await place.must("instrument.list", { ...listing, trading: { quantityMin: 10 } });
    const { instruments } = await place.must("instruments", {});
    expect(instruments[1]?.trading).toMatchObject({ quantityMin: 10, allocation: "time" });
    expect(await nameOf("order.place", { ...buy, symbol: "BTC-USDT-2" })).toBe(
      "quantity-too-small",
    );
  });

  it("is not listed when they make no sense", async () => {
    const unsound = [
      [{ quantityMin: 0 }, "instrument-terms-invalid", undefined],
      [{ collarBasisPoints: 10_001 }, "instrument-terms-invalid", undefined],
      [{ tickSizes: [{ from: 5, size: 5 }] }, "instrument-terms-invalid", undefined],
      [{ notionalMax: "9".repeat(19) }, "field-invalid", "trading.notionalMax"],
      [{ tickSizes: [{ from: 0 }] }, "field-invalid", "trading.tickSizes[0].size"],
      [{ isProRata: true }, "field-invalid", "trading.isProRata"],
      [{ calendar: { timeZone: "UTC" } }, "field-invalid", "trading.calendar.offsets"],
    ] as const;
    for (const [trading, name, field] of unsound) {
      const { error } = await place.refusalOf("instrument.list", { ...listing, trading });
      expect([error.name, error.field]).toEqual([name, field]);
    }
  });

  it("that is closed says so beside its depth, and takes no orders", async () => {
    const closedWeek = Array.from({ length: 7 }, () => []);
    const offsets = [{ fromUs: 0, minutes: 0 }];
    const calendar = { timeZone: "UTC", offsets, week: closedWeek, exceptions: [] };
    await place.must("instrument.list", { ...listing, trading: { calendar } });
    const { symbol } = listing;
    expect(await place.must("depth", { symbol })).toMatchObject({
      phase: "closed",
      isHalted: false,
    });
    expect(await nameOf("order.place", { ...buy, symbol })).toBe("phase-forbids");
  });
});

describe("a kill switch", () => {
  it("does nothing by being armed", async () => {
    await place.must("killSwitch.arm", { scope: "account", target: "demo", reason });
    await place.must("order.place", buy);
  });

  it("of an account cancels its orders and refuses new ones until it is released", async () => {
    await place.must("order.place", { ...buy, clientOrderId: "a" });
    await throwSwitch({ scope: "account", target: "demo" });
    const { order } = await place.must("order.get", { clientOrderId: "a" });
    expect(order).toMatchObject({ status: "canceled", closeReason: "account-blocked" });
    expect(await nameOf("order.place", buy)).toBe("account-blocked");
    await place.must("order.place", buy, "maker");
    await place.must("killSwitch.release", { scope: "account", target: "demo", reason });
    await place.must("order.place", buy);
  });

  it("of a participant concerns all accounts of it", async () => {
    for (const account of ["desk-1", "desk-2"]) {
      await place.must("account.open", { account, participant: "acme" });
    }
    await throwSwitch({ scope: "participant", target: "acme" });
    for (const account of ["desk-1", "desk-2"]) {
      const refusal = await place.refusalOf("order.place", buy, account);
      expect(refusal.error.name).toBe("account-blocked");
    }
    await place.must("order.place", buy);
  });

  it.each([[{ scope: "symbol", target: "BTC-USDT" }], [{ scope: "venue" }]])(
    "of %j cancels all orders there and leaves it to cancels only",
    async (target) => {
      await place.must("order.place", { ...buy, clientOrderId: "a" });
      await throwSwitch(target);
      const { order } = await place.must("order.get", { clientOrderId: "a" });
      expect(order).toMatchObject({ status: "canceled", closeReason: "kill-switch" });
      const depth = await place.must("depth", { symbol: "BTC-USDT" });
      expect(depth).toMatchObject({ phase: "cancelOnly", isHalted: true, bids: [] });
      expect(await nameOf("order.place", buy)).not.toBe("ok");
      await place.must("killSwitch.release", { ...target, reason });
      expect(await place.must("depth", { symbol: "BTC-USDT" })).toMatchObject({
        phase: "continuous",
        isHalted: false,
      });
      await place.must("order.place", buy);
    },
  );

  it("has a target, and is confirmed once", async () => {
    const arm = async (body: object) => {
      return (await place.refusalOf("killSwitch.arm", { ...body, reason })).error.name;
    };
    const unknown = "kill-switch-target-unknown";
    expect(await arm({ scope: "account", target: "nobody" })).toBe(unknown);
    expect(await arm({ scope: "participant", target: "nobody" })).toBe(unknown);
    expect(await arm({ scope: "symbol", target: "ETH-USDT" })).toBe(unknown);
    const { number } = await place.must("killSwitch.arm", { scope: "venue", reason });
    await place.must("killSwitch.confirm", { number });
    for (const again of [number, number + 1]) {
      const { error } = await place.refusalOf("killSwitch.confirm", { number: again });
      expect(error.name).toBe("kill-switch-unknown");
    }
    const other = { scope: "account", target: "demo", reason };
    const { error } = await place.refusalOf("killSwitch.release", other);
    expect(error.name).toBe("kill-switch-not-thrown");
  });
});

describe("the market-wide breaker", () => {
  const levels = [{ basisPoints: 700, haltSeconds: 900 }];

  it("halts all instruments when its index falls", async () => {
    await place.must("instrument.list", listing);
    await place.must("breaker.set", { symbol: "BTC-USDT", levels, reason });
    for (const price of [100, 93]) {
      await place.must("order.place", { ...buy, price, quantity: 1 });
      const sell = { ...buy, side: "sell", price, quantity: 1 };
      await place.must("order.place", sell, "maker");
    }
    await expect
      .poll(async () => (await place.must("depth", { symbol: listing.symbol })).phase)
      .toBe("halted");
    expect((await place.must("depth", { symbol: "BTC-USDT" })).phase).toBe("halted");
  });

  it("has levels that ascend, and an index that there is", async () => {
    const refused = [
      [{ symbol: "ETH-USDT", levels }, "instrument-unknown"],
      [{ symbol: "BTC-USDT", levels: [...levels, ...levels] }, "breaker-invalid"],
      [{ symbol: "BTC-USDT", levels: [{ basisPoints: 0, haltSeconds: 0 }] }, "breaker-invalid"],
      [{ symbol: "BTC-USDT", levels: [{ basisPoints: 1, haltSeconds: 86_401 }] }, "field-invalid"],
      [
        { symbol: "BTC-USDT", levels: Array.from({ length: 11 }, () => levels[0]) },
        "field-invalid",
      ],
    ] as const;
    for (const [body, name] of refused) {
      const { error } = await place.refusalOf("breaker.set", { ...body, reason });
      expect(error.name).toBe(name);
    }
  });

  it("may be taken away", async () => {
    await place.must("breaker.set", { symbol: "BTC-USDT", levels, reason });
    await place.must("breaker.set", { symbol: "BTC-USDT", levels: [], reason });
  });
});

describe("a mark price", () => {
  it("sets off orders that wait for it", async () => {
    await place.must("order.place", { ...buy, price: 90 });
    const stop = { symbol: "BTC-USDT", side: "sell", type: "stop", quantity: 1, triggerPrice: 95 };
    const waiting = { ...stop, triggerBy: "mark", clientOrderId: "s" };
    await place.must("order.place", waiting, "maker");
    await place.must("markPrice.publish", { symbol: "BTC-USDT", price: 95 });
    await expect
      .poll(async () => {
        return (await place.must("order.get", { clientOrderId: "s" }, "maker")).order.status;
      })
      .toBe("filled");
  });

  it("is that of an instrument, and positive", async () => {
    const refused = async (body: object) => {
      return (await place.refusalOf("markPrice.publish", body)).error.name;
    };
    expect(await refused({ symbol: "ETH-USDT", price: 1 })).toBe("instrument-unknown");
    expect(await refused({ symbol: "BTC-USDT", price: 0 })).toBe("price-not-positive");
  });
});

describe("what administrators do", () => {
  it("is told to everybody, with who did it and why", async () => {
    const heard: unknown[] = [];
    place.cluster.publicBus().subscribe("outcry.v1.md.interventions", ({ payload }) => {
      const {
        command,
        target,
        author,
        reason: why,
      } = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
      heard.push([command, target, author, why]);
    });
    await place.must("halt", { symbol: "BTC-USDT", reason: "first" });
    await place.must("resume", { symbol: "BTC-USDT", reason: "second" });
    await throwSwitch({ scope: "venue" });
    await expect.poll(() => heard).toHaveLength(4);
    expect(heard).toEqual([
      ["halt-trading", "BTC-USDT", "ops", "first"],
      ["resume-trading", "BTC-USDT", "ops", "second"],
      ["arm-kill-switch", "", "ops", reason],
      ["confirm-kill-switch", "", "ops", ""],
    ]);
  });
});

describe("a reason", () => {
  it("of as many characters as there may be comes into the log, whatever they are", async () => {
    const long = "\u{1F525}".repeat(200);
    const halted = await place.ask("halt", { symbol: "BTC-USDT", reason: long });
    expect([halted.ok, halted.ok ? "" : halted.error.name]).toEqual([true, ""]);
  });
});

describe("what an administrator asks", () => {
  const ordinary = [
    ["asset.add", { asset: "ETH", decimals: 8 }],
    ["instrument.list", listing],
    ["instrument.list", { ...listing, trading: { quantityMin: 10 } }],
    ["account.open", { account: "newcomer" }],
    ["deposit", { account: "demo", asset: "BTC", amount: "1", reference: "gift" }],
    ["markPrice.publish", { symbol: "BTC-USDT", price: 100 }],
  ] as const;
  const who = { account: "", administrator: "ann" };

  it.each(ordinary)("says who asked, and why if that was said: %s", async (name, body) => {
    const cluster = new ScriptedCluster();
    const gateway = new Gateway(cluster);
    await gateway.answer(name, who, body);
    await gateway.answer(name, who, { ...body, reason: "as agreed" });
    expect(cluster.submitted).toMatchObject([
      { author: "ann", reason: "" },
      { author: "ann", reason: "as agreed" },
    ]);
  });
});

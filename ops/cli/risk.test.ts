import { describe, expect, it } from "vitest";
import { figuresText } from "./exchange-access.ts";
import { riskLimitsIn, riskScopeIn } from "./risk-limit-options.ts";
import { NaturalUnits } from "./natural-units.ts";
import { renderRisk, renderRiskRules } from "./risk-text.ts";
import { demoTerms } from "./testing/demo-units.ts";

const symbol = "BTC-USDT";

describe("limits on a command line", () => {
  it("have quantities and amounts as people write them", () => {
    const options = { symbol, orderQuantity: "0.5", orderNotional: "20000.25", openOrders: 20 };
    expect(riskLimitsIn({ ...options, dailyLoss: "5", netExposure: "6" }, demoTerms)).toEqual({
      ...{ orderQuantity: 5000, orderNotional: "20000250000", openOrders: 20 },
      ...{ dailyLoss: "5000000", netExposure: "6000000" },
    });
    expect(riskLimitsIn({ quote: "USDT", orderNotional: "1" }, demoTerms)).toEqual({
      orderNotional: "1000000",
    });
    expect(riskLimitsIn({ none: true }, demoTerms)).toEqual({});
    const shortSales = "forbidden" as const;
    expect(riskLimitsIn({ shortSales }, demoTerms)).toEqual({ shortSales });
    expect(riskScopeIn({ group: "retail", symbol })).toEqual({ group: "retail", symbol });
  });

  it.each([
    ["nothing", {}, /--none/],
    ["some and none", { none: true, openOrders: 1 }, /--none/],
    ["a quantity of nothing", { positionQuantity: "1" }, /--symbol/],
    ["an amount of nothing", { exposure: "1" }, /--quote/],
    ["an unknown instrument", { symbol: "NO-SUCH", orderQuantity: "1" }, /no instrument NO-SUCH/],
    ["an unknown asset", { quote: "FIG", orderNotional: "1" }, /no asset FIG/],
    ["too fine a quantity", { symbol, orderQuantity: "0.00001" }, /steps of 0.0001/],
  ])("are refused: %s", (_, options, message) => {
    expect(() => riskLimitsIn(options, demoTerms)).toThrow(message);
  });

  it("read as people read them", () => {
    const limits = { orderQuantity: 5000, orderNotional: "20000250000", openOrders: 20 };
    const rules = {
      ok: true,
      limits: [
        { account: "demo", symbol, limits },
        { group: "retail", quote: "USDT", limits: { orderNotional: "1000000" } },
        { limits: { restriction: "closed" as const } },
      ],
      groups: [{ account: "demo", group: "retail" }],
    } as const;
    const text = renderRiskRules(
      { ...rules, limits: [...rules.limits], groups: [...rules.groups] },
      demoTerms,
    );
    expect(text).toMatch(
      /demo +BTC-USDT +orderQuantity 0.5000 BTC, orderNotional 20000.25 USDT, openOrders 20/,
    );
    expect(text).toMatch(/group retail +all for USDT +orderNotional 1 USDT/);
    expect(text).toMatch(/everybody +all +restriction closed/);
    expect(text).toMatch(/demo +retail/);
    expect(renderRiskRules({ ok: true, limits: [], groups: [] }, demoTerms)).toMatch(/nobody/);
  });

  it("say what is used of them", () => {
    const use = { openOrders: 3, ordersLeft: 4, ordersOfDay: 12, tradesOfDay: 2 };
    const uses = [{ symbol, limits: { orderRate: 5 }, ...use }];
    const text = renderRisk({ ok: true, group: "retail", uses }, demoTerms);
    expect(text).toMatch(/in group retail\n/);
    expect(text).toMatch(/BTC-USDT +3 +4 +12\/2 +orderRate 5/);
    expect(renderRisk({ ok: true, uses: [] }, demoTerms)).toBe("held to nothing");
  });

  it("tell in a refusal by how much", () => {
    const figures = { limit: "20", used: "20", asked: "1", unit: "orders" };
    expect(figuresText({ figures })).toBe(" (limit 20, used 20, asked 1, in orders)");
    expect(figuresText({})).toBe("");
  });

  it("tell it in whole assets where they know of which", () => {
    const units = new NaturalUnits(demoTerms.instruments[0], demoTerms.assets);
    const lots = { limit: "5000", used: "0", asked: "6000", unit: "lots" };
    expect(figuresText({ figures: lots }, units)).toBe(
      " (limit 0.5000, used 0.0000, asked 0.6000, in BTC)",
    );
    const worth = { limit: "20000250000", used: "0", asked: "1", unit: "units of the quote asset" };
    expect(figuresText({ figures: worth }, units)).toBe(
      " (limit 20000.25, used 0, asked 0.000001, in USDT)",
    );
    const orders = { limit: "20", used: "20", asked: "1", unit: "orders" };
    expect(figuresText({ figures: orders }, units)).toContain("in orders");
  });
});

import { describe, expect, it } from "vitest";
import { naturalPosition, renderMargin, renderPositions } from "./margin-text.ts";
import { Terms } from "./terms.ts";
import { demoTerms } from "./testing/demo-units.ts";

const { assets, instruments } = demoTerms;
const contracts = instruments.map((terms) => ({ ...terms, symbol: "BTC-USDT-PERP" }));
const terms = new Terms(contracts, assets);
const position = {
  ...{ symbol: "BTC-USDT-PERP", lots: -50, cost: "-1250000", entryNotional: "-1250350" },
  ...{ markPrice: 24_900, unrealised: "5000", buys: 0, sells: 10 },
  ...{ initialMargin: "149400", maintenanceMargin: "62250" },
  ...{ mode: "cross" as const, posted: "0", liquidationPrice: 0, liquidation: "" as const },
};
const usdt = {
  ...{
    asset: "USDT",
    cash: "5000000000",
    posted: "2500000",
    unrealised: "-1500000",
    equity: "4998500000",
  },
  ...{ initialMargin: "1000000", maintenanceMargin: "500000", free: "-12" },
  liquidation: "" as const,
};

describe("positions and margin", () => {
  it("are told in whole assets", () => {
    expect(renderPositions([position], { assets: [usdt] }, terms)).toMatch(
      /BTC-USDT-PERP\s+-0.0050\s+0.0000\s+0.0010\s+249.00\s+-1.25\s+0.005\s+0.1494\s+0.06225$/,
    );
    expect(naturalPosition(position, terms.unitsOf(position.symbol))).toMatchObject({
      ...{ position: "-0.0050", markPrice: "249.00", cost: "-1.25", liquidationPrice: "0.00" },
    });
    expect(renderPositions([], { assets: [] }, terms)).toBe("no positions");
  });

  it("are told in whole assets, below zero as well", () => {
    const text = renderMargin({ ok: true, isMargin: true, assets: [usdt] }, assets);
    expect(text).toMatch(/^a margin account\n/);
    expect(text).toMatch(/USDT\s+5,?000\S*\s+-1\.5\S*\s/);
    expect(text).not.toContain("liquidated");
    const cash = renderMargin({ ok: true, isMargin: false, assets: [] }, assets);
    expect(cash).toMatch(/^not a margin/);
  });

  it("say which positions are isolated, what those have and where they are liquidated", () => {
    const isolated = { ...position, mode: "isolated" as const, posted: "125000" };
    const text = renderPositions(
      [{ ...isolated, liquidationPrice: 26_196 }],
      { assets: [usdt] },
      terms,
    );
    expect(text).toMatch(/\nBTC-USDT-PERP is isolated: 0.125 USDT posted, liquidated at 261.96$/);
    const closed = { ...isolated, liquidation: "offered" as const };
    expect(renderPositions([closed], { assets: [usdt] }, terms)).toMatch(
      /\nBTC-USDT-PERP is isolated: 0.125 USDT posted\nBTC-USDT-PERP is being liquidated: offered$/,
    );
    expect(renderPositions([position], { assets: [usdt] }, terms)).not.toContain("isolated");
    expect(renderMargin({ ok: true, isMargin: true, assets: [usdt] }, assets)).toMatch(/2\.5\S*$/);
  });

  it("say that the account is being liquidated, and how far that is", () => {
    const liquidated = { ...usdt, liquidation: "deleveraging" as const };
    const text = renderMargin({ ok: true, isMargin: true, assets: [liquidated] }, assets);
    expect(text).toMatch(/\nit is being liquidated in USDT: deleveraging$/);
    const positions = renderPositions([position], { assets: [liquidated] }, terms);
    expect(positions).toMatch(/\nit is being liquidated in USDT: deleveraging$/);
  });
});

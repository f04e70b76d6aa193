import { describe, expect, it } from "vitest";
import { renderMargin, renderPositions } from "./margin-text.ts";
import { demoTerms } from "./testing/demo-units.ts";

const { assets } = demoTerms;
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
  it("are told in lots, ticks and units", () => {
    expect(renderPositions([position], { assets: [usdt] })).toMatch(
      /BTC-USDT-PERP\s+-50\s+0\s+10\s+24900\s+-1250000/,
    );
    expect(renderPositions([], { assets: [] })).toBe("no positions");
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
    const text = renderPositions([{ ...isolated, liquidationPrice: 26_196 }], { assets: [usdt] });
    expect(text).toMatch(/\nBTC-USDT-PERP is isolated: 125000 posted, liquidated at 26196$/);
    const closed = { ...isolated, liquidation: "offered" as const };
    expect(renderPositions([closed], { assets: [usdt] })).toMatch(
      /\nBTC-USDT-PERP is isolated: 125000 posted\nBTC-USDT-PERP is being liquidated: offered$/,
    );
    expect(renderPositions([position], { assets: [usdt] })).not.toContain("isolated");
    expect(renderMargin({ ok: true, isMargin: true, assets: [usdt] }, assets)).toMatch(/2\.5\S*$/);
  });

  it("say that the account is being liquidated, and how far that is", () => {
    const liquidated = { ...usdt, liquidation: "deleveraging" as const };
    const text = renderMargin({ ok: true, isMargin: true, assets: [liquidated] }, assets);
    expect(text).toMatch(/\nit is being liquidated in USDT: deleveraging$/);
    const positions = renderPositions([position], { assets: [liquidated] });
    expect(positions).toMatch(/\nit is being liquidated in USDT: deleveraging$/);
  });
});

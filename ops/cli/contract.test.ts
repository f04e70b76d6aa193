import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContractTermsRequest } from "../../protocols/api/contract-terms.ts";
import { contractIn } from "./contract-file.ts";
import { naturalFigures, renderContract } from "./contract.ts";
import { NaturalUnits } from "./natural-units.ts";

const instrument = {
  ...{ symbol: "BTC-USDT-PERP", base: "BTC", quote: "USDT", shard: 0 },
  ...{ baseUnitsPerLot: 10_000, quoteUnitsPerTickLot: 1 },
  ...{ makerFeeBasisPoints: 10, takerFeeBasisPoints: 20 },
};
const units = new NaturalUnits(instrument, [
  { asset: "BTC", decimals: 8 },
  { asset: "USDT", decimals: 6 },
]);
const margins = {
  ...{ initialMarginPpm: 50_000, maintenanceMarginPpm: 25_000, markClampPpm: 10_000 },
  ...{ liquidationFeePpm: 5000, fundAccount: "insurance" },
};
const perpetual: ContractTermsRequest = {
  ...{ kind: "perpetual", indexSymbol: "BTC-USDT", ...margins },
  ...{ fundingIntervalSeconds: 28_800, fundingCapPpm: 7500 },
};
const figures = {
  ...{ markPrice: 6_500_100, indexPrice: 6_500_000, lastFundingRatePpm: -15 },
  ...{ nextFundingTimeUs: 1_795_017_600_000_000, finalPrice: 0 },
};

describe("a contract", () => {
  it("is shown with what it is marked at and funded by", () => {
    expect(renderContract(perpetual, figures, units).split("\n")).toEqual([
      "BTC-USDT-PERP, a perpetual",
      "  mark     65,001.00 USDT",
      "  index    65,000.00 USDT",
      "  source   BTC-USDT",
      "  funding  -0.0015 % of late, 0.7500 % at most",
      "  next     2026-11-18T16:00:00.000Z",
      "  margin   5.0000 %, kept by 2.5000 %",
      "  clamp    1.0000 % of the index",
      "  fund     insurance, 0.5000 % of what is liquidated",
    ]);
  });

  it("that expires is shown with when, and with what it was settled at", () => {
    const future: ContractTermsRequest = {
      ...{ kind: "future", expiresAtUs: 1_795_017_600_000_000, ...margins },
    };
    const none = { markPrice: 0, indexPrice: 0, lastFundingRatePpm: 0, nextFundingTimeUs: 0 };
    const lines = renderContract(future, { ...none, finalPrice: 0 }, units).split("\n");
    expect(lines.slice(1, 5)).toEqual([
      "  mark     none yet",
      "  index    none yet",
      "  source   published",
      "  expires  2026-11-18T16:00:00.000Z",
    ]);
    const settled = renderContract(future, { ...none, finalPrice: 6_400_000 }, units);
    expect(settled).toContain("settled  at 64,000.00 USDT");
  });

  it("is told in natural numbers to programs", () => {
    expect(naturalFigures(figures, units)).toEqual({
      ...{ markPrice: "65001.00", indexPrice: "65000.00", finalPrice: "0.00" },
      lastFundingRate: "-0.0015 %",
    });
  });
});

describe("a contract's file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "outcry-contract-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is what it holds", async () => {
    const file = join(folder, "contract.json");
    writeFileSync(file, JSON.stringify(perpetual));
    expect(await contractIn(file)).toEqual(perpetual);
  });

  it("is refused where it is none", async () => {
    const file = join(folder, "contract.json");
    await expect(contractIn(file)).rejects.toThrow("ENOENT");
    writeFileSync(file, "[]");
    await expect(contractIn(file)).rejects.toThrow("it is no JSON object");
  });
});

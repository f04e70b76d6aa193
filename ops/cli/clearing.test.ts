import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  renderCycles,
  renderDeliveries,
  renderObligations,
  renderPermissions,
  renderSettlements,
} from "./clearing-text.ts";
import { cycleIn } from "./settlement-cycle-file.ts";
import { demoTerms } from "./testing/demo-units.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-clearing-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { assets } = demoTerms;
const spot = {
  ...{ symbols: ["BTC-USDT"], days: 2, cutOff: "16:30", offsetMinutes: -300 },
  ...{ weekend: ["Sat", "Sun"], holidays: ["2026-12-25"] },
};
const read = (content: unknown) => {
  const file = join(folder, "cycle.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return cycleIn("spot", file);
};

describe("a cycle in a file", () => {
  it("has times and days as people write them", async () => {
    expect(await read(spot)).toEqual({
      ...{ cycle: "spot", symbols: ["BTC-USDT"], days: 2, offsetMinutes: -300 },
      ...{ cutOffMinute: 990, weekend: [5, 6], holidays: ["2026-12-25"] },
    });
    const { symbols, days, cutOff } = spot;
    expect(await read({ symbols, days, cutOff })).toMatchObject({
      ...{ offsetMinutes: 0, weekend: [], holidays: [] },
    });
  });

  it.each([
    ["no JSON", "{", /Expected/],
    ["nothing", "null", /`symbols`/],
    ["half a day", { ...spot, days: 0.5 }, /`days`/],
    ["no cut-off", { ...spot, cutOff: undefined }, /`cutOff`/],
    ["a time that no day has", { ...spot, cutOff: "24:00" }, /`cutOff`/],
    ["an offset in words", { ...spot, offsetMinutes: "east" }, /`offsetMinutes`/],
    ["a day that no week has", { ...spot, weekend: ["Son"] }, /Mon Tue Wed/],
    ["a weekend in numbers", { ...spot, weekend: [5] }, /`weekend`/],
    ["a holiday that is no text", { ...spot, holidays: [20261225] }, /`holidays`/],
  ])("is refused: %s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
});

describe("clearing", () => {
  const leg = { asset: "BTC", deliver: "4000000", receive: "25000000", net: "21000000" };

  it("is shown in days and times", async () => {
    expect(renderCycles([])).toMatch(/as it is made/);
    expect(renderCycles([await read(spot)]).split("\n")).toEqual([
      "CYCLE  INSTRUMENTS  SETTLED  CUT-OFF          NOT ON   NOR ON",
      "spot   BTC-USDT     T+2      16:30 UTC-05:00  Sat Sun  2026-12-25",
    ]);
  });

  it("is shown in whole assets", () => {
    expect(renderObligations([], assets)).toBe("nothing is to be settled");
    expect(renderObligations([{ date: "2026-12-28", ...leg }], assets).split("\n")).toEqual([
      "DATE        ASSET  DELIVERS  RECEIVES   NET",
      "2026-12-28  BTC        0.04      0.25  0.21",
    ]);
    expect(renderSettlements([], assets)).toBe("no round of settlement");
    const round = {
      ...{ round: 7, date: "2026-12-28", cutOffUs: 0, trades: 3, isFinal: true },
      finalAtUs: 1_798_473_600_250_000,
      obligations: [{ account: "demo", participant: "acme", status: "settled" as const, ...leg }],
    };
    const short = { ...round, obligations: [] };
    expect(renderSettlements([short, short], assets).split("\n")).toHaveLength(2);
    expect(renderSettlements([round, { ...round, isFinal: false }], assets).split("\n")).toEqual([
      "round 7, 2026-12-28: 3 trades, final since 2026-12-28T16:00:00.250Z",
      "ACCOUNT  PARTICIPANT  ASSET  DELIVERS  RECEIVES   NET  STATUS",
      "demo     acme         BTC        0.04      0.25  0.21  settled",
      "",
      "round 7, 2026-12-28: 3 trades, not final",
      "ACCOUNT  PARTICIPANT  ASSET  DELIVERS  RECEIVES   NET  STATUS",
      "demo     acme         BTC        0.04      0.25  0.21  settled",
      "",
      "by participant",
      "DATE        PARTICIPANT  ASSET  DELIVERS  RECEIVES   NET",
      "2026-12-28  acme         BTC        0.08       0.5  0.42",
    ]);
  });

  it("tells who may owe what, and what has not been delivered", () => {
    expect(renderPermissions([], assets)).toMatch(/nobody/);
    const terms = { account: "demo", asset: "BTC", limit: "4000000", penaltyBasisPoints: 10 };
    expect(renderPermissions([{ ...terms, buyInDays: 4 }], assets).split("\n")).toEqual([
      "ACCOUNT  ASSET  MAY OWE  PENALTY  BUY-IN AFTER",
      "demo     BTC       0.04    10 bp        4 days",
    ]);
    expect(renderDeliveries([], assets)).toBe("no delivery is open");
    const delivery = {
      ...{ delivery: 12, symbol: "BTC-USDT", seller: "demo", buyer: "other", goods: "4000000" },
      ...{ money: "2600000000", goodsGiven: "0", moneyGiven: "2600000000", daysFailed: 2 },
      ...{ since: "2026-12-28", date: "2026-12-30", isBuyIn: true },
    };
    const [, row] = renderDeliveries([delivery], assets).split("\n");
    expect(row).toContain("0 of 0.04");
    expect(row).toContain("buy-in");
  });
});

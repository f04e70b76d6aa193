import { describe, expect, it } from "vitest";
import { isBusinessDay, isSettlementCycleSound, settlementOf } from "./clearing.ts";
import type { SettlementCycle } from "./clearing.ts";

const cycle: SettlementCycle = {
  cycle: "spot",
  symbols: ["BTC-USDT"],
  days: 2,
  offsetMinutes: 0,
  cutOffMinute: 16 * 60,
  weekend: [5, 6],
  holidays: [2026_11_26, 2026_12_25],
};

const at = (text: string): number => Date.parse(text) * 1000;
const due = (text: string, change: Partial<SettlementCycle> = {}): number =>
  settlementOf({ ...cycle, ...change }, at(text)).date;

describe("when a trade is settled", () => {
  it("is so many business days after it is made", () => {
    // A Monday.
    expect(due("2026-11-23T10:00Z", { days: 0 })).toBe(2026_11_23);
    expect(due("2026-11-23T10:00Z", { days: 1 })).toBe(2026_11_24);
    expect(due("2026-11-23T10:00Z")).toBe(2026_11_25);
  });

  it("passes over holidays and weekends", () => {
    expect(due("2026-11-24T10:00Z")).toBe(2026_11_27);
    expect(due("2026-11-25T10:00Z")).toBe(2026_11_30);
    expect(due("2026-11-28T10:00Z")).toBe(2026_12_02);
    expect(due("2026-12-24T10:00Z", { days: 1 })).toBe(2026_12_28);
  });

  it("is a day later from the cut-off on", () => {
    expect(due("2026-11-23T15:59:59.999Z", { days: 1 })).toBe(2026_11_24);
    expect(due("2026-11-23T16:00Z", { days: 1 })).toBe(2026_11_25);
    // Friday evening is Monday.
    expect(due("2026-11-27T16:00Z", { days: 1 })).toBe(2026_12_01);
  });

  it("goes by local time", () => {
    const east = { days: 1, offsetMinutes: 9 * 60 };
    expect(due("2026-11-23T06:59Z", east)).toBe(2026_11_24);
    expect(due("2026-11-23T07:00Z", east)).toBe(2026_11_25);
    const west = { days: 1, offsetMinutes: -5 * 60 };
    expect(due("2026-11-24T02:00Z", west)).toBe(2026_11_25);
  });

  it("is at the cut-off of that date", () => {
    const { cutOffUs } = settlementOf({ ...cycle, offsetMinutes: -300 }, at("2026-11-23T10:00Z"));
    expect(cutOffUs).toBe(at("2026-11-25T21:00Z"));
  });

  it("is on a business day, whatever the cycle", () => {
    for (let hour = 0; hour < 24 * 60; hour++) {
      const timeUs = at("2026-11-01T00:30Z") + hour * 3_600_000_000;
      const { date, cutOffUs } = settlementOf(cycle, timeUs);
      expect(isBusinessDay(cycle, date)).toBe(true);
      expect(cutOffUs).toBeGreaterThan(timeUs);
    }
  });
});

describe("a settlement cycle", () => {
  it("is one with days that can be", () => {
    expect(isSettlementCycleSound(cycle)).toBe(true);
    expect(isSettlementCycleSound({ ...cycle, symbols: [] })).toBe(true);
  });

  it.each<readonly [string, Partial<SettlementCycle>]>([
    ["a name that is none", { cycle: "No Name" }],
    ["an instrument twice", { symbols: ["BTC-USDT", "BTC-USDT"] }],
    ["three days", { days: 3 }],
    ["less than no day", { days: -1 }],
    ["half a day", { days: 0.5 }],
    ["an offset beyond every zone", { offsetMinutes: 961 }],
    ["a cut-off after midnight", { cutOffMinute: 1440 }],
    ["a cut-off before midnight", { cutOffMinute: -1 }],
    ["no day of the week left", { weekend: [0, 1, 2, 3, 4, 5, 6] }],
    ["an eighth day", { weekend: [7] }],
    ["days of the week out of order", { weekend: [6, 5] }],
    ["a day that no calendar has", { holidays: [2026_02_30] }],
    ["a holiday twice", { holidays: [2026_12_25, 2026_12_25] }],
    ["holidays out of order", { holidays: [2026_12_26, 2026_12_25] }],
    ["more holidays than two years have days", { holidays: Array.from({ length: 401 }, () => 1) }],
  ])("is none with %s", (_, change) => {
    expect(isSettlementCycleSound({ ...cycle, ...change })).toBe(false);
  });
});

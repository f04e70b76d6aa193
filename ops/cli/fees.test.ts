import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { demoTerms } from "./testing/demo-units.ts";
import { feePreviewText, ratesText, renderSchedules } from "./fee-text.ts";
import { scheduleIn } from "./fee-schedule-file.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-fees-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(content: unknown): string {
  const file = join(folder, "schedule.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const spot = {
  symbols: ["BTC-USDT"],
  minimum: "0.01",
  tiers: [
    { volume: 0, makerPpm: 1000, takerPpm: 2000 },
    { volume: "2500000.5", makerPpm: -25, takerPpm: 800 },
  ],
};
const read = (content: unknown) =>
  scheduleIn({ schedule: "spot", file: written(content) }, demoTerms);

describe("a schedule in a file", () => {
  it("has amounts as people write them", async () => {
    expect(await read(spot)).toEqual({
      ...{ schedule: "spot", symbols: ["BTC-USDT"], minimum: "10000" },
      tiers: [
        { volume: "0", makerPpm: 1000, takerPpm: 2000 },
        { volume: "2500000500000", makerPpm: -25, takerPpm: 800 },
      ],
    });
    const { minimum: _, ...others } = spot;
    expect((await read(others)).minimum).toBe("0");
  });

  it.each([
    ["no JSON", "{", /Expected/],
    ["nothing", "null", /`symbols`/],
    ["no list of instruments", { ...spot, symbols: "BTC-USDT" }, /`symbols`/],
    ["no tiers", { ...spot, tiers: undefined }, /`tiers`/],
    ["a tier without rates", { ...spot, tiers: [{ volume: 0 }] }, /makerPpm/],
    ["an unknown instrument", { ...spot, symbols: ["NO-SUCH"] }, /no instrument NO-SUCH/],
    ["no instrument", { ...spot, symbols: [] }, /no instrument in/],
    ["too fine an amount", { ...spot, minimum: "0.0000001" }, /at most 6 decimal places/],
    ["no amount", { ...spot, tiers: [{ makerPpm: 1, takerPpm: 1 }] }, /"undefined" is not/],
  ])("is refused: %s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it("has to be there", async () => {
    const file = join(folder, "nowhere.json");
    await expect(scheduleIn({ schedule: "spot", file }, demoTerms)).rejects.toThrow(/ENOENT/);
  });
});

describe("fees", () => {
  it("are shown in percent", async () => {
    expect(ratesText({ makerPpm: -25, takerPpm: 800 })).toBe(
      "-0.0025 % as maker and 0.08 % as taker",
    );
    expect(renderSchedules([], demoTerms)).toMatch(/no schedule/);
    expect(renderSchedules([await read(spot)], demoTerms).split("\n")).toEqual([
      "SCHEDULE  INSTRUMENTS            FROM      MAKER   TAKER   AT LEAST",
      "spot      BTC-USDT             0 USDT      0.1 %   0.2 %  0.01 USDT",
      "                       2500000.5 USDT  -0.0025 %  0.08 %",
    ]);
  });

  it("are told of an order", () => {
    const fees = {
      ok: true,
      ...{ makerPpm: -25, takerPpm: 800, minimum: "10000", schedule: "spot" },
      ...{ isOwn: false, volume: "2500000500000", tier: 1, notional: "65000000000" },
      ...{ makerFee: "-1625000", takerFee: "52000000", reserved: "65052000000" },
    } as const;
    const [instrument] = demoTerms.instruments;
    const order = { side: "buy", quantity: "1", price: "65000", instrument } as const;
    expect(feePreviewText(fees, order, demoTerms.assets).split("\n")).toEqual([
      "buy 1 BTC at 65000: 65000 USDT",
      "  as maker  -0.0025 %: -1.625 USDT",
      "  as taker  0.08 %: 52 USDT",
      "  at least  0.01 USDT",
      "  reserved  65052 USDT",
      "by tier 1 of spot, by 2500000.5 USDT traded in 30 days",
    ]);
    const sale = { ...order, side: "sell" } as const;
    const own = { ...fees, isOwn: true, minimum: "0", reserved: "100000000" };
    const text = feePreviewText(own, sale, demoTerms.assets);
    expect(text).toMatch(/reserved {2}1 BTC\nby its own rates$/);
    expect(text).not.toContain("at least");
    const ofContract = { ...own, reserved: "0", margin: "3250000000" };
    expect(feePreviewText(ofContract, sale, demoTerms.assets)).toMatch(
      /margin {4}3250 USDT\nby its own rates$/,
    );
    const plain = feePreviewText({ ...fees, schedule: "" }, order, demoTerms.assets);
    expect(plain).toMatch(/by what BTC-USDT asks$/);
  });
});

/**
 * Goal: an account's lots are told with their fees, by the method that was chosen when; and what
 * people say of lots is refused, with its line, where it cannot be true.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, describe, it } from "vitest";
import { rowsOf, sourceOf } from "../testing/reported-day.ts";
import { TradedVenue } from "../testing/traded-venue.ts";
import { holdingPeriodIn } from "./holding-term.ts";
import type { LotMethod } from "./lot.ts";
import { readBases, readChoices } from "./lot-files.ts";
import { LotMethods } from "./lot-methods.ts";
import { TaxLotsReport } from "./tax-lots-report.ts";
import type { TaxLotsOptions } from "./tax-lots-report.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-lots-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Three purchases of a share, a gift of half a share, and two sales; a taker pays 1 %. */
const venue = new TradedVenue();
venue.on("2026-01-05").trade("buy", 10, 3000);
venue.on("2026-04-05").trade("buy", 10, 4000);
venue.on("2026-05-05").do({
  ...{ kind: "deposit", account: "alice", asset: "SHARE", amount: 5, reference: "gift-1" },
});
venue.on("2026-07-05").trade("buy", 10, 5000);
venue.on("2027-02-01").trade("sell", 10, 5500);
venue.on("2027-03-01").trade("sell", 20, 6000);
const source = sourceOf(venue);
const [first, second, third, sale, lastSale] = venue.events.flatMap((event) =>
  event.kind === "traded" ? [`trade/${event.tradeId}`] : [],
);

function file(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

async function lots(options: Partial<TaxLotsOptions> & { readonly method?: LotMethod } = {}) {
  const { method = "fifo", ...others } = options;
  const report = new TaxLotsReport({
    ...{ account: "alice", asset: undefined, choices: [], bases: [], unknownCost: undefined },
    ...{ methods: LotMethods.always(method), longAfter: holdingPeriodIn("1y")! },
    ...others,
  });
  return await rowsOf({ report, source });
}

/** What was sold: of which lot, how much, proceeds, cost, gain and term. */
async function sales(options: Parameters<typeof lots>[0] = {}) {
  const { rows } = await lots(options);
  const sold = rows.filter(({ kind }) => kind === "sale");
  return sold.map(({ lot, quantity, proceeds, cost, gain, term, method }) => {
    return [lot, quantity, proceeds, cost, gain, term, method].join(" ");
  });
}

async function refusal(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(() => undefined).catch((reason: unknown) => reason);
  if (error instanceof Error) return error.message.replaceAll(`${folder}/`, "");
  throw new Error("nothing was refused");
}

describe("tax lots", () => {
  it("cost what was paid with the fee, and bring what was received without it", async () => {
    expect(await sales()).toEqual([
      `${first} 1 54.45 30.3 24.15 long fifo`,
      `${second} 1 59.4 40.4 19 short fifo`,
      expect.stringMatching(/^deposit\/\S+ 0.5 29.7 {3}short fifo$/),
      `${third} 0.5 29.7 25.25 4.45 short fifo`,
    ]);
    const { rows, summary } = await lots();
    expect(rows.filter(({ kind }) => kind === "open")).toMatchObject([
      { lot: third, quantity: "0.5", cost: "25.25", acquired: "2026-07-05T00:00:00.000000Z" },
    ]);
    expect(summary["assets"]).toMatchObject([
      {
        ...{ asset: "SHARE", currency: "EUR", sold: { text: "3" }, partsOfUnknownCost: 1 },
        ...{ longGain: { text: "24.15" }, shortGain: { text: "23.45" } },
      },
    ]);
  });

  it("by highest cost are closed from the dearest on, those of unknown cost last", async () => {
    expect(await sales({ method: "hifo" })).toEqual([
      `${third} 1 54.45 50.5 3.95 short hifo`,
      `${second} 1 59.4 40.4 19 short hifo`,
      `${first} 1 59.4 30.3 29.1 long hifo`,
    ]);
  });

  it("cost what a file says, and are as old as it says", async () => {
    const basis = ["lot,acquired,cost,currency", "gift-1,2020-02-29,10.5,EUR"];
    const bases = await readBases(file("basis.csv", ...basis));
    const [oldest, ...others] = await sales({ bases });
    expect(oldest).toMatch(/^deposit\/\S+ 0.5 27.225 10.5 16.725 long fifo$/);
    expect(others).toContain(`${first} 0.5 27.225 15.15 12.075 long fifo`);
    const unknown = await sales({ unknownCost: 0n });
    expect(unknown[2]).toMatch(/^deposit\/\S+ 0.5 29.7 0 29.7 short fifo$/);
  });

  it("are those that a file names, and then the first", async () => {
    const path = file("lots.csv", "disposal,lot,quantity", `${sale},${second},0.4`);
    const choices = await readChoices(path);
    expect((await sales({ method: "specific", choices })).slice(0, 2)).toEqual([
      `${second} 0.4 21.78 16.16 5.62 short specific`,
      `${first} 0.6 32.67 18.18 14.49 long fifo`,
    ]);
  });

  it("of a period are those that were disposed of in it", async () => {
    const report = new TaxLotsReport({
      ...{ account: "alice", asset: "SHARE", choices: [], bases: [], unknownCost: undefined },
      ...{ methods: LotMethods.always("fifo"), longAfter: { years: 1, days: 0 } },
    });
    const fromUs = Date.parse("2027-01-01") * 1000;
    const toUs = Date.parse("2027-03-01") * 1000;
    const { rows } = await rowsOf({ report, source, period: { fromUs, toUs } });
    expect(rows.map(({ kind, lot }) => `${kind} ${lot}`)).toEqual([
      `sale ${first}`,
      `open ${second}`,
      expect.stringMatching(/^open deposit/),
      `open ${third}`,
    ]);
  });
});

describe("what is said of lots", () => {
  const choose = async (...lines: readonly string[]) => {
    const path = file("lots.csv", "disposal,lot,quantity", ...lines);
    const asked = async () => lots({ method: "specific", choices: await readChoices(path) });
    return await refusal(asked());
  };

  it("is refused where there is no such lot, or not so much of it, or not yet", async () => {
    expect(await choose(`${sale},trade/99999,1`)).toBe(
      "lots.csv, line 2: there is no lot trade/99999 of SHARE (report error 40, lot-unknown)",
    );
    expect(await choose(`${sale},${first},1.1`)).toBe(
      `lots.csv, line 2: of lot ${first} 1 SHARE are left (report error 41, lot-exceeded)`,
    );
    expect(await choose(`${lastSale},${second},1`, `${lastSale},${third},1.1`)).toMatch(/error 41/);
    expect(await choose(`${sale},${first},0.6`, `${sale},${second},0.6`)).toMatch(
      /line 3: more SHARE is named than trade\/\d+ disposes of \(report error 44/,
    );
    expect(await choose(`trade/99999,${first},1`)).toMatch(/error 43, disposal-unknown/);
    expect(await choose(`${sale},${first},1`, `${sale},${first},1`)).toMatch(/error 33/);
    expect(await choose(`${sale},${first},a`)).toMatch(/"a" is no quantity of SHARE/);
  });

  it("is refused where the lot was acquired later", async () => {
    const later = new TradedVenue();
    later.on("2026-01-05").trade("buy", 10, 3000);
    later.on("2026-02-05").trade("sell", 5, 3000);
    later.on("2026-03-05").trade("buy", 10, 3000);
    const trades = later.events.flatMap((each) => (each.kind === "traded" ? [each.tradeId] : []));
    const [, sold, bought] = trades.map((tradeId) => `trade/${tradeId}`);
    const path = file("lots.csv", "disposal,lot,quantity", `${sold},${bought},0.5`);
    const report = new TaxLotsReport({
      ...{ account: "alice", asset: undefined, bases: [], unknownCost: undefined },
      ...{ methods: LotMethods.always("specific"), longAfter: { years: 1, days: 0 } },
      choices: await readChoices(path),
    });
    expect(await refusal(rowsOf({ report, source: sourceOf(later) }))).toMatch(
      /line 2: lot trade\/\d+ was acquired later than trade\/\d+ \(report error 42/,
    );
  });

  it("is refused where lots are not named, but chosen by a method", async () => {
    const path = file("lots.csv", "disposal,lot,quantity", `${sale},${first},1`);
    const choices = await readChoices(path);
    expect(await refusal(lots({ method: "hifo", choices }))).toMatch(/by the method hifo .*45/);
  });

  it("is refused of costs that are none, of nothing, or from after the arrival", async () => {
    const value = async (line: string) => {
      const path = file("basis.csv", "lot,acquired,cost,currency", line);
      const asked = async () => lots({ bases: await readBases(path) });
      return await refusal(asked());
    };
    expect(await value("gift-1,2026-05-06,10,EUR")).toMatch(/line 2.*error 46/);
    expect(await value("gift-2,,10,EUR")).toMatch(/nothing has arrived as gift-2.*error 47/);
    expect(await value("gift-1,,ten,EUR")).toMatch(/"ten" is no amount of EUR/);
    expect(await value("gift-1,soon,1,EUR")).toMatch(/line 2: "soon" is neither a day/);
  });

  it("in two currencies is refused", async () => {
    const path = file("basis.csv", "lot,acquired,cost,currency", "gift-1,,1,USD");
    const bases = await readBases(path);
    expect(await refusal(lots({ bases, asset: "SHARE" }))).toMatch(/EUR and in USD.*error 48/);
    const { rows, summary } = await lots({ bases });
    expect(rows).toEqual([]);
    expect(summary["notTold"]).toEqual([
      { asset: "SHARE", why: "SHARE has lots in EUR and in USD" },
    ]);
  });

  it("of an asset that was not traded is nothing", async () => {
    expect(await refusal(lots({ asset: "EUR" }))).toMatch(/alice has not traded EUR.*error 12/);
  });
});

describe("a choice of a method", () => {
  const methods = async (mayRestate: boolean, ...lines: readonly string[]) => {
    const path = file("methods.csv", "account,since,method,decided", ...lines);
    return await LotMethods.read(path, "alice", mayRestate);
  };

  it("is for what is disposed of from then on", async () => {
    const chosen = await methods(
      false,
      "bob,,hifo,2026-01-01",
      "alice,,fifo,2026-01-01",
      "alice,2027-02-15,hifo,2027-02-10",
    );
    expect(await sales({ methods: chosen })).toEqual([
      `${first} 1 54.45 30.3 24.15 long fifo`,
      `${third} 1 59.4 50.5 8.9 short hifo`,
      `${second} 1 59.4 40.4 19 short hifo`,
    ]);
  });

  it("of everybody is for who has not chosen", async () => {
    expect((await methods(false, "*,,hifo,2026-01-01")).at(0)).toBe("hifo");
    expect((await methods(false, "bob,,hifo,2026-01-01")).at(0)).toBe("fifo");
  });

  it("that reaches back to before it was made is refused unless it is asked for", async () => {
    const lines = ["alice,,fifo,2026-01-01", "alice,2027-01-15,hifo,2027-02-10"];
    expect(await refusal(methods(false, ...lines))).toMatch(/line 3.*--restate.*error 45/);
    const restated = await methods(true, ...lines);
    expect((await sales({ methods: restated }))[0]).toContain(`${third} 1 `);
  });

  it("is one that there is, and choices come in their order", async () => {
    expect(await refusal(methods(false, "alice,,lifo,2026-01-01"))).toMatch(/fifo, hifo, specific/);
    const back = ["alice,2027-01-01,fifo,2026-01-01", "alice,2026-01-01,hifo,2026-01-01"];
    expect(await refusal(methods(false, ...back))).toMatch(/in the order of their days/);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Check } from "typebox/value";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tradingTermsRequest } from "../../protocols/api/trading-terms.ts";
import { tradingOf } from "./trading-file.ts";

const newYork = fileURLToPath(new URL("../calendar/examples/new-york.json", import.meta.url));
const years = { fromYear: 2026, toYear: 2027 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-trading-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const file = join(folder, "trading.json");
  writeFileSync(file, text);
  return file;
}

describe("how an instrument trades", () => {
  it("is not said when no file is given", async () => {
    expect(await tradingOf({})).toBeUndefined();
  });

  it("is what the file holds", async () => {
    const trading = fileWith('{"bandBasisPoints": 500, "notionalMin": "10"}');
    expect(await tradingOf({ trading })).toEqual({ bandBasisPoints: 500, notionalMin: "10" });
  });

  it("takes a calendar from a file of its own", async () => {
    const trading = fileWith('{"bandBasisPoints": 500}');
    const both = await tradingOf({ trading, calendar: newYork, ...years });
    expect(both).toMatchObject({
      bandBasisPoints: 500,
      calendar: { timeZone: "America/New_York" },
    });
    expect(both?.calendar?.week).toHaveLength(7);
    expect(Check(tradingTermsRequest, both)).toBe(true);
    expect(await tradingOf({ calendar: newYork, ...years })).toEqual({ calendar: both?.calendar });
  });

  it("is refused when the options do not go together", async () => {
    const withCalendar = fileWith('{"calendar": {}}');
    for (const [options, words] of [
      [{ calendar: newYork }, "--from-year and --to-year"],
      [{ calendar: newYork, fromYear: 2026 }, "--from-year and --to-year"],
      [{ fromYear: 2026 }, "belong to a --calendar"],
      [{ trading: withCalendar, calendar: newYork, ...years }, "holds a calendar already"],
    ] as const) {
      await expect(tradingOf(options)).rejects.toThrow(words);
    }
  });

  it("is refused when a file cannot be read", async () => {
    await expect(tradingOf({ trading: join(folder, "none.json") })).rejects.toThrow("ENOENT");
    await expect(tradingOf({ trading: fileWith("{") })).rejects.toThrow("JSON");
    await expect(tradingOf({ trading: fileWith("[]") })).rejects.toThrow("no JSON object");
    const tooLate = { fromYear: 2026, toYear: 2030 };
    await expect(tradingOf({ calendar: newYork, ...tooLate })).rejects.toThrow("2026 to 2027");
  });
});

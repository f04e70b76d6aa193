/**
 * Goal: whoever types a report gets it, from what is archived of a venue, whole or not at all, and
 * is told what is wrong with what was typed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { logName } from "../backup/backup-folder.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { sourceOf, tradingDay } from "../reports/testing/reported-day.ts";
import { TradedVenue } from "../reports/testing/traded-venue.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";

const captured = captureOutput();
const place = mkdtempSync(join(tmpdir(), "outcry-report-test-"));
const [small, large] = [join(place, "small"), join(place, "large")];
afterAll(() => rmSync(place, { recursive: true }));

const venue = new TradedVenue();
venue.on("2026-01-05T08:00:00Z").trade("buy", 10, 3000);
venue.on("2026-01-06T08:00:00Z").trade("buy", 10, 4000);
venue.on("2026-01-06T09:00:00Z").trade("sell", 5, 5000);
const day = tradingDay(9, 2, 300);

beforeAll(async () => {
  await archive(venue, small);
  await archive(day, large);
});

async function archive({ logs }: TestVenue, to: string): Promise<void> {
  const store = new DirectoryArchiveStore(to);
  const source = sourceOf({ logs } as TestVenue);
  for (const [shard, log] of logs.entries()) {
    const read = source.logs[shard]!;
    const whole = { ...read, first: () => Promise.resolve(1) };
    await new LogArchive(store, logName(shard)).copy(whole, log.length);
  }
}

async function run(...args: readonly string[]): Promise<number> {
  captured.stdout = captured.stderr = "";
  process.exitCode = undefined;
  const exitCode = await runCommandLine(["report", ...args]);
  process.exitCode = undefined;
  return exitCode;
}

interface Shown {
  readonly ok: boolean;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly shards: readonly { readonly shard: number; readonly sequence: number }[];
}

async function json(...args: readonly string[]): Promise<Shown> {
  const exitCode = await run(...args, "--json");
  expect(exitCode, captured.stderr).toBe(0);
  return JSON.parse(captured.stdout) as Shown;
}

describe("./outcry report", () => {
  it("shows people a table, and for which places it holds", async () => {
    const from = ["--from", "2026-01-06", "--to", "2026-01-07"];
    expect(await run("statement", "alice", "--archive", small, ...from)).toBe(0);
    const lines = captured.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^TIME +ENTRY +KIND +ASSET +AMOUNT +BALANCE/);
    expect(lines.filter((line) => line.includes("opening"))).toHaveLength(2);
    expect(lines.at(-2)).toMatch(/closing +EUR +954.05 /);
    expect(captured.stderr).toMatch(/^of cluster test, 1 shard, up to 0\/\d+\n {2}shard 0 +entry/);
  });

  it("gives programs JSON and CSV", async () => {
    const { ok, rows } = await json("positions", "alice", "--archive", small);
    expect(ok).toBe(true);
    expect(rows).toMatchObject([{ symbol: "SHARE-EUR", quantity: "1.5", quantityUnits: 15 }]);
    expect(await run("positions", "alice", "--archive", small, "--csv")).toBe(0);
    expect(captured.stdout.split("\n")[1]).toMatch(/^alice,SHARE-EUR,1.5,/);
  });

  it("has every report", async () => {
    const reports = [
      ...[["statement", "alice"], ["statement", "alice", "--all"], ["confirmations"]],
      ...[["confirmations", "alice", "--by-order"], ["positions"], ["pnl"], ["fees"]],
      ...[["settlement"], ["balances"], ["trades"], ["tax-lots", "alice"]],
    ];
    for (const report of reports) {
      const { rows } = await json(...report, "--archive", large);
      expect(rows.length, report.join(" ")).toBeGreaterThan(2);
    }
  });

  it("gives the same again at the places that it says", async () => {
    const whole = await json("balances", "--archive", large);
    const middle = day.steps[0]![Math.floor(day.steps[0]!.length / 2)]!.timeUs;
    const time = new Date(Math.ceil(middle / 1000)).toISOString();
    const { shards, rows } = await json("balances", "--archive", large, "--at", time);
    const before = captured.stdout;
    expect(rows).not.toEqual(whole.rows);
    const at = shards.map(({ shard, sequence }) => `${shard}/${sequence}`).join(",");
    const again = await json("balances", "--archive", large, "--at", at);
    expect(again).toEqual({ ...JSON.parse(before), period: { from: null, to: null } });
  });

  it("writes a file, and says its hash", async () => {
    const out = join(place, "trades.csv");
    expect(await run("trades", "--archive", small, "--out", out)).toBe(0);
    const bytes = readFileSync(out);
    expect(bytes.toString().split("\n")).toHaveLength(5);
    expect(captured.stdout).toContain(createHash("sha256").update(bytes).digest("hex"));
    const data = join(place, "lots.json");
    await run("tax-lots", "alice", "--archive", small, "--out", data, "--json");
    expect(JSON.parse(captured.stdout)).toMatchObject({ ok: true, report: "tax-lots", file: data });
    expect(JSON.parse(readFileSync(data, "utf8"))).toMatchObject({ account: "alice" });
  });

  it("writes the files of a day, and finds what was altered", async () => {
    const folder = join(place, "day");
    const of = ["end-of-day", "--date", "2026-01-06", "--archive", small, "--out", folder];
    expect(await run(...of, "--format", "both")).toBe(0);
    expect(readdirSync(folder)).toHaveLength(15);
    expect(await run("verify", folder)).toBe(0);
    expect(captured.stdout).toMatch(/^14 files of 2026-01-06 are as they were written\n/);
    writeFileSync(join(folder, "trades.csv"), "");
    expect(await run("verify", folder)).toBe(1);
    expect(captured.stdout).toMatch(/^trades.csv was altered/);
    expect(await run(...of)).toBe(1);
    expect(captured.stderr).toContain("report error 50, folder-in-use");
  });

  it("reads prices and what is said of lots from files", async () => {
    const file = (name: string, ...lines: readonly string[]): string => {
      const path = join(place, name);
      writeFileSync(path, lines.join("\r\n"));
      return path;
    };
    const prices = file("prices.csv", "symbol,price", "SHARE-EUR,70.5");
    const at = ["--archive", small];
    const { rows } = await json("positions", "alice", "--prices", prices, ...at);
    expect(rows).toMatchObject([{ mark: "file", value: "105.75" }]);
    await json("pnl", "alice", "--prices", prices, "--opening-prices", prices, ...at);
    const methods = file("methods.csv", "account,since,method,decided", "*,,hifo,2026-01-01");
    const lots = await json("tax-lots", "alice", "--methods", methods, "--restate", ...at);
    expect(lots.rows[0]).toMatchObject({ method: "hifo", cost: "20.2" });
    const wrong = file("wrong.csv", "symbol,price", "SHARE-EUR,1", "SHARE-EUR,2");
    expect(await run("positions", "--prices", wrong, ...at)).toBe(1);
    expect(captured.stderr).toMatch(/wrong.csv, line 3: SHARE-EUR is there twice/);
  });

  it("reads the archive of a cluster that does not run", async () => {
    const data = join(place, "data");
    mkdirSync(data);
    const directory = DataDirectory.open(data);
    directory.claim({ shards: 1, servers: 3, nodes: 3, gateways: 1 });
    await archive(venue, directory.archive);
    expect(await run("trades", "--data", data)).toBe(0);
    expect(captured.stderr).toContain(`reaches to 0/${venue.logs[0]!.length}`);
    expect(captured.stdout.trimEnd().split("\n")).toHaveLength(4);
  });

  it("shows nothing of a report that there is not", async () => {
    expect(await run("statement", "nobody", "--archive", small)).toBe(1);
    expect(captured.stdout).toBe("");
    expect(captured.stderr).toContain("there was no account nobody");
    await run("statement", "nobody", "--archive", small, "--json");
    const { error } = JSON.parse(captured.stdout) as { error: { name: string } };
    expect(error.name).toBe("account-unknown");
    expect(await run("trades", "--archive", join(place, "nowhere"))).toBe(1);
    expect(captured.stderr).toContain("report error 6, no-logs-there");
  });

  it.each([
    [["statement", "a b"], "It is no account's name."],
    [["trades", "--at", "soon"], "It is a moment such as"],
    [["trades", "--at", "0/1,0/2"], "or an entry of every shard"],
    [["trades", "--from", "2026-02-31"], "It is a day such as"],
    [["trades", "--csv", "--json"], "cannot be used with"],
    [["tax-lots", "alice", "--method", "lifo"], "Allowed choices are fifo, hifo, specific."],
    [["tax-lots", "alice", "--long-after", "soon"], "a number of years or days"],
    [["end-of-day", "--date", "yesterday", "--out", "x"], "It is a day such as"],
  ])("says what is wrong with %j", async (args, message) => {
    expect(await run(...args)).toBe(2);
    expect(captured.stderr).toContain(message);
  });

  it("names places of all shards, and none that is yet to come", async () => {
    expect(await run("balances", "--archive", large, "--at", "0/5")).toBe(2);
    expect(captured.stderr).toContain("such as 0/123,1/124");
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    for (const end of ["--at", "--to"]) {
      expect(await run("balances", "--archive", small, end, tomorrow)).not.toBe(0);
    }
    expect(await run("trades", "--archive", small, "--to", tomorrow)).toBe(1);
    expect(captured.stderr).toContain("report error 3, period-not-over");
  });
});

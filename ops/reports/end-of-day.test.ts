/**
 * Goal: the files of a day depend on the logs and the day alone, the manifest tells of any change
 * to them, and nothing is left of a day that could not be written.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyDay, writeDay } from "./end-of-day.ts";
import { sourceOf, toldFills } from "./testing/reported-day.ts";
import { TradedVenue } from "./testing/traded-venue.ts";

const venue = new TradedVenue();
venue.on("2026-01-05T08:00:00Z").trade("buy", 10, 3000);
venue.on("2026-01-06T08:00:00Z").trade("buy", 10, 4000);
venue.on("2026-01-06T09:00:00Z").trade("sell", 5, 5000);
venue.on("2026-01-06T23:59:59.999Z").trade("sell", 5, 2000);
venue.on("2026-01-07T00:00:00Z").trade("buy", 1, 3500);
const source = sourceOf(venue);
const date = "2026-01-06";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-day-"));
});
afterEach(() => rmSync(place, { recursive: true }));

const filesIn = (folder: string) =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

it("a day has what happened on it, and what there was at its end", async () => {
  const folder = join(place, "day");
  const manifest = await writeDay({ date, folder, formats: ["csv"] }, source);
  const files = filesIn(folder);
  const names = ["balances", "fees", "instruments", "orders", "positions", "settlement", "trades"];
  expect([...files.keys()].sort()).toEqual(
    [...names.map((name) => `${name}.csv`), "manifest.json"].sort(),
  );
  expect(manifest.cluster).toBe("test");
  const linesOf = (name: string) => files.get(`${name}.csv`)!.trimEnd().split("\n").slice(1);
  expect(linesOf("instruments")).toEqual(["SHARE-EUR,SHARE,EUR,40,50,20,20,2,75,37.5,3,20"]);
  expect(linesOf("trades")).toHaveLength(3);
  expect(linesOf("positions")).toContain(
    "alice,SHARE-EUR,1,35,35,20,trade,20,-15,0,0,1.05,-16.05,EUR",
  );
  const [fees = ""] = linesOf("fees");
  expect(fees.split(",").slice(0, 3)).toEqual([date, "alice", "SHARE-EUR"]);
  const has = toldFills(venue).length;
  expect(has).toBe(10);
  expect(linesOf("balances").filter((line) => line.startsWith("alice,SHARE"))).toEqual([
    "alice,SHARE,1,0,0,0,0,1",
  ]);
});

it("is the same, byte for byte, from longer logs and in other pieces", async () => {
  const formats = ["csv", "json"] as const;
  const manifest = await writeDay({ date, folder: join(place, "one"), formats }, source);
  const ends = manifest.shards.map(({ sequence }) => sequence);
  expect(ends[0]).toBeLessThan(venue.logs[0]!.length);
  const shorter = sourceOf(venue, { piece: 3, ends });
  await writeDay({ date, folder: join(place, "two"), formats }, shorter);
  expect(filesIn(join(place, "two"))).toEqual(filesIn(join(place, "one")));
  expect(filesIn(join(place, "one")).size).toBe(15);
});

it("is found altered, cut, added to and renamed", async () => {
  const folder = join(place, "day");
  const wanted = { date, folder, formats: ["csv"] as const };
  await writeDay(wanted, source);
  expect((await verifyDay(folder)).problems).toEqual([]);
  appendFileSync(join(folder, "trades.csv"), "more\n");
  writeFileSync(join(folder, "extra.csv"), "");
  renameSync(join(folder, "fees.csv"), join(folder, "fee.csv"));
  const { problems } = await verifyDay(folder);
  expect(problems).toEqual([
    "fees.csv is missing",
    expect.stringMatching(/^trades.csv was altered: it has \d+ bytes, and had \d+$/),
    "extra.csv is not in the manifest",
    "fee.csv is not in the manifest",
  ]);
});

it("is not written over anything, nor half", async () => {
  const folder = join(place, "day");
  mkdirSync(folder);
  writeFileSync(join(folder, "mine.txt"), "");
  const wanted = { date, folder, formats: ["csv"] as const };
  await expect(writeDay(wanted, source)).rejects.toMatchObject({ code: "folder-in-use" });
  const other = { ...wanted, folder: join(place, "other") };
  const known = [[{ by: "e1", sequence: 9, entries: "00" }]];
  await expect(writeDay(other, { ...source, known })).rejects.toMatchObject({
    code: "log-differs",
  });
  expect(readdirSync(other.folder)).toEqual([]);
  await expect(writeDay({ ...wanted, date: "2026-02-31" }, source)).rejects.toMatchObject({
    code: "value-wrong",
  });
  await expect(verifyDay(folder)).rejects.toMatchObject({ code: "manifest-unreadable" });
});

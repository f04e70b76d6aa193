/**
 * Goal: what a person asks of the past of a running cluster is answered as the cluster itself
 * answered then, from a verified snapshot where there is one, and agrees with its replicas. On the
 * same cluster, that trades are in CSV files once each, whoever was killed meanwhile.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { PastShardReport } from "./past-shard.ts";

const outcry = new CommandLine();
const csv = mkdtempSync(join(tmpdir(), "outcry-csv-"));

interface PastReply {
  readonly ok: boolean;
  readonly shards: readonly PastShardReport[];
}

/** What the cluster said of itself, and a moment behind that. */
interface Seen {
  readonly time: string;
  readonly book: { readonly bids: unknown; readonly natural: unknown };
  readonly balances: unknown;
  readonly orderId: number;
  readonly order: unknown;
}
const seen: Seen[] = [];

async function placed(price: number): Promise<number> {
  const bid = ["BTC-USDT", "buy", "0.001", String(price)];
  const { order } = await outcry.json<{ order: { orderId: number } }>("order", "place", ...bid);
  return order.orderId;
}

beforeAll(async () => {
  process.env["OUTCRY_SNAPSHOT_ENTRIES"] = "10";
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", "--csv", csv, ...ports);
  for (let price = 60_000; price < 60_002; price++) {
    const orderId = await placed(price);
    const book = await outcry.json<Seen["book"]>("book", "BTC-USDT", "--once");
    const { balances } = await outcry.json<{ balances: unknown }>("account", "show");
    const { order } = await outcry.json<{ order: unknown }>("order", "show", String(orderId));
    seen.push({ time: new Date().toISOString(), book, balances, orderId, order });
  }
});
afterAll(async () => {
  delete process.env["OUTCRY_SNAPSHOT_ENTRIES"];
  await outcry.release();
  rmSync(csv, { recursive: true });
});

it("a book, an account and an order are as they were at a time", async () => {
  expect(seen.length).toBeGreaterThan(1);
  for (const { time, book, balances, orderId, order } of seen) {
    const { bids, natural } = book;
    const then = await outcry.json<PastReply>("at", time, "book", "BTC-USDT");
    expect(then).toMatchObject({ ok: true, bids, natural });
    expect(await outcry.json("at", time, "account", "demo")).toMatchObject({ balances });
    expect(await outcry.json("at", time, "order", String(orderId))).toMatchObject({ order });
  }
});

/** As soon as it runs: it may just have been killed. */
async function killExporter(): Promise<void> {
  await eventually(async () => (await outcry.json("kill", "csv-1")) !== undefined, {
    what: "an exporter runs, and is killed",
  });
}

it("trades are in a CSV file once each, though its exporter was killed", async () => {
  await outcry.json("account", "create", "other");
  await outcry.json("account", "deposit", "other", "1", "BTC");
  for (const isKilled of [true, true, false]) {
    const at = ["BTC-USDT", "sell", "0.001", "61000.5", "--account", "other"];
    await outcry.json("order", "place", ...at);
    await outcry.json("order", "place", "BTC-USDT", "buy", "0.001", "61000.5");
    if (isKilled) await killExporter();
  }
  const linesIn = (name: string): readonly (readonly string[])[] =>
    readFileSync(join(csv, name), "utf8")
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(","));
  const counts = (): readonly number[] =>
    ["trades.csv", "performance.csv"].map((name) => linesIn(name).length);
  await eventually(() => counts().every((count, index) => count >= [3, 6][index]!), {
    what: () => `all is written: ${JSON.stringify(counts())}`,
  });
  expect(counts()).toEqual([3, 6]);
  for (const [time, ...trade] of linesIn("trades.csv")) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(trade.slice(0, 5)).toEqual(["61000.5", "0.001", "demo", "other", "BTC-USDT"]);
  }
  const last = linesIn("performance.csv").findLast(([, account]) => account === "demo");
  expect(last?.[2]).toBe("0.003");
  const status = await outcry.json<{ csv: { written: readonly number[] } }>("status");
  expect(status.csv).toMatchObject({ folder: csv, isWaiting: false });
  expect(status.csv.written.some((sequence) => sequence > 0)).toBe(true);
});

it("begins with a verified snapshot, and agrees with what others know", async () => {
  let reports: readonly PastShardReport[] = [];
  await eventually(
    async () => {
      await placed(50_000);
      ({ shards: reports } = await outcry.json<PastReply>("at", new Date().toISOString()));
      return reports.some(({ snapshot }) => snapshot > 0);
    },
    { what: () => JSON.stringify(reports), deadlineMs: 60_000, everyMs: 200 },
  );
  for (const { shard, snapshot, comparisons } of reports) {
    if (snapshot === 0) continue;
    const held = comparisons.filter(({ sequence }) => sequence === snapshot);
    expect(held.map(({ what }) => what)).toEqual(expect.arrayContaining(["entries", "state"]));
    expect(comparisons.every(({ same }) => same)).toBe(true);
    const place = `${shard}/${snapshot - 1}`;
    const verified = await outcry.json<PastReply>("at", place, "--verify");
    const compared = verified.shards.flatMap((of) => of.comparisons);
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.every(({ same }) => same)).toBe(true);
  }
});

it("says what cannot be answered", async () => {
  const beyond = await outcry.run("at", "0/999999999", "account", "demo");
  expect(beyond.exitCode).toBe(1);
  expect(beyond.stderr).toMatch(/the log of shard 0 ends with entry \d+/);
  const which = await outcry.run("at", "12345", "account", "demo");
  expect(which.exitCode).toBe(2);
  expect(which.stderr).toContain("there are shards 0 to 1");
  const never = await outcry.run("at", new Date().toISOString(), "order", "99999999");
  expect(never.stderr).toContain("there was no order 99999999");
});

/**
 * Goal: reports of a running cluster say what the cluster itself says, and the same when they are
 * made again, also when it has stopped; files of a day are whole.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";

const outcry = new CommandLine();
const place = mkdtempSync(join(tmpdir(), "outcry-reports-"));
const dayMs = 24 * 60 * 60 * 1000;
const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

interface Shown {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly shards: readonly { readonly shard: number; readonly sequence: number }[];
}

/** Reports are the same whoever has the logs. */
const small = ["--servers", "1", "--nodes", "1"];

beforeAll(async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", ...small, ...ports);
  await outcry.json("account", "create", "alice");
  await outcry.json("account", "deposit", "alice", "1", "BTC");
  for (const price of ["61000.5", "62000"]) {
    const sell = ["BTC-USDT", "sell", "0.001", price, "--account", "alice"];
    await outcry.json("order", "place", ...sell);
    await outcry.json("order", "place", "BTC-USDT", "buy", "0.001", price);
  }
});
afterAll(async () => {
  await outcry.release();
  rmSync(place, { recursive: true });
});

it("a statement closes with what the account has, and is the same again", async () => {
  const days = ["--from", dayOf(Date.now() - dayMs)];
  const statement = await outcry.json<Shown>("report", "statement", "demo", ...days);
  const { balances } = await outcry.json<{
    balances: readonly { asset: string; natural: object }[];
  }>("account", "show");
  const closing = statement.rows.filter(({ kind }) => kind === "closing");
  expect(closing).toHaveLength(balances.length);
  for (const { asset, natural } of balances) {
    expect(closing.find((row) => row["asset"] === asset)).toMatchObject(natural);
  }
  const at = statement.shards.map(({ shard, sequence }) => `${shard}/${sequence}`).join(",");
  const again = await outcry.json("report", "statement", "demo", ...days, "--at", at);
  expect(again).toEqual(statement);
});

it("lots are what was bought, with its fee", async () => {
  const { rows } = await outcry.json<Shown>("report", "tax-lots", "demo", "--asset", "BTC");
  const bought = rows.filter(({ lot }) => String(lot).startsWith("trade/"));
  expect(bought).toMatchObject([{ quantity: "0.001" }, { quantity: "0.001" }]);
});

it("a day is written, whole, and a period is", async () => {
  const day = join(place, "day");
  const yesterday = dayOf(Date.now() - dayMs);
  await outcry.json("report", "end-of-day", "--date", yesterday, "--out", day);
  expect(await outcry.json("report", "verify", day)).toMatchObject({ ok: true, problems: [] });
  // An end that has only just been is refused.
  const until = ["--from", yesterday, "--to", new Date().toISOString()];
  let shown: Shown["rows"] = [];
  const isOver = async (): Promise<boolean> => {
    const of = ["report", "statement", "alice", ...until, "--json"];
    const { exitCode, stdout } = await outcry.run(...of);
    if (exitCode === 0) shown = (JSON.parse(stdout) as Shown).rows;
    return exitCode === 0;
  };
  await eventually(isOver, { what: "the period is over", everyMs: 500 });
  expect(shown.filter(({ kind }) => kind === "trade")).toHaveLength(4);
});

it("what was archived is reported of when the cluster has stopped", async () => {
  const [live, stopped] = [join(place, "live.csv"), join(place, "stopped.csv")];
  expect((await outcry.run("report", "trades", "--csv", "--out", live)).exitCode).toBe(0);
  expect(readFileSync(live, "utf8").trimEnd().split("\n")).toHaveLength(3);
  const backup = join(place, "backup");
  await outcry.json("backup", backup);
  await outcry.run("stop");
  const of = ["--archive", backup, "--csv", "--out", stopped];
  const { exitCode, stderr } = await outcry.run("report", "trades", ...of);
  expect(exitCode, stderr).toBe(0);
  expect(readFileSync(stopped)).toEqual(readFileSync(live));
});

/**
 * Backup and restore as an operator does it, on real servers: trade, roll, archive, back up, trade
 * more, lose everything, restore, compare, and trade on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { BackupFolder } from "./backup-folder.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";

interface ShardResult {
  readonly shard: number;
  readonly sequence: number;
  readonly entriesHash: string;
  readonly outputsHash: string;
  readonly stateHash: string;
  readonly archivedTo: number;
}

let old: CommandLine;
let anew: CommandLine;
let noon: CommandLine;
let folder: string;

beforeEach(() => {
  old = new CommandLine();
  anew = new CommandLine();
  noon = new CommandLine();
  // Else it takes an hour until two of them are verified.
  process.env["OUTCRY_SNAPSHOT_ENTRIES"] = "10";
  folder = mkdtempSync(join(tmpdir(), "outcry-backup-"));
});
afterEach(async () => {
  await old.release();
  await anew.release();
  await noon.release();
  delete process.env["OUTCRY_SNAPSHOT_ENTRIES"];
  rmSync(folder, { recursive: true });
});

const heads = async (of: CommandLine) =>
  (await of.json<{ shards: { head: number }[] }>("status")).shards.map(({ head }) => head);

/** Waits until agents have traded so much more. */
async function traded(of: CommandLine, entries: number): Promise<void> {
  const before = await heads(of);
  await eventually(
    async () => (await heads(of)).every((head, shard) => head >= before[shard]! + entries),
    { what: `${entries} entries more in every log`, deadlineMs: 60_000, everyMs: 100 },
  );
}

const replayed = async (of: CommandLine) =>
  await of.json<{ ok: boolean; shards: ShardResult[] }>("replay", "--verify");

/** Waits until the first stream of each log could be deleted, and was. */
async function retired(of: CommandLine): Promise<void> {
  const gone = new Set<number>();
  let logs: readonly { shard: number; retired: number[]; kept: string[] }[] = [];
  await eventually(
    async () => {
      logs = (await of.json<{ logs: typeof logs }>("log", "retire")).logs;
      for (const { shard, retired } of logs) if (retired.includes(1)) gone.add(shard);
      return gone.size === logs.length;
    },
    {
      what: () => `generation 1 of every log is retired: ${JSON.stringify(logs)}`,
      ...{ deadlineMs: 60_000, everyMs: 500 },
    },
  );
}

/** Restores to a time, and looks whether what is there ends where that time does. */
async function expectRestoredTo(timeMs: number, backup: string): Promise<void> {
  const toTime = ["--to-time", new Date(timeMs).toISOString()];
  const { shards } = await noon.json<{ shards: ShardResult[] }>("restore", backup, ...toTime);
  const nextTimes: number[] = [];
  for (const { shard, sequence } of shards) {
    const archive = new BackupFolder(backup).archive(shard);
    const [last, next] = await archive.read(sequence, { entriesMax: 2 });
    const following = next ?? (await archive.read(sequence + 1, { entriesMax: 1 }))[0];
    expect(last?.timeUs).toBeLessThanOrEqual(timeMs * 1000);
    nextTimes.push(following?.timeUs ?? 0);
  }
  // Shards are cut back further to fit together, but not all of them.
  expect(Math.max(...nextTimes)).toBeGreaterThan(timeMs * 1000);
}

it("a cluster that lost everything is restored from its backup, and trades on", async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await old.start(...ports);
  await traded(old, 20);
  await old.json("log", "roll");
  const noonMs = Date.now();
  await traded(old, 20);
  await old.json("archive", "run");
  await retired(old);
  const checked = await old.json<{ logs: ShardResult[] }>("archive", "verify");
  const backup = join(folder, "backup");
  await old.json("backup", backup);
  const taken = await old.json<{ shards: ShardResult[] }>("backup", backup, "--with-keys");
  for (const { shard, archivedTo } of checked.logs) {
    expect(taken.shards[shard]?.sequence).toBeGreaterThanOrEqual(archivedTo);
  }
  // What comes now is lost with the cluster.
  await traded(old, 5);
  expect((await replayed(old)).ok).toBe(true);
  await old.run("stop");

  const restored = await anew.json<{ shards: ShardResult[] }>("restore", backup);
  for (const { shard, sequence, entriesHash } of restored.shards) {
    expect(taken.shards[shard]?.sequence).toBeGreaterThanOrEqual(sequence);
    if (taken.shards[shard]?.sequence === sequence) {
      expect(taken.shards[shard].entriesHash).toBe(entriesHash);
    }
  }
  expect((await anew.run("restore", backup)).exitCode).toBe(1);
  await expectRestoredTo(noonMs, backup);
  await anew.start(...ports);
  await traded(anew, 20);
  const after = await replayed(anew);
  expect(after.ok).toBe(true);
  for (const { shard, sequence } of restored.shards) {
    expect(after.shards[shard]?.sequence).toBeGreaterThan(sequence);
  }
  // The archive goes on where the backup ended.
  await anew.json("archive", "run");
  const whole = await anew.json<{ logs: ShardResult[] }>("archive", "verify");
  for (const { shard, sequence } of restored.shards) {
    expect(whole.logs[shard]?.archivedTo).toBeGreaterThan(sequence);
  }
});

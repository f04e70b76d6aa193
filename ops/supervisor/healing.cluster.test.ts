/**
 * A replica that goes wrong in a real process, and is rebuilt: started, hurt, looked at and healed
 * by the command line.
 *
 * Method: while a node is down, a snapshot is put into its folder that is whole and sealed but says
 * something else than the log: whoever starts from it computes other order ids than the others. The
 * steps build on one another.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shard } from "../../actors/index.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import { encodeSnapshot } from "../../cluster/replica-snapshot.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { DumpExplanation } from "../cli/dump-explanation.ts";
import { withEngine } from "../cli/engine-access.ts";
import type { RebuildReport } from "../cli/rebuild.ts";
import { findCluster } from "../cli/running-cluster.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { CommandLine, freePortBase } from "./testing/command-line.ts";

let outcry: CommandLine;
let orders = 0;

beforeAll(async () => {
  outcry = new CommandLine();
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "1", ...ports);
});

afterAll(() => outcry.release());

async function place(count: number): Promise<void> {
  for (let placed = 0; placed < count; placed++) {
    orders += 1;
    const price = String(50_000 + orders);
    await outcry.json("order", "place", "BTC-USDT", "buy", "0.001", price);
  }
}

async function status(): Promise<StatusReport> {
  return JSON.parse((await outcry.run("status", "--json")).stdout) as StatusReport;
}

async function untilReplica(node: string, phase: string): Promise<void> {
  let last: StatusReport | undefined;
  await eventually(
    async () => {
      last = await status();
      const found = last.nodes.find((of) => of.node === node);
      return found?.replicas[0]?.phase === phase;
    },
    { what: () => `${node} is ${phase}: ${JSON.stringify(last)}`, deadlineMs: 60_000 },
  );
}

const snapshotsOf = (node: string) => join(outcry.data, "engines", node, "snapshots");

/** A snapshot of the log's present end, in which more orders have been counted than there were. */
async function plantWrongSnapshot(node: string): Promise<number> {
  return await withEngine(findCluster({ data: outcry.data }), async ({ logs }) => {
    const [log] = logs;
    const hashed = new HashedShard(new Shard(0, 1));
    let last: LogEntry | undefined;
    for (const entry of (await log?.read(1, { entriesMax: 5000 })) ?? []) {
      hashed.apply(entry);
      last = entry;
    }
    if (last === undefined) throw new Error("the log is empty");
    const saved = hashed.shard.snapshot();
    const counters = { ...saved.counters, orderCount: saved.counters.orderCount + 1000 };
    const { bytes } = encodeSnapshot(Shard.restore({ ...saved, counters }), {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashOfEntry(last),
      owed: [[]],
    });
    const store = new DirectorySnapshotStore(snapshotsOf(node));
    await store.save({ shard: 0, sequence: last.sequence, bytes });
    return last.sequence;
  });
}

/** Starts a node again with snapshots much more often than in earnest. */
async function snapshotOften(node: string): Promise<void> {
  const path = join(outcry.data, "processes", `${node}.json`);
  const settings = JSON.parse(readFileSync(path, "utf8")) as object;
  writeFileSync(path, JSON.stringify({ ...settings, snapshotEveryEntries: 5 }));
  await outcry.json("restart", node);
}

/** Where a wrong snapshot was planted. */
let wrongAt = 0;

describe("a replica that computes something else", () => {
  it("stops at the entry, is told of by status, and leaves a dump", async () => {
    await place(3);
    await outcry.json("kill", "e2", "--no-restart");
    wrongAt = await plantWrongSnapshot("e2");
    await outcry.json("restart", "e2");
    await untilReplica("e2", "following");
    await place(1);
    await untilReplica("e2", "diverged");
    const { state, problems } = await status();
    expect(state).toBe("not-well");
    expect(problems).toContain("e2 diverged on shard 0");
    await place(1);
    const { dumps } = await outcry.json<{ dumps: { node: string; entry: number }[] }>(
      "dump",
      "list",
    );
    expect(dumps).toMatchObject([{ node: "e2", shard: 0 }]);
    expect(dumps[0]?.entry).toBeGreaterThan(wrongAt);
  });

  it("is explained by its dump: which outputs and which part of the state", async () => {
    const { dumps } = await outcry.json<{ dumps: { path: string }[] }>("dump", "list");
    const path = dumps[0]?.path ?? "";
    const explained = await outcry.json<DumpExplanation>("dump", "show", path);
    expect(explained).toMatchObject({ node: "e2", cause: "computation", right: "others" });
    expect(explained.entryDifferences).toEqual([]);
    expect(explained.outputDifferences?.some((of) => of.path.includes("orderId"))).toBe(true);
    const counted = explained.stateDifferences.find((of) => of.path === "counters › orderCount");
    expect(Number(counted?.here) - Number(counted?.there)).toBe(1000);
    const text = (await outcry.run("dump", "show", path)).stdout;
    expect(text).toContain("a rebuild from the log agrees with the others");
  });

  it("is rebuilt by a command, without a restart, and is well again", async () => {
    const before = (await status()).nodes.find(({ node }) => node === "e2")?.pid;
    const report = await outcry.json<RebuildReport>("rebuild", "e2");
    expect(report.replicas).toMatchObject([
      { ok: true, shard: 0, was: "diverged", phase: "following", snapshotSequence: 0 },
    ]);
    await place(2);
    const after = await status();
    expect(after.nodes.find(({ node }) => node === "e2")?.pid).toBe(before);
    expect(after).toMatchObject({ ok: true, differences: [] });
    expect((await outcry.run("rebuild", "e2")).stdout).toContain("no replica that diverged");
  });

  it("cannot be asked for where there is no such node or shard", async () => {
    for (const args of [["e9"], ["e1", "--shard", "7"], ["e1", "--shard", "x"]]) {
      const { exitCode, stdout } = await outcry.run("rebuild", ...args, "--json");
      expect(exitCode).toBe(2);
      expect(stdout).toContain('"usage"');
    }
    const { exitCode, stdout } = await outcry.run("dump", "show", "/none", "--json");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("no-such-dump");
  });
});

describe("snapshots of running nodes", () => {
  /** But for the wrong one, which may be found out at any time. */
  const certified = (): readonly string[] =>
    ["e1", "e2", "e3"]
      .flatMap((node) => readFileSync(join(outcry.data, "logs", `${node}.log`), "utf8").split("\n"))
      .filter((line) => line.includes('"snapshot-certified"'))
      .filter((line) => (JSON.parse(line) as { sequence: number }).sequence !== wrongAt);

  it("are verified in the background by one of them", async () => {
    for (const node of ["e2", "e3"]) await snapshotOften(node);
    await untilReplica("e3", "following");
    await eventually(
      async () => {
        await place(3);
        return certified().length >= 2;
      },
      { what: "two snapshots are verified", deadlineMs: 60_000 },
    );
    for (const line of certified()) expect(line).toContain('"verified"');
  });

  it("are what a wiped node begins with, and a wrong one of the same name is passed over", async () => {
    await outcry.json("kill", "e3", "--no-restart");
    rmSync(snapshotsOf("e3"), { recursive: true });
    await outcry.json("restart", "e3");
    await untilReplica("e3", "following");
    const wiped = (await status()).nodes.find(({ node }) => node === "e3")?.replicas[0];
    expect(wiped?.snapshotSequence).toBeGreaterThan(0);
    const report = await outcry.json<RebuildReport>("rebuild", "e3", "--shard", "0");
    expect(report.replicas).toMatchObject([{ ok: true, was: "following", phase: "following" }]);
    const [rebuilt] = report.replicas;
    expect(rebuilt?.ok === true && rebuilt.snapshotSequence).toBeGreaterThan(0);
    await outcry.json("kill", "e3", "--no-restart");
    await plantWrongSnapshot("e3");
    await outcry.json("restart", "e3");
    await place(2);
    await untilReplica("e3", "following");
    expect(await status()).toMatchObject({ ok: true, differences: [] });
    expect(readdirSync(snapshotsOf("e3")).length).toBeGreaterThan(0);
  });
});

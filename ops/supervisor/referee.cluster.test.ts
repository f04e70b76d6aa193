/**
 * A referee beside a cluster as a person runs it: it agrees while agents trade, another one by hand
 * agrees with the whole log, and when a node says that it computed something else, status says so.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../cluster/clock.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { Referee } from "../../cluster/referee.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { clusterSubjects, encodeFeed, invariantList } from "../../protocols/index.ts";
import type { RefereeAlarm, RefereedShardStatus } from "../../protocols/index.ts";
import type { StatusReport } from "../cli/status-report.ts";
import type { ClusterFile } from "../config/cluster-file.ts";
import { connectAs, openLogs } from "../processes/connections.ts";
import { CommandLine, freePortBase } from "./testing/command-line.ts";
import type { StartedProgram } from "./testing/command-line.ts";

const bands = { bandBasisPoints: 100, bandWindowSeconds: 60, auctionSeconds: 5 };

let outcry: CommandLine;
let supervisor: StartedProgram;

beforeAll(async () => {
  outcry = new CommandLine();
  const ports = ["--port-base", String(await freePortBase(3))];
  // Encrypted, as a deployment is: whoever takes part here must know the servers.
  supervisor = await outcry.start("--referee", "--tls", "--shards", "1", ...ports);
});

afterAll(() => outcry.release());

function clusterFile(): ClusterFile {
  return JSON.parse(readFileSync(`${outcry.data}/cluster.json`, "utf8")) as ClusterFile;
}

async function status(): Promise<StatusReport> {
  return JSON.parse((await outcry.run("status", "--json")).stdout) as StatusReport;
}

async function refereed(): Promise<RefereedShardStatus | undefined> {
  return (await status()).referees[0]?.shards[0];
}

/** The referee has compared so many steps, and is not more than a few behind. */
async function untilCompared(steps: number): Promise<RefereedShardStatus> {
  let last: RefereedShardStatus | undefined;
  await eventually(
    async () => {
      last = await refereed();
      return (last?.comparedSteps ?? 0) >= steps && last?.phase === "following";
    },
    { what: () => `the referee follows: ${JSON.stringify(last)}`, deadlineMs: 60_000 },
  );
  if (last === undefined) throw new Error("no referee");
  return last;
}

describe("a referee of a cluster that trades", () => {
  it("agrees with every step, and status shows how far it is", async () => {
    const { alarm, headSequence, appliedSequence } = await untilCompared(200);
    expect(alarm).toBeNull();
    expect(headSequence - appliedSequence).toBeLessThan(200);
    const { stdout } = await outcry.run("status");
    expect(stdout).toMatch(/referee ref-1: shard 0 following at [0-9]+/);
    const held = `invariants ${invariantList.length} checked [0-9,]+ times, 0 violated`;
    expect(stdout).toMatch(new RegExp(held));
  });

  it("does so again from the log alone, after a restart and by hand", async () => {
    await outcry.json("restart", "ref-1");
    expect((await untilCompared(200)).alarm).toBeNull();
    const result = await outcry.json<{ ok: boolean; alarms: [] }>("referee", "--once");
    expect(result).toMatchObject({ ok: true, alarms: [] });
  });

  it("finds the first step at which its reference would have told something else", async () => {
    await using undo = new AsyncDisposableStack();
    const { shards, replicas, credentials, servers, ca } = clusterFile();
    const connection = await connectAs({
      ...{ role: "referee", name: "ref-cli", credentialsFile: credentials.referee },
      ...{ servers: servers.map(({ url }) => url), ca },
    });
    undo.defer(() => connection.close());
    const logs = await openLogs(connection, { shards, replicas });
    for (const log of logs) undo.defer(() => log.close());
    const bus = new JetStreamBus(connection);
    undo.defer(() => bus.close());
    const alarms: RefereeAlarm[] = [];
    const referee = new Referee({
      ...{ name: "ref-cli", logs, bus, clock: systemClock, pid: 0, version: "test" },
      // Price bands, which the instruments do not have: they are told of at the first trade.
      termsToReference: (_, terms) => ({ ...terms, ...bands }),
      onAlarm: (alarm) => alarms.push(alarm),
      onFault: (fault) => expect(fault).toBeUndefined(),
    });
    undo.defer(() => referee.stop());
    await referee.start();
    await eventually(() => alarms.length > 0, {
      what: "the references differ",
      deadlineMs: 60_000,
    });
    expect(alarms.length).toBe(1);
    expect(alarms[0]?.what).toMatch(/^the book of [A-Z-]+ says .*; its reference says /);
    expect(referee.status().shards[0]).toMatchObject({
      ...{ phase: "alarmed", appliedSequence: alarms[0]?.sequence, alarm: alarms[0] },
    });
  });

  it("raises the alarm when a node computed something else, and status says so", async () => {
    const { appliedSequence: sequence } = await untilCompared(1);
    const { credentials, servers, ca } = clusterFile();
    const connection = await connectAs({
      ...{ role: "engine", name: "cli", credentialsFile: credentials.engine },
      ...{ servers: servers.map(({ url }) => url), ca },
    });
    const bus = new JetStreamBus(connection);
    const wrong = { kind: "testimony", shard: 0, node: "e9", emitterEpoch: 1 } as const;
    const hashes = { entriesHash: new Uint8Array(32), outputsHash: new Uint8Array(32) };
    const told = { ...wrong, sequence, ...hashes };
    bus.publish(clusterSubjects.feed(0), encodeFeed(told));
    await bus.flush();
    await bus.close();
    await connection.close();
    await eventually(async () => (await refereed())?.alarm !== null, {
      what: "the referee raises the alarm",
    });
    const { ok, problems, referees } = await status();
    const problem = `ref-1: alarm at shard 0 entry ${sequence}: e9 read entries 00000000`;
    expect({ ok, state: referees[0]?.shards[0]?.phase }).toEqual({ ok: false, state: "alarmed" });
    expect(problems.join("\n")).toContain(problem);
    expect(supervisor.output).toContain("ref-1 raises the ALARM on shard 0");
  });
});

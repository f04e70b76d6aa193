/**
 * What replicas get of an entry that was damaged on the disk of one nats-server.
 *
 * Method: a server is stopped, bytes in its block file are flipped where an entry's payload lies,
 * nothing else is touched, and it is started again. A log whose line goes to that server must still
 * hand over every entry as it was appended.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame } from "../protocols/index.ts";
import { CheckedLog } from "./checked-log.ts";
import { systemClock } from "./clock.ts";
import type { ClusterFault } from "./faults.ts";
import { JetStreamConnection } from "./jetstream-connection.ts";
import { JetStreamLog } from "./jetstream-log.ts";
import type { EntryCopies, LogEntry } from "./replicated-log.ts";
import { eventually } from "./testing/eventually.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";

const entriesCount = 200;
let cluster: NatsCluster;
let shard = 0;
let faults: ClusterFault[];
let appended: readonly LogEntry[];

beforeAll(async () => {
  cluster = await NatsCluster.start();
});
afterAll(async () => await cluster.stop());

beforeEach(async () => {
  shard += 1;
  faults = [];
  const connection = await JetStreamConnection.open({ servers: cluster.urls, name: "test" });
  const log = await JetStreamLog.open(connection, { shard });
  for (let frame = 1; frame <= entriesCount; frame++) {
    const messages = [{ kind: "checkpoint", label: labelOf(frame) } as const];
    await log.append("gw-1", encodeFrame({ producer: "gw-1", epoch: 1, frame, messages }));
  }
  appended = await allOf(log);
  await log.close();
  await connection.close();
});
afterEach(async () => {
  for (const name of cluster.names) if (!cluster.isRunning(name)) await cluster.restart(name);
  await cluster.healthy();
});

/** Long, so that the entries fill several blocks: a server that starts checks the last one. */
function labelOf(frame: number): string {
  return `entry-${String(frame).padStart(6, "0")}`.padEnd(60_000, "-");
}

async function allOf(log: Pick<JetStreamLog, "read">): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  while (entries.length < entriesCount) {
    entries.push(...(await log.read(entries.length + 1, { entriesMax: 1000 })));
  }
  return entries;
}

/** Flips a byte of each of those entries' payloads on a server's disk. */
function damage(name: string, ...frames: number[]): void {
  const folder = join(cluster.storeOf(name), `jetstream/$G/streams/LOG_${String(shard)}_1/msgs`);
  const blocks = readdirSync(folder).filter((file) => file.endsWith(".blk"));
  for (const frame of frames) {
    const found = blocks.filter((block) => {
      const bytes = readFileSync(join(folder, block));
      const at = bytes.indexOf(labelOf(frame));
      if (at < 0) return false;
      bytes[at] = 120;
      writeFileSync(join(folder, block), bytes);
      return true;
    });
    expect(found.length).toBe(1);
  }
}

/** A server that starts looks at its store, and mends what it finds. */
async function restart(name: string, act: () => void): Promise<void> {
  await cluster.kill(name, "SIGTERM");
  act();
  await cluster.restart(name);
  await cluster.healthy();
}

/** A checked log on a line that goes to that server first. */
async function openAt(
  name: string,
): Promise<{ checked: CheckedLog; log: JetStreamLog } & AsyncDisposable> {
  const others = cluster.urls.filter((url) => url !== cluster.url(name));
  const servers = [cluster.url(name), ...others];
  const connection = await JetStreamConnection.open({ servers, name: "test" });
  const log = await JetStreamLog.open(connection, { shard });
  const onFault = (fault: ClusterFault): void => void faults.push(fault);
  const checked = new CheckedLog(log, { clock: systemClock, onFault });
  const end = async (): Promise<void> => {
    await log.close();
    await connection.close();
  };
  return { checked, log, [Symbol.asyncDispose]: end };
}

async function tailed(log: CheckedLog): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  const ended: ClusterFault[] = [];
  const tail = log.tail(
    1,
    (more) => entries.push(...more),
    (fault) => void ended.push(fault),
  );
  await eventually(() => entries.length >= entriesCount || ended.length > 0, {
    what: () => `all entries came, not ${String(entries.length)}: ${faults.join("; ")}`,
    deadlineMs: 60_000,
  });
  await tail.close();
  expect(ended).toEqual([]);
  return entries;
}

async function aFollower(): Promise<string> {
  const leader = await cluster.leaderOf(`LOG_${String(shard)}_1`);
  return cluster.names.find((name) => name !== leader) ?? "";
}

describe("an entry damaged on one server's disk", () => {
  it("is mended by the server itself when it starts", async () => {
    const follower = await aFollower();
    await restart(follower, () => damage(follower, 2, 50, 200));
    await using at = await openAt(follower);
    expect(await tailed(at.checked)).toEqual(appended);
    expect(faults).toEqual([]);
  });

  it("is not handed out altered by a server that finds it so, and is got from another one", async () => {
    const follower = await aFollower();
    damage(follower, 2, 50, 100);
    await using at = await openAt(follower);
    await at.log.preferLeader(follower);
    for (const sequence of [2, 50, 100]) {
      let copies: EntryCopies | undefined;
      await eventually(
        async () => {
          copies = await at.log.copies(sequence);
          return copies.answers.length > 1;
        },
        // Until it has forgotten what it read and wrote last, it need not look at its disk.
        {
          what: () => `copies differ: ${JSON.stringify(copies)}`,
          deadlineMs: 40_000,
          everyMs: 500,
        },
      );
      expect(copies?.answers).toEqual([
        { server: follower, entry: undefined },
        { server: "another server", entry: appended[sequence - 1] },
      ]);
    }
    expect(await tailed(at.checked)).toEqual(appended);
    const read: LogEntry[] = [];
    while (read.length < entriesCount) {
      read.push(...(await at.checked.read(read.length + 1, { entriesMax: 1000 })));
    }
    expect(read).toEqual(appended);
  });
});

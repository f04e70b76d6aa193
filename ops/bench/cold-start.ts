/**
 * `npm run bench:cold-start`: how long a node with nothing in memory takes until it serves, with a
 * snapshot and without, behind a log of so many commands.
 *
 * Measured: an engine node on three nats-servers, whose log goes on behind an archive that holds
 * all the commands, as that of a restored cluster does; from its start until its replica follows.
 * The snapshot lies one whole interval back, which is the worst there is. Not measured: starting
 * the process. Beside it, in the same run: the same entries applied from memory.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Shard } from "../../actors/index.ts";
import { ArchivedLog } from "../../cluster/archive/archived-log.ts";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import type { ArchivedSource } from "../../cluster/archive/log-archive.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { EngineNode } from "../../cluster/engine-node.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import { encodeSnapshot } from "../../cluster/replica-snapshot.ts";
import { defaultReplicaTiming } from "../../cluster/replica.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { StepMemory } from "../../cluster/step-memory.ts";
import { NatsCluster } from "../../cluster/testing/nats-cluster.ts";
import { LogWriter, openingEntries, openingUs } from "./engine/bench-venue.ts";
import { OrderFlow } from "./engine/order-flow.ts";

const usage = `usage: npm run bench:cold-start [-- options]

  --commands N    commands in the log (1000000)
  --batch N       commands in a frame (100)
  --interval N    entries between snapshots (${defaultReplicaTiming.snapshotEveryEntries})
  --json          the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    commands: { type: "string", default: "1000000" },
    batch: { type: "string", default: "100" },
    interval: { type: "string", default: String(defaultReplicaTiming.snapshotEveryEntries) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const commands = Number(flags.commands);
const batch = Number(flags.batch);
const interval = Number(flags.interval);
/** How much later a command is than the one before it. */
const commandGapUs = 1000;
const folder = mkdtempSync(join(tmpdir(), "outcry-cold-start-"));
const archive = new LogArchive(new DirectoryArchiveStore(join(folder, "archive")), "LOG_0");
const snapshots = new DirectorySnapshotStore(join(folder, "snapshots"));

/** The venue's opening, and then orders. */
function* entriesOf(): Generator<LogEntry, void> {
  const log = new LogWriter();
  const flow = new OrderFlow("plain");
  yield* openingEntries(log);
  for (let done = 0; done < commands; done += batch) {
    const messages = Array.from({ length: Math.min(batch, commands - done) }, () => flow.next());
    yield log.entry("gateway-1", messages, openingUs + done * commandGapUs);
  }
}

/** To be read once, in order, which is how an archive reads. */
function sourceOf(entries: Generator<LogEntry, void>): ArchivedSource {
  return {
    first: () => Promise.resolve(1),
    head: () => Promise.resolve(0),
    read: (_from, { entriesMax, bytesMax = Infinity }) => {
      const page: LogEntry[] = [];
      for (let bytes = 0; page.length < entriesMax && bytes < bytesMax;) {
        const next = entries.next();
        if (next.done === true) break;
        page.push(next.value);
        bytes += next.value.payload.length;
      }
      return Promise.resolve(page);
    },
  };
}

/** Applies everything once, and saves a snapshot one interval before the end. */
async function applyFromMemory(last: number): Promise<{ seconds: number; snapshotAt: number }> {
  const hashed = new HashedShard(new Shard(0, 1));
  const memory = new StepMemory();
  hashed.shard.useMemory((length) => memory.take(length));
  const snapshotAt = Math.max(1, last - interval);
  let ms = 0;
  for (const entry of entriesOf()) {
    const startedAtMs = performance.now();
    const { step } = hashed.apply(entry);
    memory.reuse(step);
    ms += performance.now() - startedAtMs;
    if (entry.sequence !== snapshotAt) continue;
    const { bytes } = encodeSnapshot(hashed.shard, {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashOfEntry(entry),
      owed: [[]],
    });
    await snapshots.save({ shard: 0, sequence: snapshotAt, bytes });
  }
  return { seconds: ms / 1000, snapshotAt };
}

/** From nothing until the replica follows its log. */
async function coldStart(servers: readonly string[], last: number, from: string): Promise<number> {
  const connection = await JetStreamConnection.open({ servers, name: "bench" });
  const log = await JetStreamLog.open(connection, { shard: 0, firstSequence: last + 1 });
  const bus = new JetStreamBus(connection);
  const node = new EngineNode({
    ...{ cluster: "bench", node: "e1", nodes: ["e1"], bus, clock: systemClock },
    logs: [new ArchivedLog(log, archive)],
    publicChannel: { publish: () => undefined },
    snapshots: new DirectorySnapshotStore(from),
    timing: { snapshotEveryEntries: Number.MAX_SAFE_INTEGER },
    ...{ pid: process.pid, version: "bench" },
    report: (event) => {
      if (event.kind === "fault" || event.kind === "diverged") throw new Error(event.kind);
    },
  });
  const startedAtMs = performance.now();
  await node.start();
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { sequence, phase } = node.replica(0);
  if (sequence < last) throw new Error(`it is ${phase} at ${sequence}, not at ${last}`);
  await node.stop();
  await bus.close();
  await log.close();
  await connection.close();
  return seconds;
}

try {
  const { sequence: last } = await archive.copy(sourceOf(entriesOf()), Number.MAX_SAFE_INTEGER);
  const { bytes } = await archive.verify();
  const fromMemory = await applyFromMemory(last);
  const servers = await NatsCluster.start();
  try {
    const withSnapshot = await coldStart(servers.urls, last, join(folder, "snapshots"));
    const without = await coldStart(servers.urls, last, join(folder, "nothing"));
    const result = {
      conditions: `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, load average ${loadavg()[0]!.toFixed(1)}`,
      ...{ commands, entries: last, archiveBytes: bytes, snapshotAt: fromMemory.snapshotAt },
      secondsWithSnapshot: withSnapshot,
      secondsWithout: without,
      replayedPerSecond: Math.round(commands / without),
      appliedFromMemoryPerSecond: Math.round(commands / fromMemory.seconds),
    };
    process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : render(result));
  } finally {
    await servers.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function render(of: {
  readonly conditions: string;
  readonly commands: number;
  readonly entries: number;
  readonly archiveBytes: number;
  readonly snapshotAt: number;
  readonly secondsWithSnapshot: number;
  readonly secondsWithout: number;
  readonly replayedPerSecond: number;
  readonly appliedFromMemoryPerSecond: number;
}): string {
  const many = (count: number): string => count.toLocaleString("en-US");
  return [
    of.conditions,
    `${many(of.commands)} commands in ${many(of.entries)} entries, archived in ${(of.archiveBytes / 1e6).toFixed(0)} MB`,
    `with a snapshot at ${many(of.snapshotAt)}   ${of.secondsWithSnapshot.toFixed(1)} s until it follows`,
    `without                    ${of.secondsWithout.toFixed(1)} s, ${many(of.replayedPerSecond)} commands a second`,
    `applied from memory        ${many(of.appliedFromMemoryPerSecond)} commands a second`,
    "",
  ].join("\n");
}

/**
 * What the JetStream log keeps of its promises while servers die.
 *
 * Method: appenders and a tail run against three servers, one server is killed, and the run goes on
 * until every appender has got well past that. Then the record of each append is compared with the
 * log, and the time of each delivery with the time of the acknowledgement. What the leader
 * acknowledged last before it died, the others have but do not know to be committed, and nobody can
 * read it until the next leader is elected: so those are due some time after the first
 * acknowledgement that follows, and all others after their own.
 *
 * That time is no measure of speed (drills are): it tells a tail that finds its way by itself from
 * one that waits until its operating system, or the server, gives up a connection, which takes
 * minutes.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findNatsServer, isAtLeast } from "../ops/setup/nats-server.mjs";
import { JetStreamConnection } from "./jetstream-connection.ts";
import { JetStreamLog } from "./jetstream-log.ts";
import type { LogEntry, ReplicatedLog } from "./replicated-log.ts";
import { eventually } from "./testing/eventually.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";
import { readAll } from "./testing/read-all.ts";
import { TailRecorder } from "./testing/tail-recorder.ts";

interface Acknowledged {
  readonly text: string;
  readonly sequence: number;
  readonly atMs: number;
}

/** Appends numbered payloads, several under way at once, until told to stop. */
class Appender {
  readonly acknowledged: Acknowledged[] = [];
  readonly #log: ReplicatedLog;
  readonly #producer: string;
  readonly #workers: Promise<void>[];
  #count = 0;
  #stopping = false;

  constructor(log: ReplicatedLog, producer: string, underWay = 4) {
    this.#log = log;
    this.#producer = producer;
    this.#workers = Array.from({ length: underWay }, () => this.#work());
  }

  async past(count: number): Promise<void> {
    const target = this.acknowledged.length + count;
    await eventually(() => this.acknowledged.length >= target, {
      what: () => `${this.#producer} gets ${target} receipts, it has ${this.acknowledged.length}`,
      deadlineMs: 40_000,
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      this.#count += 1;
      const text = `${this.#producer} ${this.#count}`;
      const { sequence } = await this.#log.append(this.#producer, new TextEncoder().encode(text));
      this.acknowledged.push({ text, sequence, atMs: performance.now() });
    }
  }
}

let cluster: NatsCluster;
let shard = 0;
let connections: JetStreamConnection[];

beforeAll(async () => {
  cluster = await NatsCluster.start();
});
afterAll(async () => await cluster.stop());

beforeEach(({ skip }) => {
  const version = findNatsServer()?.version ?? "0.0.0";
  skip(!isAtLeast(version, "2.11.0"), `nats-server ${version} cannot be told who is to lead`);
  shard += 1;
  connections = [];
});
afterEach(async () => {
  for (const connection of connections) await connection.close();
  for (const name of cluster.names) {
    // Also one that a failed test left hanging.
    if (cluster.isRunning(name)) await cluster.resume(name);
    else await cluster.restart(name);
  }
  await cluster.healthy();
});

async function openOn(server: string): Promise<JetStreamLog> {
  const connection = await JetStreamConnection.open({
    servers: [cluster.url(server)],
    name: `on-${server}`,
  });
  expect(cluster.nameOf(connection.server)).toBe(server);
  connections.push(connection);
  return await JetStreamLog.open(connection, { shard });
}

/** All of an entry in a line, so that a difference can be read. */
function linesOf(entries: readonly LogEntry[]): readonly string[] {
  return entries.map(
    ({ sequence, timeUs, producer, payload }) =>
      `${sequence} ${timeUs} ${producer} ${new TextDecoder().decode(payload)}`,
  );
}

/** Everything acknowledged is where its receipt says, in the order of its appender's calls. */
function expectKept(entries: readonly LogEntry[], appenders: readonly Appender[]): void {
  const textAt = (sequence: number): string =>
    new TextDecoder().decode(entries[sequence - 1]?.payload);
  for (const { acknowledged } of appenders) {
    expect(acknowledged.map(({ sequence }) => textAt(sequence))).toEqual(
      acknowledged.map(({ text }) => text),
    );
    const sequences = acknowledged.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    const numbers = acknowledged.map(({ text }) => Number(text.split(" ")[1]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
}

const dueMs = 15_000;

/** Every entry was delivered in time after its acknowledgement, or after the election's end. */
function expectDelivered(recorder: TailRecorder, appenders: Appender[]): void {
  const deliveredAtMs = new Map(
    recorder.deliveries.flatMap(({ atMs, entries }) =>
      entries.map((entry) => [entry.sequence, atMs] as const),
    ),
  );
  const acknowledged = appenders.flatMap((appender) => appender.acknowledged);
  const { stalledAtMs, resumedAtMs } = longestStall(acknowledged.map(({ atMs }) => atMs));
  const delaysMs = acknowledged.map(({ sequence, atMs }) => {
    const isAmongTheLast = atMs <= stalledAtMs && atMs > stalledAtMs - dueMs;
    return (deliveredAtMs.get(sequence) ?? Infinity) - (isAmongTheLast ? resumedAtMs : atMs);
  });
  expect(Math.max(...delaysMs)).toBeLessThan(dueMs);
}

/** The longest time without an acknowledgement, from the last before to the first after it. */
function longestStall(timesMs: number[]): { stalledAtMs: number; resumedAtMs: number } {
  let longest = { stalledAtMs: 0, resumedAtMs: 0 };
  timesMs.sort((a, b) => a - b);
  for (const [index, resumedAtMs] of timesMs.entries()) {
    const stalledAtMs = timesMs[index - 1] ?? resumedAtMs;
    if (resumedAtMs - stalledAtMs > longest.resumedAtMs - longest.stalledAtMs) {
      longest = { stalledAtMs, resumedAtMs };
    }
  }
  return longest;
}

interface Run {
  readonly leader: string;
  /** Where the tail's connection is. */
  readonly tailOn: string;
  readonly appendersOn: readonly string[];
  readonly victim: string;
  readonly hurt?: (victim: string) => Promise<void>;
}

async function run(plan: Run): Promise<{ recorder: TailRecorder; appenders: Appender[] }> {
  const logs = await Promise.all(plan.appendersOn.map(openOn));
  const tailLog = await openOn(plan.tailOn);
  await tailLog.preferLeader(plan.leader);
  const recorder = new TailRecorder(tailLog, 1);
  const appenders = logs.map((log, index) => new Appender(log, `gateway-${index}`));
  for (const appender of appenders) await appender.past(200);
  await (plan.hurt ?? ((victim) => cluster.kill(victim)))(plan.victim);
  for (const appender of appenders) await appender.past(400);
  for (const appender of appenders) await appender.stop();
  const entries = await readAll(tailLog);
  await recorder.reached(entries.length);
  expectKept(entries, appenders);
  expect(linesOf(recorder.entries)).toEqual(linesOf(entries));
  expectDelivered(recorder, appenders);
  for (const log of [...logs, tailLog]) await log.close();
  return { recorder, appenders };
}

describe("all that was acknowledged is kept, and the tail gets it by itself, when", () => {
  it("the stream's leader is killed", async () => {
    await run({ leader: "n1", tailOn: "n2", appendersOn: ["n2", "n3"], victim: "n1" });
  });

  it("the server that the tail is connected to is killed", async () => {
    await run({ leader: "n1", tailOn: "n2", appendersOn: ["n1", "n3"], victim: "n2" });
  });

  it("a server to which nobody is connected is killed", async () => {
    await run({ leader: "n1", tailOn: "n2", appendersOn: ["n1", "n2"], victim: "n3" });
  });

  it("everybody is connected to the stream's leader, and it is killed", async () => {
    await run({ leader: "n1", tailOn: "n1", appendersOn: ["n1", "n1"], victim: "n1" });
  });

  it("the stream's leader is told to end", async () => {
    await run({
      leader: "n1",
      tailOn: "n1",
      appendersOn: ["n1", "n2"],
      victim: "n1",
      hurt: async (victim) => await cluster.kill(victim, "SIGTERM"),
    });
  });

  it("leadership goes round while everybody works", async () => {
    const { recorder } = await run({
      leader: "n1",
      tailOn: "n3",
      appendersOn: ["n1", "n2"],
      victim: "n1",
      async hurt() {
        const log = await openOn("n2");
        for (const server of ["n2", "n3", "n1", "n2"]) await log.preferLeader(server);
        await log.close();
      },
    });
    expect(recorder.tail.restarts).toBeLessThanOrEqual(8);
  });
});

describe("a server that hangs", () => {
  // Reads that are sent its way remain without an answer. The worst to lose is the one that says
  // which streams there are.
  it("is left by the tail, and nothing is missing", async () => {
    const victim = await cluster.metaLeader();
    const [leader = "", other = ""] = cluster.names.filter((name) => name !== victim);
    await run({
      leader,
      tailOn: victim,
      appendersOn: [leader, other],
      victim,
      hurt: async (server) => await cluster.pause(server),
    });
  });

  it("is left although much more was sent to it than the line takes", async () => {
    const connection = await JetStreamConnection.open({
      servers: [cluster.url("n3")],
      name: "busy",
    });
    connections.push(connection);
    await cluster.pause("n3");
    // 64 MB: far beyond what the two ends of a socket buffer.
    for (let count = 0; count < 1024; count += 1) {
      connection.nats.publish("busy", new Uint8Array(64 * 1024));
    }
    await eventually(() => connection.reconnects === 1, { what: "it is left", deadlineMs: dueMs });
    expect(cluster.nameOf(connection.server)).not.toBe("n3");
  });
});

describe("all servers at once", () => {
  it("killed and started again have all they acknowledged, and the tail goes on", async () => {
    const log = await openOn("n1");
    const recorder = new TailRecorder(log, 1);
    const appender = new Appender(log, "gateway-1", 16);
    await appender.past(1000);
    await Promise.all(cluster.names.map((name) => cluster.kill(name)));
    await Promise.all(cluster.names.map((name) => cluster.restart(name)));
    await appender.past(1000);
    await appender.stop();
    const entries = await readAll(log);
    await recorder.reached(entries.length);
    expectKept(entries, [appender]);
    expect(linesOf(recorder.entries)).toEqual(linesOf(entries));
    await log.close();
  });
});

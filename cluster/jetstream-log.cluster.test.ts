/**
 * The JetStream log on real servers: what every log must do, and what it says when it cannot.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findNatsServer, isAtLeast } from "../ops/setup/nats-server.mjs";
import {
  AppendOutcomeUnknown,
  EntryTruncated,
  LogMisconfigured,
  LogUnavailable,
} from "./faults.ts";
import { JetStreamConnection } from "./jetstream-connection.ts";
import { JetStreamLog, type JetStreamLogOptions } from "./jetstream-log.ts";
import { replicatedLogConformance } from "./replicated-log.conformance.ts";
import { rollingLogConformance } from "./rolling-log.conformance.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";
import { readAll } from "./testing/read-all.ts";
import { TailRecorder } from "./testing/tail-recorder.ts";

let cluster: NatsCluster;
let lastShard = 0;

beforeAll(async () => {
  cluster = await NatsCluster.start();
});
afterAll(async () => await cluster.stop());

/** One world of handles, each on a connection of its own, each on another server. */
class Handles {
  readonly #opened: { connection: JetStreamConnection; log: JetStreamLog }[] = [];

  async open(options: JetStreamLogOptions): Promise<JetStreamLog> {
    const server = cluster.urls[this.#opened.length % cluster.urls.length] ?? "";
    const connection = await JetStreamConnection.open({ servers: [server], name: "test" });
    const log = await JetStreamLog.open(connection, options);
    this.#opened.push({ connection, log });
    return log;
  }

  connectionOf(log: unknown): JetStreamConnection {
    const found = this.#opened.find((opened) => opened.log === log);
    if (found === undefined) throw new Error("not one of ours");
    return found.connection;
  }

  async close(): Promise<void> {
    for (const { connection, log } of this.#opened) {
      await log.close();
      await connection.close();
    }
  }
}

describe("JetStream log", () => {
  replicatedLogConformance(async () => {
    lastShard += 1;
    const shard = lastShard;
    const handles = new Handles();
    return {
      open: async () => await handles.open({ shard }),
      async interrupt(log, during) {
        handles.connectionOf(log).move();
        await during();
      },
      stop: async () => await handles.close(),
    };
  });
});

describe("generations of a JetStream log", () => {
  rollingLogConformance(async () => {
    lastShard += 1;
    const shard = lastShard;
    const handles = new Handles();
    const operator = await JetStreamConnection.open({ servers: cluster.urls, name: "operator" });
    const { nats } = operator;
    return {
      open: async () => await handles.open({ shard }),
      async seal(generation) {
        await nats.request(`log.${shard}.${generation}._seal`, "");
      },
      async appendBehind(generation, text) {
        await nats.request(`log.${shard}.${generation}.gateway-9`, text);
      },
      async storeAsSeal(generation, text) {
        await nats.request(`log.${shard}.${generation}._seal`, text);
      },
      async retire(generation) {
        await nats.request(`$JS.API.STREAM.DELETE.LOG_${shard}_${generation}`, "");
      },
      async stop() {
        await operator.close();
        await handles.close();
      },
    };
  });
});

describe("what the servers have of an entry", () => {
  it("is known of every generation, its seal included, but of none that was retired", async () => {
    const handles = new Handles();
    const log = await handles.open({ shard: 110 });
    const { nats } = handles.connectionOf(log);
    await log.append("gateway-1", new Uint8Array([1]));
    await log.roll(1);
    await log.append("gateway-1", new Uint8Array([2]));
    const entries = await readAll(log);
    expect(entries.map(({ producer }) => producer)).toEqual(["gateway-1", "_seal", "gateway-1"]);
    for (const entry of entries) {
      const { isComplete, answers } = await log.copies(entry.sequence);
      expect(isComplete).toBe(true);
      expect(answers[0]?.entry).toEqual(entry);
    }
    await nats.request("$JS.API.STREAM.DELETE.LOG_110_1", "");
    await expect(log.copies(2)).rejects.toThrow(EntryTruncated);
    await handles.close();
  });
});

describe("JetStream stream", () => {
  const payload = new Uint8Array([1, 2, 3]);

  it("several nodes may create it at once", async () => {
    const handles = new Handles();
    const logs = await Promise.all(
      Array.from({ length: 6 }, async () => await handles.open({ shard: 100 })),
    );
    for (const log of logs) await log.append("gateway-1", payload);
    expect(await logs[0]?.head()).toBe(6);
    await handles.close();
  });

  it("one that could forget entries is not taken for a log", async () => {
    const handles = new Handles();
    const log = await handles.open({ shard: 101 });
    const { nats } = handles.connectionOf(log);
    const settings = {
      name: "LOG_102_1",
      subjects: ["log.102.1.*"],
      num_replicas: 3,
      max_msgs: 10,
    };
    await nats.request("$JS.API.STREAM.CREATE.LOG_102_1", JSON.stringify(settings));
    const opened = handles.open({ shard: 102 });
    await expect(opened).rejects.toThrow(LogMisconfigured);
    await expect(opened).rejects.toThrow(/max_msgs is 10, not -1.*deny_purge is false, not true/);
    await handles.close();
  });

  it("nothing deletes an entry from it", async () => {
    const handles = new Handles();
    const log = await handles.open({ shard: 103 });
    await log.append("gateway-1", payload);
    const { nats } = handles.connectionOf(log);
    const ask = async (verb: string, body: unknown) =>
      (await nats.request(`$JS.API.STREAM.${verb}.LOG_103_1`, JSON.stringify(body))).json();
    expect(await ask("PURGE", {})).toHaveProperty("error");
    expect(await ask("MSG.DELETE", { seq: 1 })).toHaveProperty("error");
    const settings = { name: "LOG_103_1", subjects: ["log.103.1.*"], num_replicas: 3 };
    expect(await ask("UPDATE", settings)).toHaveProperty("error");
    expect(await log.read(1, { entriesMax: 1 })).toHaveLength(1);
    await handles.close();
  });

  it("its leadership moves to the server that is asked for, and back, within a tail's sight", async ({
    skip,
  }) => {
    const version = findNatsServer()?.version ?? "0.0.0";
    skip(!isAtLeast(version, "2.11.0"), `nats-server ${version} steps down in nobody's favour`);
    const handles = new Handles();
    const log = await handles.open({ shard: 104 });
    const recorder = new TailRecorder(log, 1);
    for (const server of ["n1", "n2", "n3", "n3", "n1"]) {
      await log.preferLeader(server);
      expect(await log.leader()).toBe(server);
      const { sequence } = await log.append("gateway-1", payload);
      await recorder.reached(sequence, 1000);
    }
    await handles.close();
  });

  it("a leader that does not exist is not waited for beyond the deadline", async () => {
    const handles = new Handles();
    const log = await handles.open({ shard: 105, answerTimeoutMs: 300 });
    await expect(log.preferLeader("n9")).rejects.toThrow(LogUnavailable);
    await handles.close();
  });
});

describe("JetStream log without a majority of its servers", () => {
  it("says that it does not know, or that it cannot, and goes on when they are back", async () => {
    const handles = new Handles();
    const append = { giveUpMs: 1500 };
    const log = await handles.open({ shard: 200, append, answerTimeoutMs: 500 });
    const recorder = new TailRecorder(log, 1);
    const payload = new Uint8Array([7]);
    await log.append("gateway-1", payload);
    await cluster.pause("n2");
    await cluster.pause("n3");
    const given = await Promise.allSettled([1, 2, 3].map(() => log.append("gateway-1", payload)));
    for (const outcome of given) {
      const reason: unknown = outcome.status === "rejected" ? outcome.reason : "stored";
      expect([AppendOutcomeUnknown, LogUnavailable].some((fault) => reason instanceof fault)).toBe(
        true,
      );
    }
    await cluster.resume("n2");
    await cluster.resume("n3");
    await cluster.healthy();
    const patient = await handles.open({ shard: 200 });
    const { sequence } = await patient.append("gateway-2", payload);
    await recorder.reached(sequence, 15_000);
    expect(recorder.entries).toEqual(await readAll(patient));
    await handles.close();
  });
});

/**
 * The yardstick of the pipeline: what JetStream itself gives on the same servers in the same run.
 *
 * A stream of its own with the settings of a log (three replicas, file, synced by the servers'
 * configuration), published to with the client library directly.
 */
import {
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import type { JetStreamClient } from "@nats-io/jetstream";
import { delay, systemClock } from "../../cluster/clock.ts";
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { connectAs } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import type { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";

const stream = "BENCH_RAW";
const subject = "log.raw.bench";
/** Servers that have just started may not know of each other yet. */
const createTimeoutMs = 15_000;
const createRetryMs = 250;

export class RawPublish {
  readonly #connection: JetStreamConnection;
  readonly #jetstream: JetStreamClient;

  private constructor(connection: JetStreamConnection) {
    this.#connection = connection;
    this.#jetstream = jetstream(connection.nats);
  }

  static async open({ file, servers }: ThrowawayCluster): Promise<RawPublish> {
    const connection = await connectAs({
      role: "engine",
      name: toolNames.engine,
      credentialsFile: file.credentials.engine,
      servers,
      openTimeoutMs: 5000,
    });
    await createStream(connection, file.replicas);
    return new RawPublish(connection);
  }

  /** Publishes one message and resolves with the milliseconds until it was acknowledged. */
  async once(payload: Uint8Array): Promise<number> {
    const startMs = systemClock.nowMs();
    await this.#jetstream.publish(subject, payload, { timeout: 10_000 });
    return systemClock.nowMs() - startMs;
  }

  /** Messages a second with so many under way. */
  async rate(options: {
    readonly payload: Uint8Array;
    readonly underWay: number;
    readonly seconds: number;
  }): Promise<number> {
    const startMs = systemClock.nowMs();
    const endMs = startMs + options.seconds * 1000;
    let count = 0;
    const lane = async (): Promise<void> => {
      while (systemClock.nowMs() < endMs) {
        await this.once(options.payload);
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: options.underWay }, lane));
    return (count * 1000) / (systemClock.nowMs() - startMs);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

async function createStream(connection: JetStreamConnection, replicas: number): Promise<void> {
  const manager = await jetstreamManager(connection.nats, { checkAPI: false });
  const deadlineMs = systemClock.nowMs() + createTimeoutMs;
  for (;;) {
    try {
      await manager.streams.add({
        name: stream,
        subjects: [subject],
        num_replicas: replicas,
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
      });
      return;
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || systemClock.nowMs() > deadlineMs) throw error;
    }
    await delay(systemClock, createRetryMs);
  }
}

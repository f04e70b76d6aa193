/**
 * The cluster client that speaks through the logs: what a gateway process holds.
 *
 * Commands go into the log of the shard that owns the account; replies come back on the producer's
 * own subject. Questions go to any replica, with the sequence this client was last told of.
 */
import {
  assert,
  clusterSubjects,
  decodeReplies,
  pack,
  shardOfMessage,
  unpack,
} from "../protocols/index.ts";
import type {
  Answer,
  AnswerEnvelope,
  Ask,
  Command,
  NodeStatus,
  ProducerId,
  QuestionEnvelope,
  QuestionKind,
  ShardId,
} from "../protocols/index.ts";
import type { Bus, BusSubscription } from "./bus.ts";
import type { ClusterClient, Outcome, SubmitOptions } from "./client.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import { FrameProducer } from "./frame-producer.ts";
import type { FrameProducerOptions } from "./frame-producer.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface LogClientOptions {
  readonly producer: ProducerId;
  readonly epoch: number;
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly clock: Clock;
  readonly frames?: Pick<FrameProducerOptions, "appendsMax" | "commandsMax" | "judgementMs">;
}

const submitTimeoutMs = 5000;
const askTimeoutMs = 1000;
const askAttempts = 5;

export class LogClient implements ClusterClient {
  readonly shards: number;
  readonly #options: LogClientOptions;
  readonly #producers: readonly FrameProducer[];
  readonly #seen: number[];
  readonly #subscription: BusSubscription;
  #statusListener: ((status: NodeStatus) => void) | undefined;

  constructor(options: LogClientOptions) {
    this.#options = options;
    const { producer, epoch, logs, clock, bus, frames } = options;
    this.shards = logs.length;
    this.#seen = logs.map(() => 0);
    this.#producers = logs.map(
      (log, shard) => new FrameProducer({ ...frames, producer, epoch, shard, log, clock }),
    );
    const status = clusterSubjects.nodeStatus(producer);
    this.#subscription = bus.subscribe(clusterSubjects.repliesTo(producer), (message) => {
      if (message.subject === status) {
        this.#statusListener?.(unpack(message.payload) as NodeStatus);
        return;
      }
      const replies = decodeReplies(message.payload);
      this.#seen[replies.shard] = Math.max(this.#seen[replies.shard] ?? 0, replies.sequence);
      this.#producers[replies.shard]?.receive(replies);
    });
  }

  /** Commands without an outcome yet, over all shards. */
  get commandsUnderWay(): number {
    return this.#producers.reduce((sum, producer) => sum + producer.commandsUnderWay, 0);
  }

  submit(commands: readonly Command[], options?: SubmitOptions): Promise<readonly Outcome[]> {
    const [first] = commands;
    if (first === undefined) return Promise.resolve([]);
    const shard = shardOfMessage(first, this.shards);
    assert(shard !== undefined, "a command for a shard itself has no actor");
    return this.submitTo(shard, commands, options);
  }

  /** Submits to a given shard what is addressed to the shard itself. */
  submitTo(
    shard: ShardId,
    commands: readonly Command[],
    options?: SubmitOptions,
  ): Promise<readonly Outcome[]> {
    const producer = this.#producers[shard];
    assert(producer !== undefined, "no such shard");
    return producer.submit(commands, options?.timeoutMs ?? submitTimeoutMs);
  }

  async ask<Kind extends QuestionKind>(
    shard: ShardId,
    kind: Kind,
    ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    const question: QuestionEnvelope = { kind, ask, minSequence: this.#seen[shard] ?? 0 };
    const payload = pack(question);
    for (let attempt = 1; ; attempt++) {
      try {
        const bytes = await this.#options.bus.request(clusterSubjects.query(shard), payload, {
          timeoutMs: askTimeoutMs,
        });
        return (unpack(bytes) as AnswerEnvelope).answer as Answer<Kind>;
      } catch (error) {
        if (!(error instanceof ClusterFault) || attempt >= askAttempts) throw error;
        await this.#wait(50 * attempt);
      }
    }
  }

  nodes(timeoutMs = 300): Promise<readonly NodeStatus[]> {
    const { bus, clock, producer } = this.#options;
    const found = new Map<string, NodeStatus>();
    return new Promise((resolve) => {
      this.#statusListener = (status) => found.set(status.node, status);
      bus.publish(clusterSubjects.nodes, pack(producer));
      clock.after(timeoutMs, () => {
        resolve([...found.values()].sort((a, b) => (a.node < b.node ? -1 : 1)));
      });
    });
  }

  close(): Promise<void> {
    this.#subscription.unsubscribe();
    for (const producer of this.#producers) producer.close();
    return Promise.resolve();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }
}

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
  MalformedRecords,
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
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import type { ClusterClient, Outcome, SubmitOptions } from "./client.ts";
import { delay } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import { FrameProducer } from "./frame-producer.ts";
import type { FrameProducerOptions } from "./frame-producer.ts";
import { received } from "./received.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface LogClientOptions {
  readonly producer: ProducerId;
  /** Must rise with each start of this producer. */
  readonly epoch: number;
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly clock: Clock;
  readonly frames?: Pick<
    FrameProducerOptions,
    "appendsMax" | "commandsMax" | "judgementMs" | "frameLifetimeMs"
  >;
  /** Told of faults that submitters do not hear of, and for which shard. */
  readonly report?: (error: unknown, shard: ShardId) => void;
}

const submitTimeoutMs = 5000;
/**
 * How long each attempt may take. The node that was asked first may just have died; whoever is
 * asked next may be busy, as all are then.
 */
const askTimeoutsMs: readonly number[] = [250, 1000, 1000, 1000, 1000];

export class LogClient implements ClusterClient {
  readonly shards: number;
  readonly #options: LogClientOptions;
  readonly #producers: readonly FrameProducer[];
  /** The sequence of each shard that this client was last told of. */
  readonly #seen: number[];
  readonly #subscription: BusSubscription;
  readonly #statusListeners = new Set<(status: NodeStatus) => void>();

  constructor(options: LogClientOptions) {
    this.#options = options;
    const { producer, epoch, logs, clock, bus, frames } = options;
    this.shards = logs.length;
    this.#seen = logs.map(() => 0);
    // First: a producer appends as soon as there is one, and waits for what is said of that.
    this.#subscription = bus.subscribe(clusterSubjects.repliesTo(producer), (message) => {
      this.#hear(message);
    });
    this.#producers = logs.map((log, shard) => {
      const report = (fault: ClusterFault): void => options.report?.(fault, shard);
      return new FrameProducer({ ...frames, producer, epoch, shard, log, clock, report });
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
    for (const command of commands) {
      assert(shardOfMessage(command, this.shards) === shard, "commands for several shards at once");
    }
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
    assert(shard in this.#producers, "no such shard");
    for (let attempt = 1; ; attempt++) {
      try {
        const timeoutMs = askTimeoutsMs[attempt - 1] ?? 0;
        const question = { kind, ask, minSequence: this.#seen[shard] ?? 0 };
        const { sequence, answer } = await this.#askOnce(shard, question, timeoutMs);
        this.#told(shard, sequence);
        return answer as Answer<Kind>;
      } catch (error) {
        if (!(error instanceof ClusterFault) || attempt >= askTimeoutsMs.length) throw error;
        if (error.disposition === "fatal") throw error;
      }
      await delay(this.#options.clock, 50 * attempt);
    }
  }

  async #askOnce(
    shard: ShardId,
    question: QuestionEnvelope,
    timeoutMs: number,
  ): Promise<AnswerEnvelope> {
    const subject = clusterSubjects.query(shard);
    return unpack(
      await this.#options.bus.request(subject, pack(question), { timeoutMs }),
    ) as AnswerEnvelope;
  }

  async nodes(timeoutMs = 300): Promise<readonly NodeStatus[]> {
    const { bus, clock, producer } = this.#options;
    const found = new Map<string, NodeStatus>();
    const listener = (status: NodeStatus): void => void found.set(status.node, status);
    this.#statusListeners.add(listener);
    try {
      bus.publish(clusterSubjects.nodes, pack(producer));
      await delay(clock, timeoutMs);
    } finally {
      this.#statusListeners.delete(listener);
    }
    return [...found.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  close(): Promise<void> {
    this.#subscription.unsubscribe();
    for (const producer of this.#producers) producer.close();
    return Promise.resolve();
  }

  #hear({ subject, payload }: BusMessage): void {
    const report = (error: unknown): void => this.#options.report?.(error, 0);
    if (subject === clusterSubjects.nodeStatus(this.#options.producer)) {
      const status = received(payload, statusIn, report);
      if (status === undefined) return;
      for (const listener of this.#statusListeners) listener(status);
      return;
    }
    const replies = received(payload, decodeReplies, report);
    if (replies === undefined) return;
    this.#told(replies.shard, replies.sequence);
    this.#producers[replies.shard]?.receive(replies);
  }

  #told(shard: ShardId, sequence: number): void {
    this.#seen[shard] = Math.max(this.#seen[shard] ?? 0, sequence);
  }
}

function statusIn(payload: Uint8Array): NodeStatus {
  const status = unpack(payload);
  if (typeof status === "object" && status !== null && "node" in status && "replicas" in status) {
    return status as NodeStatus;
  }
  throw new MalformedRecords("not a node's status");
}

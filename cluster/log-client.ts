/**
 * The cluster client that speaks through the logs: what a gateway process holds.
 *
 * Commands go into the log of the shard that owns the account; replies come back on the producer's
 * own subject. Questions go to any replica, with the sequence this client was last told of.
 */
import {
  addressOfMessage,
  assert,
  clusterSubjects,
  decodeReplies,
  MalformedRecords,
  pack,
  unpack,
} from "../protocols/index.ts";
import type {
  ActorAddress,
  Answer,
  AnswerEnvelope,
  Ask,
  Command,
  InstructionAnswer,
  NodeId,
  NodeInstruction,
  NodeStatus,
  ProducerId,
  QuestionEnvelope,
  QuestionKind,
  RefereeStatus,
  ShardId,
} from "../protocols/index.ts";
import { ActorLanes } from "./actor-lanes.ts";
import { ActorRoutes } from "./actor-routes.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import type { ClusterClient, Outcome, SubmitOptions } from "./client.ts";
import { delay } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ActorOnItsWay, ClusterFault } from "./faults.ts";
import { FrameProducer } from "./frame-producer.ts";
import type { FrameProducerOptions } from "./frame-producer.ts";
import { received } from "./received.ts";
import { ShardNotServed } from "./replica-faults.ts";
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
    "appendsMax" | "commandsMax" | "frameAgeMaxMs" | "judgementMs" | "frameLifetimeMs" | "observer"
  >;
  /** Told of faults that submitters do not hear of, and for which shard. */
  readonly report?: (error: unknown, shard: ShardId) => void;
}

export interface UnderWay {
  /** Without an outcome. */
  readonly commands: number;
  /** Not counted by the shard yet. */
  readonly frames: number;
}

const submitTimeoutMs = 5000;
/** Longer than a node takes to give up. */
const instructTimeoutMs = 6000;
/**
 * How long each attempt may take. The node that was asked first may just have died; whoever is
 * asked next may be busy, as all are then.
 */
const askTimeoutsMs: readonly number[] = [250, 1000, 1000, 1000, 1000];
/** How long an actor is looked for that moves, */
const moveTimeoutMs = 5000;
/** and how long it is waited between two attempts. */
const arrivalPauseMs = 10;

export class LogClient implements ClusterClient {
  readonly shards: number;
  readonly #options: LogClientOptions;
  readonly #producers: readonly FrameProducer[];
  readonly #routes: ActorRoutes;
  readonly #lanes: ActorLanes;
  /** The sequence of each shard that this client was last told of. */
  readonly #seen: number[];
  readonly #subscription: BusSubscription;
  readonly #nodes: Roll<NodeStatus> = new Set();
  readonly #referees: Roll<RefereeStatus> = new Set();

  constructor(options: LogClientOptions) {
    this.#options = options;
    const { producer, epoch, logs, clock, bus, frames } = options;
    this.shards = logs.length;
    this.#seen = logs.map(() => 0);
    this.#routes = new ActorRoutes(logs.length);
    this.#lanes = new ActorLanes({
      ...{ routes: this.#routes, clock },
      submit: (shard, commands, { timeoutMs, cameAtMs }) =>
        // A shard that was added since this client was made is out of its reach: nothing was done.
        this.#producers[shard]?.submit(commands, timeoutMs, cameAtMs) ??
        Promise.resolve(commands.map(() => ({ kind: "busy" }))),
    });
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
    const inLogs = this.#producers.reduce((sum, { commandsUnderWay }) => sum + commandsUnderWay, 0);
    return inLogs + this.#lanes.heldCount;
  }

  /** By shard, what is on its way into its log. */
  get underWay(): readonly UnderWay[] {
    return this.#producers.map(({ commandsUnderWay, framesUnderWay }) => {
      return { commands: commandsUnderWay, frames: framesUnderWay };
    });
  }

  submit(commands: readonly Command[], options?: SubmitOptions): Promise<readonly Outcome[]> {
    const [first] = commands;
    if (first === undefined) return Promise.resolve([]);
    const actor = addressOfMessage(first);
    for (const command of commands) {
      assert(command === first || addressOfMessage(command) === actor, "commands for two actors");
    }
    if (actor !== undefined) {
      return this.#lanes.submit(actor, commands, options?.timeoutMs ?? submitTimeoutMs);
    }
    const shard = this.#routes.shardOfMessage(first);
    assert(shard !== undefined, "a command for a shard itself has no actor");
    return this.submitTo(shard, commands, options);
  }

  /** Submits to a given shard what is addressed to the shard itself. */
  submitTo(
    shard: ShardId,
    commands: readonly Command[],
    options?: SubmitOptions,
  ): Promise<readonly Outcome[]> {
    return this.#producerOf(shard).submit(commands, options?.timeoutMs ?? submitTimeoutMs);
  }

  #producerOf(shard: ShardId): FrameProducer {
    const producer = this.#producers[shard];
    assert(producer !== undefined, "no such shard");
    return producer;
  }

  async ask<Kind extends QuestionKind>(
    shard: ShardId,
    kind: Kind,
    ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    const { answer } = await this.#askShard(shard, { kind, ask });
    return answer as Answer<Kind>;
  }

  async askActor<Kind extends QuestionKind>(
    actor: ActorAddress,
    kind: Kind,
    ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    const { clock } = this.#options;
    const beganAtMs = clock.nowMs();
    for (;;) {
      const shard = this.#routes.shardOf(actor);
      if (shard >= this.shards) throw new ShardNotServed(shard + 1, this.shards);
      const placementEpoch = this.#routes.epochOf(actor);
      const asked = { kind, ask, actor, placementEpoch };
      const { answer, elsewhere } = await this.#askShard(shard, asked);
      if (elsewhere === undefined) return answer as Answer<Kind>;
      const isNews = this.#routes.learn(actor, elsewhere) && elsewhere.shard !== shard;
      if (clock.nowMs() - beganAtMs >= moveTimeoutMs) throw new ActorOnItsWay(actor);
      // It has not arrived, or the replica that was asked has not heard of that.
      if (!isNews) await delay(clock, arrivalPauseMs);
    }
  }

  async #askShard(
    shard: ShardId,
    asked: Omit<QuestionEnvelope, "minSequence">,
  ): Promise<AnswerEnvelope> {
    assert(shard in this.#producers, "no such shard");
    for (let attempt = 1; ; attempt++) {
      try {
        const timeoutMs = askTimeoutsMs[attempt - 1] ?? 0;
        const question = { ...asked, minSequence: this.#seen[shard] ?? 0 };
        const envelope = await this.#askOnce(shard, question, timeoutMs);
        this.#told(shard, envelope.sequence);
        return envelope;
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

  /**
   * The status of every engine node that answers within the time.
   *
   * @param expected when all of these have answered, nobody else is waited for
   */
  async nodes(timeoutMs = 300, expected: readonly NodeId[] = []): Promise<readonly NodeStatus[]> {
    const found = await this.#callRoll(clusterSubjects.nodes, this.#nodes, {
      timeoutMs,
      isComplete: (soFar) =>
        expected.length > 0 && expected.every((name) => soFar.some(({ node }) => node === name)),
    });
    return byName(found, ({ node }) => node);
  }

  /** The status of every referee that answers within the time. */
  async referees(timeoutMs = 300): Promise<readonly RefereeStatus[]> {
    const isComplete = (): boolean => false;
    const called = { timeoutMs, isComplete };
    const found = await this.#callRoll(clusterSubjects.referees, this.#referees, called);
    return byName(found, ({ referee }) => referee);
  }

  /** Asks everybody who listens on a subject, and gathers what is answered within the time. */
  async #callRoll<Status>(
    subject: string,
    roll: Roll<Status>,
    { timeoutMs, isComplete }: RollCall<Status>,
  ): Promise<readonly Status[]> {
    const { bus, clock, producer } = this.#options;
    const found: Status[] = [];
    const over = Promise.withResolvers<void>();
    const listener = (status: Status): void => {
      found.push(status);
      if (isComplete(found)) over.resolve();
    };
    const timer = clock.after(timeoutMs, over.resolve);
    roll.add(listener);
    try {
      bus.publish(subject, pack(producer));
      await over.promise;
    } finally {
      timer.cancel();
      roll.delete(listener);
    }
    return found;
  }

  /**
   * Has one engine node do something. Rejects with a ClusterFault when it does not answer.
   */
  async instruct(node: NodeId, instruction: NodeInstruction): Promise<InstructionAnswer> {
    const subject = clusterSubjects.control(node);
    const request = { timeoutMs: instructTimeoutMs };
    const answer = await this.#options.bus.request(subject, pack(instruction), request);
    return unpack(answer) as InstructionAnswer;
  }

  close(): Promise<void> {
    this.#subscription.unsubscribe();
    for (const producer of this.#producers) producer.close();
    return Promise.resolve();
  }

  #hear({ subject, payload }: BusMessage): void {
    const report = (error: unknown): void => this.#options.report?.(error, 0);
    const { producer } = this.#options;
    if (subject === clusterSubjects.nodeStatus(producer)) {
      tell(this.#nodes, received(payload, nodeStatusIn, report));
      return;
    }
    if (subject === clusterSubjects.refereeStatus(producer)) {
      tell(this.#referees, received(payload, refereeStatusIn, report));
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

/** Nodes of releases from before say nothing of it: they carry the first version, and go by it. */
function sinceLogicHasVersions(status: NodeStatus): NodeStatus {
  const replicas = status.replicas.map((replica) => ({
    ...({ logic: 1, placementEpoch: 0, moving: "" } as const),
    ...replica,
  }));
  return { ...{ logicMax: 1, isDrained: false }, ...status, replicas };
}

/** Those who gather what is answered to a question that everybody hears. */
type Roll<Status> = Set<(status: Status) => void>;

interface RollCall<Status> {
  readonly timeoutMs: number;
  /** Whether nobody else is to be waited for. */
  readonly isComplete: (soFar: readonly Status[]) => boolean;
}

function tell<Status>(roll: Roll<Status>, status: Status | undefined): void {
  if (status === undefined) return;
  for (const listener of roll) listener(status);
}

/** Each once, the last that it said. */
function byName<Status>(
  found: readonly Status[],
  nameOf: (status: Status) => string,
): readonly Status[] {
  const named = new Map(found.map((status) => [nameOf(status), status]));
  return [...named.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function refereeStatusIn(payload: Uint8Array): RefereeStatus {
  const status = unpack(payload);
  if (typeof status === "object" && status !== null && "referee" in status && "shards" in status) {
    return status as RefereeStatus;
  }
  throw new MalformedRecords("not a referee's status");
}

function nodeStatusIn(payload: Uint8Array): NodeStatus {
  const status = unpack(payload);
  if (typeof status === "object" && status !== null && "node" in status && "replicas" in status) {
    return sinceLogicHasVersions(status as NodeStatus);
  }
  throw new MalformedRecords("not a node's status");
}

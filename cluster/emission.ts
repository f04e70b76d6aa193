/**
 * Emission: turns a step's outputs into what goes out: replies to producers, public messages, and
 * the feed message that tells the step is sent.
 *
 * Runs on every node but only the emitter's calls it. Sending a step twice is harmless: whoever
 * listens knows each output by (shard, sequence, index).
 *
 * Replies go out at once, for somebody waits for them, what the public hears in the next turn, and
 * the feed tells a little later that both are out. A lone order costs every process of the cluster
 * most by being woken for it: so the other nodes are woken once for several steps, and not while
 * the order is still on its way.
 */
import type { FeedKind, FeedMessage, NodeId, ProducerId } from "../protocols/index.ts";
import {
  clusterSubjects,
  encodeFeed,
  encodeReplies,
  isShardProducer,
  RecordWriter,
} from "../protocols/index.ts";
import type { FrameAnswer, ShardId } from "../protocols/index.ts";
import type { StepStamp, TickValueOf } from "../protocols/api/feed-rendering.ts";
import type { Step } from "../actors/index.ts";
import type { Bus } from "./bus.ts";
import type { Clock, Timer } from "./clock.ts";
import type { HashedStep } from "./step-history.ts";
import { toldStepsMin } from "./step-history.ts";

/**
 * Who sends what a step gives: the one replica that the log has chosen, or all of them, so that
 * nothing is missed when one dies. Whoever listens drops what it has had.
 */
export type EmissionMode = "chosen" | "all";

/** Where the public hears of a step: market data and execution reports. */
export interface PublicChannel {
  /** The bytes of all events of the step: an event is named by its place among them. */
  publish(events: Uint8Array, stamp: StepStamp, tickValueOf: TickValueOf): void;
  /** Calls back whenever what was published last may have got lost. */
  onLoss?(listener: () => void): void;
}

export interface EmissionOptions {
  readonly shard: ShardId;
  readonly node: NodeId;
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
  readonly clock: Clock;
  /** As the log has it, once it was formed. */
  readonly clusterName: () => string;
  /** Of any instrument that was told of. */
  readonly tickValueOf: TickValueOf;
}

/** What the feed says of a step. */
type Told = Pick<FeedMessage, "sequence" | "entriesHash" | "outputsHash" | "emitterEpoch">;

const noRecords = new RecordWriter().finish();

/**
 * So many steps may wait to be published: the history keeps at least twice as many from being
 * written over.
 */
const unpublishedMax = toldStepsMin / 2;

/** How long the feed may lag behind: far less than what followers take for silence. */
const feedLagMs = 20;

export class Emission {
  readonly #options: EmissionOptions;
  /** Steps whose replies are out and whose events are not. */
  #unpublished: { readonly step: Step; readonly told: Told }[] = [];
  /** What the feed is to say of steps that are out. */
  #untold: Told[] = [];
  #publishing: Timer | undefined;
  #telling: Timer | undefined;

  constructor(options: EmissionOptions) {
    this.#options = options;
  }

  /** Sends all that a step gave. */
  send({ step, entriesHash, outputsHash }: HashedStep, emitterEpoch: number): void {
    this.#answer(step);
    const told = { sequence: step.sequence, entriesHash, outputsHash, emitterEpoch };
    this.#unpublished.push({ step, told });
    if (this.#unpublished.length === unpublishedMax) this.publish();
    else this.#publishing ??= this.#options.clock.after(0, () => this.publish());
  }

  /** Publishes what was sent and waits for the next turn. */
  publish(): void {
    const { shard, publicChannel, clock, clusterName, tickValueOf } = this.#options;
    const cluster = clusterName();
    const steps = this.#unpublished;
    this.#publishing?.cancel();
    this.#publishing = undefined;
    this.#unpublished = [];
    for (const { step, told } of steps) {
      const { sequence, timeUs } = step;
      publicChannel.publish(step.events, { cluster, shard, sequence, timeUs }, tickValueOf);
      this.#untold.push(told);
    }
    if (steps.length > 0) this.#telling ??= clock.after(feedLagMs, () => this.#tell());
  }

  /** Says something on the feed, after all that was sent before. */
  say(kind: Exclude<FeedKind, "step">, told: Told): void {
    this.publish();
    this.#tell();
    this.#onFeed(kind, told);
  }

  /** Sends no more. */
  end(): void {
    this.#publishing?.cancel();
    this.#telling?.cancel();
    this.#publishing = this.#telling = undefined;
    this.#unpublished = [];
    this.#untold = [];
  }

  #tell(): void {
    const steps = this.#untold;
    this.#telling?.cancel();
    this.#telling = undefined;
    this.#untold = [];
    for (const told of steps) this.#onFeed("step", told);
  }

  #onFeed(kind: FeedKind, told: Told): void {
    const { shard, node, bus } = this.#options;
    bus.publish(clusterSubjects.feed(shard), encodeFeed({ kind, shard, node, ...told }));
  }

  #answer(step: Step): void {
    const { header, replies } = step;
    for (const { producer, records } of replies) this.#sendReplies(step, producer, records);
    const isAnswered = replies.some(({ producer }) => producer === header?.producer);
    if (header !== undefined && !isAnswered) this.#sendReplies(step, header.producer, noRecords);
  }

  #sendReplies(step: Step, producer: ProducerId, records: Uint8Array): void {
    // A shard sees in its own replica of this one what became of its frames.
    if (isShardProducer(producer)) return;
    const { shard, bus } = this.#options;
    const { sequence, timeUs } = step;
    const frame = producer === step.header?.producer ? frameAnswerOf(step) : undefined;
    const message = encodeReplies({ shard, sequence, timeUs, frame, records });
    bus.publish(clusterSubjects.reply(shard, producer), message);
  }
}

function frameAnswerOf({ header, verdict, expectedFrame }: Step): FrameAnswer | undefined {
  if (header === undefined) return undefined;
  return { epoch: header.epoch, frame: header.frame, verdict, expectedFrame };
}

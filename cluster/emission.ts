/**
 * Emission: turns a step's outputs into what goes out: replies to producers, public messages, and
 * the feed message that tells the step is sent.
 *
 * Runs on every node but only the emitter's calls it. Sending a step twice is harmless: whoever
 * listens knows each output by (shard, sequence, index).
 */
import type {
  CommandReplied,
  FeedKind,
  NodeId,
  OrderReplied,
  ShardEvent,
} from "../protocols/index.ts";
import {
  clusterSubjects,
  encodeFeed,
  encodeReplies,
  readEvent,
  RecordReader,
} from "../protocols/index.ts";
import type { FrameAnswer, ShardId } from "../protocols/index.ts";
import type { StepStamp } from "../protocols/api/feed-rendering.ts";
import type { Step } from "../actors/index.ts";
import type { Bus } from "./bus.ts";
import type { HashedStep } from "./step-history.ts";

/** Where the public hears of a step: market data and execution reports. */
export interface PublicChannel {
  /** All events of the step, in order: an event is named by its place among them. */
  publish(events: readonly ShardEvent[], stamp: StepStamp): void;
}

export interface EmissionOptions {
  readonly shard: ShardId;
  readonly node: NodeId;
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
}

export class Emission {
  readonly #options: EmissionOptions;

  constructor(options: EmissionOptions) {
    this.#options = options;
  }

  /** Sends all that a step gave, the feed message last: it says that the rest has gone out. */
  send({ step, outputsHash }: HashedStep, emitterEpoch: number): void {
    this.#sendOutputs(step);
    this.tell("step", { sequence: step.sequence, outputsHash, emitterEpoch });
  }

  tell(
    kind: FeedKind,
    at: { sequence: number; outputsHash: Uint8Array; emitterEpoch: number },
  ): void {
    const { shard, node, bus } = this.#options;
    bus.publish(clusterSubjects.feed(shard), encodeFeed({ kind, shard, node, ...at }));
  }

  #sendOutputs(step: Step): void {
    const replies = new Map<string, (OrderReplied | CommandReplied)[]>();
    if (step.header !== undefined) replies.set(step.header.producer, []);
    const events: ShardEvent[] = [];
    const reader = RecordReader.of(step.events);
    while (reader.hasMore) {
      const event = readEvent(reader);
      events.push(event);
      if (event.kind !== "order-replied" && event.kind !== "command-replied") continue;
      const list = replies.get(event.origin.producer);
      if (list === undefined) replies.set(event.origin.producer, [event]);
      else list.push(event);
    }
    this.#sendReplies(step, replies);
    const { sequence, timeUs } = step;
    this.#options.publicChannel.publish(events, { shard: this.#options.shard, sequence, timeUs });
  }

  #sendReplies(
    step: Step,
    replies: ReadonlyMap<string, readonly (OrderReplied | CommandReplied)[]>,
  ): void {
    const { shard, bus } = this.#options;
    for (const [producer, list] of replies) {
      const frame = producer === step.header?.producer ? frameAnswerOf(step) : undefined;
      const message = encodeReplies({ shard, sequence: step.sequence, frame, replies: list });
      bus.publish(clusterSubjects.reply(shard, producer), message);
    }
  }
}

function frameAnswerOf({ header, verdict, expectedFrame }: Step): FrameAnswer | undefined {
  if (header === undefined) return undefined;
  return { epoch: header.epoch, frame: header.frame, verdict, expectedFrame };
}

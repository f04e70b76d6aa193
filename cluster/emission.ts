/**
 * Emission: turns a step's outputs into what goes out: replies to producers, public messages, and
 * the feed message that tells the step is sent.
 *
 * Runs on every node but only the emitter's calls it. Sending a step twice is harmless: whoever
 * listens knows each output by (shard, sequence, index).
 */
import type { FeedKind, NodeId, ProducerId } from "../protocols/index.ts";
import {
  clusterSubjects,
  encodeFeed,
  encodeReplies,
  isShardProducer,
  RecordWriter,
} from "../protocols/index.ts";
import type { FrameAnswer, ShardId } from "../protocols/index.ts";
import type { StepStamp } from "../protocols/api/feed-rendering.ts";
import type { Step } from "../actors/index.ts";
import type { Bus } from "./bus.ts";
import type { HashedStep } from "./step-history.ts";

/** Where the public hears of a step: market data and execution reports. */
export interface PublicChannel {
  /** The bytes of all events of the step: an event is named by its place among them. */
  publish(events: Uint8Array, stamp: StepStamp): void;
  /** Calls back whenever what was published last may have got lost. */
  onLoss?(listener: () => void): void;
}

export interface EmissionOptions {
  readonly shard: ShardId;
  readonly node: NodeId;
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
}

const noRecords = new RecordWriter().finish();

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
    const { shard, publicChannel } = this.#options;
    const { header, replies, sequence, timeUs } = step;
    for (const { producer, records } of replies) this.#sendReplies(step, producer, records);
    const isAnswered = replies.some(({ producer }) => producer === header?.producer);
    if (header !== undefined && !isAnswered) this.#sendReplies(step, header.producer, noRecords);
    publicChannel.publish(step.events, { shard, sequence, timeUs });
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

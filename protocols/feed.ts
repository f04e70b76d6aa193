/**
 * What the emitter of a shard sends inside the cluster: one feed message per step, heartbeats while
 * there is nothing to say, and the replies for each producer.
 *
 * The feed tells followers how far the outputs have gone out and what they hashed to; replies tell
 * producers what became of their frames and commands. All of it may be lost or come twice.
 */
import { readEvent } from "./event-codec.ts";
import type { CommandReplied, OrderReplied } from "./events.ts";
import type { NodeId, ShardId } from "./identifiers.ts";
import { Fields } from "./record-fields.ts";
import { MalformedRecords, pack, RecordReader, unpack } from "./records.ts";
import type { TimeUs } from "./units.ts";

const feedVersion = 2;
const repliesVersion = 1;

/**
 * `step`: outputs up to `sequence` have gone out. `farewell`: the emitter stops; claim at once.
 * `testimony`, from any node: what it computed for a step that is in dispute.
 */
export type FeedKind = (typeof feedKinds)[number];
const feedKinds = ["step", "heartbeat", "farewell", "testimony"] as const;

export interface FeedMessage {
  readonly kind: FeedKind;
  readonly shard: ShardId;
  readonly node: NodeId;
  readonly emitterEpoch: number;
  /** The last step whose outputs have been sent; in a testimony, the step in dispute. */
  readonly sequence: number;
  /** The chain hash over all entries up to that step, as this node read them, */
  readonly entriesHash: Uint8Array;
  /** and the one over all outputs up to it. */
  readonly outputsHash: Uint8Array;
}

export function encodeFeed(message: FeedMessage): Uint8Array<ArrayBuffer> {
  return pack([
    feedVersion,
    message.kind,
    message.shard,
    message.node,
    message.emitterEpoch,
    message.sequence,
    message.entriesHash,
    message.outputsHash,
  ]);
}

/** Throws {@link MalformedRecords}. */
export function decodeFeed(bytes: Uint8Array): FeedMessage {
  const fields = fieldsIn(bytes, feedVersion);
  const message = {
    kind: fields.word(feedKinds),
    shard: fields.count(),
    node: fields.party(),
    emitterEpoch: fields.count(),
    sequence: fields.count(),
    entriesHash: fields.bytes(),
    outputsHash: fields.bytes(),
  };
  fields.end();
  return message;
}

/**
 * What becomes of a frame: applied, or not because it came after its deadline, was applied before,
 * skips a number, comes from a process that has been replaced, or cannot be read.
 */
export type FrameVerdict = (typeof frameVerdicts)[number];
const frameVerdicts = [
  "applied",
  "expired",
  "duplicate",
  "gap",
  "stale-epoch",
  "malformed",
] as const;

export interface FrameAnswer {
  readonly epoch: number;
  readonly frame: number;
  readonly verdict: FrameVerdict;
  /** The frame the shard wants next within the epoch. */
  readonly expectedFrame: number;
}

export interface ReplyMessage {
  readonly shard: ShardId;
  readonly sequence: number;
  /** The log's time at that step: what a frame's deadline is measured by. */
  readonly timeUs: TimeUs;
  /** Set when the step judged a frame of the producer's own. */
  readonly frame: FrameAnswer | undefined;
  readonly replies: readonly (OrderReplied | CommandReplied)[];
}

/** A reply message whose replies are records already. */
export interface SealedReplies extends Omit<ReplyMessage, "replies"> {
  readonly records: Uint8Array;
}

export function encodeReplies(message: SealedReplies): Uint8Array<ArrayBuffer> {
  const { shard, sequence, timeUs, frame, records } = message;
  const answer =
    frame === undefined ? null : [frame.epoch, frame.frame, frame.verdict, frame.expectedFrame];
  return pack([repliesVersion, shard, sequence, timeUs, answer, records]);
}

/** Throws {@link MalformedRecords}. */
export function decodeReplies(bytes: Uint8Array): ReplyMessage {
  const fields = fieldsIn(bytes, repliesVersion);
  const shard = fields.count();
  const sequence = fields.count();
  const timeUs = fields.count();
  const answer = fields.optionalList();
  const replies = repliesIn(fields.bytes());
  fields.end();
  const frame = answer === undefined ? undefined : frameAnswerIn(answer);
  return { shard, sequence, timeUs, frame, replies };
}

/** Reads the replies of a step. Throws {@link MalformedRecords}. */
export function repliesIn(records: Uint8Array): (OrderReplied | CommandReplied)[] {
  const reader = RecordReader.of(records);
  const replies: (OrderReplied | CommandReplied)[] = [];
  while (reader.hasMore) {
    const event = readEvent(reader);
    if (event.kind !== "order-replied" && event.kind !== "command-replied") {
      throw new MalformedRecords("not a reply");
    }
    replies.push(event);
  }
  return replies;
}

function frameAnswerIn(answer: readonly unknown[]): FrameAnswer {
  const fields = new Fields(answer);
  const frame = {
    epoch: fields.count(1),
    frame: fields.count(1),
    verdict: fields.word(frameVerdicts),
    expectedFrame: fields.count(),
  };
  fields.end();
  return frame;
}

function fieldsIn(bytes: Uint8Array, version: number): Fields {
  const list = unpack(bytes);
  if (!Array.isArray(list)) throw new MalformedRecords("not a list");
  const fields = new Fields(list);
  if (fields.integer() !== version) throw new MalformedRecords("not a message of this version");
  return fields;
}

/**
 * What the emitter of a shard sends inside the cluster: one feed message per step, heartbeats while
 * there is nothing to say, and the replies for each producer.
 *
 * The feed tells followers how far the outputs have gone out and what they hashed to; replies tell
 * producers what became of their frames and commands. All of it may be lost or come twice.
 */
import { readEvent, writeEvent } from "./event-codec.ts";
import type { CommandReplied, OrderReplied } from "./events.ts";
import type { NodeId, ShardId } from "./identifiers.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";

const feedVersion = 1;

/** `step`: outputs up to `sequence` have gone out. `farewell`: the emitter stops; claim at once. */
export type FeedKind = "step" | "heartbeat" | "farewell";

export interface FeedMessage {
  readonly kind: FeedKind;
  readonly shard: ShardId;
  readonly node: NodeId;
  readonly emitterEpoch: number;
  /** The last step whose outputs have been sent. */
  readonly sequence: number;
  /** The chain hash over all outputs up to that step. */
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
    message.outputsHash,
  ]);
}

/** Throws {@link MalformedRecords}. */
export function decodeFeed(bytes: Uint8Array): FeedMessage {
  const [kind, shard, node, emitterEpoch, sequence, outputsHash] = listIn(bytes, feedVersion);
  return {
    kind: kind as FeedKind,
    shard: shard as number,
    node: node as string,
    emitterEpoch: emitterEpoch as number,
    sequence: sequence as number,
    outputsHash: outputsHash as Uint8Array,
  };
}

/** What became of one frame. */
export interface FrameAnswer {
  readonly epoch: number;
  readonly frame: number;
  readonly verdict: "applied" | "duplicate" | "gap" | "stale-epoch" | "malformed";
  /** The frame the shard wants next within the epoch. */
  readonly expectedFrame: number;
}

export interface ReplyMessage {
  readonly shard: ShardId;
  readonly sequence: number;
  /** Set when the step applied a frame of the producer's own. */
  readonly frame: FrameAnswer | undefined;
  readonly replies: readonly (OrderReplied | CommandReplied)[];
}

export function encodeReplies(message: ReplyMessage): Uint8Array<ArrayBuffer> {
  const writer = new RecordWriter();
  for (const reply of message.replies) writeEvent(writer, reply);
  const { frame } = message;
  const answer =
    frame === undefined ? null : [frame.epoch, frame.frame, frame.verdict, frame.expectedFrame];
  return pack([feedVersion, message.shard, message.sequence, answer, ...writer.parts()]);
}

/** Throws {@link MalformedRecords}. */
export function decodeReplies(bytes: Uint8Array): ReplyMessage {
  const [shard, sequence, answer, ...parts] = listIn(bytes, feedVersion);
  const reader = new RecordReader(parts);
  const replies: (OrderReplied | CommandReplied)[] = [];
  while (reader.hasMore) {
    const event = readEvent(reader);
    if (event.kind !== "order-replied" && event.kind !== "command-replied") {
      throw new MalformedRecords("not a reply");
    }
    replies.push(event);
  }
  return {
    shard: shard as number,
    sequence: sequence as number,
    frame: answer === null ? undefined : frameAnswerIn(answer),
    replies,
  };
}

function frameAnswerIn(answer: unknown): FrameAnswer {
  if (!Array.isArray(answer)) throw new MalformedRecords("not a frame's answer");
  const [epoch, frame, verdict, expectedFrame] = answer as unknown[];
  return {
    epoch: epoch as number,
    frame: frame as number,
    verdict: verdict as FrameAnswer["verdict"],
    expectedFrame: expectedFrame as number,
  };
}

function listIn(bytes: Uint8Array, version: number): readonly unknown[] {
  const list = unpack(bytes);
  if (!Array.isArray(list) || list[0] !== version) {
    throw new MalformedRecords("not a message of this version");
  }
  return list.slice(1) as unknown[];
}

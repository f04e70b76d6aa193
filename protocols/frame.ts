/**
 * Frames: the batch of messages inside one log entry, and who appended it.
 *
 * A producer numbers its frames from 1 within an epoch, one numbering per shard it appends to, so
 * that a replica can drop what arrives twice and refuse what arrives out of turn.
 */
import { assert } from "./assert.ts";
import type { ProducerId } from "./identifiers.ts";
import { isProducerId } from "./identifiers.ts";
import { readMessage, writeMessage } from "./message-codec.ts";
import type { Message } from "./messages.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";

/** The layout below; a reader refuses what it does not know. */
const frameVersion = 1;

/** A frame is closed once its rows reach this many bytes. */
export const frameBytesMax = 64 * 1024;

export interface FrameHeader {
  readonly producer: ProducerId;
  /** Rises with each start of the producer. */
  readonly epoch: number;
  /** Counts frames within (producer, epoch, shard) from 1. */
  readonly frame: number;
}

export interface Frame extends FrameHeader {
  readonly messages: readonly Message[];
}

/** Collects messages until the frame is sent. */
export class FrameBuilder {
  readonly #writer = new RecordWriter();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#writer.length >= frameBytesMax || this.#count >= 65_535;
  }

  /** Returns the message's index within the frame. */
  add(message: Message): number {
    writeMessage(this.#writer, message);
    return this.#count++;
  }

  /** The frame's bytes; the builder is empty again. */
  finish(header: FrameHeader): Uint8Array<ArrayBuffer> {
    assert(isProducerId(header.producer));
    assert(header.epoch >= 1 && header.frame >= 1);
    const parts = this.#writer.parts();
    const bytes = pack([frameVersion, header.producer, header.epoch, header.frame, ...parts]);
    this.#writer.reset();
    this.#count = 0;
    return bytes;
  }
}

/** Encodes a whole frame at once. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const builder = new FrameBuilder();
  for (const message of frame.messages) builder.add(message);
  return builder.finish(frame);
}

/** Reads a frame. Throws {@link MalformedRecords} on anything that is not exactly one. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const parts = unpackFrame(bytes);
  const [version, producer, epoch, frame, ...records] = parts;
  if (version !== frameVersion) throw new MalformedRecords("frame version not known");
  if (typeof producer !== "string" || !isProducerId(producer)) {
    throw new MalformedRecords("producer is not a producer id");
  }
  if (!isCount(epoch)) throw new MalformedRecords("epoch is not a count");
  if (!isCount(frame)) throw new MalformedRecords("frame number is not a count");
  const reader = new RecordReader(records);
  const messages: Message[] = [];
  while (reader.hasMore) messages.push(readMessage(reader));
  return { producer, epoch, frame, messages };
}

function unpackFrame(bytes: Uint8Array): readonly unknown[] {
  let parts: unknown;
  try {
    parts = unpack(bytes);
  } catch (cause) {
    throw new MalformedRecords("frame is not msgpack", { cause });
  }
  if (!Array.isArray(parts)) throw new MalformedRecords("frame is not a list");
  return parts;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

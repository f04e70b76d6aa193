/**
 * Frames: the batch of messages inside one log entry, and who appended it.
 *
 * A producer numbers its frames from 1 within an epoch, one numbering per shard it appends to, so
 * that a replica can drop what arrives twice and refuse what arrives out of turn. A frame can say
 * until when it may be applied, so that one which was long on its way does nothing any more.
 */
import { assert } from "./assert.ts";
import type { ProducerId } from "./identifiers.ts";
import { isProducerId } from "./identifiers.ts";
import { readMessage, writeMessage } from "./message-codec.ts";
import type { Message } from "./messages.ts";
import { Fields } from "./record-fields.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";
import { isPlainMsgpack } from "./api/plain-msgpack.ts";
import type { TimeUs } from "./units.ts";

/** The layout below; a reader refuses what it does not know. */
const frameVersion = 1;

/** A frame is closed once its messages reach this many bytes. */
export const frameBytesMax = 64 * 1024;
/** A message's place in its frame is 16 bits wide. */
const messagesPerFrameMax = 65_535;

/** Whose frame it is, and which. */
export interface FrameHeader {
  readonly producer: ProducerId;
  /** Rises with each start of the producer. */
  readonly epoch: number;
  /** Counts frames within (producer, epoch, shard) from 1. */
  readonly frame: number;
}

/** The deadline of a frame that may be applied however late it comes. */
export const neverExpires: TimeUs = 0;

/** What stands before a frame's messages. */
export interface FrameEnvelope extends FrameHeader {
  /** In log time: an entry stamped later only uses the number up; or {@link neverExpires}. */
  readonly expiresAtUs: TimeUs;
}

export interface Frame extends FrameEnvelope {
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
    return this.#writer.length >= frameBytesMax || this.#count >= messagesPerFrameMax;
  }

  /** Returns the message's index within the frame. */
  add(message: Message): number {
    assert(this.#count < messagesPerFrameMax, "more messages than a frame can number");
    writeMessage(this.#writer, message);
    return this.#count++;
  }

  /** The frame's bytes; the builder is empty again. */
  finish({ producer, epoch, frame, expiresAtUs }: FrameEnvelope): Uint8Array<ArrayBuffer> {
    assert(isProducerId(producer));
    assert(epoch >= 1 && frame >= 1);
    assert(Number.isSafeInteger(expiresAtUs) && expiresAtUs >= 0);
    const parts = this.#writer.parts();
    const bytes = pack([frameVersion, producer, epoch, frame, expiresAtUs, ...parts]);
    this.#writer.reset();
    this.#count = 0;
    return bytes;
  }
}

/**
 * Encodes a whole frame at once; it never expires unless it says when.
 *
 * @internal The product builds frames message by message.
 */
export function encodeFrame(
  frame: Omit<Frame, "expiresAtUs"> & Partial<Frame>,
): Uint8Array<ArrayBuffer> {
  const builder = new FrameBuilder();
  for (const message of frame.messages) builder.add(message);
  return builder.finish({ expiresAtUs: neverExpires, ...frame });
}

/** A frame whose header has been read and whose messages have not. */
export interface SealedFrame extends FrameEnvelope {
  readonly records: readonly unknown[];
}

/**
 * Reads a frame. Throws {@link MalformedRecords} on anything that is not exactly one.
 *
 * @internal The product judges a frame before it reads its messages.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  const sealed = unsealFrame(bytes);
  const { producer, epoch, frame, expiresAtUs } = sealed;
  return { producer, epoch, frame, expiresAtUs, messages: messagesIn(sealed) };
}

/**
 * Reads the header alone, so that a producer can be told of a frame whose messages cannot be read.
 * Throws {@link MalformedRecords}.
 */
export function unsealFrame(bytes: Uint8Array): SealedFrame {
  if (!isPlainMsgpack(bytes)) throw new MalformedRecords("frame is not plain msgpack");
  const parts = unpack(bytes);
  if (!Array.isArray(parts)) throw new MalformedRecords("frame is not a list");
  const fields = new Fields(parts);
  if (fields.integer() !== frameVersion) throw new MalformedRecords("frame version not known");
  const producer = fields.party();
  const epoch = fields.count(1);
  const frame = fields.count(1);
  const expiresAtUs = fields.count();
  return { producer, epoch, frame, expiresAtUs, records: fields.rest() };
}

/** Reads the messages. Throws {@link MalformedRecords}. */
export function messagesIn({ records }: SealedFrame): readonly Message[] {
  const reader = new RecordReader(records);
  const messages: Message[] = [];
  while (reader.hasMore) messages.push(readMessage(reader));
  return messages;
}

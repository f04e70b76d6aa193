/**
 * Frames: the batch of messages inside one log entry, and who appended it.
 *
 * A producer numbers its frames from 1 within an epoch, one numbering per shard it appends to, so
 * that a replica can drop what arrives twice and refuse what arrives out of turn. A frame can say
 * until when it may be applied, so that one which was long on its way does nothing any more.
 *
 * A seal over all of it shows whether a server's disk, or anybody on the way, has changed a byte.
 * Notes may stand before the messages, for whoever follows what became of those: frame-notes.ts.
 */
import { assert } from "./assert.ts";
import type { ProducerId } from "./identifiers.ts";
import { isProducerId } from "./identifiers.ts";
import { murmur32 } from "./murmur.ts";
import { readMessage, writeMessage } from "./message-codec.ts";
import type { Message } from "./messages.ts";
import { Fields } from "./record-fields.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";
import { isPlainMsgpack } from "./api/plain-msgpack.ts";
import type { TimeUs } from "./units.ts";

/**
 * The layouts below; a reader refuses what it does not know. The first one has no seal, and is read
 * for ever. The third one is the second with notes.
 */
const unsealedFrameVersion = 1;
const frameVersion = 2;
const notedFrameVersion = 3;

/** A list's head is 1, 3 or 5 bytes; the version follows, and the seal as four bytes of data. */
const sealHead = [0xc4, 4];
const sealBytes = 4;

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
  /** What the producer noted, as bytes that do nothing. */
  readonly notes?: Uint8Array;
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
  finish({ producer, epoch, frame, expiresAtUs, notes }: FrameEnvelope): Uint8Array<ArrayBuffer> {
    assert(isProducerId(producer));
    assert(epoch >= 1 && frame >= 1);
    assert(Number.isSafeInteger(expiresAtUs) && expiresAtUs >= 0);
    const parts = this.#writer.parts();
    const seal = new Uint8Array(sealBytes);
    const head = [seal, producer, epoch, frame, expiresAtUs];
    const bytes =
      notes === undefined
        ? pack([frameVersion, ...head, ...parts])
        : pack([notedFrameVersion, ...head, notes, ...parts]);
    sealFrame(bytes);
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

/** Reads a frame. Throws {@link MalformedRecords} on anything that is not exactly one. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const sealed = unsealFrame(bytes);
  const { records, ...envelope } = sealed;
  return { ...envelope, messages: messagesIn({ records }) };
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
  const version = fields.integer();
  if (version === frameVersion || version === notedFrameVersion) {
    if (!isSealWhole(bytes)) throw new MalformedRecords("frame was altered");
    fields.bytes();
  } else if (version !== unsealedFrameVersion) {
    throw new MalformedRecords("frame version not known");
  }
  const producer = fields.party();
  const epoch = fields.count(1);
  const frame = fields.count(1);
  const expiresAtUs = fields.count();
  const notes = version === notedFrameVersion ? { notes: fields.bytes() } : {};
  return { producer, epoch, frame, expiresAtUs, ...notes, records: fields.rest() };
}

/**
 * Whether these bytes are what a producer of that name made into a frame, as far as can be told
 * without reading the messages: an entry of which that is not so was altered, or never was a frame.
 */
export function isWholeFrameOf(producer: string, bytes: Uint8Array): boolean {
  if (sealAtIn(bytes) === undefined) return isUnsealedFrameOf(producer, bytes);
  const nameAt = (sealAtIn(bytes) ?? 0) + sealBytes;
  // A producer's name is short, and of characters of one byte each.
  if (bytes[nameAt] !== (0xa0 | producer.length)) return false;
  for (let at = 0; at < producer.length; at++) {
    if (bytes[nameAt + 1 + at] !== producer.charCodeAt(at)) return false;
  }
  return isSealWhole(bytes);
}

function isUnsealedFrameOf(producer: string, bytes: Uint8Array): boolean {
  try {
    return unsealFrame(bytes).producer === producer;
  } catch (error) {
    if (error instanceof MalformedRecords) return false;
    throw error;
  }
}

/**
 * Seals a frame as it is.
 *
 * @internal Elsewhere only tests do so, for frames that no builder makes.
 */
export function sealFrame(bytes: Uint8Array): void {
  const sealAt = sealAtIn(bytes);
  assert(sealAt !== undefined);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(sealAt, sealOf(bytes, sealAt));
}

function isSealWhole(bytes: Uint8Array): boolean {
  const sealAt = sealAtIn(bytes);
  if (sealAt === undefined || bytes.length < sealAt + sealBytes) return false;
  const seal = new DataView(bytes.buffer, bytes.byteOffset).getUint32(sealAt);
  return seal === sealOf(bytes, sealAt);
}

/** Of all that follows it; how many things do is told by what stands before it. */
function sealOf(bytes: Uint8Array, sealAt: number): number {
  const [first = 0, second = 0, third = 0] = bytes;
  return murmur32(bytes, sealAt + sealBytes, (first << 16) | (second << 8) | third);
}

/** Where the seal lies; undefined in what is no frame with one. */
function sealAtIn(bytes: Uint8Array): number | undefined {
  const head = bytes[0] === 0xdc ? 3 : bytes[0] === 0xdd ? 5 : 1;
  const version = bytes[head];
  if (version !== frameVersion && version !== notedFrameVersion) return undefined;
  const isHead = sealHead.every((byte, at) => bytes[head + 1 + at] === byte);
  return isHead ? head + 1 + sealHead.length : undefined;
}

/** Reads the messages. Throws {@link MalformedRecords}. */
export function messagesIn({ records }: Pick<SealedFrame, "records">): readonly Message[] {
  const reader = new RecordReader(records);
  const messages: Message[] = [];
  while (reader.hasMore) messages.push(readMessage(reader));
  return messages;
}

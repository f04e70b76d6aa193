/**
 * Method: bytes that no writer wrote, in three ways: drawn at random, cut off, and with bits
 * flipped. Whoever reads a log, a feed or a batch must either read records or throw
 * MalformedRecords, whatever the bytes; anything else would stop every replica at the same entry.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvent } from "./event-codec.ts";
import { decodeFeed, decodeReplies, encodeFeed, encodeReplies } from "./feed.ts";
import { decodeFrame, encodeFrame } from "./frame.ts";
import { readMessage, writeMessage } from "./message-codec.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter } from "./records.ts";
import { writeEvent } from "./event-codec.ts";
import { anyEvent, eventsOf, recordsOf } from "./testing/events.ts";
import { anyMessage } from "./testing/messages.ts";

const numRuns = 3000;

function readAll<Record>(bytes: Uint8Array, read: (reader: RecordReader) => Record): Record[] {
  const reader = RecordReader.of(bytes);
  const records: Record[] = [];
  while (reader.hasMore) records.push(read(reader));
  return records;
}

const decoders = {
  messages: (bytes: Uint8Array): unknown => readAll(bytes, readMessage),
  events: (bytes: Uint8Array): unknown => readAll(bytes, readEvent),
  frame: decodeFrame,
  feed: decodeFeed,
  replies: decodeReplies,
} as const;

const messageBatches = fc.array(anyMessage, { minLength: 1, maxLength: 8 });
const eventBatches = fc.array(anyEvent, { minLength: 1, maxLength: 8 });
const replies = fc.array(fc.oneof(eventsOf("order-replied"), eventsOf("command-replied")), {
  maxLength: 4,
});

const encoded: { readonly [Name in keyof typeof decoders]: fc.Arbitrary<Uint8Array> } = {
  messages: messageBatches.map((messages) => {
    const writer = new RecordWriter();
    for (const message of messages) writeMessage(writer, message);
    return writer.finish();
  }),
  events: eventBatches.map((events) => {
    const writer = new RecordWriter();
    for (const event of events) writeEvent(writer, event);
    return writer.finish();
  }),
  frame: messageBatches.map((messages) =>
    encodeFrame({ producer: "gw-1", epoch: 1, frame: 7, messages }),
  ),
  feed: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((outputsHash) =>
    encodeFeed({
      kind: "step",
      shard: 0,
      node: "e1",
      emitterEpoch: 2,
      sequence: 9,
      entriesHash: outputsHash,
      outputsHash,
    }),
  ),
  replies: replies.map((list) =>
    encodeReplies({
      shard: 0,
      sequence: 9,
      timeUs: 1_700_000_000_000_000,
      frame: { epoch: 1, frame: 2, verdict: "gap", expectedFrame: 1 },
      records: recordsOf(list),
    }),
  ),
};

function expectReadOrMalformed(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    decode(bytes);
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
  }
}

const names = Object.keys(decoders) as (keyof typeof decoders)[];

describe.each(names)("bytes read as %s", (name) => {
  const decode = decoders[name];

  it("are read, or malformed and nothing else, when they are random", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expectReadOrMalformed(decode, bytes);
    });
    fc.assert(property, { numRuns });
  });

  it("are read, or malformed and nothing else, when they are some msgpack", () => {
    const property = fc.property(fc.anything({ withBigInt: false }), (value) => {
      let bytes: Uint8Array;
      try {
        bytes = pack(value);
      } catch {
        return; // Not everything can be packed.
      }
      expectReadOrMalformed(decode, bytes);
    });
    fc.assert(property, { numRuns });
  });

  it("are malformed wherever they are cut off", () => {
    const property = fc.property(encoded[name], fc.double({ min: 0, max: 1 }), (bytes, part) => {
      const length = Math.floor(part * (bytes.length - 1));
      expect(() => decode(bytes.subarray(0, length))).toThrow(MalformedRecords);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("are malformed when anything follows", () => {
    const property = fc.property(encoded[name], fc.uint8Array({ minLength: 1 }), (bytes, more) => {
      const longer = Uint8Array.from([...bytes, ...more]);
      expect(() => decode(longer)).toThrow(MalformedRecords);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("are read, or malformed and nothing else, with bits flipped", () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 });
    const property = fc.property(encoded[name], flips, (bytes, places) => {
      const flipped = Uint8Array.from(bytes);
      for (const [at, bit] of places) flipped[at % flipped.length]! ^= 1 << bit;
      expectReadOrMalformed(decode, flipped);
    });
    fc.assert(property, { numRuns });
  });
});

describe("reading malformed bytes", () => {
  it("leaves nothing behind that changes how the next are read", () => {
    // msgpack extensions can define records that later values are read by.
    const define = Uint8Array.of(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61);
    const sound = encodeFrame({ producer: "gw-1", epoch: 64, frame: 65, messages: [] });
    const before = decodeFrame(sound);
    const hostile = fc.oneof(
      fc.constant(define),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([...define, ...bytes])),
    );
    const property = fc.property(hostile, (bytes) => {
      expectReadOrMalformed(decoders.messages, bytes);
      expect(decodeFrame(sound)).toEqual(before);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

import { describe, expect, it } from "vitest";
import { InvariantViolation } from "./assert.ts";
import {
  decodeFrame,
  encodeFrame,
  FrameBuilder,
  frameBytesMax,
  isWholeFrameOf,
  messagesIn,
  neverExpires,
  unsealFrame,
} from "./frame.ts";
import type { Message, PlaceOrder } from "./messages.ts";
import { MalformedRecords, pack, unpack } from "./records.ts";
import { expectGolden, hexDocument, readHexDocument } from "./testing/golden-file.ts";
import { messageExamples, messageKinds } from "./testing/messages.ts";

const header = { producer: "gw-1", epoch: 3, frame: 17, expiresAtUs: 1_700_000_010_000_000 };
const everything = messageKinds.map((kind) => messageExamples[kind]);
const golden = new URL("codec.golden/frame.txt", import.meta.url);
const goldenOfVersion1 = new URL("codec.golden/frame-1.txt", import.meta.url);

describe("a frame", () => {
  it("has bytes that are frozen", () => {
    const bytes = encodeFrame({ ...header, messages: everything });
    expectGolden(golden, hexDocument({ "every kind of message": bytes }));
  });

  it("is read as it has been since its bytes were frozen", () => {
    const bytes = readHexDocument(golden).get("every kind of message")!;
    expect(decodeFrame(bytes)).toEqual({ ...header, messages: everything });
    const first = readHexDocument(goldenOfVersion1).get("every kind of message")!;
    const later = everything.findIndex(({ kind }) => kind === "place-actor");
    expect(decodeFrame(first)).toEqual({ ...header, messages: everything.slice(0, later) });
    expect(isWholeFrameOf(header.producer, first)).toBe(true);
  });

  it("is malformed when any of its bytes was altered, and when it was cut short", () => {
    const messages = everything.slice(0, 3);
    const bytes = encodeFrame({ ...header, messages });
    expect(isWholeFrameOf(header.producer, bytes)).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [0x01, 0x10, 0x80]) {
        const altered = bytes.slice();
        altered[at] = (altered[at] ?? 0) ^ bit;
        expect(() => decodeFrame(altered), `byte ${String(at)}`).toThrow(MalformedRecords);
        expect(isWholeFrameOf(header.producer, altered), `byte ${String(at)}`).toBe(false);
      }
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeFrame(bytes.slice(0, length))).toThrow(MalformedRecords);
      expect(isWholeFrameOf(header.producer, bytes.slice(0, length))).toBe(false);
    }
  });

  it("is whole for the producer whose name it bears, and for no other", () => {
    const long = "gw-".padEnd(31, "x");
    for (const producer of ["g", "gw-1", "node-e1", long]) {
      const bytes = encodeFrame({ ...header, producer, messages: everything });
      expect(isWholeFrameOf(producer, bytes)).toBe(true);
      for (const other of ["h", "gw-2", "gw-11", "gw", "node-e2", ""]) {
        expect(isWholeFrameOf(other, bytes)).toBe(false);
      }
    }
    expect(isWholeFrameOf("gw-1", new Uint8Array())).toBe(false);
    expect(isWholeFrameOf("gw-1", pack("text"))).toBe(false);
  });

  it("gives its header even when its messages cannot be read", () => {
    const bytes = pack([1, "gw-1", 3, 17, header.expiresAtUs, [], Uint8Array.of(99), []]);
    const sealed = unsealFrame(bytes);
    expect(sealed).toMatchObject(header);
    expect(() => messagesIn(sealed)).toThrow(MalformedRecords);
    expect(() => decodeFrame(bytes)).toThrow(MalformedRecords);
  });

  it("may be empty", () => {
    const frame = { ...header, messages: [] };
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  });

  it("never expires unless it says when", () => {
    const bytes = encodeFrame({ producer: "gw-1", epoch: 1, frame: 1, messages: [] });
    expect(decodeFrame(bytes).expiresAtUs).toBe(neverExpires);
  });

  it.each([
    ["of another version", [3, "gw-1", 1, 1, 0, [], new Uint8Array(), []]],
    ["without the seal of its version", [2, "gw-1", 1, 1, 0, [], new Uint8Array(), []]],
    ["whose version is no number", ["1", "gw-1", 1, 1, 0, [], new Uint8Array(), []]],
    ["whose producer is no id", [1, "gw.1", 1, 1, 0, [], new Uint8Array(), []]],
    ["whose producer is no text", [1, 7, 1, 1, 0, [], new Uint8Array(), []]],
    ["of epoch zero", [1, "gw-1", 0, 1, 0, [], new Uint8Array(), []]],
    ["of half an epoch", [1, "gw-1", 0.5, 1, 0, [], new Uint8Array(), []]],
    ["numbered zero", [1, "gw-1", 1, 0, 0, [], new Uint8Array(), []]],
    ["numbered beyond counting", [1, "gw-1", 1, 2 ** 53, 0, [], new Uint8Array(), []]],
    ["that expires before time began", [1, "gw-1", 1, 1, -1, [], new Uint8Array(), []]],
    ["that expires at half a microsecond", [1, "gw-1", 1, 1, 0.5, [], new Uint8Array(), []]],
    ["without a word of when it expires", [1, "gw-1", 1, 1, [], new Uint8Array(), []]],
    ["without records", [1, "gw-1", 1, 1, 0]],
    ["with a part too many", [1, "gw-1", 1, 1, 0, [], new Uint8Array(), [], []]],
    ["that is a map", { version: 1 }],
    ["that is nothing", null],
  ])("is malformed %s", (_, parts) => {
    expect(() => decodeFrame(pack(parts))).toThrow(MalformedRecords);
  });

  it("is malformed when it is no msgpack, or msgpack that builds more than data", () => {
    expect(() => decodeFrame(Uint8Array.of(0xc1))).toThrow("frame is not plain msgpack");
    expect(() => decodeFrame(new Uint8Array())).toThrow("frame is not plain msgpack");
    const extension = Uint8Array.of(0x98, 1, 0xd4, 0x72, 0x40, 1, 1, 0, 0x90, 0xc4, 0, 0x90);
    expect(() => decodeFrame(extension)).toThrow("frame is not plain msgpack");
  });

  it("is malformed when it is nested deeper than frames are", () => {
    // Where a decoder runs out of stack depends on the thread; what is refused may not.
    let deep: unknown = 1;
    for (let depth = 0; depth < 20; depth++) deep = [deep];
    const bytes = pack([1, "gw-1", 1, 1, 0, [], Uint8Array.of(0), [[122, deep]]]);
    expect(() => decodeFrame(bytes)).toThrow("frame is not plain msgpack");
  });
});

describe("building a frame", () => {
  const place: PlaceOrder = messageExamples["place-order"];

  it("numbers the messages from 0 and begins anew after each frame", () => {
    const builder = new FrameBuilder();
    expect([builder.add(place), builder.add({ kind: "tick" })]).toEqual([0, 1]);
    expect(builder.count).toBe(2);
    const first = builder.finish(header);
    expect(builder.count).toBe(0);
    expect(builder.add({ kind: "tick" })).toBe(0);
    const second = builder.finish({ ...header, frame: 18 });
    expect(decodeFrame(first).messages).toEqual([place, { kind: "tick" }]);
    expect(decodeFrame(second)).toEqual({ ...header, frame: 18, messages: [{ kind: "tick" }] });
  });

  it("is full at the size that a log takes, whatever the messages are", () => {
    const longText = "x".repeat(200);
    const fillers: ((count: number) => Message)[] = [
      (count) => ({ ...place, clientOrderId: `order-${String(count)}` }),
      (count) => ({ ...place, account: `account-${String(count)}` }),
      () => ({ kind: "halt-trading", symbol: "", author: "ops", reason: longText }),
      () => ({ kind: "tick" }),
    ];
    for (const filler of fillers) {
      const builder = new FrameBuilder();
      let count = 0;
      while (!builder.isFull) builder.add(filler(count++));
      const bytes = builder.finish(header);
      expect(bytes.length).toBeLessThan(frameBytesMax + 1024);
      expect(bytes.length).toBeGreaterThan(frameBytesMax / 8);
      expect(decodeFrame(bytes).messages).toHaveLength(count);
    }
  });

  it("is a defect without a producer, an epoch, a number and a deadline", () => {
    const builder = new FrameBuilder();
    expect(() => builder.finish({ ...header, producer: "Gateway" })).toThrow(InvariantViolation);
    expect(() => builder.finish({ ...header, epoch: 0 })).toThrow(InvariantViolation);
    expect(() => builder.finish({ ...header, frame: 0 })).toThrow(InvariantViolation);
    for (const expiresAtUs of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => builder.finish({ ...header, expiresAtUs })).toThrow(InvariantViolation);
    }
  });

  it("packs what it says it packs", () => {
    const parts = unpack(encodeFrame({ ...header, messages: [{ kind: "tick" }] })) as unknown[];
    expect([parts[0], ...parts.slice(2, 7)]).toEqual([2, "gw-1", 3, 17, header.expiresAtUs, []]);
    expect(parts.slice(8)).toEqual([[[122]]]);
  });
});

import { describe, expect, it } from "vitest";
import { InvariantViolation } from "./assert.ts";
import {
  decodeFrame,
  encodeFrame,
  FrameBuilder,
  frameBytesMax,
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

describe("a frame", () => {
  it("has bytes that are frozen", () => {
    const bytes = encodeFrame({ ...header, messages: everything });
    expectGolden(golden, hexDocument({ "every kind of message": bytes }));
  });

  it("is read as it has been since its bytes were frozen", () => {
    const bytes = readHexDocument(golden).get("every kind of message")!;
    expect(decodeFrame(bytes)).toEqual({ ...header, messages: everything });
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
    ["of another version", [2, "gw-1", 1, 1, 0, [], new Uint8Array(), []]],
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
    expect(parts.slice(0, 6)).toEqual([1, "gw-1", 3, 17, header.expiresAtUs, []]);
    expect(parts.slice(7)).toEqual([[[122]]]);
  });
});

import { describe, expect, it } from "vitest";
import { decodeNotes, encodeNotes, isTraceparent, NotedAnswer } from "./frame-notes.ts";
import type { FrameNotes } from "./frame-notes.ts";
import { decodeFrame, encodeFrame, isWholeFrameOf, unsealFrame } from "./frame.ts";
import { MalformedRecords, pack } from "./records.ts";
import { expectGolden, hexDocument } from "./testing/golden-file.ts";

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const notes: FrameNotes = {
  closedUs: 1_700_000_000_123_456,
  came: [
    { count: 3, beforeUs: 250, traceparent: "" },
    { count: 1, beforeUs: 0, traceparent },
  ],
  stored: [{ frame: 16, beforeUs: 1700 }],
  answered: [
    { frame: 15, index: 0, count: 40, answer: NotedAnswer.replied, beforeUs: 900 },
    { frame: 16, index: 2, count: 1, answer: NotedAnswer.unknown, beforeUs: 5 },
  ],
};
const header = { producer: "gw-1", epoch: 3, frame: 17, expiresAtUs: 1_700_000_010_000_000 };

describe("notes", () => {
  it("have bytes that are frozen, alone and in a frame", () => {
    const alone = encodeNotes(notes);
    const inFrame = encodeFrame({ ...header, notes: alone, messages: [{ kind: "tick" }] });
    const golden = new URL("codec.golden/frame-notes.txt", import.meta.url);
    expectGolden(golden, hexDocument({ alone, "in a frame": inFrame }));
  });

  it("are read as they were written", () => {
    expect(decodeNotes(encodeNotes(notes))).toEqual(notes);
    const nothing = { closedUs: 1, came: [], stored: [], answered: [] };
    expect(decodeNotes(encodeNotes(nothing))).toEqual(nothing);
  });

  it("stand in a frame that is otherwise as it would be without them", () => {
    const messages = [{ kind: "tick" }] as const;
    const bytes = encodeFrame({ ...header, notes: encodeNotes(notes), messages });
    const { notes: found, ...rest } = decodeFrame(bytes);
    expect(rest).toEqual(decodeFrame(encodeFrame({ ...header, messages })));
    expect(decodeNotes(found!)).toEqual(notes);
    expect(isWholeFrameOf(header.producer, bytes)).toBe(true);
    const altered = bytes.slice();
    altered[Buffer.from(bytes).indexOf("4bf92f")] = 0x35;
    expect(isWholeFrameOf(header.producer, altered)).toBe(false);
  });

  it("may be of any bytes for whoever does not read them", () => {
    const bytes = encodeFrame({ ...header, notes: Uint8Array.of(0xc1), messages: [] });
    expect(unsealFrame(bytes)).toMatchObject(header);
    expect(() => decodeNotes(unsealFrame(bytes).notes!)).toThrow(MalformedRecords);
  });

  it.each([
    ["of another version", [2, 1, [], [], []]],
    ["without a time", [1, [], [], []]],
    ["of before time began", [1, -1, [], [], []]],
    ["with a run of nothing", [1, 1, [[0, 1]], [], []]],
    ["with a coming after the closing", [1, 1, [[1, -1]], [], []]],
    ["with a traceparent that is none", [1, 1, [[1, 1, "00-1-2-3"]], [], []]],
    ["with a traceparent too many", [1, 1, [[1, 1, traceparent, traceparent]], [], []]],
    ["of frame zero", [1, 1, [], [[0, 1]], []]],
    ["of a frame with more than a time", [1, 1, [], [[1, 1, 1]], []]],
    ["of an answer that is none", [1, 1, [], [], [[1, 0, 1, 2, 5]]]],
    [
      "of more messages than a frame has",
      [
        1,
        9,
        [
          [65_535, 1],
          [1, 1],
        ],
        [],
        [],
      ],
    ],
    ["of a number of messages that nobody could keep", [1, 9, [[2 ** 40, 1]], [], []]],
    ["of what came before time began", [1, 9, [[1, 10]], [], []]],
    ["of what was stored before time began", [1, 9, [], [[1, 10]], []]],
    ["of answers to more than a frame has", [1, 9, [], [], [[1, 0, 65_536, 0, 5]]]],
    ["of an answer to nothing", [1, 1, [], [], [[1, 0, 0, 0, 5]]]],
    ["of an answer at a place that is none", [1, 1, [], [], [[1, -1, 1, 0, 5]]]],
    ["with something too many", [1, 1, [], [], [], []]],
    ["that are no list", { version: 1 }],
  ])("are malformed %s", (_, parts) => {
    expect(() => decodeNotes(pack(parts))).toThrow(MalformedRecords);
  });
});

describe("a traceparent", () => {
  it("is what W3C Trace Context has as version 00", () => {
    expect(isTraceparent(traceparent)).toBe(true);
    for (const text of [
      "",
      traceparent.replace("00-", "01-"),
      traceparent.toUpperCase(),
      `${traceparent}-more`,
      traceparent.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32)),
      traceparent.replace("00f067aa0ba902b7", "0".repeat(16)),
      traceparent.slice(1),
    ]) {
      expect(isTraceparent(text), text).toBe(false);
    }
  });
});

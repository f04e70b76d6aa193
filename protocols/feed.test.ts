import { describe, expect, it } from "vitest";
import { decodeFeed, decodeReplies, encodeFeed, encodeReplies } from "./feed.ts";
import type { FeedMessage, ReplyMessage } from "./feed.ts";
import { MalformedRecords, pack } from "./records.ts";
import { eventExamples, recordsOf } from "./testing/events.ts";
import { expectGolden, hexDocument, readHexDocument } from "./testing/golden-file.ts";

const golden = new URL("codec.golden/feed.txt", import.meta.url);
const entriesHash = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
const outputsHash = Uint8Array.from({ length: 32 }, (_, index) => index);

const messages: Readonly<Record<FeedMessage["kind"], FeedMessage>> = {
  step: {
    kind: "step",
    shard: 1,
    node: "e2",
    emitterEpoch: 4,
    sequence: 1001,
    entriesHash,
    outputsHash,
  },
  heartbeat: {
    kind: "heartbeat",
    shard: 0,
    node: "e1",
    emitterEpoch: 1,
    sequence: 0,
    entriesHash,
    outputsHash,
  },
  farewell: {
    kind: "farewell",
    shard: 2,
    node: "e3",
    emitterEpoch: 9,
    sequence: 7,
    entriesHash,
    outputsHash,
  },
  testimony: {
    kind: "testimony",
    shard: 1,
    node: "e2",
    emitterEpoch: 5,
    sequence: 1001,
    entriesHash,
    outputsHash,
  },
};

const replies: Readonly<Record<string, ReplyMessage>> = {
  "replies with a frame's answer": {
    shard: 1,
    sequence: 1001,
    timeUs: 1_700_000_000_000_000,
    frame: { epoch: 3, frame: 17, verdict: "applied", expectedFrame: 18 },
    replies: [eventExamples["order-replied"], eventExamples["command-replied"]],
  },
  "replies without one": {
    shard: 1,
    sequence: 1002,
    timeUs: 1_700_000_000_000_250,
    frame: undefined,
    replies: [],
  },
};

describe("the feed", () => {
  it("has bytes that are frozen", () => {
    const feed = Object.entries(messages).map(([kind, message]) => [kind, encodeFeed(message)]);
    const answers = Object.entries(replies).map(([name, message]) => [
      name,
      encodeReplies({ ...message, records: recordsOf(message.replies) }),
    ]);
    const pieces = Object.fromEntries([...feed, ...answers]) as Record<string, Uint8Array>;
    expectGolden(golden, hexDocument(pieces));
  });

  it("is read as it has been since its bytes were frozen", () => {
    const pieces = readHexDocument(golden);
    for (const [kind, message] of Object.entries(messages)) {
      const read = decodeFeed(pieces.get(kind)!);
      const hashes = {
        entriesHash: Uint8Array.from(read.entriesHash),
        outputsHash: Uint8Array.from(read.outputsHash),
      };
      expect({ ...read, ...hashes }).toEqual(message);
    }
    for (const [name, message] of Object.entries(replies)) {
      expect(decodeReplies(pieces.get(name)!)).toEqual(message);
    }
  });

  it.each([
    ["another version", [1, "step", 0, "e1", 1, 1, entriesHash, outputsHash]],
    ["a kind that there is not", [2, "leap", 0, "e1", 1, 1, entriesHash, outputsHash]],
    ["a node that is no name", [2, "step", 0, "e.1", 1, 1, entriesHash, outputsHash]],
    ["a negative sequence", [2, "step", 0, "e1", 1, -1, entriesHash, outputsHash]],
    ["a hash that is no bytes", [2, "step", 0, "e1", 1, 1, "hash", outputsHash]],
    ["a field too few", [2, "step", 0, "e1", 1, 1, entriesHash]],
    ["a field too many", [2, "step", 0, "e1", 1, 1, outputsHash, 0]],
    ["no list", { kind: "step" }],
  ])("is malformed with %s", (_, parts) => {
    expect(() => decodeFeed(pack(parts))).toThrow(MalformedRecords);
  });
});

describe("replies", () => {
  const records = recordsOf([]);

  it.each([
    ["a verdict that there is not", [1, 0, 1, 9, [1, 1, "lost", 1], records]],
    ["an answer of too many fields", [1, 0, 1, 9, [1, 1, "gap", 1, 1], records]],
    ["an answer that is no list", [1, 0, 1, 9, "applied", records]],
    ["no records", [1, 0, 1, 9, null]],
    ["a time before time began", [1, 0, 1, -9, null, records]],
    ["no time", [1, 0, 1, null, records]],
  ])("are malformed with %s", (_, parts) => {
    expect(() => decodeReplies(pack(parts))).toThrow(MalformedRecords);
  });

  it("hold replies and no other events", () => {
    const bytes = pack([1, 0, 1, 9, null, recordsOf([eventExamples.traded])]);
    expect(() => decodeReplies(bytes)).toThrow("not a reply");
  });
});

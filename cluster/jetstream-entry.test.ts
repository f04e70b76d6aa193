import { headers } from "@nats-io/transport-node";
import type { Msg } from "@nats-io/transport-node";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/assert.ts";
import { entryOf, parseTimeUs, storedEntryOf, toldSequenceOf } from "./jetstream-entry.ts";

describe("a time of the log", () => {
  const secondUs = Date.UTC(2026, 10, 21, 1, 2, 3) * 1000;

  it.each([
    ["2026-11-21T01:02:03.123456789Z", secondUs + 123_456],
    ["2026-11-21T01:02:03.123456Z", secondUs + 123_456],
    ["2026-11-21T01:02:03.1Z", secondUs + 100_000],
    ["2026-11-21T01:02:03.000000999Z", secondUs],
    ["2026-11-21T01:02:03Z", secondUs],
  ])("%s is %i microseconds", (text, timeUs) => {
    expect(parseTimeUs(text)).toBe(timeUs);
  });

  it.each(["", "2026-11-21T01:02:03", "2026-11-21T01:02:03.1+01:00", "yesterday"])(
    "%j is none",
    (text) => {
      expect(() => parseTimeUs(text)).toThrow(InvariantViolation);
    },
  );
});

it("an entry from the leader's store names its producer and may have no bytes", () => {
  const stored = { subject: "log.0.gateway-1", seq: 7, time: "1970-01-01T00:00:01Z" };
  expect(storedEntryOf(stored)).toMatchObject({
    sequence: 7,
    timeUs: 1_000_000,
    producer: "gateway-1",
  });
  expect(storedEntryOf(stored).payload).toHaveLength(0);
  expect([...storedEntryOf({ ...stored, data: "AQID" }).payload]).toEqual([1, 2, 3]);
});

describe("a message with headers", () => {
  function messageWith(values: Readonly<Record<string, string>>): Msg {
    const all = headers();
    for (const [name, value] of Object.entries(values)) all.set(name, value);
    return { headers: all, data: new Uint8Array([1]) } as unknown as Msg;
  }

  const ofStream = {
    "Nats-Stream": "LOG_0_1",
    "Nats-Subject": "log.0.gateway-1",
    "Nats-Sequence": "7",
  };
  const whole = { ...ofStream, "Nats-Time-Stamp": "1970-01-01T00:00:01Z" };

  it("is an entry when it has the time", () => {
    expect(entryOf(messageWith(whole), "LOG_0_1")).toMatchObject({
      sequence: 7,
      timeUs: 1_000_000,
      producer: "gateway-1",
    });
    expect(toldSequenceOf(messageWith(whole), "LOG_0_1")).toBeUndefined();
  });

  it("only tells of an entry when it has none, as old servers republish it", () => {
    expect(toldSequenceOf(messageWith(ofStream), "LOG_0_1")).toBe(7);
  });

  it("tells nothing when it is of another stream", () => {
    expect(entryOf(messageWith(whole), "LOG_0_2")).toBeUndefined();
    expect(toldSequenceOf(messageWith(ofStream), "LOG_0_2")).toBeUndefined();
  });
});

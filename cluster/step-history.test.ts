import { describe, expect, it } from "vitest";
import type { Step } from "../actors/index.ts";
import { InvariantViolation } from "../protocols/index.ts";
import { replayedStepsMax, StepHistory, toldBytesMax, toldStepsMax } from "./step-history.ts";
import type { HashedStep } from "./step-history.ts";

function stepAt(sequence: number, eventBytes = 10): HashedStep {
  const step: Step = {
    sequence,
    timeUs: 0,
    verdict: "applied",
    header: undefined,
    expectedFrame: 0,
    events: new Uint8Array(eventBytes),
    eventCount: 0,
    replies: [{ producer: "gw", records: new Uint8Array(3) }],
    outbound: [{ shard: 1, frame: sequence, bytes: new Uint8Array(5) }],
    commandCount: 0,
    isCheckpoint: false,
  };
  return { step, entriesHash: new Uint8Array(32), outputsHash: new Uint8Array(32) };
}

const sequences = (history: StepHistory, after = 0) =>
  history.after(after).map(({ step }) => step.sequence);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe("the history of steps", () => {
  it("holds what the feed has not told of, and what it told of last, oldest first", () => {
    const history = new StepHistory();
    for (const sequence of range(101, 3000)) history.add(stepAt(sequence));
    expect(sequences(history)).toEqual(range(101, 3000));
    expect(sequences(history, 2990)).toEqual(range(2991, 3000));
    history.sentUpTo(2500);
    expect(sequences(history)).toEqual(range(2501 - toldStepsMax, 3000));
    history.sentUpTo(2000);
    expect(sequences(history)).toEqual(range(2501 - toldStepsMax, 3000));
    history.sentUpTo(3000);
    expect(sequences(history)).toEqual(range(3001 - toldStepsMax, 3000));
  });

  it("holds fewer large steps once they are told of, but the very last in any case", () => {
    const history = new StepHistory();
    const eventBytes = toldBytesMax / 100;
    for (const sequence of range(1, 300)) history.add(stepAt(sequence, eventBytes - 8));
    expect(sequences(history)).toEqual(range(1, 300));
    history.sentUpTo(190);
    expect(sequences(history)).toEqual(range(127, 300));
    history.sentUpTo(300);
    expect(sequences(history)).toEqual(range(201, 300));
    const large = new StepHistory();
    for (const sequence of range(1, 100)) large.add(stepAt(sequence, toldBytesMax / 20));
    large.sentUpTo(100);
    expect(sequences(large)).toEqual(range(37, 100));
  });

  it("can be told of steps it does not have yet", () => {
    const history = new StepHistory();
    history.sentUpTo(5000);
    history.add(stepAt(1));
    history.sentUpTo(5000);
    expect(sequences(history)).toEqual([]);
    history.add(stepAt(2));
    expect(sequences(history)).toEqual([2]);
  });

  it("stays bounded while a long log is replayed", () => {
    const history = new StepHistory();
    for (const sequence of range(1, 5000)) history.add(stepAt(sequence), replayedStepsMax);
    expect(sequences(history)).toEqual(range(5001 - replayedStepsMax, 5000));
    expect(history.bytes).toBe(replayedStepsMax * 18);
  });

  it("stays bounded while the feed is silent, in steps and in bytes", () => {
    const many = new StepHistory();
    for (const sequence of range(1, 20_000)) many.add(stepAt(sequence));
    expect(sequences(many).length).toBe(8192);
    const large = new StepHistory();
    const mebibyte = 1024 * 1024;
    for (const sequence of range(1, 100)) large.add(stepAt(sequence, mebibyte));
    expect(large.bytes).toBeLessThanOrEqual(64 * mebibyte);
    expect(sequences(large)).toEqual(range(38, 100));
    large.add(stepAt(101, 100 * mebibyte));
    expect(sequences(large)).toEqual([101]);
  });

  it("takes steps in sequence only", () => {
    const history = new StepHistory();
    history.add(stepAt(7));
    expect(() => history.add(stepAt(9))).toThrow(InvariantViolation);
    expect(() => history.add(stepAt(7))).toThrow(InvariantViolation);
  });
});

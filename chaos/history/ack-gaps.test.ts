import { describe, expect, it } from "vitest";
import type { Interval } from "./ack-gaps.ts";
import { acknowledgementTimes, lengthMs, longestGap } from "./ack-gaps.ts";
import type { Operation, Outcome } from "./operation.ts";

const refusal: Outcome = { kind: "refused", reason: "order-closed", isOfLog: true };

function answeredAt(completedAtMs: number, other: Partial<Operation> = {}): Operation {
  return {
    kind: "cancel",
    account: "alice",
    clientOrderId: `a-${completedAtMs}`,
    revision: 0,
    shards: [0],
    invokedAtMs: completedAtMs - 5,
    completedAtMs,
    outcome: refusal,
    ...other,
  };
}

function longestGapMs(operations: readonly Operation[], within: Interval): number | undefined {
  const gap = longestGap(operations, within);
  return gap === undefined ? undefined : lengthMs(gap);
}

const interval = { fromMs: 100, toMs: 200 };

describe("the longest gap", () => {
  it("is between two acknowledgements of one client, a refusal by the log being one", () => {
    const operations = [95, 110, 150, 160, 199, 230].map((at) => answeredAt(at));
    expect(longestGapMs(operations, interval)).toBe(40);
  });

  it("begins with the interval", () => {
    expect(
      longestGapMs(
        [20, 130, 140, 150, 160, 170, 195, 201].map((at) => answeredAt(at)),
        interval,
      ),
    ).toBe(30);
  });

  it("ends with the interval", () => {
    expect(
      longestGapMs(
        [99, 120, 140, 900, 901].map((at) => answeredAt(at)),
        interval,
      ),
    ).toBe(60);
  });

  it("ends with the acknowledgement that ends it, behind an interval that is open", () => {
    expect(
      longestGapMs(
        [99, 140, 900, 901].map((at) => answeredAt(at)),
        { ...interval, isOpen: true },
      ),
    ).toBe(760);
  });

  it("lasts to the interval's end when nothing is ever acknowledged again", () => {
    expect(longestGapMs([answeredAt(99)], interval)).toBe(100);
  });

  it("is that of the client who waits longest, whatever others are told", () => {
    const alice = [110, 190, 210].map((at) => answeredAt(at));
    const bob = [110, 130, 150, 170, 190, 210].map((at) => answeredAt(at, { account: "bob" }));
    expect(longestGapMs([...alice, ...bob], interval)).toBe(80);
  });

  it("is not ended by what a gateway says, nor by what nobody knows", () => {
    const untold: Outcome[] = [
      { kind: "refused", reason: "busy", isOfLog: false },
      { kind: "unknown" },
      { kind: "not-done" },
    ];
    const operations = [
      answeredAt(110),
      ...untold.map((outcome) => answeredAt(150, { outcome })),
      answeredAt(190),
      answeredAt(205),
    ];
    expect(longestGapMs(operations, interval)).toBe(80);
  });

  it("is unknown when nobody asked", () => {
    expect(longestGapMs([], interval)).toBeUndefined();
  });
});

describe("where the longest gap lies", () => {
  it("is told, the first of equals", () => {
    const operations = [110, 150, 190, 205].map((at) => answeredAt(at));
    expect(longestGap(operations, interval)).toEqual({ fromMs: 110, toMs: 150 });
  });
});

describe("the times of acknowledgements", () => {
  it("are those of what was asked for within the interval, however late it was answered", () => {
    const operations = [
      answeredAt(104, { invokedAtMs: 99 }),
      answeredAt(101, { invokedAtMs: 100 }),
      answeredAt(700, { invokedAtMs: 199 }),
      answeredAt(205, { invokedAtMs: 200 }),
      answeredAt(150, { outcome: { kind: "unknown" } }),
    ];
    expect(acknowledgementTimes(operations, interval)).toEqual([1, 501]);
  });
});

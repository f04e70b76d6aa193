import { describe, expect, it } from "vitest";
import { attemptUntilAnswered, deadlineMsMax, defaultTiming } from "./attempts.ts";
import type { Attempted } from "./attempts.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const unknown: Attempted<string> = { kind: "unknown" };
const notTaken: Attempted<string> = { kind: "not-taken" };
const yes: Attempted<string> = { kind: "answered", answer: "yes" };

/** Attempts that end as scripted, the last ending repeated; each takes as long as it may. */
function script(clock: ManualClock, ...endings: Attempted<string>[]) {
  const timeouts: number[] = [];
  const attempt = async (timeoutMs: number): Promise<Attempted<string>> => {
    timeouts.push(timeoutMs);
    const ending = endings.length > 1 ? endings.shift() : endings[0];
    if (ending?.kind === "unknown") clock.advance(timeoutMs);
    return ending ?? notTaken;
  };
  return { attempt, timeouts };
}

describe("attempts", () => {
  it("end with the first answer", async () => {
    const clock = new ManualClock();
    const { attempt } = script(clock, unknown, notTaken, yes);
    expect(await attemptUntilAnswered(attempt, defaultTiming, clock)).toEqual({
      outcome: yes,
      count: 3,
    });
  });

  it("wait longer each time, and stop at the deadline", async () => {
    const clock = new ManualClock();
    const { attempt, timeouts } = script(clock, unknown);
    const { outcome } = await attemptUntilAnswered(attempt, defaultTiming, clock);
    expect(outcome).toEqual(unknown);
    expect(timeouts.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(clock.nowMs()).toBeGreaterThan(19_000);
    expect(clock.nowMs()).toBeLessThanOrEqual(20_000);
  });

  it("end as not taken only when none may have been", async () => {
    const clock = new ManualClock();
    const none = await attemptUntilAnswered(script(clock, notTaken).attempt, defaultTiming, clock);
    expect(none.outcome).toEqual(notTaken);
    const { attempt } = script(clock, notTaken, unknown, notTaken);
    const one = await attemptUntilAnswered(attempt, defaultTiming, clock);
    expect(one.outcome).toEqual(unknown);
  });

  it("never go on for as long as the exchange knows a client order id", async () => {
    const clock = new ManualClock();
    const endless = { attemptTimeoutMs: 1000, deadlineMs: 10 * 60_000 };
    await attemptUntilAnswered(script(clock, unknown).attempt, endless, clock);
    expect(clock.nowMs()).toBeLessThanOrEqual(deadlineMsMax);
  });
});

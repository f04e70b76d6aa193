import { describe, expect, it } from "vitest";
import { Attempter, deadlineMsMax, defaultTiming } from "./attempts.ts";
import type { Attempted } from "./attempts.ts";
import { Patience } from "./patience.ts";
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
    expect(await new Attempter(defaultTiming, clock).untilAnswered(attempt)).toEqual({
      outcome: yes,
      count: 3,
    });
  });

  it("wait longer each time, and stop at the deadline", async () => {
    const clock = new ManualClock();
    const { attempt, timeouts } = script(clock, unknown);
    const { outcome } = await new Attempter(defaultTiming, clock).untilAnswered(attempt);
    expect(outcome).toEqual(unknown);
    expect(timeouts.slice(0, 3)).toEqual([1000, 2000, 4000]);
    expect(clock.nowMs()).toBeGreaterThan(19_000);
    expect(clock.nowMs()).toBeLessThanOrEqual(20_000);
  });

  it("wait no longer than it takes, once it is known how long that is", async () => {
    const clock = new ManualClock();
    const patience = new Patience(defaultTiming.attemptTimeoutMs);
    const attempter = new Attempter(defaultTiming, clock, patience);
    const quick = async (): Promise<Attempted<string>> => {
      clock.advance(20);
      return await Promise.resolve(yes);
    };
    for (let count = 0; count < 20; count++) await attempter.untilAnswered(quick);
    const { attempt, timeouts } = script(clock, unknown, unknown, yes);
    const sinceMs = clock.nowMs();
    await attempter.untilAnswered(attempt);
    expect(timeouts).toEqual([50, 100, 200]);
    // Whoever has waited in vain asks again at once.
    expect(clock.nowMs() - sinceMs).toBe(150);
  });

  it("end as not taken only when none may have been", async () => {
    const clock = new ManualClock();
    const none = await new Attempter(defaultTiming, clock).untilAnswered(
      script(clock, notTaken).attempt,
    );
    expect(none.outcome).toEqual(notTaken);
    const { attempt } = script(clock, notTaken, unknown, notTaken);
    const one = await new Attempter(defaultTiming, clock).untilAnswered(attempt);
    expect(one.outcome).toEqual(unknown);
  });

  it("never go on for as long as the exchange knows a client order id", async () => {
    const clock = new ManualClock();
    const endless = { attemptTimeoutMs: 1000, deadlineMs: 10 * 60_000 };
    await new Attempter(endless, clock).untilAnswered(script(clock, unknown).attempt);
    expect(clock.nowMs()).toBeLessThanOrEqual(deadlineMsMax);
  });
});

/**
 * Attempts: asks again until there is an answer or no time left, and remembers whether any attempt
 * may have been heard. That is the difference between "it did not happen" and "nobody knows".
 */
import type { WireClock } from "./wire.ts";

export interface AttemptTiming {
  /** How long the first attempt waits for its answer; later ones wait longer. */
  readonly attemptTimeoutMs: number;
  /**
   * When to give up. The exchange knows a finished order's client order id for 60 s; every attempt
   * must be over well before, or a late one could place the order a second time: what a gateway has
   * taken can be another 10 s on its way.
   */
  readonly deadlineMs: number;
}

export const defaultTiming: AttemptTiming = { attemptTimeoutMs: 1000, deadlineMs: 20_000 };

/** The longest deadline that keeps far enough from those 60 s. */
export const deadlineMsMax = 30_000;

export type Attempted<Answer> =
  | { readonly kind: "answered"; readonly answer: Answer }
  /** It was surely not taken; asking again may help. */
  | { readonly kind: "not-taken" }
  /** It may have been taken. */
  | { readonly kind: "unknown" };

export type Attempt<Answer> = (timeoutMs: number, number: number) => Promise<Attempted<Answer>>;

export interface Attempts<Answer> {
  /** How the last attempt ended; "unknown" if any may have been taken and none was answered. */
  readonly outcome: Attempted<Answer>;
  readonly count: number;
}

const timeoutGrowth = 1.5;
const timeoutMsMax = 5000;
const pauseMsMin = 20;
const pauseMsMax = 500;

export async function attemptUntilAnswered<Answer>(
  attempt: Attempt<Answer>,
  timing: AttemptTiming,
  clock: WireClock,
): Promise<Attempts<Answer>> {
  const endMs = clock.nowMs() + Math.min(timing.deadlineMs, deadlineMsMax);
  let timeoutMs = timing.attemptTimeoutMs;
  let pauseMs = pauseMsMin;
  let mayBeTaken = false;
  for (let count = 1; ; count++) {
    const leftMs = endMs - clock.nowMs();
    const outcome = await attempt(Math.max(1, Math.min(timeoutMs, leftMs)), count);
    if (outcome.kind === "answered") return { outcome, count };
    mayBeTaken ||= outcome.kind === "unknown";
    if (clock.nowMs() + pauseMs >= endMs) {
      return { outcome: { kind: mayBeTaken ? "unknown" : "not-taken" }, count };
    }
    await clock.delay(pauseMs);
    timeoutMs = Math.min(timeoutMs * timeoutGrowth, timeoutMsMax);
    pauseMs = Math.min(pauseMs * 2, pauseMsMax);
  }
}

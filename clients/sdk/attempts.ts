/**
 * Attempts: asks again until there is an answer or no time left, and remembers whether any attempt
 * may have been heard. That is the difference between "it did not happen" and "nobody knows".
 */
import type { Patience } from "./patience.ts";
import type { WireClock } from "./wire.ts";

export interface AttemptTiming {
  /** How long the first attempt waits for its answer at most; later ones wait longer. */
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

const timeoutGrowth = 2;
const timeoutMsMax = 5000;
const pauseMsMin = 20;
const pauseMsMax = 500;
/** Timers may go off so much too early. */
const timerMs = 1;

export class Attempter {
  readonly #timing: AttemptTiming;
  readonly #clock: WireClock;
  readonly #patience: Patience | undefined;

  /** @param patience learned from requests of this kind; left out where each gets its full time */
  constructor(timing: AttemptTiming, clock: WireClock, patience?: Patience) {
    this.#timing = timing;
    this.#clock = clock;
    this.#patience = patience;
  }

  async untilAnswered<Answer>(attempt: Attempt<Answer>): Promise<Attempts<Answer>> {
    const [clock, patience] = [this.#clock, this.#patience];
    const endMs = clock.nowMs() + Math.min(this.#timing.deadlineMs, deadlineMsMax);
    let timeoutMs = patience?.ms ?? this.#timing.attemptTimeoutMs;
    let pauseMs = pauseMsMin;
    let mayBeTaken = false;
    for (let count = 1; ; count++) {
      const beganMs = clock.nowMs();
      const outcome = await attempt(Math.max(1, Math.min(timeoutMs, endMs - beganMs)), count);
      const tookMs = clock.nowMs() - beganMs;
      if (outcome.kind === "answered") {
        patience?.answered(tookMs);
        return { outcome, count };
      }
      mayBeTaken ||= outcome.kind === "unknown";
      if (clock.nowMs() + pauseMs >= endMs) {
        return { outcome: { kind: mayBeTaken ? "unknown" : "not-taken" }, count };
      }
      if (tookMs > timeoutMs - timerMs) {
        // It has waited already.
        patience?.givenUp(tookMs);
      } else {
        await clock.delay(pauseMs);
        pauseMs = Math.min(pauseMs * 2, pauseMsMax);
      }
      timeoutMs = Math.min(timeoutMs * timeoutGrowth, timeoutMsMax);
    }
  }
}

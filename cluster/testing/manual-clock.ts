/**
 * A clock that stands still until a test moves it.
 *
 * Timers fire in the order they are due, those due together in the order they were set, each at its
 * own time, so that a run is the same every time.
 */
import { setImmediate } from "node:timers/promises";
import { assert } from "../../protocols/assert.ts";
import type { Clock, Timer } from "../clock.ts";

interface SetTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #nowMs: number;
  #timersSet = 0;
  readonly #timers = new Set<SetTimer>();

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, callback: () => void): Timer {
    assert(ms >= 0);
    this.#timersSet += 1;
    const timer = { dueMs: this.#nowMs + ms, order: this.#timersSet, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many timers wait; 0 means nothing will happen however long one waits. */
  get timersCount(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, or undefined when none waits. */
  get nextDueMs(): number | undefined {
    return this.#next()?.dueMs;
  }

  /** Moves on by `ms`, firing what becomes due. Promises settle only after it returns. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while (this.#fireNext(untilMs));
    this.#nowMs = untilMs;
  }

  /** As `advance`, but lets promises settle before, between and after the timers. */
  async advanceAndSettle(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    do await setImmediate();
    while (this.#fireNext(untilMs));
    this.#nowMs = untilMs;
    await setImmediate();
  }

  #fireNext(untilMs: number): boolean {
    const next = this.#next();
    if (next === undefined || next.dueMs > untilMs) return false;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.callback();
    return true;
  }

  #next(): SetTimer | undefined {
    let next: SetTimer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || isBefore(timer, next)) next = timer;
    }
    return next;
  }
}

function isBefore(a: SetTimer, b: SetTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

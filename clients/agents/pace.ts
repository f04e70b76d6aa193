/**
 * Pace: calls an action so many times a second for as long as it is not stopped.
 *
 * What could not be called in time is not made up for: after a pause there is no rush.
 */
import { assert } from "../../protocols/index.ts";

const intervalMsMin = 5;

export class Pace {
  readonly #timer: NodeJS.Timeout;
  #calledAtMs = performance.now();

  constructor(callsPerSecond: number, action: () => void) {
    assert(callsPerSecond > 0);
    const intervalMs = Math.max(intervalMsMin, 1000 / callsPerSecond);
    const callsMax = Math.ceil((2 * intervalMs * callsPerSecond) / 1000);
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const due = Math.round(((nowMs - this.#calledAtMs) * callsPerSecond) / 1000);
      this.#calledAtMs = nowMs;
      for (let call = 0; call < Math.min(due, callsMax); call++) action();
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

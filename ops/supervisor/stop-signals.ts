/**
 * What a signal that asks a supervisor to stop means: the first one stops in order, a later one at
 * once.
 *
 * One keystroke can be heard several times: Ctrl-C reaches a terminal's whole process group, and
 * whoever runs us in it, as npm does, passes on what it got. Closing a terminal is likewise told by
 * two. So what follows the first within a moment is the same wish.
 */

export type SignalMeaning = "stop" | "same" | "force";

const sameWishMs = 1000;

export class StopSignals {
  #firstAtMs: number | undefined;

  /** @param nowMs of a clock that never goes back. */
  hear(nowMs: number): SignalMeaning {
    if (this.#firstAtMs === undefined) {
      this.#firstAtMs = nowMs;
      return "stop";
    }
    return nowMs - this.#firstAtMs < sameWishMs ? "same" : "force";
  }
}

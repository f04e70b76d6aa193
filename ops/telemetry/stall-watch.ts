/**
 * Notices who stands still though there is something to do: behind, and not a step further for a
 * while in which it could go on. Looks only when it is asked, so nothing counts that happened while
 * nobody looked.
 */
export interface Progress {
  readonly what: string;
  readonly position: number;
  /** Where it would be if it had done all that it knows of. */
  readonly target: number;
  /** Whether it can have what it needs; for as long as it cannot, a restart would help nobody. */
  readonly canGoOn: boolean;
}

interface Seen {
  position: number;
  /** Since it was seen to have moved, or to have nothing to do, or not to be able to. */
  sinceMs: number;
  askedAtMs: number;
}

/** Longer than elections, long pauses and large steps take. */
const stallMs = 60_000;
/** Who was not asked for as long knows nothing of the time between. */
const askedAtLeastEveryMs = 45_000;

export class StallWatch {
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, Seen>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** What stands still, each in words. */
  look(all: readonly Progress[]): readonly string[] {
    return all.flatMap(({ what, position, target, canGoOn }) => {
      const nowMs = this.#nowMs();
      const seen = this.#seen.get(what);
      const isNews =
        seen === undefined ||
        !canGoOn ||
        position >= target ||
        position !== seen.position ||
        nowMs - seen.askedAtMs > askedAtLeastEveryMs;
      const sinceMs = isNews ? nowMs : seen.sinceMs;
      this.#seen.set(what, { position, sinceMs, askedAtMs: nowMs });
      if (nowMs - sinceMs < stallMs) return [];
      const seconds = Math.round((nowMs - sinceMs) / 1000);
      return [`${what} stands at ${position} of ${target} for ${seconds} s`];
    });
  }
}

/**
 * The clock that everything in the cluster layer waits by, so that a simulator can drive it.
 *
 * Only for waiting and measuring: what the state machines decide by is the time in the log.
 */

export interface Timer {
  /** The callback will not be called any more. Harmless when it already was. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the Unix epoch, with fractions; never goes back. */
  nowMs(): number;
  /** Calls back once, not before `ms` have passed and never within this call. */
  after(ms: number, callback: () => void): Timer;
}

/**
 * The machine's clock. It is read once, at the start of the process, and counted on from there:
 * somebody setting the wall clock must neither fire every deadline nor stop them all.
 */
export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(ms, callback) {
    // A timer waits a whole millisecond at least.
    if (ms <= 0) {
      const immediate = setImmediate(callback);
      return { cancel: () => clearImmediate(immediate) };
    }
    const handle = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** So far may the wall clock run away from the one that is counted on. */
const wallClockDriftMaxMs = 2;
let wallAheadMs = 0;

/**
 * The wall clock in microseconds since the Unix epoch, for what people are told: it follows those
 * who set it, and between them it is as fine as {@link systemClock}.
 */
export function wallClockUs(): number {
  const countedMs = systemClock.nowMs();
  const aheadMs = Date.now() - countedMs;
  if (Math.abs(aheadMs - wallAheadMs) > wallClockDriftMaxMs) wallAheadMs = aheadMs;
  return Math.floor((countedMs + wallAheadMs) * 1000);
}

/** Resolves when `ms` have passed on that clock. */
export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/**
 * Those who wait until a replica has applied an entry.
 */
import type { Clock, Timer } from "./clock.ts";

interface Waiter {
  readonly sequence: number;
  readonly settle: (isReached: boolean) => void;
  timer: Timer | undefined;
}

export class SequenceWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves with true once the sequence is reached, with false when it will not be, or too late.
   */
  wait(sequence: number, withinMs?: number): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    return new Promise((settle) => {
      const waiter: Waiter = { sequence, settle, timer: undefined };
      this.#waiters.add(waiter);
      if (withinMs === undefined) return;
      waiter.timer = this.#clock.after(withinMs, () => this.#end(waiter, false));
    });
  }

  reached(sequence: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.sequence <= sequence) this.#end(waiter, true);
    }
  }

  /** Nothing more will be reached. */
  giveUp(): void {
    this.#isOver = true;
    for (const waiter of this.#waiters) this.#end(waiter, false);
  }

  #end(waiter: Waiter, isReached: boolean): void {
    this.#waiters.delete(waiter);
    waiter.timer?.cancel();
    waiter.settle(isReached);
  }
}

/**
 * A simulated process: a life, and the clock that everything in it waits by.
 *
 * It can be killed between any two turns, stand still as with SIGSTOP and go on, be slow, and have
 * a clock that runs wrong. What is due while it stands still happens when it goes on, in order.
 */
import type { Clock, Timer } from "../../../cluster/clock.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How wrong a machine's clock is: by how much it is ahead, and how fast it runs. */
export interface ProcessClock {
  readonly offsetMs: number;
  readonly rate: number;
}

export class SimProcess implements Clock {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #bornAtMs: number;
  #isDead = false;
  /** What waits for it to go on; undefined while it runs. */
  #waiting: (() => void)[] | undefined;
  #offsetMs: number;
  readonly #rate: number;
  /** How late it does everything. */
  lateMs = 0;
  readonly #endings: (() => void)[] = [];

  constructor(name: string, time: VirtualTime, clock: ProcessClock) {
    this.name = name;
    this.#time = time;
    this.#bornAtMs = time.nowMs;
    this.#offsetMs = clock.offsetMs;
    this.#rate = clock.rate;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isPaused(): boolean {
    return this.#waiting !== undefined;
  }

  nowMs(): number {
    const livedMs = this.#time.nowMs - this.#bornAtMs;
    return this.#bornAtMs + this.#offsetMs + livedMs * this.#rate;
  }

  after(ms: number, callback: () => void): Timer {
    let isCanceled = false;
    const timer = this.#time.after(ms / this.#rate + this.lateMs, () => {
      this.act(() => {
        if (!isCanceled) callback();
      });
    });
    return {
      cancel: () => {
        isCanceled = true;
        timer.cancel();
      },
    };
  }

  /** Has something happen in this process: now, when it goes on, or never. */
  act(callback: () => void): void {
    if (this.#isDead) return;
    if (this.#waiting === undefined) callback();
    else this.#waiting.push(callback);
  }

  /** Somebody sets its clock forward; back it cannot go, for it is not the wall clock. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  pause(): void {
    if (!this.#isDead) this.#waiting ??= [];
  }

  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const callback of waiting) this.#time.after(0, () => this.act(callback));
  }

  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#waiting = undefined;
    for (const ending of this.#endings) ending();
  }

  /** Called as it dies, by whoever notices: its lines break. */
  onDeath(ending: () => void): void {
    this.#endings.push(ending);
  }
}

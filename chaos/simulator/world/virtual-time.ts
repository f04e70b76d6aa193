/**
 * Virtual time: the only queue of things to come in a simulated world.
 *
 * What is due first happens first, what is due together in the order it was set, each in a turn of
 * its own: all promises settle before the next. Nothing else decides what follows what, so a world
 * is the same every time.
 */
import type { Timer } from "../../../cluster/clock.ts";
import { PriorityHeap } from "../../../actors/priority-heap.ts";
import { assert } from "../../../protocols/index.ts";

interface Due {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Where time begins; some day in 2023. */
const startMs = 1_700_000_000_000;

export class VirtualTime {
  #nowMs = startMs;
  #order = 0;
  #turns = 0;
  readonly #due = new PriorityHeap<Due>(isBefore, ({ run }) => run === undefined);

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Since the beginning. */
  get elapsedMs(): number {
    return this.#nowMs - startMs;
  }

  /** How many things have happened. */
  get turns(): number {
    return this.#turns;
  }

  after(ms: number, run: () => void): Timer {
    assert(ms >= 0, "nothing is due before now");
    const due: Due = { atMs: this.#nowMs + ms, order: ++this.#order, run };
    this.#due.add(due);
    return { cancel: () => void (due.run = undefined) };
  }

  /**
   * Lets things happen up to a moment, or until `isOver` says so after one of them. Rejects with
   * whatever is thrown by what happens, by promises that nobody waits for, or by `isOver`.
   */
  run(untilMs: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        process.off("uncaughtException", fail);
        process.off("unhandledRejection", fail);
        settle();
      };
      const fail = (error: Error): void => end(() => reject(error));
      const turn = (): void => {
        try {
          if (isOver() || !this.#fireNext(untilMs)) end(resolve);
          else setImmediate(turn);
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      };
      process.on("uncaughtException", fail);
      process.on("unhandledRejection", fail);
      setImmediate(turn);
    });
  }

  #fireNext(untilMs: number): boolean {
    const next = this.#due.first;
    if (next === undefined || next.atMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#due.removeFirst();
    this.#nowMs = next.atMs;
    this.#turns += 1;
    next.run?.();
    return true;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

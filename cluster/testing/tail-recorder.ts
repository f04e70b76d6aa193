/**
 * A tail that keeps all it was given, and checks with each delivery that nothing was left out,
 * doubled or swapped.
 */
import { assert } from "../../protocols/assert.ts";
import type { ClusterFault } from "../faults.ts";
import type { LogEntry, ReplicatedLog, Tail } from "../replicated-log.ts";
import { eventually } from "./eventually.ts";

export interface Delivery {
  readonly atMs: number;
  readonly entries: readonly LogEntry[];
}

export class TailRecorder {
  readonly entries: LogEntry[] = [];
  readonly deliveries: Delivery[] = [];
  readonly faults: ClusterFault[] = [];
  readonly tail: Tail;
  readonly #from: number;

  constructor(log: ReplicatedLog, from: number) {
    this.#from = from;
    this.tail = log.tail(
      from,
      (entries) => this.#record(entries),
      (fault) => this.faults.push(fault),
    );
  }

  /** Resolves once the entry of that sequence was delivered. */
  async reached(sequence: number, deadlineMs = 10_000): Promise<void> {
    await eventually(() => this.#last >= sequence, {
      what: () => `the tail reaches ${String(sequence)}, it is at ${String(this.#last)}`,
      deadlineMs,
      everyMs: 1,
    });
  }

  get #last(): number {
    return this.#from + this.entries.length - 1;
  }

  #record(entries: readonly LogEntry[]): void {
    assert(entries.length > 0, "a delivery is never empty");
    this.deliveries.push({ atMs: performance.now(), entries });
    for (const entry of entries) {
      assert(entry.sequence === this.#last + 1, "a tail is contiguous");
      this.entries.push(entry);
    }
    assert(this.tail.position >= this.#last, "the position covers what was delivered");
  }
}

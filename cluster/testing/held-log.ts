/**
 * A log whose appends wait until the test lets them go, and whose entries may be altered on their
 * way to whoever tails it.
 */
import type {
  AppendReceipt,
  LogEntry,
  ReplicatedLog,
  Tail,
  TailListener,
} from "../replicated-log.ts";
import type { ClusterFault } from "../faults.ts";
import type { ReadLimits } from "../replicated-log.ts";

export class HeldLog implements ReplicatedLog {
  readonly name: string;
  /** Whether appends wait. */
  isHolding = false;
  /** Whether entries wait on their way to the tails. */
  isHoldingEntries = false;
  /** What a tail gets to see of an entry. */
  alter: (entry: LogEntry) => LogEntry = (entry) => entry;
  readonly #log: ReplicatedLog;
  readonly #held: (() => void)[] = [];
  readonly #heldEntries: LogEntry[] = [];
  readonly #listeners: TailListener[] = [];
  readonly #faultListeners: ((fault: ClusterFault) => void)[] = [];

  constructor(log: ReplicatedLog) {
    this.name = log.name;
    this.#log = log;
  }

  /** Appends that wait. */
  get heldCount(): number {
    return this.#held.length;
  }

  /** Lets the oldest appends that wait go on to the log. */
  release(count = this.#held.length): void {
    for (const append of this.#held.splice(0, count)) append();
  }

  /** Hands the oldest entries that wait to the tails. */
  releaseEntries(count = this.#heldEntries.length): void {
    const entries = this.#heldEntries.splice(0, count);
    for (const listener of this.#listeners) listener(entries);
  }

  /** Ends every tail with a fault. */
  breakTails(fault: ClusterFault): void {
    for (const listener of this.#faultListeners.splice(0)) listener(fault);
  }

  append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    if (!this.isHolding) return this.#log.append(producer, payload);
    return new Promise((resolve) => {
      this.#held.push(() => resolve(this.#log.append(producer, payload)));
    });
  }

  onCut(listener: (last: number) => void): () => void {
    return this.#log.onCut(listener);
  }

  head(): Promise<number> {
    return this.#log.head();
  }

  first(): Promise<number> {
    return this.#log.first();
  }

  read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    return this.#log.read(from, limits);
  }

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    if (onFault !== undefined) this.#faultListeners.push(onFault);
    this.#listeners.push(listener);
    const hear = (entries: readonly LogEntry[]): void => {
      const altered = entries.map(this.alter);
      if (this.isHoldingEntries) this.#heldEntries.push(...altered);
      else listener(altered);
    };
    return this.#log.tail(from, hear, onFault);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

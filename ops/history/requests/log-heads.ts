/**
 * How far the logs are, looked at every second: what a history is held against. Its reader knows
 * only of what it has read.
 */
import { ClusterFault } from "../../../cluster/faults.ts";
import type { ReplicatedLog } from "../../../cluster/replicated-log.ts";

export class LogHeads {
  readonly #logs: readonly Pick<ReplicatedLog, "head">[];
  readonly #timer: NodeJS.Timeout;
  #known: readonly number[] = [];
  #isLooking = false;

  constructor(logs: readonly Pick<ReplicatedLog, "head">[], everyMs = 1000) {
    this.#logs = logs;
    this.#timer = setInterval(() => void this.look(), everyMs);
  }

  /** By shard, its last entry when that was looked at last; empty before the first time. */
  get known(): readonly number[] {
    return this.#known;
  }

  /** A log that cannot be reached leaves them as they are. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#known = await Promise.all(this.#logs.map((log) => log.head()));
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
    } finally {
      this.#isLooking = false;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

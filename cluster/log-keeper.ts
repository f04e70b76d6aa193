/**
 * Log keeper: what a node does for a shard's log beside trading. The emitter's moves the log to its
 * next generation when the newest one is large enough or a server does not get its entries; the
 * others' copy it into the archive.
 *
 * All of it can be done by several at once, by hand, later, or again. What fails is reported and
 * tried again: trading goes on without it.
 */
import type { ArchivedSource, LogArchive } from "./archive/log-archive.ts";
import type { Clock, Timer } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import type { LogGeneration, RollingLog } from "./log-generation.ts";
import { FollowerStuck } from "./replica-faults.ts";
import { StuckFollowers } from "./stuck-followers.ts";

export interface LogKeeperOptions {
  readonly log: RollingLog;
  /** Where the archive copies from: that log, with entries looked at. */
  readonly source: ArchivedSource;
  readonly archive: LogArchive;
  readonly clock: Clock;
  /** Whether this node emits the shard now. */
  readonly isEmitting: () => boolean;
  /** Whether there is no other node that could archive. */
  readonly isAlone: boolean;
  /** The bytes from which on a generation is followed by the next one. */
  readonly generationBytes: number;
  /** Nodes take turns: which one this is, from 0. */
  readonly rank: number;
  readonly report: (fault: ClusterFault) => void;
}

const turnEveryMs = 10_000;
const turnsApartMs = 3000;
/** A server that is stuck again at once is not helped by yet another generation. */
const unstickEveryMs = 10 * 60_000;

export class LogKeeper {
  readonly #options: LogKeeperOptions;
  #timer: Timer | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;
  readonly #stuck = new StuckFollowers();
  #unstuckAtMs = -Infinity;
  /** What failed last: the same again is no news. */
  #failing = "";

  constructor(options: LogKeeperOptions) {
    this.#options = options;
    this.#turnAfter(turnEveryMs + options.rank * turnsApartMs);
  }

  /** Resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#turn;
  }

  #turnAfter(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => {
      this.#turn = this.#keep().then(() => {
        if (!this.#isOver) this.#turnAfter(turnEveryMs);
      });
    });
  }

  async #keep(): Promise<void> {
    const { source, archive, isEmitting, isAlone, report } = this.#options;
    try {
      if (isEmitting()) await this.#rollIfDue();
      if (!isEmitting() || isAlone) await archive.copy(source);
      this.#failing = "";
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      if (!this.#isOver && error.code !== this.#failing) report(error);
      this.#failing = error.code;
    }
  }

  async #rollIfDue(): Promise<void> {
    const { log, generationBytes } = this.#options;
    const newest = (await log.generations()).at(-1);
    if (newest === undefined) return;
    if (newest.bytes >= generationBytes || this.#isStuck(newest)) await log.roll(newest.generation);
  }

  #isStuck(newest: LogGeneration): boolean {
    const { log, clock, report } = this.#options;
    const [server] = this.#stuck.look(newest);
    if (server === undefined || clock.nowMs() - this.#unstuckAtMs < unstickEveryMs) return false;
    this.#unstuckAtMs = clock.nowMs();
    report(new FollowerStuck(log.name, server));
    return true;
  }
}

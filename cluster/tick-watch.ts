/**
 * Tick watch: when a replica should append a tick, so that log time passes in a log that is idle
 * and what is due in the shard happens.
 *
 * Any number of ticks is harmless. As a rule the emitter appends one; the others wait a little
 * longer, each by its place in line, in case the emitter does not.
 */
import type { TimeUs } from "../protocols/index.ts";
import { LogTime } from "./log-time.ts";

/** How much longer each next one in line waits. */
const patienceUs: TimeUs = 250_000;
/** A tick that was not applied is repeated after so long. */
const repeatMs = 500;

export interface ShardTime {
  readonly sequence: number;
  readonly timeUs: TimeUs;
  /** When something is due; undefined when nothing is. */
  readonly nextDueUs: TimeUs | undefined;
}

export class TickWatch {
  readonly #logTime = new LogTime();
  #tickedAtMs = -Infinity;
  /** The sequence that the shard had when the last tick was appended. */
  #tickedFrom = 0;

  /** Whether to append a tick now; `rank` is the place in line, from 0. */
  turn({ sequence, timeUs, nextDueUs }: ShardTime, nowMs: number, rank: number): boolean {
    if (sequence === 0) return false;
    this.#logTime.heard(sequence, timeUs, nowMs);
    if (nextDueUs === undefined) return false;
    if (this.#logTime.atUs(nowMs) < nextDueUs + rank * patienceUs) return false;
    // What was applied since the last tick was too early for what is due: another one is needed.
    const isUnderWay = this.#tickedFrom === sequence && nowMs - this.#tickedAtMs < repeatMs;
    if (isUnderWay) return false;
    this.#tickedAtMs = nowMs;
    this.#tickedFrom = sequence;
    return true;
  }
}

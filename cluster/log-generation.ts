/**
 * Generations: the streams that one log is made of, one after the other.
 *
 * Where a generation ends is said in the log itself, by its first seal. The seal is an entry like
 * any other, delivered and hashed, and no shard does anything with it; what stands behind it in
 * that generation is void, for everybody and for ever. The next generation's sequences go on from
 * it.
 */
import type { LogEntry, ReplicatedLog } from "./replicated-log.ts";

/**
 * Who appends seals. No producer has such a name, so no participant's frame is ever one. That alone
 * does not make a seal: an append can be acknowledged on any subject, and the servers store the
 * acknowledgement there. No server says nothing, though, and a seal does.
 */
export const sealProducer = "_seal";

/** A server that stores a generation, other than the one that leads it. */
export interface LogFollower {
  readonly server: string;
  /** Whether the leader has heard from it within the last seconds. */
  readonly isReachable: boolean;
  /** Whether it has all that the leader has. */
  readonly isCurrent: boolean;
  /** How many of the servers' own steps it is behind; one may store several entries. */
  readonly lag: number;
}

/** One of the streams of a log. */
export interface LogGeneration {
  /** From 1, without gaps. */
  readonly generation: number;
  /** The sequence of its first entry, or of the one to come. */
  readonly first: number;
  /** The last entry that counts, `first - 1` when there is none. */
  readonly last: number;
  /** Whether that is its seal. */
  readonly isSealed: boolean;
  /** Entries that stand behind the seal. */
  readonly voids: number;
  /** What it takes on each server that has it. */
  readonly bytes: number;
  /** None where one server has it alone. */
  readonly followers: readonly LogFollower[];
}

/** A log that can move to its next generation. */
export interface RollingLog extends ReplicatedLog {
  /** Those that are retained, oldest first; the last one takes appends unless it is sealed. */
  generations(): Promise<readonly LogGeneration[]>;

  /**
   * Seals that generation and begins the next one. Does nothing when that was done before: it may
   * be asked for by anybody, by several at once, and again after a crash at any moment.
   */
  roll(generation: number): Promise<void>;
}

export function isSeal({ producer, payload }: Pick<LogEntry, "producer" | "payload">): boolean {
  return producer === sealProducer && payload.length === 0;
}

/** Entries of one generation that count, and whether the last of them is its seal. */
export interface Counting {
  readonly entries: readonly LogEntry[];
  readonly isSealed: boolean;
}

/**
 * Those up to the first seal among them. Where it stands may be known better than by reading: a
 * copy of it can be damaged.
 */
export function throughSeal(entries: readonly LogEntry[], knownSeal = 0): Counting {
  const at = entries.findIndex((entry) => isSeal(entry) || entry.sequence === knownSeal);
  return at === -1
    ? { entries, isSealed: false }
    : { entries: entries.slice(0, at + 1), isSealed: true };
}

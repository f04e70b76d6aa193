/**
 * A stream for tails to be tried on: what it republishes may be lost, late, doubled and out of
 * order, its nearest copy may lag, have holes or not answer, and its leader may be away.
 *
 * Time is the clock's, and the random numbers decide everything else.
 */
import { delay } from "../clock.ts";
import { LogUnavailable } from "../faults.ts";
import type { Piece, TailPort } from "../jetstream-tail.ts";
import type { LogEntry, ReadLimits } from "../replicated-log.ts";
import type { ManualClock } from "./manual-clock.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface Weather {
  readonly lost: number;
  readonly late: number;
  readonly silent: number;
  /** By how many entries the nearest copy is behind. */
  readonly lag: number;
  readonly hasLeader: boolean;
}

export const calm: Weather = { lost: 0, late: 0, silent: 0, lag: 0, hasLeader: true };

export class StreamModel implements TailPort {
  readonly entries: LogEntry[] = [];
  readonly clock: ManualClock;
  weather: Weather = calm;
  readonly #chance: SeededRandom;
  readonly #first: number;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #returnListeners = new Set<() => void>();

  /** @param first the sequence of its first entry */
  constructor(clock: ManualClock, chance: SeededRandom, first = 1) {
    this.clock = clock;
    this.#chance = chance;
    this.#first = first;
  }

  /** The sequence of its last entry. */
  get last(): number {
    return this.#first + this.entries.length - 1;
  }

  store(producer = "p", payload = new Uint8Array(this.#chance.below(2000))): void {
    const sequence = this.last + 1;
    const entry = { sequence, timeUs: this.clock.nowMs() * 1000, producer, payload };
    this.entries.push(entry);
    if (this.#chance.chance(this.weather.lost)) return;
    const tell = () => this.#listeners.forEach((listener) => listener(entry));
    this.clock.after(this.#delayMs(), tell);
    if (this.#chance.chance(0.05)) this.clock.after(this.#delayMs(), tell);
  }

  comeBack(): void {
    for (const listener of this.#returnListeners) listener();
  }

  listen(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onReturn(listener: () => void): () => void {
    this.#returnListeners.add(listener);
    return () => void this.#returnListeners.delete(listener);
  }

  async read(from: number, limits: ReadLimits): Promise<Piece> {
    await delay(this.clock, this.#delayMs());
    if (this.#chance.chance(this.weather.silent)) throw new LogUnavailable("model", "silent");
    const copied = this.entries.slice(0, Math.max(0, this.entries.length - this.weather.lag));
    const entriesMax = 1 + this.#chance.below(Math.min(20, limits.entriesMax));
    const start = from - this.#first;
    const entries = copied.slice(start, start + entriesMax);
    const hasMore = start + entries.length < copied.length;
    const isHoley = this.#chance.chance(0.02) && entries.length > 1;
    return isHoley ? { entries: [], hasMore, hasHole: true } : { entries, hasMore, hasHole: false };
  }

  async head(): Promise<number> {
    await delay(this.clock, this.#delayMs());
    if (!this.weather.hasLeader) throw new LogUnavailable("model", "no leader");
    return this.last;
  }

  async entry(sequence: number): Promise<LogEntry | undefined> {
    await delay(this.clock, this.#delayMs());
    if (!this.weather.hasLeader) throw new LogUnavailable("model", "no leader");
    return this.entries[sequence - this.#first];
  }

  suspect(): void {
    // Only one server is modeled.
  }

  random(): number {
    return this.#chance.next();
  }

  #delayMs(): number {
    return this.#chance.chance(this.weather.late) ? this.#chance.below(400) : this.#chance.below(3);
  }
}

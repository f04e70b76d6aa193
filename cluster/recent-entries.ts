/**
 * The entries that a replica has applied last, for a divergence dump: what it read, whatever the
 * servers say later.
 */
import type { LogEntry } from "./replicated-log.ts";

const entriesMax = 256;
const bytesMax = 4 * 1024 * 1024;

export class RecentEntries {
  /** In order. */
  readonly #entries: LogEntry[] = [];
  #bytes = 0;

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.payload.length;
    while (this.#entries.length > entriesMax || this.#bytes > bytesMax) {
      this.#bytes -= this.#entries.shift()?.payload.length ?? 0;
    }
  }

  get last(): LogEntry | undefined {
    return this.#entries.at(-1);
  }

  /** Oldest first. */
  list(): readonly LogEntry[] {
    return [...this.#entries];
  }
}

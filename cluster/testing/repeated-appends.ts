/**
 * Appends as a producer makes them: what has only a void receipt is appended again, until each is
 * known to be in the log. Copies do no harm, as no producer's frames' do.
 */
import { expect } from "vitest";
import type { RollingLog } from "../log-generation.ts";
import type { LogEntry } from "../replicated-log.ts";
import { eventually } from "./eventually.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class RepeatedAppends {
  readonly #log: RollingLog;
  readonly #producer: string;
  readonly #texts: string[] = [];
  /** Where the latest copy of each is said to stand; 0 while one is under way. */
  readonly #storedAt = new Map<string, number>();
  /** The highest sequence seen, so far contiguous. */
  readonly #seen = new Set<string>();
  #seenTo = 0;

  constructor(log: RollingLog, producer: string) {
    this.#log = log;
    this.#producer = producer;
    log.onCut((last) => {
      for (const [text, sequence] of this.#storedAt) if (sequence > last) this.#append(text);
    });
  }

  begin(count: number): void {
    for (let left = count; left > 0; left -= 1) this.add(`frame-${this.#texts.length}`);
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#append(text);
  }

  #append(text: string): void {
    this.#storedAt.set(text, 0);
    void this.#log.append(this.#producer, encoder.encode(text)).then(({ sequence }) => {
      this.#storedAt.set(text, sequence);
    });
  }

  /** Resolves when each is in the log. */
  async settled(): Promise<void> {
    await eventually(async () => await this.#areThere(), {
      what: () => `all appends of ${this.#producer} are in the log`,
    });
  }

  async #areThere(): Promise<boolean> {
    if ([...this.#storedAt.values()].includes(0)) return false;
    this.#seenTo = Math.max(this.#seenTo, (await this.#log.first()) - 1);
    const page = await this.#log.read(this.#seenTo + 1, { entriesMax: 1000 });
    for (const { producer, payload } of page) {
      if (producer === this.#producer) this.#seen.add(decoder.decode(payload));
    }
    this.#seenTo += page.length;
    return this.#texts.every((text) => this.#seen.has(text));
  }

  /** That each is among those, and copies of the first ones in the order of the calls. */
  expectIn(entries: readonly LogEntry[]): void {
    const texts = entries
      .filter(({ producer }) => producer === this.#producer)
      .map(({ payload }) => decoder.decode(payload));
    expect(new Set(texts)).toEqual(new Set(this.#texts));
  }
}

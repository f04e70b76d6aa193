/**
 * The dump store's in-memory twin.
 */
import { decodeDump, encodeDump } from "./divergence-dump.ts";
import type { DivergenceDump } from "./divergence-dump.ts";
import { dumpsMax } from "./dump-store.ts";
import type { DumpStore } from "./dump-store.ts";

export class MemoryDumpStore implements DumpStore {
  #dumps: Uint8Array[] = [];

  async keep(dump: DivergenceDump): Promise<string> {
    this.#dumps = [encodeDump(dump), ...this.#dumps].slice(0, dumpsMax);
    return "memory";
  }

  /** Newest first. */
  get dumps(): readonly DivergenceDump[] {
    return this.#dumps.map((bytes) => decodeDump("memory", bytes));
  }
}

/** Segments in memory, for tests and the simulator. */
import type { ArchiveStore, SegmentName } from "../archive/archive-store.ts";

export class MemoryArchiveStore implements ArchiveStore {
  readonly place = "memory";
  readonly #segments = new Map<string, Map<number, Uint8Array>>();

  async put({ log, first }: SegmentName, bytes: Uint8Array): Promise<boolean> {
    const segments = this.#segments.get(log) ?? new Map<number, Uint8Array>();
    this.#segments.set(log, segments);
    if (segments.has(first)) return false;
    segments.set(first, bytes.slice());
    return true;
  }

  async list(log: string): Promise<readonly number[]> {
    return [...(this.#segments.get(log)?.keys() ?? [])].sort((a, b) => a - b);
  }

  async get({ log, first }: SegmentName): Promise<Uint8Array | undefined> {
    return this.#segments.get(log)?.get(first)?.slice();
  }
}

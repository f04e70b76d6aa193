/**
 * All that is left of one shard's log: what is archived of it, and behind that what the surviving
 * server has stored.
 */
import { HashChain, isSameHash } from "../../cluster/hash-chain.ts";
import type { ArchivedSource, LogArchive } from "../../cluster/archive/log-archive.ts";
import { hashOfEntry, partsOfEntry } from "../../cluster/log-origin.ts";
import type { LogEntry, ReadLimits } from "../../cluster/replicated-log.ts";

const readLimits = { entriesMax: 2000, bytesMax: 4 * 1024 * 1024 };

export class SurvivingLog implements ArchivedSource {
  /** The last entry of the archive, 0 for none. */
  readonly archivedTo: number;
  /** The last entry of the survivor, 0 for none. */
  readonly storedTo: number;
  /**
   * Whether what the survivor has goes on where the archive ends. When it does not, the two are of
   * different histories, and the archive's is the one that a majority had acknowledged.
   */
  readonly goesOn: boolean;
  readonly #archive: LogArchive;
  readonly #log: ArchivedSource;

  private constructor(
    archive: LogArchive,
    log: ArchivedSource,
    known: Pick<SurvivingLog, "archivedTo" | "storedTo" | "goesOn">,
  ) {
    this.#archive = archive;
    this.#log = log;
    this.archivedTo = known.archivedTo;
    this.storedTo = known.storedTo;
    this.goesOn = known.goesOn;
  }

  /** Reads all of the archive. Rejects with `ArchiveDamaged`. */
  static async open(archive: LogArchive, log: ArchivedSource): Promise<SurvivingLog> {
    const [{ end }, storedTo] = [await archive.verify(), await log.head()];
    const known = { archivedTo: end.sequence, storedTo };
    const goesOn = await isSameAt(archive, log, Math.min(end.sequence, storedTo));
    return new SurvivingLog(archive, log, { ...known, goesOn });
  }

  /** The last entry that there is. */
  get last(): number {
    return this.goesOn ? Math.max(this.archivedTo, this.storedTo) : this.archivedTo;
  }

  first(): Promise<number> {
    return Promise.resolve(1);
  }

  head(): Promise<number> {
    return Promise.resolve(this.last);
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    if (from <= this.archivedTo) return await this.#archive.read(from, limits);
    return from <= this.last ? await this.#log.read(from, limits) : [];
  }

  /** The chain over all entries at each of these sequences, as far as there are so many. */
  async chainsAt(sequences: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
    const chain = new HashChain();
    const found = new Map<number, string>();
    const upTo = Math.max(0, ...[...sequences].filter((sequence) => sequence <= this.last));
    for (let next = 1; next <= upTo;) {
      const entries = await this.read(next, readLimits);
      if (entries.length === 0) break;
      for (const entry of entries) {
        chain.fold(entry.sequence, ...partsOfEntry(entry));
        if (sequences.has(entry.sequence)) found.set(entry.sequence, chain.hex);
      }
      next += entries.length;
    }
    return found;
  }
}

/** Whether both hold the same entry there, as far as the log retains it. */
async function isSameAt(
  archive: LogArchive,
  log: ArchivedSource,
  sequence: number,
): Promise<boolean> {
  if (sequence === 0 || sequence < (await log.first())) return true;
  const [[archived], [stored]] = await Promise.all([
    archive.read(sequence, { entriesMax: 1 }),
    log.read(sequence, { entriesMax: 1 }),
  ]);
  if (archived === undefined || stored === undefined) return false;
  return isSameHash(hashOfEntry(archived), hashOfEntry(stored));
}

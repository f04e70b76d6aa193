/** Compares an archive with what its log still holds: what an archive cannot know by itself. */
import { ArchiveOfAnotherLog } from "../../cluster/archive/archive-faults.ts";
import type { LogArchive } from "../../cluster/archive/log-archive.ts";
import { isSameHash } from "../../cluster/hash-chain.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";

const limits = { entriesMax: 2000, bytesMax: 4 * 1024 * 1024 };

/** Rejects with the first entry up to `upTo` that the two hold differently. */
export async function compareWithLog(
  archive: LogArchive,
  log: ReplicatedLog,
  upTo: number,
): Promise<void> {
  for (let from = await log.first(); from <= upTo;) {
    const [stored, archived] = await Promise.all([
      log.read(from, limits),
      archive.read(from, limits),
    ]);
    const count = Math.min(stored.length, archived.length);
    for (let index = 0; index < count; index += 1) {
      if (isSameHash(hashOfEntry(stored[index]!), hashOfEntry(archived[index]!))) continue;
      throw new ArchiveOfAnotherLog(log.name, archive.store.place, from + index);
    }
    if (count === 0) throw new ArchiveOfAnotherLog(log.name, archive.store.place, from);
    from += count;
  }
}

/** An archive as something to copy from: up to one of its entries. */
import type { ArchivedSource, LogArchive } from "../../cluster/archive/log-archive.ts";

export function archiveAsSource(archive: LogArchive, last: number): ArchivedSource {
  return {
    read: (from, limits) => archive.read(from, limits),
    first: () => Promise.resolve(1),
    head: () => Promise.resolve(last),
  };
}

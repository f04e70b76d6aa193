/**
 * What the first site had archived before another one followed it, and its streams may have nothing
 * of any more.
 */
import type { ArchiveStore } from "../../cluster/archive/archive-store.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { archiveAsSource } from "../backup/archive-source.ts";
import type { BackupFolder } from "../backup/backup-folder.ts";
import { logName } from "../backup/backup-folder.ts";

/** Takes over of each shard what is not here yet. */
export async function takeEarlierArchive(
  store: ArchiveStore,
  backup: BackupFolder,
  shards: number,
): Promise<void> {
  for (let shard = 0; shard < shards; shard += 1) {
    const theirs = new LogArchive(store, logName(shard));
    const { sequence } = await theirs.end();
    const ours = backup.archive(shard);
    if ((await ours.end()).sequence >= sequence) continue;
    await ours.copy(archiveAsSource(theirs, sequence), sequence);
  }
}

/**
 * A backup as a folder: what is in it, and what its description says.
 *
 *     backup.json     settings, and for each shard up to where, when, and with which hash
 *     archive/        every shard's log from its first entry, as archive segments
 *     snapshots/      each shard's newest good snapshot, so that a restored cluster starts soon
 *     keys/           the keys of users and servers, if they were asked for: whoever has them can
 *                     do everything
 */
import { join } from "node:path";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { ClusterSettings } from "../config/data-directory.ts";
import { readIfThere, writeFileWhole } from "../config/data-directory.ts";
import { BackupFault } from "./backup-fault.ts";

export interface BackupDescription {
  readonly version: typeof descriptionVersion;
  readonly at: string;
  readonly settings: ClusterSettings;
  /** By shard. */
  readonly shards: readonly ShardBackup[];
  readonly hasKeys: boolean;
}

export interface ShardBackup {
  readonly shard: number;
  readonly sequence: number;
  /** Of the chain over all entries. */
  readonly entriesHash: string;
  /** The sequence of the snapshot, 0 for none. */
  readonly snapshot: number;
}

const descriptionVersion = 1;

export class BackupFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get keys(): string {
    return join(this.path, "keys");
  }

  get snapshots(): DirectorySnapshotStore {
    return new DirectorySnapshotStore(join(this.path, "snapshots"));
  }

  archive(shard: number): LogArchive {
    return new LogArchive(new DirectoryArchiveStore(join(this.path, "archive")), logName(shard));
  }

  describe(description: Omit<BackupDescription, "version">): void {
    const whole: BackupDescription = { version: descriptionVersion, ...description };
    writeFileWhole(this.#descriptionFile, `${JSON.stringify(whole, null, 2)}\n`);
  }

  /** Rejects what is no backup, or none that this release can read. */
  description(): BackupDescription {
    const text = readIfThere(this.#descriptionFile);
    if (text === undefined) {
      throw new BackupFault("not-a-backup", `${this.path} holds no finished backup`);
    }
    const description = JSON.parse(text) as BackupDescription;
    if (Number(description.version) !== descriptionVersion) {
      throw new BackupFault("not-a-backup", `${this.path} was written by another release`);
    }
    return description;
  }

  get #descriptionFile(): string {
    return join(this.path, "backup.json");
  }
}

/** The name under which a shard's log is archived. */
export function logName(shard: number): string {
  return `LOG_${shard}`;
}

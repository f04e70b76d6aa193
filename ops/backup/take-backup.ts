/**
 * Takes a backup of a running cluster, or of what is left of one, or brings an earlier one in the
 * same folder up to date.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { ClusterFault } from "../../cluster/faults.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { decodeSnapshot } from "../../cluster/replica-snapshot.ts";
import type { ArchivedSource } from "../../cluster/archive/log-archive.ts";
import { snapshotKey } from "../../cluster/snapshot-store.ts";
import type { Snapshot, SnapshotStore } from "../../cluster/snapshot-store.ts";
import type { ClusterSettings } from "../config/data-directory.ts";
import { BackupFolder } from "./backup-folder.ts";
import type { BackupDescription } from "./backup-folder.ts";

export interface BackupSource {
  readonly settings: ClusterSettings;
  /** Each from its first entry on. */
  readonly logs: readonly ArchivedSource[];
  readonly snapshots: Pick<SnapshotStore, "list" | "load">;
  /** The keys' folder, if it is to be in the backup. */
  readonly keys: string | undefined;
}

export async function takeBackup(path: string, source: BackupSource): Promise<BackupDescription> {
  const { settings, logs, snapshots, keys } = source;
  const folder = new BackupFolder(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // First: what a snapshot takes for delivered is in the logs' ends that are looked up afterwards.
  const saved = await Promise.all(logs.map((_, shard) => newestGood(snapshots, shard)));
  const heads = await Promise.all(logs.map((log) => log.head()));
  const shards = [];
  for (const [shard, log] of logs.entries()) {
    const archive = folder.archive(shard);
    await archive.copy(log, heads[shard]);
    const { end } = await archive.verify();
    const snapshot = saved[shard];
    if (snapshot !== undefined) await folder.snapshots.save(snapshot);
    const { sequence, entriesHash } = end;
    shards.push({
      ...{ shard, sequence, entriesHash: hexOf(entriesHash) },
      snapshot: snapshot?.sequence ?? 0,
    });
  }
  rmSync(folder.keys, { recursive: true, force: true });
  if (keys !== undefined) cpSync(keys, folder.keys, { recursive: true });
  // Last: a folder without it is no backup yet, or still the one that was taken before.
  folder.describe({
    at: new Date().toISOString(),
    settings,
    shards,
    hasKeys: existsSync(folder.keys),
  });
  return folder.description();
}

/** The newest snapshot that can be read back. */
async function newestGood(
  store: BackupSource["snapshots"],
  shard: number,
): Promise<Snapshot | undefined> {
  for (const name of await store.list(shard)) {
    try {
      const bytes = await store.load(name);
      decodeSnapshot(snapshotKey(name), bytes);
      return { ...name, bytes };
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
    }
  }
  return undefined;
}

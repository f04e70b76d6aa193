/**
 * Makes the data of a new cluster out of a backup: its history as an archive, and logs that go on
 * behind it. The replicas of the new cluster have the hashes that the old ones had there.
 */
import { cpSync } from "node:fs";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { ShardRebuild } from "../cli/shard-rebuild.ts";
import { nodeNames } from "../config/cluster-settings.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import { archiveAsSource } from "./archive-source.ts";
import { BackupFault } from "./backup-fault.ts";
import { BackupFolder, logName } from "./backup-folder.ts";
import type { BackupDescription } from "./backup-folder.ts";
import { consistentCut, traceShard } from "./consistent-cut.ts";
import type { ShardTrace } from "./consistent-cut.ts";

/** Where to stop; all of the backup unless told otherwise. */
export interface RestorePlace {
  /** By shard. */
  readonly sequences: ReadonlyMap<number, number>;
  /** Log time. */
  readonly timeUs: number;
}

export interface RestoredShard {
  readonly shard: number;
  readonly sequence: number;
  readonly entriesHash: string;
  readonly outputsHash: string;
  readonly stateHash: string;
}

/** What would be restored. */
export interface RestorePlan {
  readonly folder: BackupFolder;
  readonly description: BackupDescription;
  /** By shard, the last entry: earlier than asked for where shards would not fit together. */
  readonly cut: readonly number[];
}

export async function restoreBackup(
  path: string,
  directory: DataDirectory,
  place: RestorePlace,
): Promise<readonly RestoredShard[]> {
  refuseData(directory);
  return await carryOut(await planRestore(path, place), directory);
}

/** Reads all of the backup, and changes nothing. */
export async function planRestore(path: string, place: RestorePlace): Promise<RestorePlan> {
  const folder = new BackupFolder(path);
  const description = folder.description();
  await checkArchives(folder, description);
  return { folder, description, cut: await cutAt(folder, description, place) };
}

export async function carryOut(
  plan: RestorePlan,
  directory: DataDirectory,
): Promise<readonly RestoredShard[]> {
  refuseData(directory);
  // What is half restored does not serve: its logs begin behind a history that is not all there.
  const firstSequences = plan.cut.map((last) => last + 1);
  directory.claim({ ...plan.description.settings, firstSequences });
  try {
    return await fill(directory, plan);
  } catch (error) {
    directory.clear();
    throw error;
  }
}

async function fill(
  directory: DataDirectory,
  { folder, description, cut }: RestorePlan,
): Promise<readonly RestoredShard[]> {
  const restored: RestoredShard[] = [];
  for (const [shard, last] of cut.entries()) {
    const of = { shard, last, shards: cut.length };
    restored.push(await restoreShard(folder, directory, of));
  }
  const isWhole = description.shards.every(({ sequence }, shard) => cut[shard] === sequence);
  if (isWhole) await restoreSnapshots(folder, directory, description);
  if (description.hasKeys) cpSync(folder.keys, directory.keys, { recursive: true });
  return restored;
}

/** Nothing is restored over the data of another cluster. */
export function refuseData(directory: DataDirectory): void {
  directory.refuseForeign();
  if (directory.settings() === undefined) return;
  throw new BackupFault(
    "data-not-empty",
    `${directory.path} is the data of a cluster: choose another folder with --data`,
  );
}

async function checkArchives(folder: BackupFolder, { shards }: BackupDescription): Promise<void> {
  for (const { shard, sequence } of shards) {
    const { end } = await folder.archive(shard).verify();
    if (end.sequence >= sequence) continue;
    throw new BackupFault(
      "backup-damaged",
      `the archive of shard ${shard} ends at ${end.sequence}, not at ${sequence}`,
    );
  }
}

async function cutAt(
  folder: BackupFolder,
  { shards }: BackupDescription,
  { sequences, timeUs }: RestorePlace,
): Promise<readonly number[]> {
  for (const [shard, sequence] of sequences) {
    const last = shards[shard]?.sequence;
    if (last !== undefined && sequence <= last) continue;
    const until = last === undefined ? "there is no such shard" : `the backup ends at ${last}`;
    throw new BackupFault("no-such-place", `${shard}:${sequence}: ${until}`);
  }
  const traces: ShardTrace[] = [];
  for (const { shard, sequence } of shards) {
    const limits = { sequence: sequences.get(shard) ?? sequence, timeUs };
    const of = { shard, shards: shards.length };
    traces.push(await traceShard(folder.archive(shard), of, limits));
  }
  return consistentCut(traces);
}

async function restoreShard(
  folder: BackupFolder,
  directory: DataDirectory,
  {
    shard,
    last,
    shards,
  }: { readonly shard: number; readonly last: number; readonly shards: number },
): Promise<RestoredShard> {
  const archive = new LogArchive(new DirectoryArchiveStore(directory.archive), logName(shard));
  if (last > 0) await archive.copy(archiveAsSource(folder.archive(shard), last), last);
  const nothing = { chainsAt: new Set<number>(), statesAt: new Set<number>() };
  const rebuild = new ShardRebuild({ shard, shards });
  const rebuilt = await rebuild.advance(archive, { upTo: last, ...nothing });
  const { sequence, entriesHash, outputsHash, stateHash } = rebuilt;
  return { shard, sequence, entriesHash, outputsHash, stateHash };
}

/**
 * Only into all that the backup has: a snapshot leaves out what other shards had taken by then, and
 * one that was cut back further would miss it.
 */
async function restoreSnapshots(
  folder: BackupFolder,
  directory: DataDirectory,
  { shards, settings }: BackupDescription,
): Promise<void> {
  for (const { shard, snapshot } of shards) {
    if (snapshot === 0) continue;
    const bytes = await folder.snapshots.load({ shard, sequence: snapshot });
    for (const node of nodeNames(settings)) {
      const store = new DirectorySnapshotStore(directory.snapshots(node));
      await store.save({ shard, sequence: snapshot, bytes });
    }
  }
}

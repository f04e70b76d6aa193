/**
 * The logs that reports are made from: those of a running cluster, or what is archived of one that
 * does not run, or a backup.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { logName } from "../backup/backup-folder.ts";
import { openArchiveStore } from "../config/archive-place.ts";
import { keepingOf } from "../config/cluster-settings.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { hashesOfArchive, hashesOfSnapshots } from "../past/known-hashes.ts";
import type { ReportSource } from "../reports/make-reports.ts";
import { ReportFault } from "../reports/report-fault.ts";
import { entryProgressOn } from "./entry-progress.ts";
import type { CommonOptions } from "./output.ts";
import { counted, progressOf } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export interface SourceFlags extends CommonOptions {
  readonly archive?: string;
}

/** Has reports made of the logs that are asked for. */
export async function withReportSource<Result>(
  flags: SourceFlags,
  action: (source: ReportSource) => Promise<Result>,
): Promise<Result> {
  const onProgress = entryProgressOn(process.stderr);
  if (flags.archive !== undefined) {
    return await action({ ...(await archivedAt(flags.archive)), onProgress });
  }
  const stopped = stoppedDirectory(flags);
  if (stopped !== undefined) {
    const place = keepingOf(stopped).archive;
    const source = await archivedAt(place, "the cluster does not run, and ");
    const heads = await Promise.all(source.logs.map((log) => log.head()));
    const reach = heads.map((head, shard) => `${shard}/${head}`).join(",");
    progressOf(flags)(`the cluster does not run: its archive in ${place} reaches to ${reach}`);
    return await action({ ...source, onProgress });
  }
  return await runningSource(flags, (source) => action({ ...source, onProgress }));
}

async function runningSource<Result>(
  flags: SourceFlags,
  action: (source: ReportSource) => Promise<Result>,
): Promise<Result> {
  const cluster = findCluster(flags);
  const [{ withEngine }, { JetStreamSnapshotStore }] = await Promise.all([
    import("./engine-access.ts"),
    import("../../cluster/jetstream-snapshot-store.ts"),
  ]);
  const { replicas } = cluster.file;
  return await withEngine(cluster, async ({ connection, wholeLogs, archives }) => {
    const snapshots = await JetStreamSnapshotStore.open(connection, { replicas });
    const known = await Promise.all(
      archives.map(async (archive, shard) => [
        ...(await hashesOfSnapshots(snapshots, shard)),
        ...hashesOfArchive(await archive.end()),
      ]),
    );
    return await action({ logs: wholeLogs, known });
  });
}

/** A data directory of a cluster that was ended properly. */
function stoppedDirectory({ data }: CommonOptions): DataDirectory | undefined {
  const directory = DataDirectory.find(data);
  if (directory?.settings() === undefined) return undefined;
  return existsSync(directory.clusterFile) ? undefined : directory;
}

/** Every log of which something is there. */
async function archivedAt(place: string, but = ""): Promise<ReportSource> {
  const isBackup = !place.startsWith("s3:") && existsSync(join(place, "backup.json"));
  const store = openArchiveStore(isBackup ? join(place, "archive") : place);
  const archives: LogArchive[] = [];
  for (let shard = 0; (await store.list(logName(shard))).length > 0; shard++) {
    archives.push(new LogArchive(store, logName(shard)));
  }
  if (archives.length === 0) {
    const where = place.startsWith("s3:") ? place : resolve(place);
    throw new ReportFault("no-logs-there", `${but}nothing is archived in ${where}`);
  }
  const ends = await Promise.all(archives.map((archive) => archive.end()));
  const logs = archives.map((archive, shard) => ({
    head: () => Promise.resolve(ends[shard]!.sequence),
    read: (from: number, limits: Parameters<LogArchive["read"]>[1]) => archive.read(from, limits),
  }));
  return { logs, known: ends.map(hashesOfArchive) };
}

/** `2 shards, up to 0/123,1/456`. */
export function placesText(
  places: readonly { readonly shard: number; readonly sequence: number }[],
): string {
  const named = places.map(({ shard, sequence }) => `${shard}/${sequence}`).join(",");
  return `${counted(places.length, "shard")}, up to ${named}`;
}

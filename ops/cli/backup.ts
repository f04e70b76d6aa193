/** `outcry backup`: everything a cluster can be made of again, as a folder. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { BackupDescription } from "../backup/backup-folder.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface BackupFlags extends CommonOptions {
  readonly withKeys?: boolean;
}

export function command(): Command {
  const backup = new Command("backup")
    .description(
      "Backs a running cluster up into a folder: every log from its first entry, and snapshots. Into the same folder again, it adds what is new.",
    )
    .argument("<dir>", "the folder")
    .option("--with-keys", "also the keys of all users: whoever has the backup can do everything");
  return withCommonOptions(backup).action(async (dir: string, flags: BackupFlags) => {
    const cluster = findCluster(flags);
    const settings = cluster.directory.settings();
    if (settings === undefined) throw new CommandFault("not-running", "no cluster runs there");
    const [{ withEngine }, { takeBackup }, { JetStreamSnapshotStore }] = await Promise.all([
      import("./engine-access.ts"),
      import("../backup/take-backup.ts"),
      import("../../cluster/jetstream-snapshot-store.ts"),
    ]);
    const path = resolve(dir);
    const taken = await withEngine(cluster, async ({ wholeLogs, connection }) => {
      const { replicas, keys } = cluster.file;
      return await takeBackup(path, {
        settings,
        logs: wholeLogs,
        snapshots: await JetStreamSnapshotStore.open(connection, { replicas }),
        keys: flags.withKeys === true ? keys : undefined,
      });
    });
    print(flags, { ok: true, folder: path, ...taken }, () => render(path, taken));
  });
}

function render(path: string, { shards, hasKeys }: BackupDescription): string {
  return [
    ...shards.map(({ shard, sequence, entriesHash }) => {
      return `shard ${shard}: ${sequence} entries\n  entries  ${entriesHash}`;
    }),
    `${path}${hasKeys ? ", with keys" : ""}: ./outcry restore ${path} --data NEW-FOLDER`,
  ].join("\n");
}

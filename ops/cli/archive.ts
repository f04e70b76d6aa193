/** `outcry archive`: how far the logs are archived, archiving by hand, and checking all of it. */
import { Command } from "commander";
import { hexOf } from "../../cluster/hash-chain.ts";
import { forShards } from "./log.ts";
import type { ArchiveLine } from "./log-report.ts";
import { shardOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface ArchiveFlags extends CommonOptions {
  readonly shard?: number;
}

export function command(): Command {
  return new Command("archive")
    .description("The archive of the logs: shows how far it is, fills it up, checks it.")
    .addCommand(statusCommand())
    .addCommand(runCommand())
    .addCommand(verifyCommand());
}

function statusCommand(): Command {
  const status = new Command("status").description("Shows how far each log is archived.");
  return withShard(status).action(async (flags: ArchiveFlags) => {
    const cluster = findCluster(flags);
    const logs = await forShards(cluster, flags, async ({ logs: all, archives }, shard) => {
      const { sequence } = await archives[shard]!.end();
      return { shard, archivedTo: sequence, head: (await all[shard]?.head()) ?? 0 };
    });
    print(flags, { ok: true, place: cluster.file.archive, logs }, () =>
      [
        cluster.file.archive,
        ...logs.map(({ shard, archivedTo, head }) => {
          return `shard ${shard}: archived to ${archivedTo}, ${head - archivedTo} entries behind`;
        }),
      ].join("\n"),
    );
  });
}

function runCommand(): Command {
  const run = new Command("run").description("Archives all that the logs hold now.");
  return withShard(run).action(async (flags: ArchiveFlags) => {
    const logs = await forShards(
      findCluster(flags),
      flags,
      async ({ wholeLogs, archives }, shard) => {
        const log = wholeLogs[shard]!;
        const end = await archives[shard]!.copy(log, await log.head());
        return { shard, archivedTo: end.sequence };
      },
    );
    print(flags, { ok: true, logs }, () =>
      logs.map(({ shard, archivedTo }) => `shard ${shard}: archived to ${archivedTo}`).join("\n"),
    );
  });
}

function verifyCommand(): Command {
  const verify = new Command("verify").description(
    "Reads every archive whole and compares it with what its log still holds; fails at the first entry that is not right.",
  );
  return withShard(verify).action(async (flags: ArchiveFlags) => {
    const { compareWithLog } = await import("./archive-check.ts");
    const logs = await forShards(
      findCluster(flags),
      flags,
      async ({ logs: all, archives }, shard): Promise<ArchiveLine> => {
        const proof = await archives[shard]!.verify();
        await compareWithLog(archives[shard]!, all[shard]!, proof.end.sequence);
        return {
          ...{ shard, segments: proof.segments, bytes: proof.bytes },
          archivedTo: proof.end.sequence,
          head: (await all[shard]?.head()) ?? 0,
          entriesHash: hexOf(proof.end.entriesHash),
        };
      },
    );
    print(flags, { ok: true, logs }, () => logs.map(renderLine).join("\n"));
  });
}

function renderLine({ shard, segments, bytes, archivedTo, entriesHash }: ArchiveLine): string {
  const size = `${segments} segments, ${(bytes / 1e6).toFixed(1)} MB`;
  return `shard ${shard}: whole to ${archivedTo} (${size})\n  entries  ${entriesHash}`;
}

function withShard(archive: Command): Command {
  return withCommonOptions(archive.option("--shard <n>", "only this shard", shardOption));
}

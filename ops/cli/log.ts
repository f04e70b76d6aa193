/** `outcry log`: the streams that each shard's log is made of; beginning new ones, deleting old. */
import { Command } from "commander";
import type { EngineAccess } from "./engine-access.ts";
import type { LogLine } from "./log-report.ts";
import { shardOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";
import type { RunningCluster } from "./running-cluster.ts";

interface LogFlags extends CommonOptions {
  readonly shard?: number;
}

export function command(): Command {
  return new Command("log")
    .description("The generations of each shard's log: shows them, begins new ones, retires old.")
    .addCommand(statusCommand())
    .addCommand(rollCommand())
    .addCommand(retireCommand());
}

function statusCommand(): Command {
  const status = new Command("status").description(
    "Shows generations, sequences, sizes, how far they are archived, and which may be retired.",
  );
  return withShard(status).action(async (flags: LogFlags) => {
    const cluster = findCluster(flags);
    const { reportLog, renderLogs } = await import("./log-report.ts");
    const logs = await forShards(cluster, flags, async (access, shard) => {
      return await reportLog(cluster, access, { shard, isVerified: false });
    });
    print(flags, { ok: true, logs }, () => renderLogs(logs));
  });
}

function rollCommand(): Command {
  const roll = new Command("roll").description(
    "Seals the newest generation and begins the next one, while trading goes on.",
  );
  return withShard(roll).action(async (flags: LogFlags) => {
    const logs = await forShards(findCluster(flags), flags, async ({ logs: all }, shard) => {
      const log = all[shard]!;
      const before = (await log.generations()).at(-1)?.generation ?? 0;
      await log.roll(before);
      const now = (await log.generations()).at(-1);
      return { shard, generation: now?.generation ?? before, first: now?.first ?? 0 };
    });
    print(flags, { ok: true, logs }, () =>
      logs
        .map(({ shard, generation, first }) => {
          return `shard ${shard}: generation ${generation} begins with entry ${first}`;
        })
        .join("\n"),
    );
  });
}

function retireCommand(): Command {
  const retire = new Command("retire").description(
    "Deletes the streams that nobody needs any more, having verified the whole archive.",
  );
  return withShard(retire).action(async (flags: LogFlags) => {
    const cluster = findCluster(flags);
    const { reportLog } = await import("./log-report.ts");
    const retired = await forShards(cluster, flags, async (access, shard) => {
      const found: number[] = [];
      for (;;) {
        const line = await reportLog(cluster, access, { shard, isVerified: true });
        const oldest = line.generations[0];
        if (oldest === undefined || oldest.reasonsToKeep.length > 0) {
          return { shard, retired: found, kept: reasonsOf(line) };
        }
        await deleteStream(cluster, `LOG_${shard}_${oldest.generation}`);
        found.push(oldest.generation);
      }
    });
    print(flags, { ok: true, logs: retired }, () =>
      retired
        .map(({ shard, retired: gone, kept }) => {
          const what = gone.length === 0 ? "none" : gone.join(", ");
          return `shard ${shard}: retired ${what}; the oldest stays: ${kept.join("; ")}`;
        })
        .join("\n"),
    );
  });
}

function reasonsOf({ generations }: LogLine): readonly string[] {
  return generations[0]?.reasonsToKeep ?? [];
}

/** Only a keeper may: no node's mistake can shorten a log. */
async function deleteStream(cluster: RunningCluster, stream: string): Promise<void> {
  const { withKeeper } = await import("./keeper-access.ts");
  await withKeeper(cluster, async (nats) => {
    const reply = await nats.request(`$JS.API.STREAM.DELETE.${stream}`, "", { timeout: 5000 });
    const { error } = reply.json<{ readonly error?: { readonly description: string } }>();
    if (error !== undefined) {
      throw new CommandFault("not-retired", `${stream} was not deleted: ${error.description}`);
    }
  });
}

function withShard(log: Command): Command {
  return withCommonOptions(log.option("--shard <n>", "only this shard", shardOption));
}

/** One after the other: what is asked of one shard is enough at a time. */
export async function forShards<Result>(
  cluster: RunningCluster,
  { shard }: { readonly shard?: number },
  action: (access: EngineAccess, shard: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const { shards } = cluster.file;
  if (shard !== undefined && shard >= shards) {
    throw usageFault(`there are shards 0 to ${shards - 1}`);
  }
  const { withEngine } = await import("./engine-access.ts");
  return await withEngine(cluster, async (access) => {
    const chosen = shard === undefined ? [...access.logs.keys()] : [shard];
    const results: Result[] = [];
    for (const each of chosen) results.push(await action(access, each));
    return results;
  });
}

/** `outcry leader`: which nats-server leads a shard's log, and moving it without a crash. */
import { Command } from "commander";
import { shardOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const leader = new Command("leader")
    .description("Shows which nats-server leads a shard's log, or moves it to another.")
    .argument("<shard>", "a shard's number, from 0", shardOption)
    .argument("[server]", "the nats-server that is to lead it, such as n2");
  return withCommonOptions(leader).action(
    async (shard: number, server: string | undefined, flags: CommonOptions) => {
      const cluster = findCluster(flags);
      const { servers, shards } = cluster.file;
      if (shard >= shards) throw new CommandFault("usage", `there are shards 0 to ${shards - 1}`);
      if (server !== undefined && !servers.some(({ name }) => name === server)) {
        const names = servers.map(({ name }) => name).join(", ");
        throw new CommandFault("usage", `there is no nats-server ${server}: there are ${names}`);
      }
      const { withEngine } = await import("./engine-access.ts");
      const now = await withEngine(cluster, async ({ logs }) => {
        if (server !== undefined && servers.length > 1) await logs[shard]?.preferLeader(server);
        // A server on its own leads everything.
        return (await logs[shard]?.leader()) ?? servers[0]?.name ?? "";
      });
      print(
        flags,
        { ok: true, shard, leader: now },
        () => `${now} leads the log of shard ${shard}`,
      );
    },
  );
}

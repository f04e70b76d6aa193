/** `outcry drain`: has others do what a process does, so that nobody waits when it is stopped. */
import { Command } from "commander";
import { dataOption } from "../config/data-directory.ts";
import type { Drained } from "./draining.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const drain = new Command("drain")
    .description(
      "Has others do what a process does, and says when it may be stopped. An engine node takes " +
        "nothing back until it is started anew or undrained.",
    )
    .argument("<process>", "an engine node (e1) or a nats-server (n2)");
  return withCommonOptions(drain).action(async (name: string, flags: CommonOptions) => {
    const cluster = findCluster(flags);
    const { drain: drainProcess } = await import("./draining.ts");
    const drained = await drainProcess(cluster, name);
    const { kind: _, ...changes } = drained;
    print(flags, { ok: true, process: name, ...changes }, () => {
      const restart = `./outcry restart ${name}${dataOption(cluster.directory.path)}`;
      return [...linesOf(drained), `${name} may be stopped: ${restart}`].join("\n");
    });
  });
}

function linesOf(drained: Drained): string[] {
  if (drained.kind === "node") {
    return drained.handovers.map(({ shard, to }) => `${to} emits shard ${shard} from now on`);
  }
  const { moved, metaLeader } = drained;
  const lines = moved.map(({ stream, to }) => `${to} leads ${stream} from now on`);
  return metaLeader === null ? lines : [...lines, `${metaLeader} leads the servers' own group`];
}

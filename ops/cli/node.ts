/** `outcry node`: which engine nodes there are; adds and removes them while the exchange runs. */
import { Command } from "commander";
import type { CountedNodes } from "./node-membership.ts";
import type { CommonOptions } from "./output.ts";
import { print, progressOf, renderTable, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const list = new Command("list").description(
    "Shows which engine nodes each shard counts: who may emit, and who is next in line.",
  );
  const add = new Command("add")
    .description(
      "Starts one more engine node, waits until it follows every shard, and has the logs count it.",
    )
    .argument("[name]", "how it is called; the next number unless told");
  const remove = new Command("remove")
    .description("Drains an engine node, has the logs count it no more, and stops it for good.")
    .argument("<name>", "such as e2");
  withCommonOptions(list).action(async (flags: CommonOptions) => {
    const { countedNodes } = await import("./node-membership.ts");
    const shards = await countedNodes(findCluster(flags));
    print(flags, { ok: true, shards }, () => renderShards(shards));
  });
  withCommonOptions(add).action(async (name: string | undefined, flags: CommonOptions) => {
    const { addNode } = await import("./node-membership.ts");
    const added = await addNode(findCluster(flags), name, progressOf(flags));
    print(flags, { ok: true, ...added }, () => `every shard counts ${added.node} from now on`);
  });
  withCommonOptions(remove).action(async (name: string, flags: CommonOptions) => {
    const { removeNode } = await import("./node-membership.ts");
    const removed = await removeNode(findCluster(flags), name, progressOf(flags));
    print(
      flags,
      { ok: true, ...removed },
      () => `${name} is gone, and no shard counts it any more`,
    );
  });
  return new Command("node")
    .description("Engine nodes: which there are, one more, one fewer.")
    .addCommand(list)
    .addCommand(add)
    .addCommand(remove);
}

function renderShards(shards: readonly CountedNodes[]): string {
  return renderTable(
    ["shard", "engine nodes", "said"],
    shards.map(({ shard, nodes, epoch }) => [
      String(shard),
      nodes.join(", "),
      epoch === 0 ? "in the settings" : "in the log",
    ]),
  );
}

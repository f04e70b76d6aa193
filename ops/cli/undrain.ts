/** `outcry undrain`: lets a process take part again that was drained. */
import { Command } from "commander";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const undrain = new Command("undrain")
    .description(
      "Lets a drained engine node take back the shards that fall to it, or spreads the logs' " +
        "leaders over the nats-servers again.",
    )
    .argument("<process>", "an engine node (e1) or a nats-server (n2)");
  return withCommonOptions(undrain).action(async (name: string, flags: CommonOptions) => {
    const { undrain: undrainProcess } = await import("./draining.ts");
    await undrainProcess(findCluster(flags), name);
    print(flags, { ok: true, process: name }, () => `${name} takes part again`);
  });
}

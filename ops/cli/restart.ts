/** `outcry restart`: stops one process of the cluster properly, and starts it. */
import { Command } from "commander";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const restart = new Command("restart")
    .description("Stops a process of the running exchange if it runs, and starts it again.")
    .argument("<process>", "an engine node (e1), a nats-server (n2), a gateway (gw-1), or agents");
  return withCommonOptions(restart).action(async (name: string, flags: CommonOptions) => {
    const { socket } = findCluster(flags).file.supervisor;
    const { pid } = await askSupervisor(socket, { command: "restart", process: name });
    print(flags, { ok: true, process: name, pid: pid ?? null }, () => `${name} is up`);
  });
}

/** `outcry kill`: ends one process of the cluster, to see that nothing is lost. */
import { constants } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { dataOption } from "../config/data-directory.ts";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface KillFlags extends CommonOptions {
  readonly signal: NodeJS.Signals;
  readonly restart: boolean;
}

export function command(): Command {
  const kill = new Command("kill")
    .description(
      "Kills a process of the running exchange. It comes back by itself, unless told not to.",
    )
    .argument("<process>", "an engine node (e1), a nats-server (n2), a gateway (gw-1), or agents")
    .option("--signal <name>", "which signal to send", signalOf, "SIGKILL" as const)
    .option("--no-restart", "leave it down; outcry restart brings it back");
  return withCommonOptions(kill).action(async (name: string, flags: KillFlags) => {
    const { signal, restart } = flags;
    const { directory, file } = findCluster(flags);
    const { socket } = file.supervisor;
    const { pid } = await askSupervisor(socket, {
      command: "kill",
      process: name,
      signal,
      restart,
    });
    print(flags, { ok: true, process: name, pid, signal, restart }, () => {
      const after = restart
        ? ""
        : `; bring it back with ./outcry restart ${name}${dataOption(directory.path)}`;
      return `sent ${signal} to ${name} (process ${pid})${after}`;
    });
  });
}

/** "9", "KILL", "kill" and "SIGKILL" are the same. */
export function signalOf(text: string): NodeJS.Signals {
  const wanted = text.toUpperCase();
  for (const [name, number] of Object.entries(constants.signals)) {
    if (wanted === name || `SIG${wanted}` === name || wanted === String(number)) {
      return name as NodeJS.Signals;
    }
  }
  throw new InvalidArgumentError("There is no such signal.");
}

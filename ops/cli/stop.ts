/**
 * `outcry stop`: stops what runs in a data directory, even if its supervisor is gone; or all of it
 * but the nats-servers, so that a second site can fetch what it lacks.
 */
import { Command } from "commander";
import { DataDirectory } from "../config/data-directory.ts";
import { removeClusterFile } from "../config/cluster-file.ts";
import { answersAt } from "../config/local-socket.ts";
import { askSupervisor, controlSocketPath } from "../supervisor/control-socket.ts";
import { stopLeftovers } from "../supervisor/leftovers.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { notRunning } from "./running-cluster.ts";

interface StopFlags extends CommonOptions {
  readonly keepServers?: boolean;
}

export function command(): Command {
  const stop = new Command("stop")
    .description(
      "Stops the exchange that runs in the data directory, in order: agents, gateways, engine nodes, nats-servers.",
    )
    .option(
      "--keep-servers",
      "leave the nats-servers running: nothing new comes into the logs, and a second site can fetch the rest",
    );
  return withCommonOptions(stop).action(async (flags: StopFlags) => {
    const directory = DataDirectory.find(flags.data);
    if (directory === undefined) throw notRunning(flags.data);
    if (flags.keepServers === true) {
      const request = { command: "stop-processes" } as const;
      const { stopped } = await askSupervisor(controlSocketPath(directory), request);
      print(flags, { ok: true, stopped }, () => `stopped ${stopped.join(", ")}`);
      return;
    }
    const stopped = await stopCluster(directory);
    print(flags, { ok: true, stopped }, () =>
      stopped === "cluster"
        ? "stopped"
        : `stopped what had been left running: ${stopped.join(", ")}`,
    );
  });
}

async function stopCluster(directory: DataDirectory): Promise<"cluster" | readonly string[]> {
  const socket = controlSocketPath(directory);
  if (await answersAt(socket)) {
    await askSupervisor(socket, { command: "stop" });
    return "cluster";
  }
  const left = await stopLeftovers(directory);
  removeClusterFile(directory);
  if (left.length === 0) throw notRunning(directory.path);
  return left.map(({ name, pid }) => `${name} (process ${pid})`);
}

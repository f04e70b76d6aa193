/** `outcry restart`: stops one process of the cluster properly, and starts it. */
import { Command } from "commander";
import { askSupervisor } from "../supervisor/control-socket.ts";
import { logicOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface RestartFlags extends CommonOptions {
  readonly renew?: boolean;
  readonly logicMax?: number;
}

export function command(): Command {
  const restart = new Command("restart")
    .description("Stops a process of the running exchange if it runs, and starts it again.")
    .argument("<process>", "an engine node (e1), a nats-server (n2), a gateway (gw-1), or agents")
    .option("--renew", "start it as the release that is here now; by itself it stays what it was")
    .option("--logic-max <n>", "with --renew: carry no later logic, for rehearsals", logicOption);
  return withCommonOptions(restart).action(async (name: string, flags: RestartFlags) => {
    const { renew, logicMax } = flags;
    if (logicMax !== undefined && renew !== true) throw usageFault("--logic-max needs --renew");
    const { socket } = findCluster(flags).file.supervisor;
    const renewed = renew === true ? { renewed: { logicMax } } : {};
    const request = { command: "restart", process: name, ...renewed } as const;
    const { pid } = await askSupervisor(socket, request);
    print(flags, { ok: true, process: name, pid: pid ?? null }, () => `${name} is up`);
  });
}

/**
 * Machines lose their power: their processes end at once, and of their disks all that was not
 * synced is gone. Then the power is back and they start again.
 */
import type { Machine } from "../disks/machine-disks.ts";
import type { Nemesis } from "./fault.ts";
import { differingCopies } from "./server-copies.ts";
import type { Target } from "./target.ts";

export function powerCut(which: "leader" | "all"): Nemesis {
  return async (target) => {
    const leader = await target.processOf("nats-leader");
    const machines = which === "all" ? target.disks.machines : [target.disks.machineOf(leader)];
    const shards = which === "all" ? target.shards : await shardsOf(target, machines);
    const processes = machines.flatMap(processesOf);
    return {
      what: `cut the power of ${machines.map((of) => processesOf(of).join(" and ")).join(", ")}`,
      shards,
      untouched: [],
      inject: async () => {
        await Promise.all(processes.map((name) => target.signal(name, "SIGKILL")));
        await Promise.all(machines.map(({ disk }) => disk.losePower()));
      },
      heal: async () => {
        await Promise.all(machines.map(({ disk }) => disk.regainPower()));
        await Promise.all(processes.map((name) => target.restart(name)));
      },
      inspect: async () => differingCopies(target.cluster, await target.heads()),
    };
  };
}

function processesOf({ server, node }: Machine): readonly string[] {
  return node === undefined ? [server] : [server, node];
}

async function shardsOf(target: Target, machines: readonly Machine[]): Promise<readonly number[]> {
  const found = await Promise.all(
    machines.map(async ({ server, node }) => [
      ...(await target.ledBy(server)),
      ...(node === undefined ? [] : await target.emittedBy(node)),
    ]),
  );
  return [...new Set(found.flat())].sort();
}

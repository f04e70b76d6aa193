/** A standby loses its machine: killed, all it had stored removed, and started again on nothing. */
import { rm } from "node:fs/promises";
import type { Nemesis } from "./fault.ts";
import { chooseVictim } from "./victim.ts";

export function wipeStandby(): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, "standby");
    return {
      what: `killed and wiped ${inWords}`,
      shards,
      untouched,
      inject: async () => {
        await target.signal(name, "SIGKILL");
        await rm(target.cluster.directory.snapshots(name), { recursive: true, force: true });
      },
      heal: () => target.restart(name),
    };
  };
}

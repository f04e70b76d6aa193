/** A process ends without a word (SIGKILL), and is started again later. */
import type { Nemesis } from "./fault.ts";
import type { Role } from "./roles.ts";
import { chooseVictim } from "./victim.ts";

export function killProcess(role: Role): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, role);
    return {
      what: `killed ${inWords}`,
      shards,
      untouched,
      inject: () => target.signal(name, "SIGKILL"),
      heal: () => target.restart(name),
    };
  };
}

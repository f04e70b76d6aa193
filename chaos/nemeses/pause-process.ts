/**
 * A process stands still and goes on later as if nothing had been (SIGSTOP, SIGCONT): its
 * connections stay, and what it wanted to say it says then.
 */
import type { Nemesis } from "./fault.ts";
import type { Role } from "./roles.ts";
import { chooseVictim } from "./victim.ts";

export function pauseProcess(role: Role): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, role);
    return {
      what: `paused ${inWords}`,
      shards,
      untouched,
      inject: () => target.signal(name, "SIGSTOP"),
      heal: () => target.signal(name, "SIGCONT"),
    };
  };
}

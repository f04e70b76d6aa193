/** The emitting engine is told to go (SIGTERM), hands over in order, and comes back later. */
import type { Nemesis } from "./fault.ts";
import { chooseVictim } from "./victim.ts";

export function plannedMove(): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, "emitter");
    return {
      what: `stopped ${inWords}, in order`,
      shards,
      untouched,
      inject: () => target.signal(name, "SIGTERM"),
      heal: () => target.restart(name),
    };
  };
}

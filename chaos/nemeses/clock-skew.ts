/**
 * The clock of a gateway jumps back. Its processes were started with `skewable-clock.ts`.
 *
 * A nats-server's clock cannot be set apart from the machine's: it is a static program, and Linux
 * has no namespace for the time of day. That takes machines of their own.
 */
import { fileURLToPath } from "node:url";
import type { Nemesis } from "./fault.ts";
import { chooseVictim } from "./victim.ts";

/** For a cluster whose clocks are to be set. */
export const clockModule = fileURLToPath(new URL("./skewable-clock.ts", import.meta.url));

export function clockSkew(): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, "gateway");
    return {
      what: `set back the clock of ${inWords}, by 15 s`,
      shards,
      untouched,
      inject: () => target.signal(name, "SIGUSR2"),
      heal: () => target.signal(name, "SIGUSR2"),
    };
  };
}

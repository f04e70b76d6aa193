/**
 * The ways to and from the nats-server that leads the shard's log are bad: long, narrow, silent, or
 * broken again and again. All parties are concerned, the other servers too.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { clientsParty } from "../network/cluster-ways.ts";
import type { Condition } from "../network/condition.ts";
import type { Nemesis } from "./fault.ts";
import { chooseVictim } from "./victim.ts";

export type Badness = "delay" | "narrow" | "half-open" | "reset";

const delayMs = 50;
const bytesPerSecond = 100_000;
const resets = 5;
const resetEveryMs = 300;

export function badNetwork(badness: Badness): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, "nats-leader");
    const { gateways } = target.cluster.file;
    const parties = [...target.servers, ...target.nodes, ...gateways, clientsParty];
    const others = parties.filter((party) => party !== name);
    const everywhere = (condition: Partial<Condition>): void => {
      for (const other of others) target.ways.between(other, name, condition);
    };
    return {
      what: `${words[badness]} ${inWords}`,
      shards,
      untouched,
      inject: async () => {
        if (badness !== "reset") everywhere(conditions[badness]);
        for (let count = 0; badness === "reset" && count < resets; count++) {
          for (const other of others) target.ways.reset(other, name);
          await sleep(resetEveryMs);
        }
      },
      heal: () => Promise.resolve(target.ways.mend()),
    };
  };
}

const conditions: Readonly<Record<Exclude<Badness, "reset">, Partial<Condition>>> = {
  delay: { delayMs },
  narrow: { bytesPerSecond },
  "half-open": { there: "swallow", back: "swallow" },
};

const words: Readonly<Record<Badness, string>> = {
  delay: `put ${delayMs} ms on every way to and from`,
  narrow: `let ${bytesPerSecond / 1000} kB a second pass to and from`,
  "half-open": "swallowed without a word what goes to and comes from",
  reset: `reset ${resets} times every connection of`,
};

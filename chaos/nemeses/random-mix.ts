/**
 * One fault after the other, each chosen by the seed, each healed and got over before the next: an
 * unlucky week in two minutes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Nemesis } from "./fault.ts";

export interface MixOptions {
  readonly nemeses: readonly Nemesis[];
  readonly faults: number;
  readonly holdMs: readonly [min: number, max: number];
}

const restMs = 3000;

export function randomMix({ nemeses, faults, holdMs }: MixOptions): Nemesis {
  return async (target) => ({
    what: `made ${faults} faults, one after the other`,
    shards: target.shards,
    untouched: [],
    inject: async () => {
      for (let number = 1; number <= faults; number++) {
        const nemesis = nemeses[target.random.between(0, nemeses.length - 1)];
        const shard = target.random.between(0, target.shards.length - 1);
        const fault = await nemesis?.(target.at(shard));
        if (fault === undefined) continue;
        target.say(`fault ${number} of ${faults}: ${fault.what}`);
        await fault.inject();
        try {
          await sleep(target.random.between(...holdMs), undefined, { signal: target.ended });
        } finally {
          await fault.heal();
        }
        await target.settled();
        await sleep(restMs, undefined, { signal: target.ended });
      }
    },
    heal: () => Promise.resolve(),
  });
}

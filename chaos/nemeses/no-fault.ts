/** Nothing is broken: what a machine does to an untouched cluster, to compare all else with. */
import type { Nemesis } from "./fault.ts";

export function noFault(): Nemesis {
  return (target) =>
    Promise.resolve({
      what: "broke nothing",
      shards: Array.from({ length: target.cluster.file.shards }, (_, shard) => shard),
      untouched: [],
      inject: () => Promise.resolve(),
      heal: () => Promise.resolve(),
    });
}

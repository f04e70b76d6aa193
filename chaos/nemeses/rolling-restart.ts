/**
 * Every process is restarted in order, one at a time, as an operator does it for an upgrade: engine
 * nodes and gateways are told to go, nats-servers leave as lame ducks after their streams moved.
 */
import type { Nemesis } from "./fault.ts";

export function rollingRestart(): Nemesis {
  return async (target) => ({
    what: "restarted every engine node, gateway and nats-server, one after the other",
    shards: target.shards,
    untouched: [],
    inject: async () => {
      for (const name of [...target.nodes, ...target.cluster.file.gateways]) {
        await target.restart(name);
        await target.settled();
      }
      for (const name of target.servers) {
        // It ends by itself when its streams have moved and its clients were sent away.
        await target.signal(name, "SIGUSR2");
        await target.restart(name);
        await target.settled();
      }
    },
    heal: () => Promise.resolve(),
  });
}

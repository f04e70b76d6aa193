/**
 * What befalls the network: partitions of each kind, and bad weather.
 */
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";
import type { Network, Weather } from "../world/network.ts";
import { calmWeather } from "../world/network.ts";
import type { Fault } from "./fault.ts";

type Pair = readonly [from: string, to: string];

function cutAll(network: Network, pairs: readonly Pair[]): () => void {
  for (const [from, to] of pairs) network.cut(from, to);
  return () => pairs.forEach(([from, to]) => network.join(from, to));
}

function between(some: readonly string[], others: readonly string[]): readonly Pair[] {
  return some.flatMap((a) =>
    others.flatMap((b): Pair[] =>
      a === b
        ? []
        : [
            [a, b],
            [b, a],
          ],
    ),
  );
}

const alone: Fault = {
  name: "machine-alone",
  strike(cluster, chance) {
    const machine = chance.pick(cluster.machineNames);
    const heal = cutAll(cluster.world.network, between([machine], cluster.machineNames));
    return { what: machine, lastsMs: chance.between(300, 15_000), heal };
  },
};

const leaderAlone: Fault = {
  name: "stream-leader-alone",
  strike(cluster, chance) {
    const { leader } = chance.pick(cluster.world.streams);
    if (leader === undefined) return undefined;
    const servers = cluster.world.servers.names.filter((name) => name !== leader);
    const heal = cutAll(cluster.world.network, between([leader], servers));
    return { what: leader, lastsMs: chance.between(2000, 18_000), heal };
  },
};

const split: Fault = {
  name: "network-split",
  strike(cluster, chance) {
    const machines = chance.shuffled(cluster.machineNames);
    const cut = 1 + chance.below(machines.length - 1);
    const heal = cutAll(
      cluster.world.network,
      between(machines.slice(0, cut), machines.slice(cut)),
    );
    const what = machines.slice(0, cut).join();
    return { what, lastsMs: chance.between(300, 12_000), heal };
  },
};

const oneWay: Fault = {
  name: "one-way-cut",
  strike(cluster, chance) {
    const server = chance.pick(cluster.world.servers.names);
    const other = chance.pick(cluster.machineNames.filter((name) => name !== server));
    const pair: Pair = chance.happens(0.5) ? [server, other] : [other, server];
    const heal = cutAll(cluster.world.network, [pair]);
    return { what: pair.join(" to "), lastsMs: chance.between(300, 15_000), heal };
  },
};

const flapping: Fault = {
  name: "link-flaps",
  strike(cluster, chance) {
    const { network, time } = cluster.world;
    const server = chance.pick(cluster.world.servers.names);
    const other = chance.pick(cluster.machineNames.filter((name) => name !== server));
    const pairs = between([server], [other]);
    let isOver = false;
    const flap = (): void => {
      if (isOver) return;
      const heal = cutAll(network, pairs);
      time.after(chance.between(50, 800), () => {
        heal();
        if (!isOver) time.after(chance.between(50, 800), flap);
      });
    };
    flap();
    const heal = (): void => {
      isOver = true;
      for (const [from, to] of pairs) network.join(from, to);
    };
    return { what: `${server} and ${other}`, lastsMs: chance.between(2000, 12_000), heal };
  },
};

function weatherFault(name: string, draw: (chance: Chance) => Partial<Weather>): Fault {
  return {
    name,
    strike({ world: { network } }: SimCluster, chance) {
      if (network.weather !== calmWeather) return undefined;
      network.weather = { ...calmWeather, ...draw(chance) };
      const heal = (): void => void (network.weather = calmWeather);
      return { what: "everywhere", lastsMs: chance.between(500, 12_000), heal };
    },
  };
}

const slow = weatherFault("network-slow", (chance) => {
  const delayMsMin = chance.between(0, 20);
  return { delayMsMin, delayMsMax: delayMsMin + chance.between(1, 80) };
});
const lossy = weatherFault("messages-lost", (chance) => ({ lost: chance.between(0.001, 0.08) }));
const doubling = weatherFault("messages-doubled", (chance) => ({
  doubled: chance.between(0.01, 0.2),
}));
const reordering = weatherFault("messages-reordered", (chance) => ({
  reordered: chance.between(0.01, 0.2),
}));

export const networkFaults: readonly Fault[] = [
  alone,
  leaderAlone,
  split,
  oneWay,
  flapping,
  slow,
  lossy,
  doubling,
  reordering,
];

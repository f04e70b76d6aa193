/**
 * What befalls nats-servers and their stores.
 *
 * No more than what is promised to be survived: a server may forget only what both others hold, as
 * they would with `sync_interval: always` on all but one.
 */
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";
import { once } from "./fault.ts";
import type { Fault, Struck } from "./fault.ts";

function someServer({ world: { servers } }: SimCluster, chance: Chance): string | undefined {
  const alive = servers.names.filter((name) => servers.isAlive(name));
  return alive.length === 0 ? undefined : chance.pick(alive);
}

function leaderOfSome(cluster: SimCluster, chance: Chance): string | undefined {
  return chance.pick(cluster.world.streams).leader;
}

/** Kills servers for a time. */
function killFor(cluster: SimCluster, names: readonly string[], lastsMs: number): Struck {
  const { servers } = cluster.world;
  for (const name of names) servers.kill(name);
  const heal = (): void => startAgain(cluster, names);
  return { what: names.join(), lastsMs, heal };
}

function startAgain({ world: { servers } }: SimCluster, names: readonly string[]): void {
  for (const name of names) if (!servers.isUp(name)) servers.start(name);
}

function serversUp({ world: { servers } }: SimCluster): readonly string[] {
  return servers.names.filter((name) => servers.isUp(name));
}

const kill: Fault = {
  name: "server-killed",
  strike(cluster, chance) {
    const server = someServer(cluster, chance);
    return server === undefined
      ? undefined
      : killFor(cluster, [server], chance.between(200, 15_000));
  },
};

const killLeader: Fault = {
  name: "stream-leader-killed",
  strike(cluster, chance) {
    const server = leaderOfSome(cluster, chance);
    return server === undefined
      ? undefined
      : killFor(cluster, [server], chance.between(200, 15_000));
  },
};

const killAll: Fault = {
  name: "all-servers-killed",
  strike(cluster, chance) {
    const up = serversUp(cluster);
    return up.length > 0 ? killFor(cluster, up, chance.between(500, 5000)) : undefined;
  },
};

/** Longer than anybody waits for an answer, or knows an order that is over. */
const longOutage: Fault = {
  name: "servers-away-for-long",
  strike(cluster, chance) {
    const [, ...killed] = serversUp(cluster);
    const lastsMs = chance.between(15_000, 90_000);
    return killed.length > 0 ? killFor(cluster, killed, lastsMs) : undefined;
  },
};

const pause: Fault = {
  name: "server-paused",
  strike(cluster, chance) {
    const server = someServer(cluster, chance);
    if (server === undefined) return undefined;
    const process = cluster.world.servers.processOf(server);
    process.pause();
    const lastsMs = chance.between(100, 14_000);
    return { what: server, lastsMs, heal: () => process.resume() };
  },
};

const stepDown: Fault = {
  name: "leader-steps-down",
  strike(cluster, chance) {
    const stream = chance.pick(cluster.world.streams);
    const { leader } = stream;
    if (leader === undefined) return undefined;
    stream.member(leader).stepDown();
    return once(`${stream.name} on ${leader}`);
  },
};

const forget: Fault = {
  name: "server-forgets-unsynced",
  strike(cluster, chance) {
    const server = someServer(cluster, chance);
    if (server === undefined) return undefined;
    const others = cluster.world.servers.names.filter((name) => name !== server);
    if (!others.every((name) => cluster.world.servers.isAlive(name))) return undefined;
    cluster.world.servers.kill(server);
    const isWiped = chance.happens(0.2);
    for (const stream of cluster.world.streams) {
      const own = stream.member(server);
      const held = Math.min(...others.map((name) => stream.member(name).length));
      // What only this one and one other hold must stay.
      if (own.length > held) continue;
      if (isWiped) own.wipe();
      else own.forgetLast(chance.below(20));
    }
    const what = isWiped ? `${server}, everything` : server;
    const heal = (): void => startAgain(cluster, [server]);
    return { what, lastsMs: chance.between(200, 4000), heal };
  },
};

const rot: Fault = {
  name: "stored-message-rots",
  strike(cluster, chance) {
    const stream = chance.pick(cluster.world.streams);
    const followers = stream.members.filter(({ isLeading }) => !isLeading);
    const member = chance.pick(followers);
    if (member.stored.length === 0) return undefined;
    const { sequence } = chance.pick(member.stored);
    member.rot(sequence);
    const heal = (): void => member.mend();
    const what = `${stream.name} ${String(sequence)} on ${member.name}`;
    return { what, lastsMs: chance.between(1000, 20_000), heal };
  },
};

const full: Fault = {
  name: "server-disk-full",
  strike(cluster, chance) {
    const server = someServer(cluster, chance);
    if (server === undefined) return undefined;
    const members = cluster.world.streams.map((stream) => stream.member(server));
    for (const member of members) member.isFull = true;
    const heal = (): void => members.forEach((member) => (member.isFull = false));
    return { what: server, lastsMs: chance.between(500, 10_000), heal };
  },
};

const wallClock: Fault = {
  name: "server-clock-wrong",
  strike(cluster, chance) {
    const server = chance.pick(cluster.world.servers.names);
    // More than 20 s apart is more than is promised.
    cluster.world.servers.setWallOffset(server, Math.round(chance.between(-9000, 9000)));
    const heal = (): void => cluster.world.servers.setWallOffset(server, 0);
    return { what: server, lastsMs: chance.between(1000, 30_000), heal };
  },
};

export const serverFaults: readonly Fault[] = [
  kill,
  killLeader,
  killAll,
  longOutage,
  pause,
  stepDown,
  forget,
  rot,
  full,
  wallClock,
];

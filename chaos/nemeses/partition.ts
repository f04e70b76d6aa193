/**
 * Partitions: what some parties say to others does not arrive, for a while. Nothing is reset: bytes
 * wait as packets do that TCP repeats, and whoever waits too long gives up by itself.
 *
 * The machine that is cut off is that of the nats-server which leads the shard's log, with the
 * engine node that turns to it first.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Condition } from "../network/condition.ts";
import { clientsParty } from "../network/cluster-ways.ts";
import type { Fault, Nemesis } from "./fault.ts";
import type { Target } from "./target.ts";
import type { Victim } from "./victim.ts";
import { chooseVictim } from "./victim.ts";

export type PartitionKind =
  /** The machine reaches nobody, and nobody reaches it. */
  | "alone"
  /** The machine and the other two do not reach each other; gateways and clients reach both. */
  | "symmetric"
  /** What the machine says reaches none of the other two, and what they say reaches it. */
  | "one-way"
  /** As alone, on and off again every second. */
  | "flapping";

const flapMs = 1000;

export function partition(kind: PartitionKind): Nemesis {
  return async (target) => {
    const victim = await chooseVictim(target, "nats-leader");
    const machine = machineOf(target, victim.name);
    const others = othersThan(target, machine, kind);
    const condition: Partial<Condition> =
      kind === "one-way" ? { there: "hold" } : { there: "hold", back: "hold" };
    const cut = (): void => {
      for (const inside of machine) {
        for (const outside of others) target.ways.between(inside, outside, condition);
      }
    };
    const fault = {
      what: `${inWords[kind]} ${machine.join(" and ")} (${victim.inWords})`,
      shards: await touchedShards(target, victim, machine),
      untouched: [],
    };
    if (kind === "flapping") return { ...fault, ...flapping(target, cut) };
    return {
      ...fault,
      inject: () => Promise.resolve(cut()),
      heal: () => Promise.resolve(target.ways.mend()),
    };
  };
}

const inWords: Readonly<Record<PartitionKind, string>> = {
  alone: "cut off from everybody:",
  symmetric: "cut off from the other machines:",
  "one-way": "heard by none of the other machines any more:",
  flapping: "cut off from everybody, on and off:",
};

function machineOf(target: Target, server: string): readonly string[] {
  const node = target.nodes[target.servers.indexOf(server)];
  return node === undefined ? [server] : [server, node];
}

function othersThan(
  target: Target,
  machine: readonly string[],
  kind: PartitionKind,
): readonly string[] {
  const machines = [...target.servers, ...target.nodes].filter((name) => !machine.includes(name));
  const reachesAll = kind === "symmetric" || kind === "one-way";
  return reachesAll ? machines : [...machines, ...target.cluster.file.gateways, clientsParty];
}

/** Those whose log is led there, and those that are emitted from there. */
async function touchedShards(
  target: Target,
  victim: Victim,
  machine: readonly string[],
): Promise<readonly number[]> {
  const emitted = await Promise.all(machine.map((name) => target.emittedBy(name)));
  return [...new Set([...victim.shards, ...emitted.flat()])].sort();
}

function flapping(target: Target, cut: () => void): Pick<Fault, "inject" | "heal"> {
  const stopped = new AbortController();
  let flapped: Promise<void> | undefined;
  const flap = async (): Promise<void> => {
    for (let isCut = true; !stopped.signal.aborted; isCut = !isCut) {
      if (isCut) cut();
      else target.ways.mend();
      await pause(flapMs, stopped.signal);
    }
  };
  return {
    inject: () => {
      flapped = flap();
      return Promise.resolve();
    },
    heal: async () => {
      stopped.abort();
      await flapped;
      target.ways.mend();
    },
  };
}

/** Resolves early when it is told to stop. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

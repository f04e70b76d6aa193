/**
 * What befalls processes: they die, between two turns or in the middle of what they say, stand
 * still, are slow, are stopped in order, and lose their disks.
 */
import type { EngineMachine } from "../parts/engine-machine.ts";
import type { Machine } from "../parts/machine.ts";
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";
import { once } from "./fault.ts";
import type { Fault } from "./fault.ts";

function someEngine(cluster: SimCluster, chance: Chance): EngineMachine | undefined {
  const running = cluster.engines.filter(({ isRunning }) => isRunning);
  return running.length === 0 ? undefined : chance.pick(running);
}

function someMachine(cluster: SimCluster, chance: Chance): Machine | undefined {
  const running = cluster.machines.filter(({ isRunning }) => isRunning);
  return running.length === 0 ? undefined : chance.pick(running);
}

/** Whoever emits some shard, if anybody does. */
function someEmitter(cluster: SimCluster, chance: Chance): EngineMachine | undefined {
  const emitting = cluster.engines.filter(({ node }) =>
    node?.status().replicas.some(({ isEmitter }) => isEmitter),
  );
  return emitting.length === 0 ? undefined : chance.pick(emitting);
}

const kill: Fault = {
  name: "process-killed",
  strike(cluster, chance) {
    const machine = someMachine(cluster, chance);
    machine?.kill();
    return machine && once(machine.name);
  },
};

const killEmitter: Fault = {
  name: "emitter-killed",
  strike(cluster, chance) {
    const machine = someEmitter(cluster, chance);
    machine?.kill();
    return machine && once(machine.name);
  },
};

const killSpeaking: Fault = {
  name: "killed-while-speaking",
  strike(cluster, chance) {
    const machine = someEmitter(cluster, chance);
    machine?.killAfter(1 + chance.below(12));
    return machine && once(machine.name);
  },
};

const holdDown: Fault = {
  name: "machine-down",
  strike(cluster, chance) {
    const machine = someMachine(cluster, chance);
    machine?.holdDown();
    const lastsMs = chance.between(2000, 20_000);
    return machine && { what: machine.name, lastsMs, heal: () => machine.letRun() };
  },
};

const pause: Fault = {
  name: "process-paused",
  strike(cluster, chance) {
    const machine = chance.happens(0.6)
      ? someEmitter(cluster, chance)
      : someMachine(cluster, chance);
    const process = machine?.process;
    if (machine === undefined || process === undefined) return undefined;
    process.pause();
    const lastsMs = chance.happens(0.5) ? chance.between(50, 1500) : chance.between(1500, 20_000);
    return { what: machine.name, lastsMs, heal: () => process.resume() };
  },
};

const double: Fault = {
  name: "process-doubled",
  strike(cluster, chance) {
    const machine = someMachine(cluster, chance);
    const goOn = machine?.double();
    if (machine === undefined || goOn === undefined) return undefined;
    return { what: machine.name, lastsMs: chance.between(500, 15_000), heal: goOn };
  },
};

const slow: Fault = {
  name: "process-slow",
  strike(cluster, chance) {
    const machine = someMachine(cluster, chance);
    const process = machine?.process;
    if (machine === undefined || process === undefined) return undefined;
    process.lateMs = chance.between(1, 120);
    const heal = (): void => void (process.lateMs = 0);
    return { what: machine.name, lastsMs: chance.between(500, 8000), heal };
  },
};

const stop: Fault = {
  name: "engine-stopped",
  strike(cluster, chance) {
    const engine = someEngine(cluster, chance);
    engine?.stop();
    return engine && once(engine.name);
  },
};

const restart: Fault = {
  name: "engine-restarted-as-planned",
  strike(cluster, chance) {
    const engine = someEngine(cluster, chance);
    if (engine !== undefined) void cluster.operator.restart(engine);
    return engine && once(engine.name);
  },
};

const drain: Fault = {
  name: "engine-drained",
  strike(cluster, chance) {
    const engine = someEngine(cluster, chance);
    if (engine === undefined) return undefined;
    const { operator } = cluster;
    void operator.instruct(engine, "drain");
    const heal = (): void => void operator.instruct(engine, "undrain");
    return { what: engine.name, lastsMs: chance.between(2000, 25_000), heal };
  },
};

const wipe: Fault = {
  name: "engine-wiped",
  strike(cluster, chance) {
    const engine = someEngine(cluster, chance);
    engine?.kill();
    engine?.disk.wipe();
    return engine && once(engine.name);
  },
};

const jump: Fault = {
  name: "clock-jumps",
  strike(cluster, chance) {
    const machine = someMachine(cluster, chance);
    machine?.jump(chance.between(10, 8000));
    return machine && once(machine.name);
  },
};

export const processFaults: readonly Fault[] = [
  kill,
  killEmitter,
  killSpeaking,
  holdDown,
  pause,
  double,
  slow,
  stop,
  restart,
  drain,
  wipe,
  jump,
];

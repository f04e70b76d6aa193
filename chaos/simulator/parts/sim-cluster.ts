/**
 * A whole exchange in a simulated world: engine nodes, gateways, and the machines they run on.
 *
 * Whoever dies is started again by somebody who watches, unless a fault holds it down.
 */
import type { EmissionMode } from "../../../cluster/emission.ts";
import type { ReplicaReport } from "../../../cluster/replica.ts";
import type { LogicVersion, NodeId } from "../../../protocols/index.ts";
import type { SimWorld } from "../world/sim-world.ts";
import { EngineMachine } from "./engine-machine.ts";
import { GatewayMachine } from "./gateway-machine.ts";
import type { Machine } from "./machine.ts";
import { Operator } from "./operator.ts";

export interface SimClusterOptions {
  readonly engines: number;
  readonly gateways: number;
  readonly snapshotEveryEntries: number;
  readonly emission: EmissionMode;
  /** What the nodes' release carries at first. */
  readonly logicMax: LogicVersion;
  readonly report: (machine: string, event: ReplicaReport) => void;
}

export class SimCluster {
  readonly world: SimWorld;
  readonly #newEngine: (name: string, nodes: readonly NodeId[]) => EngineMachine;
  /** In the order in which they came. */
  #engines: readonly EngineMachine[];
  #removed: readonly EngineMachine[] = [];
  readonly gateways: readonly GatewayMachine[];
  readonly operator: Operator;

  constructor(world: SimWorld, options: SimClusterOptions) {
    this.world = world;
    const { engines, gateways, report, ...common } = options;
    this.#newEngine = (name, nodes) => {
      const heard = (event: ReplicaReport): void => report(name, event);
      return new EngineMachine(world, name, { ...common, nodes, report: heard });
    };
    const nodes = Array.from({ length: engines }, (_, index) => `e${String(index + 1)}`);
    this.#engines = nodes.map((name) => this.#newEngine(name, nodes));
    this.gateways = Array.from({ length: gateways }, (_, index) => {
      return new GatewayMachine(world, `gw-${String(index + 1)}`);
    });
    this.operator = new Operator(world);
  }

  /** The engine nodes that there are, those included that are being added or removed. */
  get engines(): readonly EngineMachine[] {
    return this.#engines;
  }

  /** Those that there were: nobody starts them, but what runs of them may go on for a while. */
  get removed(): readonly EngineMachine[] {
    return this.#removed;
  }

  /** Starts one more, or one of those that were removed. It has the disk that it had. */
  addEngine(again?: EngineMachine): EngineMachine {
    const others = this.#engines.map(({ name }) => name);
    const name = again?.name ?? `e${String(this.#engines.length + this.#removed.length + 1)}`;
    const nodes = [...others, name];
    const engine = again ?? this.#newEngine(name, nodes);
    engine.settledNodes = nodes;
    const logicMax = Math.max(...this.#engines.map((other) => other.logicMax));
    // What may still run there is of the release before.
    if (engine.logicMax < logicMax) engine.stopSurely();
    engine.logicMax = logicMax;
    this.#removed = this.#removed.filter((other) => other !== engine);
    this.#engines = [...this.#engines, engine];
    engine.enlist();
    return engine;
  }

  removeEngine(engine: EngineMachine): void {
    this.#engines = this.#engines.filter((other) => other !== engine);
    this.#removed = [...this.#removed, engine];
    engine.retire();
  }

  /** What we run; the nats-servers are the world's. */
  get machines(): readonly Machine[] {
    return [...this.engines, ...this.gateways];
  }

  /** All that the network joins, but for clients. */
  get machineNames(): readonly string[] {
    return [...this.world.servers.names, ...this.machines.map(({ name }) => name)];
  }

  start(): void {
    for (const machine of this.machines) machine.start();
  }
}

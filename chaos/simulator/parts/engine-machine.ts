/**
 * A machine with an engine node: what the engine's process composes, on simulated lines and disks.
 */
import { EngineNode } from "../../../cluster/engine-node.ts";
import { LayeredSnapshotStore } from "../../../cluster/layered-snapshot-store.ts";
import { BusPublicChannel } from "../../../cluster/public-channel.ts";
import type { ReplicaReport } from "../../../cluster/replica.ts";
import type { EmissionMode } from "../../../cluster/emission.ts";
import type { LogicVersion, NodeId } from "../../../protocols/index.ts";
import { SimBus } from "../world/sim-bus.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { SimWorld } from "../world/sim-world.ts";
import { SnapshotDisk } from "../world/snapshot-disk.ts";
import { epochOf, Machine } from "./machine.ts";
import { openLogs, orDies } from "./open-logs.ts";

const stopTimeoutMs = 5000;

export interface EngineMachineOptions {
  /** What its settings name at first. */
  readonly nodes: readonly NodeId[];
  readonly snapshotEveryEntries: number;
  readonly emission: EmissionMode;
  /** The last version of logic that its release carries at first. */
  readonly logicMax: LogicVersion;
  readonly report: (event: ReplicaReport) => void;
}

export class EngineMachine extends Machine {
  readonly #options: EngineMachineOptions;
  readonly disk: SnapshotDisk;
  #node: EngineNode | undefined;
  #buses: readonly SimBus[] = [];
  /** What the release that is installed carries; what runs may be the one before. */
  logicMax: LogicVersion;
  /**
   * All nodes as its settings name them, in the order in which they are preferred as emitters. They
   * are read as it starts; the log may know better.
   */
  settledNodes: readonly NodeId[];

  constructor(world: SimWorld, name: string, options: EngineMachineOptions) {
    super(world, name);
    this.#options = options;
    this.disk = new SnapshotDisk(world.chance.branch(`disk of ${name}`));
    this.logicMax = options.logicMax;
    this.settledNodes = options.nodes;
  }

  /** Undefined while it does not run. */
  get node(): EngineNode | undefined {
    return this.isRunning ? this.#node : undefined;
  }

  /** As whoever watches does: with SIGTERM, and when that does not help, with SIGKILL. */
  stopSurely(): void {
    const { process } = this;
    this.stop();
    this.world.time.after(stopTimeoutMs, () => process?.kill());
  }

  /** As SIGTERM does: hands over what it emits, and ends. */
  stop(): void {
    const { node, process } = this;
    if (node === undefined || process === undefined) return;
    process.act(() => {
      // What it said last is to be heard before its lines break.
      void node.stop().then(() => process.after(20, () => process.kill()));
    });
  }

  /** Dies in the middle of what it says, after so many messages more. */
  killAfter(messages: number): void {
    for (const bus of this.#buses) bus.killAfter(messages);
  }

  protected override run(process: SimProcess): void {
    this.#node = undefined;
    void this.#compose(process);
  }

  async #compose(process: SimProcess): Promise<void> {
    const { world, name } = this;
    const { servers } = world;
    const { snapshotEveryEntries, emission } = this.#options;
    const line = servers.connect(process, name);
    const publicLine = servers.connect(process, name);
    const bus = new SimBus(servers, line);
    const publicBus = new SimBus(servers, publicLine);
    this.#buses = [bus, publicBus];
    const chance = world.chance.branch(`logs of ${process.name}`);
    const logs = await orDies(process, openLogs(world, { line, chance }));
    if (logs === undefined) return;
    const report = (event: ReplicaReport): void => {
      if (!process.isDead) this.#options.report(event);
    };
    const node = new EngineNode({
      cluster: "sim",
      node: name,
      nodes: this.settledNodes,
      logs,
      bus,
      publicChannel: new BusPublicChannel(publicBus),
      snapshots: new LayeredSnapshotStore(
        this.disk.openBy(process),
        world.sharedDisk.openBy(process),
      ),
      clock: process,
      timing: { snapshotEveryEntries },
      emission,
      logicMax: this.logicMax,
      pid: 1,
      version: "sim",
      // Its process has simulated others, too: what that counted is none of this world's.
      invariants: [],
      epoch: epochOf(process),
      report,
    });
    // Another one may have been started beside it meanwhile.
    if (this.process === process) this.#node = node;
    process.onDeath(() => void node.abandon());
    node.start().catch((error: unknown) => {
      report({ kind: "fault", shard: 0, error });
      // As the process does that could not start.
      process.act(() => process.kill());
    });
  }
}

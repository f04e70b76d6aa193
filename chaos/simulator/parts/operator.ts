/**
 * The operator: tells nodes to drain, restarts them as planned, has the logs count others, and
 * upgrades the cluster, as `./outcry node` and `./outcry upgrade` do, through the nodes' control desks
 * and the logs.
 */
import { logicOf } from "../../../actors/logic-versions.ts";
import { delay } from "../../../cluster/clock.ts";
import { ClusterFault } from "../../../cluster/faults.ts";
import { LogClient } from "../../../cluster/log-client.ts";
import type {
  LogicVersion,
  NodeId,
  NodeInstruction,
  NodeStatus,
  ReplicaStatus,
  ShardId,
} from "../../../protocols/index.ts";
import { SimBus } from "../world/sim-bus.ts";
import type { SimLog } from "../world/sim-log.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { SimWorld } from "../world/sim-world.ts";
import type { EngineMachine } from "./engine-machine.ts";
import { epochOf } from "./machine.ts";
import { openLogs } from "./open-logs.ts";

const lookEveryMs = 250;
/** Longer than the restart of a node takes in good weather. */
const patienceMs = 15_000;
/** A node that is further behind follows, but has not caught up. */
const behindMax = 100;
/** Between two attempts to activate what was not activated. */
const againMs = 2000;

export class Operator {
  readonly #world: SimWorld;
  readonly #process: SimProcess;
  readonly #client: Promise<LogClient>;
  #logs: readonly SimLog[] = [];

  constructor(world: SimWorld) {
    this.#world = world;
    this.#process = world.newProcess("operator");
    this.#client = this.#open();
  }

  async #open(): Promise<LogClient> {
    const [world, process] = [this.#world, this.#process];
    const line = world.servers.connect(process, "operator");
    const chance = world.chance.branch("operator");
    const logs = await openLogs(world, { line, chance });
    this.#logs = logs;
    return new LogClient({
      // What nodes alone may say it says in their name.
      producer: "node-operator",
      epoch: epochOf(process),
      logs,
      bus: new SimBus(world.servers, line),
      clock: process,
    });
  }

  /** Has a log go on in its next generation. */
  async roll(shard: ShardId): Promise<void> {
    try {
      const log = this.#logs[shard];
      const newest = (await log?.generations())?.at(-1);
      if (newest !== undefined) await log?.roll(newest.generation);
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      this.#world.tell(`the log of shard ${String(shard)} is not rolled: ${error.code}`);
    }
  }

  /** Resolves with whether the node says that it did so. */
  async instruct(machine: EngineMachine, instruction: NodeInstruction): Promise<boolean> {
    try {
      const answer = await (await this.#client).instruct(machine.name, instruction);
      this.#world.tell(`${machine.name} ${instruction} ${answer.ok ? "done" : answer.code}`);
      return answer.ok;
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      return false;
    }
  }

  /** Has nodes go on that were drained; one that does not answer is told again. */
  async undrain(machines: readonly EngineMachine[]): Promise<void> {
    for (const machine of machines) {
      while (!machine.isRetired && !(await this.instruct(machine, "undrain"))) {
        await this.pause(lookEveryMs);
      }
    }
  }

  /** Drains a node and has it start again; with what is installed by then. */
  async restart(machine: EngineMachine): Promise<void> {
    await this.instruct(machine, "drain");
    machine.stop();
    const untilMs = this.#process.nowMs() + patienceMs;
    const isAwaited = (): boolean =>
      !machine.isRetired && !isServing(machine) && this.#process.nowMs() < untilMs;
    while (isAwaited()) await this.pause(lookEveryMs);
  }

  /**
   * Restarts all nodes with a release that carries the next logic, also those that come meanwhile;
   * then every shard goes by it.
   *
   * @param machines those that there are at that moment
   */
  async upgrade(machines: () => readonly EngineMachine[], version: LogicVersion): Promise<void> {
    const behind = (): EngineMachine | undefined =>
      machines().find(({ logicMax }) => logicMax < version);
    for (let machine = behind(); machine !== undefined; machine = behind()) {
      machine.logicMax = version;
      await this.restart(machine);
    }
    // The governor's shard is the last: what it has the others do, they can do by then.
    for (const shard of [...this.#world.logs.keys()].reverse()) {
      const command = { kind: "activate-logic", version } as const;
      for (;;) {
        const [outcome] = await (await this.#client).submitTo(shard, [command]);
        // Activated now, or refused because an attempt before did it.
        if (outcome?.kind === "replied") break;
        await this.pause(againMs);
      }
    }
  }

  // ---- Which nodes there are ---------------------------------------------------------------

  /** Whether each shard goes by a logic that counts nodes; false as well if nobody tells. */
  async countsNodes(): Promise<boolean> {
    const newest = await this.#newestReplicas();
    return newest?.every(({ logic }) => logicOf(logic).countsNodes) ?? false;
  }

  /** Whether a node answers for itself. */
  async hears(name: NodeId): Promise<boolean> {
    return (await this.#statuses()).some(({ node }) => node === name);
  }

  /** Whether a node serves every shard and is not behind. */
  async follows(name: NodeId): Promise<boolean> {
    const statuses = await this.#statuses();
    const status = statuses.find(({ node }) => node === name);
    if (status === undefined || !areServing(status.replicas)) return false;
    return status.replicas.every(({ shard, appliedSequence }) => {
      return appliedSequence >= (newestOf(statuses, shard)?.appliedSequence ?? 0) - behindMax;
    });
  }

  /**
   * Has each log that does not yet do so count other nodes; while it does not say which there are,
   * it is those of the settings. Resolves with whether all do now.
   */
  async setNodes(
    settings: readonly NodeId[],
    change: (nodes: readonly NodeId[]) => readonly NodeId[],
  ): Promise<boolean> {
    const newest = await this.#newestReplicas();
    if (newest === undefined) return false;
    for (const { shard, nodes: said, nodesEpoch } of newest) {
      const old = said.length === 0 ? settings : said;
      const nodes = change(old);
      if (nodesEpoch > 0 && nodes.join() === old.join()) continue;
      const command = { kind: "set-nodes", nodes, nodesEpoch } as const;
      const [outcome] = await (await this.#client).submitTo(shard, [command]);
      if (outcome?.kind !== "replied" || outcome.reply.rejectReason !== 0) return false;
    }
    return true;
  }

  /** By shard; undefined when nobody tells of one of them. */
  async #newestReplicas(): Promise<readonly ReplicaStatus[] | undefined> {
    const statuses = await this.#statuses();
    const newest = [...this.#world.logs.keys()].map((shard) => newestOf(statuses, shard));
    return newest.every((replica) => replica !== undefined) ? newest : undefined;
  }

  async #statuses(): Promise<readonly NodeStatus[]> {
    try {
      return await (await this.#client).nodes();
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      return [];
    }
  }

  async pause(ms: number): Promise<void> {
    await delay(this.#process, ms);
  }
}

function isServing({ node }: EngineMachine): boolean {
  return areServing(node?.status().replicas ?? []);
}

function areServing(replicas: readonly ReplicaStatus[]): boolean {
  const serves = ({ phase }: ReplicaStatus): boolean =>
    phase === "following" || phase === "emitting";
  return replicas.length > 0 && replicas.every(serves);
}

/** What the replica says of a shard that has applied most of its log. */
function newestOf(statuses: readonly NodeStatus[], shard: ShardId): ReplicaStatus | undefined {
  const replicas = statuses.flatMap((status) => status.replicas[shard] ?? []);
  return replicas.sort((a, b) => b.appliedSequence - a.appliedSequence)[0];
}

/**
 * The operator: tells nodes to drain, restarts them as planned, and upgrades the cluster, as
 * `./outcry node` and `./outcry upgrade` do, through the nodes' control desks and the logs.
 */
import { delay } from "../../../cluster/clock.ts";
import { ClusterFault } from "../../../cluster/faults.ts";
import { LogClient } from "../../../cluster/log-client.ts";
import type { LogicVersion, NodeInstruction, ShardId } from "../../../protocols/index.ts";
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
      while (!(await this.instruct(machine, "undrain"))) await this.#pause(lookEveryMs);
    }
  }

  /** Drains a node and has it start again; with what is installed by then. */
  async restart(machine: EngineMachine): Promise<void> {
    await this.instruct(machine, "drain");
    machine.stop();
    const untilMs = this.#process.nowMs() + patienceMs;
    while (!isServing(machine) && this.#process.nowMs() < untilMs) await this.#pause(lookEveryMs);
  }

  /** Restarts all nodes with a release that carries the next logic; then every shard goes by it. */
  async upgrade(machines: readonly EngineMachine[], version: LogicVersion): Promise<void> {
    for (const machine of machines) {
      machine.logicMax = version;
      await this.restart(machine);
    }
    for (const shard of this.#world.logs.keys()) {
      const command = { kind: "activate-logic", version } as const;
      for (;;) {
        const [outcome] = await (await this.#client).submitTo(shard, [command]);
        // Activated now, or refused because an attempt before did it.
        if (outcome?.kind === "replied") break;
        await this.#pause(againMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(this.#process, ms);
  }
}

function isServing({ node }: EngineMachine): boolean {
  const replicas = node?.status().replicas ?? [];
  const serves = ({ phase }: (typeof replicas)[number]): boolean =>
    phase === "following" || phase === "emitting";
  return replicas.length > 0 && replicas.every(serves);
}

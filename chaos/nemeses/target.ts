/**
 * What a fault acts on: the processes of a drill's cluster, by the parts they play for the shard
 * that is under attack in this run.
 */
import type { SeededRandom } from "../../clients/agents/seeded-random.ts";
import type { LogClient } from "../../cluster/log-client.ts";
import type { EngineAccess } from "../../ops/cli/engine-access.ts";
import { askSupervisor } from "../../ops/supervisor/control-socket.ts";
import type { ProcessRecord } from "../../ops/supervisor/control-socket.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import type { MachineDisks } from "../disks/machine-disks.ts";
import type { ClusterWays } from "../network/cluster-ways.ts";
import type { Role } from "./roles.ts";
import { emitters, leaders, processOf } from "./roles.ts";
import { untilWell } from "./well-being.ts";

const settledTimeoutMs = 60_000;

export interface TargetParts {
  readonly cluster: ThrowawayCluster;
  readonly access: EngineAccess;
  /** The shard under attack. */
  readonly shard: number;
  readonly random: SeededRandom;
  /** The proxies between all parties; undefined where a drill needs none. */
  readonly ways: ClusterWays | undefined;
  /** Disks that can fail; undefined where a drill needs none. */
  readonly disks: MachineDisks | undefined;
  /** Aborted when the drill is to end. */
  readonly signal: AbortSignal;
  /** Is told of what is done on the way. */
  readonly say: (line: string) => void;
}

export class Target {
  readonly cluster: ThrowawayCluster;
  readonly shard: number;
  readonly random: SeededRandom;
  /** Aborted when the drill is to end. */
  readonly ended: AbortSignal;
  readonly #parts: TargetParts;

  constructor(parts: TargetParts) {
    this.cluster = parts.cluster;
    this.shard = parts.shard;
    this.random = parts.random;
    this.ended = parts.signal;
    this.#parts = parts;
  }

  /** The same cluster, attacked at another shard. */
  at(shard: number): Target {
    return new Target({ ...this.#parts, shard });
  }

  /** Speaks to the logs past the gateways, as administrators' tools do. */
  get client(): LogClient {
    return this.#parts.access.client;
  }

  get ways(): ClusterWays {
    const { ways } = this.#parts;
    if (ways === undefined) throw new Error("this drill's cluster has no proxies");
    return ways;
  }

  get disks(): MachineDisks {
    const { disks } = this.#parts;
    if (disks === undefined) throw new Error("this drill's machines have no disks of their own");
    return disks;
  }

  say(line: string): void {
    this.#parts.say(line);
  }

  get shards(): readonly number[] {
    return Array.from({ length: this.cluster.file.shards }, (_, shard) => shard);
  }

  get servers(): readonly string[] {
    return this.cluster.file.servers.map(({ name }) => name);
  }

  get nodes(): readonly string[] {
    return this.cluster.file.nodes;
  }

  processOf(role: Role): Promise<string> {
    return processOf(role, this.shard, { cluster: this.cluster, access: this.#parts.access });
  }

  /** The shards that an engine node emits. */
  async emittedBy(node: string): Promise<readonly number[]> {
    return shardsOf(node, await emitters({ cluster: this.cluster, access: this.#parts.access }));
  }

  /** The shards whose logs a nats-server leads. */
  async ledBy(server: string): Promise<readonly number[]> {
    return shardsOf(server, await leaders({ cluster: this.cluster, access: this.#parts.access }));
  }

  /** The last sequence of each shard's log. */
  async heads(): Promise<readonly number[]> {
    return await Promise.all(this.#parts.access.logs.map((log) => log.head()));
  }

  others(shards: readonly number[]): readonly number[] {
    return this.shards.filter((shard) => !shards.includes(shard));
  }

  /** Sends a signal; a process that it ends stays down until `restart`. */
  async signal(process: string, signal: NodeJS.Signals): Promise<void> {
    // One that has not been told to go is still watched over.
    const goes = signal === "SIGKILL" || signal === "SIGTERM" || this.servers.includes(process);
    const restart = signal === "SIGSTOP" || signal === "SIGCONT" || !goes;
    await askSupervisor(this.#socket, { command: "kill", process, signal, restart });
  }

  /** Resolves when the cluster is whole again. */
  async settled(): Promise<void> {
    const { problems } = await untilWell(
      { cluster: this.cluster, access: this.#parts.access },
      { timeoutMs: settledTimeoutMs, signal: this.ended },
    );
    if (problems.length > 0) throw new Error(`it does not recover: ${problems.join("; ")}`);
  }

  /** Starts a process, after stopping it if it runs; resolves when it is ready. */
  async restart(process: string): Promise<void> {
    await askSupervisor(this.#socket, { command: "restart", process });
  }

  async processes(): Promise<readonly ProcessRecord[]> {
    return (await askSupervisor(this.#socket, { command: "processes" })).processes;
  }

  get #socket(): string {
    return this.cluster.file.supervisor.socket;
  }
}

function shardsOf(name: string, holders: readonly (string | undefined)[]): readonly number[] {
  return holders.flatMap((holder, shard) => (holder === name ? [shard] : []));
}

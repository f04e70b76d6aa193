/**
 * A shard rebuilt from its log beside its live replicas: their hashes are compared at the very
 * sequences at which each of them took its own.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Shard } from "../../actors/index.ts";
import type { LogClient } from "../../cluster/log-client.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import { CommandFault } from "./output.ts";
import type { Rebuilt, RebuildOptions } from "./shard-rebuild.ts";
import { ShardRebuild } from "./shard-rebuild.ts";

/** Where the logs are read, and the replicas asked. */
export interface ReplaySource {
  readonly client: Pick<LogClient, "submitTo" | "nodes">;
  readonly logs: readonly ReplicatedLog[];
}

/** What a live replica said it had at a sequence, and what the log says. */
export interface Comparison {
  readonly node: string;
  readonly what: "entries" | "outputs" | "state";
  readonly sequence: number;
  readonly live: string;
  readonly rebuilt: string;
  readonly same: boolean;
}

export interface ShardReport {
  readonly shard: number;
  readonly sequence: number;
  readonly commands: number;
  readonly seconds: number;
  readonly commandsPerSecond: number;
  readonly entriesHash: string;
  readonly outputsHash: string;
  readonly stateHash: string;
  readonly comparisons: readonly Comparison[];
}

export class ShardReplay {
  readonly #rebuild: ShardRebuild;
  readonly #shard: number;

  constructor(options: RebuildOptions) {
    this.#rebuild = new ShardRebuild(options);
    this.#shard = options.shard;
  }

  /** The actors as rebuilt so far, to be read. */
  get actors(): Shard {
    return this.#rebuild.actors;
  }

  /** Applies what the log holds. */
  async toHead({ logs }: ReplaySource): Promise<ShardReport> {
    const log = logOf(logs, this.#shard);
    return await this.#advance(log, [], await log.head());
  }

  /**
   * Has every replica hash its state and compares all it says with the log. May be called again.
   *
   * @param nodes who has to answer.
   */
  async verify(access: ReplaySource, nodes: readonly string[]): Promise<ShardReport> {
    const live = await checkpoint(access, this.#shard, nodes);
    const sequences = live.flatMap(({ replica }) => [
      replica.appliedSequence,
      replica.checkpointSequence,
    ]);
    return await this.#advance(logOf(access.logs, this.#shard), live, Math.max(...sequences));
  }

  async #advance(
    log: ReplicatedLog,
    live: readonly LiveReplica[],
    upTo: number,
  ): Promise<ShardReport> {
    const rebuilt = await this.#rebuild.advance(log, {
      upTo,
      chainsAt: new Set(live.map(({ replica }) => replica.appliedSequence)),
      statesAt: new Set(live.map(({ replica }) => replica.checkpointSequence)),
    });
    const { sequence, commands, seconds, entriesHash, outputsHash, stateHash } = rebuilt;
    if (sequence < upTo) {
      throw new CommandFault(
        "log-short",
        `the log of shard ${this.#shard} ends at ${sequence}, not at ${upTo}`,
      );
    }
    return {
      shard: this.#shard,
      sequence,
      commands,
      seconds,
      commandsPerSecond: Math.round(commands / Math.max(seconds, 1e-6)),
      entriesHash,
      outputsHash,
      stateHash,
      comparisons: live.flatMap(({ node, replica }) => compare(node, replica, rebuilt)),
    };
  }
}

function logOf(logs: ReplaySource["logs"], shard: number): ReplicatedLog {
  const log = logs[shard];
  if (log === undefined) throw new CommandFault("usage", `there is no shard ${shard}`);
  return log;
}

interface LiveReplica {
  readonly node: string;
  readonly replica: ReplicaStatus;
}

const checkpointTimeoutMs = 10_000;
const pollMs = 50;
const statusMs = 1000;

/** Has every replica hash its whole state, and resolves with what each says. */
async function checkpoint(
  { client, logs }: ReplaySource,
  shard: number,
  nodes: readonly string[],
): Promise<readonly LiveReplica[]> {
  const before = (await logs[shard]?.head()) ?? 0;
  // Shards answer no checkpoint: that it was taken shows in the replicas' status.
  void client.submitTo(shard, [{ kind: "checkpoint", label: "replay" }]);
  const deadlineMs = performance.now() + checkpointTimeoutMs;
  for (;;) {
    const live = replicasOf(await client.nodes(statusMs, nodes), shard);
    const behind = live.filter(
      ({ replica }) => !isOver(replica) && replica.checkpointSequence <= before,
    );
    const missing = nodes.filter((name) => !live.some(({ node }) => node === name));
    if (live.length > 0 && behind.length === 0 && missing.length === 0) return live;
    if (performance.now() > deadlineMs) {
      const silent = live.length === 0 ? "no engine node answers" : `${missing[0]} does not answer`;
      const [late] = behind;
      const who = late === undefined ? silent : `${late.node} does not follow`;
      throw new CommandFault(
        "no-checkpoint",
        `no checkpoint of shard ${shard} within 10 s: ${who}`,
      );
    }
    await sleep(pollMs);
  }
}

/** Applies no more, and says so: what it came to is compared where it stopped. */
function isOver({ phase }: ReplicaStatus): boolean {
  return phase === "diverged" || phase === "failed";
}

function replicasOf(nodes: readonly NodeStatus[], shard: number): LiveReplica[] {
  return nodes.flatMap(({ node, replicas }) =>
    replicas.filter((replica) => replica.shard === shard).map((replica) => ({ node, replica })),
  );
}

function compare(node: string, replica: ReplicaStatus, rebuilt: Rebuilt): Comparison[] {
  const { appliedSequence: applied, checkpointSequence: hashed } = replica;
  const chains = rebuilt.chains.get(applied);
  const comparisons = [
    { what: "entries", sequence: applied, live: replica.entriesHash, rebuilt: chains?.entries },
    { what: "outputs", sequence: applied, live: replica.outputsHash, rebuilt: chains?.outputs },
    {
      what: "state",
      sequence: hashed,
      live: replica.checkpointHash,
      rebuilt: rebuilt.states.get(hashed),
    },
  ] as const;
  return comparisons.map((comparison) => ({
    node,
    ...comparison,
    rebuilt: comparison.rebuilt ?? "",
    same: comparison.live === comparison.rebuilt,
  }));
}

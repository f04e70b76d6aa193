/**
 * Rebuilds a shard from its log into fresh actors, and notes what it comes to on the way: the
 * chain hashes at some sequences, the hash of the whole state at others.
 *
 * It trusts nothing but the log: no snapshot, no replica, no feed.
 */
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { stateHashOf } from "../../cluster/replica-snapshot.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";

/** What to note. */
export interface RebuildPlan {
  readonly shard: number;
  readonly shards: number;
  /** The last sequence to apply. */
  readonly upTo: number;
  /** Where to note the chains over entries and outputs. */
  readonly chainsAt: ReadonlySet<number>;
  /** Where to hash the whole state; the last sequence always. */
  readonly statesAt: ReadonlySet<number>;
}

export interface Rebuilt {
  readonly shard: number;
  readonly sequence: number;
  readonly commands: number;
  readonly payloadBytes: number;
  readonly seconds: number;
  readonly entriesHash: string;
  readonly outputsHash: string;
  readonly stateHash: string;
  readonly chains: ReadonlyMap<number, { readonly entries: string; readonly outputs: string }>;
  readonly states: ReadonlyMap<number, string>;
}

const readLimits = { entriesMax: 2000, bytesMax: 4 * 1024 * 1024 };

export async function rebuildShard(log: ReplicatedLog, plan: RebuildPlan): Promise<Rebuilt> {
  const rebuild = new ShardRebuild(plan);
  const startedAtMs = performance.now();
  let next = log.read(1, readLimits);
  while (rebuild.sequence < plan.upTo) {
    const entries = await next;
    const last = entries.at(-1);
    if (last === undefined) break;
    // The next piece is on its way while this one is applied.
    if (last.sequence < plan.upTo) next = log.read(last.sequence + 1, readLimits);
    rebuild.apply(entries);
  }
  return rebuild.result((performance.now() - startedAtMs) / 1000);
}

class ShardRebuild {
  readonly #plan: RebuildPlan;
  readonly #hashed: HashedShard;
  readonly #chains = new Map<number, { entries: string; outputs: string }>();
  readonly #states = new Map<number, string>();
  #payloadBytes = 0;

  constructor(plan: RebuildPlan) {
    this.#plan = plan;
    this.#hashed = new HashedShard(new Shard(plan.shard, plan.shards));
  }

  get sequence(): number {
    return this.#hashed.shard.sequence;
  }

  apply(entries: readonly LogEntry[]): void {
    const { upTo, chainsAt, statesAt } = this.#plan;
    for (const entry of entries) {
      if (entry.sequence > upTo) return;
      this.#hashed.apply(entry);
      this.#payloadBytes += entry.payload.length;
      if (chainsAt.has(entry.sequence)) this.#chains.set(entry.sequence, this.#chainsNow());
      if (statesAt.has(entry.sequence)) this.#states.set(entry.sequence, this.#stateNow());
    }
  }

  result(seconds: number): Rebuilt {
    const { entries, outputs } = this.#chainsNow();
    return {
      shard: this.#plan.shard,
      sequence: this.sequence,
      commands: this.#hashed.shard.commandCount,
      payloadBytes: this.#payloadBytes,
      seconds,
      entriesHash: entries,
      outputsHash: outputs,
      stateHash: this.#stateNow(),
      chains: this.#chains,
      states: this.#states,
    };
  }

  #chainsNow(): { readonly entries: string; readonly outputs: string } {
    return { entries: this.#hashed.entries.hex, outputs: this.#hashed.outputs.hex };
  }

  #stateNow(): string {
    return hexOf(stateHashOf(this.#hashed.shard));
  }
}

/**
 * Rebuilds a shard from its log into fresh actors, and notes what it comes to on the way: the
 * chain hashes at some sequences, the hash of the whole state at others.
 *
 * It trusts nothing but the log: no snapshot, no replica, no feed.
 */
import { Shard } from "../../actors/index.ts";
import type { Step } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { stateHashOf } from "../../cluster/replica-snapshot.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { piecesOf } from "../downstream/log-pieces.ts";

/** What to note on the way. */
export interface RebuildPlan {
  /** The last sequence to apply. */
  readonly upTo: number;
  /** Where to note the chains over entries and outputs. */
  readonly chainsAt: ReadonlySet<number>;
  /** Where to hash the whole state; the last sequence always. */
  readonly statesAt: ReadonlySet<number>;
}

export interface RebuildOptions {
  readonly shard: number;
  readonly shards: number;
  /** Is shown every entry and what applying it gave. */
  readonly onStep?: (entry: LogEntry, step: Step) => void;
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

export class ShardRebuild {
  readonly #hashed: HashedShard;
  readonly #onStep: RebuildOptions["onStep"];
  #chains = new Map<number, { entries: string; outputs: string }>();
  #states = new Map<number, string>();
  #payloadBytes = 0;

  constructor({ shard, shards, onStep }: RebuildOptions) {
    this.#hashed = new HashedShard(new Shard(shard, shards));
    this.#onStep = onStep;
  }

  /** The actors, to be read. */
  get actors(): Shard {
    return this.#hashed.shard;
  }

  get sequence(): number {
    return this.#hashed.shard.sequence;
  }

  /** Goes on from where it is. May be called again: the log has grown meanwhile. */
  async advance(log: Pick<ReplicatedLog, "read">, plan: RebuildPlan): Promise<Rebuilt> {
    const startedAtMs = performance.now();
    this.#chains = new Map();
    this.#states = new Map();
    // What was noted there before is not known any more.
    this.#note(plan);
    await this.#read(log, plan.upTo, () => this.#note(plan));
    return this.#result((performance.now() - startedAtMs) / 1000);
  }

  /** Goes on likewise, for whoever only wants to see the steps: the state is not hashed. */
  async show(log: Pick<ReplicatedLog, "read">, upTo: number): Promise<void> {
    await this.#read(log, upTo, () => undefined);
  }

  async #read(
    log: Pick<ReplicatedLog, "read">,
    upTo: number,
    afterStep: () => void,
  ): Promise<void> {
    for await (const entries of piecesOf(log, { from: this.sequence + 1, upTo })) {
      for (const entry of entries) {
        const { step } = this.#hashed.apply(entry);
        this.#payloadBytes += entry.payload.length;
        this.#onStep?.(entry, step);
        afterStep();
      }
    }
  }

  #note({ chainsAt, statesAt }: RebuildPlan): void {
    if (chainsAt.has(this.sequence)) this.#chains.set(this.sequence, this.#chainsNow());
    if (statesAt.has(this.sequence)) this.#states.set(this.sequence, this.#stateNow());
  }

  #result(seconds: number): Rebuilt {
    const { entries, outputs } = this.#chainsNow();
    return {
      shard: this.actors.shard,
      sequence: this.sequence,
      commands: this.actors.commandCount,
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
    return hexOf(stateHashOf(this.actors));
  }
}

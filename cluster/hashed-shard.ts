/**
 * A shard with the two chains that prove its history: over all entries it was given, and over all
 * that its steps told anybody.
 *
 * A checkpoint's state hash is part of what its step tells, so replicas that compare outputs compare
 * their whole states there: what differs only inside comes to light.
 *
 * The one place where entries are applied: replicas and rebuilds from the log hash alike because
 * they apply here.
 */
import { newestLogic } from "../actors/index.ts";
import type { Shard, Step } from "../actors/index.ts";
import { assert } from "../protocols/index.ts";
import type { LogicVersion } from "../protocols/index.ts";
import { HashChain } from "./hash-chain.ts";
import { partsOfEntry } from "./log-origin.ts";
import { LogicNotCarried } from "./replica-faults.ts";
import { stateHashOf } from "./replica-snapshot.ts";
import type { LogEntry } from "./replicated-log.ts";
import type { HashedStep } from "./step-history.ts";

export interface HashedShardOptions {
  /** Where the chains go on from; they begin with the shard unless told. */
  readonly entriesHash?: Uint8Array;
  readonly outputsHash?: Uint8Array;
  /** The last version of logic that may be gone by; the newest there is unless told. */
  readonly logicMax?: LogicVersion | undefined;
}

export class HashedShard {
  readonly shard: Shard;
  readonly entries: HashChain;
  readonly outputs: HashChain;

  readonly #logicMax: LogicVersion;

  constructor(shard: Shard, { entriesHash, outputsHash, logicMax }: HashedShardOptions = {}) {
    this.shard = shard;
    this.entries = new HashChain(entriesHash);
    this.outputs = new HashChain(outputsHash);
    this.#logicMax = logicMax ?? newestLogic;
    this.#checkLogic(shard);
  }

  /**
   * Applies the next entry of the log. Throws {@link LogicNotCarried}, with nothing applied, where
   * the shard would go by a logic that is not carried.
   */
  apply(logEntry: LogEntry): HashedStep {
    const { shard } = this;
    const entry = { ...logEntry, entropy: this.entries.entropy };
    const { sequence } = entry;
    const logic = shard.logicAfter(entry);
    this.#checkLogic({ sequence, logic });
    const step = shard.apply(entry);
    assert(shard.logic === logic);
    const stateHash = step.isCheckpoint ? stateHashOf(this.shard) : undefined;
    this.entries.fold(entry.sequence, ...partsOfEntry(entry));
    this.outputs.fold(entry.sequence, ...outputsOf(step), ...(stateHash ? [stateHash] : []));
    return { step, entriesHash: this.entries.hash, outputsHash: this.outputs.hash, stateHash };
  }

  #checkLogic({ sequence, logic }: Pick<Shard, "sequence" | "logic">): void {
    if (logic <= this.#logicMax) return;
    throw new LogicNotCarried(this.shard.shard, { sequence, logic }, this.#logicMax);
  }
}

const encoder = new TextEncoder();

/** All that a step says to anybody, as bytes. */
function outputsOf(step: Step): readonly Uint8Array[] {
  const { verdict, expectedFrame, events, replies, outbound } = step;
  const asked = replies.map(({ producer }) => producer).join(" ");
  const heading = encoder.encode(`${verdict} ${String(expectedFrame)} ${asked}`);
  const answers = replies.map(({ records }) => records);
  return [heading, events, ...answers, ...outbound.map(({ bytes }) => bytes)];
}

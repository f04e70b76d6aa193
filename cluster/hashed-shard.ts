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
import type { Shard, Step } from "../actors/index.ts";
import { HashChain } from "./hash-chain.ts";
import { partsOfEntry } from "./log-origin.ts";
import { stateHashOf } from "./replica-snapshot.ts";
import type { LogEntry } from "./replicated-log.ts";
import type { HashedStep } from "./step-history.ts";

export class HashedShard {
  readonly shard: Shard;
  readonly entries: HashChain;
  readonly outputs: HashChain;

  /** Goes on from the chains' hashes where the shard is not at its beginning. */
  constructor(shard: Shard, hashes: { entriesHash?: Uint8Array; outputsHash?: Uint8Array } = {}) {
    this.shard = shard;
    this.entries = new HashChain(hashes.entriesHash);
    this.outputs = new HashChain(hashes.outputsHash);
  }

  /** Applies the next entry of the log. */
  apply(entry: LogEntry): HashedStep {
    const step = this.shard.apply({ ...entry, entropy: this.entries.entropy });
    const stateHash = step.isCheckpoint ? stateHashOf(this.shard) : undefined;
    this.entries.fold(entry.sequence, ...partsOfEntry(entry));
    this.outputs.fold(entry.sequence, ...outputsOf(step), ...(stateHash ? [stateHash] : []));
    return { step, outputsHash: this.outputs.hash, stateHash };
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

/**
 * Holds every replica to the oracle: whenever one has moved, its chains over all entries and all
 * outputs must be what the log gives at that place. As each hash covers all before it, that is one
 * history on all replicas, step by step.
 */
import type { ReplicaStatus } from "../../../protocols/index.ts";
import type { EngineMachine } from "../parts/engine-machine.ts";
import type { LogOracle } from "./log-oracle.ts";
import { PromiseBroken } from "./promise-broken.ts";

export class ReplicaChecker {
  readonly #oracle: LogOracle;
  readonly #watched = new Map<EngineMachine, Watched>();
  #compared = 0;

  constructor(oracle: LogOracle) {
    this.#oracle = oracle;
  }

  /** How often a replica was found to be right. */
  get compared(): number {
    return this.#compared;
  }

  check(engines: readonly EngineMachine[]): void {
    for (const engine of engines) {
      const { node } = engine;
      if (node === undefined) continue;
      const watched = this.#watched.get(engine) ?? this.#watch(engine);
      const { seen } = watched;
      if (watched.starts !== engine.starts) {
        watched.starts = engine.starts;
        seen.fill(0);
      }
      for (let shard = 0; shard < seen.length; shard++) {
        const { sequence, phase } = node.replica(shard);
        const before = seen[shard]!;
        if (sequence === before || phase === "restoring") continue;
        seen[shard] = sequence;
        this.#compare(`${engine.name}/${String(shard)}`, before, node.replica(shard).status());
      }
    }
  }

  #watch(engine: EngineMachine): Watched {
    const watched = { starts: 0, seen: this.#oracle.shards.map(() => 0) };
    this.#watched.set(engine, watched);
    return watched;
  }

  #compare(replica: string, before: number, status: ReplicaStatus): void {
    const { shard, appliedSequence, entriesHash, outputsHash } = status;
    const at = `${replica} at entry ${String(appliedSequence)}`;
    if (appliedSequence < before) throw new PromiseBroken("history", `${at} went back`);
    const proof = this.#oracle.proofAt(shard, appliedSequence);
    if (proof === undefined) {
      throw new PromiseBroken("history", `${at} has applied what is not in the log`);
    }
    if (proof.entriesHash !== entriesHash) {
      throw new PromiseBroken("history", `${at} has applied other entries than the log has`);
    }
    if (proof.outputsHash !== outputsHash) {
      throw new PromiseBroken("history", `${at} tells something else than the log gives`);
    }
    this.#compared += 1;
  }
}

interface Watched {
  /** The process that was looked at last, by its number. */
  starts: number;
  /** What was applied when it was looked at last, by shard. */
  readonly seen: number[];
}

/**
 * Feed comparison: holds what this replica computed against what the feed says, step by step.
 *
 * The feed may be ahead of us or behind, so both sides are kept until the other has come, within
 * limits: as each hash covers all outputs before it, a difference that slips through here is found
 * with the next message, only its first step is then not known exactly.
 */
import type { FeedMessage, NodeId } from "../protocols/index.ts";
import { isSameHash } from "./hash-chain.ts";

/** A step whose outputs hashed to something else here than at another node. */
export interface Difference {
  readonly sequence: number;
  readonly by: NodeId;
  readonly expected: Uint8Array;
  readonly computed: Uint8Array;
}

type Told = Pick<FeedMessage, "node" | "sequence" | "outputsHash">;

/** How many hashes are kept of each side. */
export const hashesMax = 8192;

export class FeedComparison {
  readonly #computed = new Map<number, Uint8Array>();
  /** What the feed said last of steps not yet applied here. */
  readonly #foretold = new Map<number, Told>();

  /** Takes the chain hash after a step that was applied here. */
  computed(sequence: number, hash: Uint8Array): Difference | undefined {
    keepLatest(this.#computed, sequence, hash);
    const told = this.#foretold.get(sequence);
    if (told === undefined) return undefined;
    this.#foretold.delete(sequence);
    return this.compare(told);
  }

  /** Keeps what is told of a step that is not applied here yet. */
  foretell({ node, sequence, outputsHash }: Told): void {
    keepLatest(this.#foretold, sequence, { node, sequence, outputsHash });
  }

  /** Holds what is told against what was computed here, if that is still known. */
  compare({ node: by, sequence, outputsHash: expected }: Told): Difference | undefined {
    const computed = this.#computed.get(sequence);
    if (computed === undefined || isSameHash(computed, expected)) return undefined;
    return { sequence, by, expected, computed };
  }

  /** The chain hash after a step, if it was applied here and is still known. */
  hashAt(sequence: number): Uint8Array | undefined {
    return this.#computed.get(sequence);
  }
}

function keepLatest<Value>(values: Map<number, Value>, sequence: number, value: Value): void {
  values.set(sequence, value);
  if (values.size <= hashesMax) return;
  for (const oldest of values.keys()) {
    values.delete(oldest);
    return;
  }
}

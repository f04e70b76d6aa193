/**
 * Feed comparison: holds what this replica computed against what the feed says, step by step.
 *
 * The feed may be ahead of us or behind, so both sides are kept until the other has come, within
 * limits: as each hash covers all outputs before it, a difference that slips through here is found
 * with the next message, only its first step is then not known exactly.
 */

/** A step whose outputs hashed to something else here than there. */
export interface Difference {
  readonly sequence: number;
  readonly expected: Uint8Array;
  readonly computed: Uint8Array;
}

/** How many hashes are kept of each side. */
export const hashesMax = 8192;

export class FeedComparison {
  readonly #computed = new Map<number, Uint8Array>();
  /** What the feed said of steps not yet applied here. */
  readonly #foretold = new Map<number, Uint8Array>();

  /** Takes the chain hash after a step that was applied here. */
  computed(sequence: number, hash: Uint8Array): Difference | undefined {
    keepLatest(this.#computed, sequence, hash);
    const expected = this.#foretold.get(sequence);
    if (expected === undefined) return undefined;
    this.#foretold.delete(sequence);
    return differenceOf({ sequence, expected, computed: hash });
  }

  /** Takes the chain hash that a feed message tells; `applied` is how far this replica is. */
  told(sequence: number, hash: Uint8Array, applied: number): Difference | undefined {
    if (sequence > applied) {
      keepLatest(this.#foretold, sequence, hash);
      return undefined;
    }
    const computed = this.#computed.get(sequence);
    if (computed === undefined) return undefined;
    return differenceOf({ sequence, expected: hash, computed });
  }
}

function differenceOf(pair: Difference): Difference | undefined {
  return Buffer.compare(pair.expected, pair.computed) === 0 ? undefined : pair;
}

function keepLatest(hashes: Map<number, Uint8Array>, sequence: number, hash: Uint8Array): void {
  hashes.set(sequence, hash);
  if (hashes.size <= hashesMax) return;
  for (const oldest of hashes.keys()) {
    hashes.delete(oldest);
    return;
  }
}

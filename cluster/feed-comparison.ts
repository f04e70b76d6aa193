/**
 * Feed comparison: holds what this replica computed against what the feed says, step by step.
 *
 * The feed may be ahead of us or behind, so both sides are kept until the other has come, within
 * limits: as each hash covers all before it, a difference that slips through here is found
 * with the next message, only its first step is then not known exactly.
 */
import type { FeedMessage, NodeId } from "../protocols/index.ts";
import { hashBytes, isSameHash } from "./hash-chain.ts";

/** A step for which this replica has other hashes than another node. */
export interface Difference {
  readonly sequence: number;
  readonly by: NodeId;
  /** Accounts, as {@link accountOf} makes them. */
  readonly expected: Uint8Array;
  readonly computed: Uint8Array;
}

/**
 * - `entry`: they did not read the same log.
 * - `computation`: they read the same and made something else of it.
 */
export type DifferenceCause = "entry" | "computation";

type Told = Pick<FeedMessage, "node" | "sequence" | "entriesHash" | "outputsHash">;

/** What a replica has to say for itself after a step: what it read, and what it told, in one. */
export function accountOf(hashes: Pick<Told, "entriesHash" | "outputsHash">): Uint8Array {
  const account = new Uint8Array(2 * hashBytes);
  account.set(hashes.entriesHash);
  account.set(hashes.outputsHash, hashBytes);
  return account;
}

/** The two parts of an account. */
export function hashesIn(account: Uint8Array): Pick<Told, "entriesHash" | "outputsHash"> {
  return {
    entriesHash: account.subarray(0, hashBytes),
    outputsHash: account.subarray(hashBytes),
  };
}

export function causeOf({ expected, computed }: Difference): DifferenceCause {
  const isSameEntry = isSameHash(hashesIn(expected).entriesHash, hashesIn(computed).entriesHash);
  return isSameEntry ? "computation" : "entry";
}

type Said = Omit<Difference, "computed">;

/** How many accounts are kept of each side. */
export const hashesMax = 8192;

export class FeedComparison {
  readonly #computed = new Map<number, Uint8Array>();
  /** What the feed said last of steps not yet applied here. */
  readonly #foretold = new Map<number, Said>();

  /** Takes the account of a step that was applied here. */
  computed(sequence: number, account: Uint8Array): Difference | undefined {
    keepLatest(this.#computed, sequence, account);
    const told = this.#foretold.get(sequence);
    if (told === undefined) return undefined;
    this.#foretold.delete(sequence);
    return this.#compare(told);
  }

  /** Keeps what is told of a step that is not applied here yet. */
  foretell(told: Told): void {
    const { node: by, sequence } = told;
    keepLatest(this.#foretold, sequence, { by, sequence, expected: accountOf(told) });
  }

  /** Holds what is told against what was computed here, if that is still known. */
  compare(told: Told): Difference | undefined {
    if (!this.#computed.has(told.sequence)) return undefined;
    return this.#compare({ by: told.node, sequence: told.sequence, expected: accountOf(told) });
  }

  #compare({ by, sequence, expected }: Said): Difference | undefined {
    const computed = this.#computed.get(sequence);
    if (computed === undefined || isSameHash(computed, expected)) return undefined;
    return { sequence, by, expected, computed };
  }

  /** The account of a step, if it was applied here and is still known. */
  accountAt(sequence: number): Uint8Array | undefined {
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

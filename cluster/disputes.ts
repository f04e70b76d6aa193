/**
 * Disputes: when two replicas computed different outputs for one step, finds out who is wrong.
 *
 * Whoever notices says so, and every replica that computed the step testifies with its hash. What a
 * majority of all nodes computed is right: the others stop, be one of them the emitter or not.
 * Without a majority, because too few nodes run, the emitter's word stands after a while.
 */
import type { NodeId } from "../protocols/index.ts";
import type { Difference } from "./feed-comparison.ts";
import { hexOf, isSameHash } from "./hash-chain.ts";

export interface DisputesOptions {
  readonly node: NodeId;
  /** All there are now. */
  readonly nodes: () => readonly NodeId[];
  /** Tells the others what this node computed. */
  readonly testify: (sequence: number, hash: Uint8Array) => void;
  /** This node is wrong. */
  readonly lost: (difference: Difference) => void;
  /** Those nodes are wrong about that step, and so about what followed. */
  readonly won: (sequence: number, wrong: readonly NodeId[]) => void;
}

interface Dispute {
  /** What each node computed. */
  readonly hashes: Map<NodeId, Uint8Array>;
  openMs: number;
  isSettled: boolean;
}

/** How long testimonies are waited for. */
const patienceMs = 500;
/** Each later step differs, too; a few of them are enough. */
const disputesMax = 16;

export class Disputes {
  readonly #options: DisputesOptions;
  readonly #disputes = new Map<number, Dispute>();
  /** Nodes that were found wrong and have not said anything right since. */
  readonly #wrong = new Set<NodeId>();
  #hasLost = false;

  constructor(options: DisputesOptions) {
    this.#options = options;
  }

  /** Whether that node's word counts for nothing. */
  isWrong(node: NodeId): boolean {
    return this.#wrong.has(node);
  }

  /** What that node says is what this one computed. */
  agreed(node: NodeId): void {
    this.#wrong.delete(node);
  }

  /** Another node says something else than this one computed. */
  differed({ by, sequence, expected, computed }: Difference): void {
    if (this.#wrong.has(by)) return;
    this.testified(by, sequence, expected);
    this.computed(sequence, computed);
  }

  /** A node says what it computed for a step in dispute. */
  testified(by: NodeId, sequence: number, hash: Uint8Array): void {
    const dispute = this.#disputeAt(sequence);
    if (dispute === undefined) return;
    dispute.hashes.set(by, hash);
    this.#settle(sequence, dispute);
  }

  /** This node computed that for a step, which may be in dispute. */
  computed(sequence: number, hash: Uint8Array): void {
    const { node, testify } = this.#options;
    const dispute = this.#disputes.get(sequence);
    if (dispute === undefined || dispute.hashes.has(node)) return;
    dispute.hashes.set(node, hash);
    testify(sequence, hash);
    this.#settle(sequence, dispute);
  }

  /** Lets time pass: without a majority the emitter is believed. */
  turn(elapsedMs: number, isEmitter: boolean): void {
    for (const [sequence, dispute] of this.#disputes) {
      if (this.#hasLost) return;
      if (dispute.isSettled) continue;
      dispute.openMs += elapsedMs;
      if (dispute.openMs < patienceMs) continue;
      dispute.isSettled = true;
      if (!isEmitter) this.#lose(sequence, dispute);
    }
  }

  #disputeAt(sequence: number): Dispute | undefined {
    let dispute = this.#disputes.get(sequence);
    if (dispute === undefined) {
      if (this.#disputes.size >= disputesMax) this.#forgetSettled();
      if (this.#disputes.size >= disputesMax) return undefined;
      dispute = { hashes: new Map(), openMs: 0, isSettled: false };
      this.#disputes.set(sequence, dispute);
    }
    return dispute;
  }

  #forgetSettled(): void {
    for (const [sequence, { isSettled }] of this.#disputes) {
      if (isSettled) this.#disputes.delete(sequence);
    }
  }

  /** Decides as soon as a majority of all nodes has said the same. */
  #settle(sequence: number, dispute: Dispute): void {
    const { node, nodes } = this.#options;
    const own = dispute.hashes.get(node);
    if (dispute.isSettled || own === undefined || this.#hasLost) return;
    const right = majorityOf(dispute.hashes, new Set(nodes()));
    if (right === undefined) return;
    dispute.isSettled = true;
    if (right !== hexOf(own)) {
      this.#lose(sequence, dispute);
      return;
    }
    const wrong = [...dispute.hashes].filter(([, hash]) => hexOf(hash) !== right);
    for (const [other] of wrong) this.#wrong.add(other);
    this.#options.won(
      sequence,
      wrong.map(([other]) => other),
    );
  }

  #lose(sequence: number, { hashes }: Dispute): void {
    const computed = hashes.get(this.#options.node);
    if (computed === undefined) return;
    for (const [by, expected] of hashes) {
      if (isSameHash(expected, computed)) continue;
      this.#hasLost = true;
      this.#options.lost({ sequence, by, expected, computed });
      return;
    }
  }
}

/** The hash, as text, that more than half of all nodes computed, if there is one. */
function majorityOf(
  hashes: ReadonlyMap<NodeId, Uint8Array>,
  nodes: ReadonlySet<NodeId>,
): string | undefined {
  const counts = new Map<string, number>();
  for (const [node, hash] of hashes) {
    if (!nodes.has(node)) continue;
    const text = hexOf(hash);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    if (count * 2 > nodes.size) return text;
  }
  return undefined;
}

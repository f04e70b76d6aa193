/**
 * Merkle sum tree: a tree of hashes in which each node also says how much lies below it. Who knows
 * one leaf and the nodes beside its way up comes to the root, and sees that the leaf is in its sum.
 *
 * A node's hash is over both hashes and both sums below it, not over their total: else amounts
 * could be shifted between the two sides. No sum is below zero or above what a ledger holds: else
 * a debt that nobody has could hide what is owed to somebody. Leaves and inner nodes are hashed
 * under different words, so none can be shown as the other.
 */
import { createHash } from "node:crypto";
import { amountMax } from "../../protocols/units.ts";

/** Units. */
export type Sum = bigint;

export interface SumNode {
  /** SHA-256, in lower case hexadecimal. */
  readonly hash: string;
  readonly sum: Sum;
}

/** What is beside the way up, from the leaf on. */
export interface PathStep extends SumNode {
  /** On which side of the way it stands. */
  readonly side: "left" | "right";
}

/** Stands where there is nothing. */
const nothing: SumNode = { hash: "0".repeat(64), sum: 0n };

const sumMax = BigInt(amountMax);

export class MerkleSumTree {
  readonly root: SumNode;
  /** From the leaves to the root. */
  readonly #levels: readonly (readonly SumNode[])[];

  /** Throws RangeError where a sum is none that a ledger can hold. */
  constructor(leaves: readonly SumNode[]) {
    let level: readonly SumNode[] = leaves.length === 0 ? [nothing] : leaves;
    const levels = [level];
    while (level.length > 1) {
      const parents: SumNode[] = [];
      for (let at = 0; at < level.length; at += 2) {
        parents.push(parentOf(level[at]!, level[at + 1] ?? nothing));
      }
      levels.push(parents);
      level = parents;
    }
    for (const { sum } of levels.flat()) checkSum(sum);
    this.#levels = levels;
    this.root = level[0]!;
  }

  /** From a leaf to below the root. */
  pathOf(leaf: number): PathStep[] {
    let at = leaf;
    return this.#levels.slice(0, -1).map((level) => {
      const isLeft = at % 2 === 0;
      // Nothing else of it: a leaf knows whose it is.
      const { hash, sum } = level[isLeft ? at + 1 : at - 1] ?? nothing;
      at = Math.floor(at / 2);
      return { hash, sum, side: isLeft ? "right" : "left" };
    });
  }
}

/** Where a leaf's way up leads. Throws RangeError where a sum is none that a ledger can hold. */
export function rootOf(leaf: SumNode, path: readonly PathStep[]): SumNode {
  checkSum(leaf.sum);
  return path.reduce<SumNode>((node, { side, ...beside }) => {
    checkSum(beside.sum);
    const parent = side === "left" ? parentOf(beside, node) : parentOf(node, beside);
    checkSum(parent.sum);
    return parent;
  }, leaf);
}

function parentOf(left: SumNode, right: SumNode): SumNode {
  const text = ["outcry reserves node 1", ...[left, right].map(textOf), ""].join("\n");
  return { hash: hashOf(text), sum: left.sum + right.sum };
}

function textOf({ hash, sum }: SumNode): string {
  return `${hash} ${String(sum)}`;
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function checkSum(sum: Sum): void {
  if (sum < 0n || sum > sumMax) throw new RangeError(`${String(sum)} is no sum of liabilities`);
}

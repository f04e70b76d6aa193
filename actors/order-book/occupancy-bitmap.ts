/**
 * A set of positions from 0 to 131,071 that finds the nearest member above or below in a few steps.
 *
 * Three levels of 32-bit words: a leaf has one bit per position, a branch one bit per leaf that is
 * not zero, a root one bit per branch that is not zero. The four roots are looked at in turn.
 * That a position is in range is the caller's to know.
 *
 * Invariant: a bit of an upper level is set exactly when the word below it is not zero.
 */
import { none } from "./slot-pool.ts";

const rootCount = 4;
export const bitmapCapacity = rootCount * 32 ** 3;

export class OccupancyBitmap {
  readonly #leaves = new Int32Array(rootCount * 32 ** 2);
  readonly #branches = new Int32Array(rootCount * 32);
  readonly #roots = new Int32Array(rootCount);

  // Shift counts count modulo 32, as the language defines them: no masking below.

  has(position: number): boolean {
    return (this.#leaves[position >> 5]! & (1 << position)) !== 0;
  }

  add(position: number): void {
    const leaf = position >> 5;
    const branch = leaf >> 5;
    this.#leaves[leaf]! |= 1 << position;
    this.#branches[branch]! |= 1 << leaf;
    this.#roots[branch >> 5]! |= 1 << branch;
  }

  remove(position: number): void {
    const leaf = position >> 5;
    const branch = leaf >> 5;
    this.#leaves[leaf]! &= ~(1 << position);
    if (this.#leaves[leaf] !== 0) return;
    this.#branches[branch]! &= ~(1 << leaf);
    if (this.#branches[branch] !== 0) return;
    this.#roots[branch >> 5]! &= ~(1 << branch);
  }

  clear(): void {
    this.#leaves.fill(0);
    this.#branches.fill(0);
    this.#roots.fill(0);
  }

  /** The lowest member from `position` upwards, or none. */
  atOrAbove(position: number): number {
    const leaf = position >> 5;
    const positions = this.#leaves[leaf]! & (bitsAbove(position) | (1 << position));
    if (positions !== 0) return (leaf << 5) + lowestBit(positions);
    const branch = leaf >> 5;
    const leaves = this.#branches[branch]! & bitsAbove(leaf);
    if (leaves !== 0) return this.#lowestInLeaf((branch << 5) + lowestBit(leaves));
    let root = branch >> 5;
    let branches = this.#roots[root]! & bitsAbove(branch);
    while (branches === 0) {
      root += 1;
      if (root === rootCount) return none;
      branches = this.#roots[root]!;
    }
    return this.#lowestInBranch((root << 5) + lowestBit(branches));
  }

  /** The highest member from `position` downwards, or none. */
  atOrBelow(position: number): number {
    const leaf = position >> 5;
    const positions = this.#leaves[leaf]! & (bitsBelow(position) | (1 << position));
    if (positions !== 0) return (leaf << 5) + highestBit(positions);
    const branch = leaf >> 5;
    const leaves = this.#branches[branch]! & bitsBelow(leaf);
    if (leaves !== 0) return this.#highestInLeaf((branch << 5) + highestBit(leaves));
    let root = branch >> 5;
    let branches = this.#roots[root]! & bitsBelow(branch);
    while (branches === 0) {
      if (root === 0) return none;
      root -= 1;
      branches = this.#roots[root]!;
    }
    return this.#highestInBranch((root << 5) + highestBit(branches));
  }

  #lowestInBranch(branch: number): number {
    return this.#lowestInLeaf((branch << 5) + lowestBit(this.#branches[branch]!));
  }

  #lowestInLeaf(leaf: number): number {
    return (leaf << 5) + lowestBit(this.#leaves[leaf]!);
  }

  #highestInBranch(branch: number): number {
    return this.#highestInLeaf((branch << 5) + highestBit(this.#branches[branch]!));
  }

  #highestInLeaf(leaf: number): number {
    return (leaf << 5) + highestBit(this.#leaves[leaf]!);
  }
}

function bitsAbove(bit: number): number {
  return -2 << bit;
}

function bitsBelow(bit: number): number {
  return (1 << bit) - 1;
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function highestBit(word: number): number {
  return 31 - Math.clz32(word);
}

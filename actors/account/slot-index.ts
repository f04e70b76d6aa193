/**
 * Finds things by a hash of their name: open addressing over one column of pairs, the hash and the
 * number of the slot where the thing is.
 *
 * An account may know a million closed orders, and nearly every look-up is of a new name, which is
 * not there: the hashes answer it alone. So no thing is touched that was not asked for; memory that
 * lies far from the processor is what an order costs most.
 * Removal closes the gap it leaves, so the index is as it would be had the thing never been there.
 *
 * Clients choose names. One who chose them to collide would make every look-up long, so an index
 * that becomes crowded is to be cleared and filled again under hashes that begin with something he
 * could not know before. What is found never depends on the hashes.
 *
 * Invariant: walking from a pair's home to the pair meets no empty place.
 * Invariant: at most half of the places are taken.
 */
import { assert } from "../../protocols/index.ts";
import type { AsciiBytes } from "../../protocols/index.ts";

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

const initialCapacity = 64;
/** With half of the index empty, a run of so many is an accident that nobody will live to see. */
const runLengthMax = 128;

export class SlotIndex {
  /** At twice a place its hash, behind it its slot plus one: 0 where the place is empty. */
  #pairs = new Int32Array(initialCapacity * 2);
  #mask = initialCapacity - 1;
  #count = 0;
  #isCrowded = false;

  /** Whether hashes collide so often that it cannot be chance. */
  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  /** The first place with this hash; below 0 when there is none. */
  first(hash: number): number {
    return this.#from(hash & this.#mask, hash);
  }

  /** The next place with this hash. */
  next(place: number, hash: number): number {
    return this.#from((place + 1) & this.#mask, hash);
  }

  slotAt(place: number): number {
    return this.#pairs[place * 2 + 1]! - 1;
  }

  /** Adds a slot, which may not be there. `hash` has 32 bits with a sign. */
  add(hash: number, slot: number): void {
    assert(slot >= 0);
    if ((this.#count + 1) * 2 > this.#mask + 1) this.#grow();
    this.#put(hash, slot);
    this.#count += 1;
  }

  delete(hash: number, slot: number): void {
    const pairs = this.#pairs;
    const mask = this.#mask;
    let gap = this.#placeOf(hash, slot);
    // What follows moves into the gap unless its own place lies behind the gap.
    for (let at = (gap + 1) & mask; pairs[at * 2 + 1] !== 0; at = (at + 1) & mask) {
      const wayFromHome = (at - pairs[at * 2]!) & mask;
      const wayFromGap = (at - gap) & mask;
      if (wayFromHome < wayFromGap) continue;
      pairs[gap * 2] = pairs[at * 2]!;
      pairs[gap * 2 + 1] = pairs[at * 2 + 1]!;
      gap = at;
    }
    pairs[gap * 2 + 1] = 0;
    this.#count -= 1;
  }

  clear(): void {
    this.#pairs.fill(0);
    this.#count = 0;
    this.#isCrowded = false;
  }

  #placeOf(hash: number, slot: number): number {
    const pairs = this.#pairs;
    let place = hash & this.#mask;
    while (pairs[place * 2 + 1] !== slot + 1) {
      assert(pairs[place * 2 + 1] !== 0, "the slot is not in the index");
      place = (place + 1) & this.#mask;
    }
    return place;
  }

  #from(start: number, hash: number): number {
    const pairs = this.#pairs;
    for (let place = start; pairs[place * 2 + 1] !== 0; place = (place + 1) & this.#mask) {
      if (pairs[place * 2] === hash) return place;
    }
    return -1;
  }

  #grow(): void {
    const pairs = this.#pairs;
    this.#pairs = new Int32Array(pairs.length * 2);
    this.#mask = this.#pairs.length / 2 - 1;
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at + 1] !== 0) this.#put(pairs[at]!, pairs[at + 1]! - 1);
    }
  }

  #put(hash: number, slot: number): void {
    const pairs = this.#pairs;
    const mask = this.#mask;
    let place = hash & mask;
    while (pairs[place * 2 + 1] !== 0) place = (place + 1) & mask;
    if (((place - hash) & mask) > runLengthMax) this.#isCrowded = true;
    pairs[place * 2] = hash;
    pairs[place * 2 + 1] = slot + 1;
  }
}

/**
 * Hash of a client order id: FNV-1a from the seed on, then mixed, as such ids often differ at their
 * end only.
 */
export function hashOfName(name: string, seed: number): number {
  let hash = seed ^ offsetBasis;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), prime);
  }
  return mixed(hash);
}

/** The same of a name that lies as bytes. */
export function hashOfNameBytes({ bytes, from, end }: AsciiBytes, seed: number): number {
  let hash = seed ^ offsetBasis;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, prime);
  return mixed(hash);
}

function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return half ^ (half >>> 13);
}

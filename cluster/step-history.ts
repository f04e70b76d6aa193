/**
 * The latest steps of a replica: what it would send if it had to take over, and the hashes to hold
 * against the emitter's.
 *
 * Kept until the feed has passed them by a margin: the emitter may die between its last feed
 * message and another subscriber's receipt of what went with it, and sending twice is harmless.
 */
import { assert } from "../protocols/index.ts";
import type { Step } from "../actors/index.ts";

/** A step with the chain hash over all outputs up to it. */
export interface HashedStep {
  readonly step: Step;
  readonly outputsHash: Uint8Array;
}

/** How many steps are sent again that the feed had already told of. */
const resendMargin = 64;
/** How many steps a hash is kept for, so that a late feed message can still be compared. */
const hashesMax = 8192;

export class StepHistory {
  #steps: HashedStep[] = [];
  readonly #hashes = new Map<number, Uint8Array>();

  /** Adds the next step. */
  add(hashed: HashedStep): void {
    const last = this.#steps.at(-1);
    assert(last === undefined || hashed.step.sequence === last.step.sequence + 1);
    this.#steps.push(hashed);
    this.#hashes.set(hashed.step.sequence, hashed.outputsHash);
    if (this.#hashes.size > hashesMax) {
      for (const sequence of this.#hashes.keys()) {
        this.#hashes.delete(sequence);
        break;
      }
    }
  }

  /** The outputs hash after a step, if it is still kept. */
  hashAt(sequence: number): Uint8Array | undefined {
    return this.#hashes.get(sequence);
  }

  /** The feed has told of every step up to this one. */
  sentUpTo(sequence: number): void {
    const first = this.#steps[0];
    if (first === undefined) return;
    const excess = sequence - resendMargin - first.step.sequence + 1;
    if (excess > resendMargin) this.#steps = this.#steps.slice(excess);
  }

  /** Steps that a new emitter sends, oldest first. */
  unsent(): readonly HashedStep[] {
    return this.#steps;
  }
}

/**
 * The latest steps of a replica: what it would send if it had to take over, or if what it sent got
 * lost.
 *
 * Steps are kept for a while after the feed has told of them: the emitter may die, or its line
 * break, between its last feed message and another subscriber's receipt of what went with it, and
 * sending twice is harmless. However long the feed is silent, and however much is replayed, no more
 * than so many are kept: outputs may come twice or not at all, and whoever misses one asks.
 *
 * Invariant: steps-in-history.
 */
import { assert, hold, invariant } from "../protocols/index.ts";
import type { Step } from "../actors/index.ts";
import type { StepMemory } from "./step-memory.ts";

const stepsInHistory = invariant("steps-in-history");

/** A step with the chain hashes over all entries and all outputs up to it. */
export interface HashedStep {
  readonly step: Step;
  readonly entriesHash: Uint8Array;
  readonly outputsHash: Uint8Array;
  /** The hash of the whole state after it, if it is a checkpoint. */
  readonly stateHash?: Uint8Array | undefined;
}

/** How many steps are kept that the feed has told of, */
export const toldStepsMax = 1024;
/** and in how many bytes at most: memory that is written and never read slows down all else, */
export const toldBytesMax = 8 * 1024 * 1024;
/** but never fewer than these: more than a node may have sent and not yet published. */
export const toldStepsMin = 64;
/**
 * How many steps are kept of a replay: what may have been applied since the emitter fell silent.
 */
export const replayedStepsMax = 1024;
const stepsMax = 8192;
const bytesMax = 64 * 1024 * 1024;

export class StepHistory {
  readonly #memory: Pick<StepMemory, "reuse"> | undefined;
  readonly #steps = new Map<number, HashedStep>();
  /** The sequence of the oldest step kept, or of the next one to come. */
  #first = 1;
  #bytes = 0;

  /** What the feed has told of and is dropped gives its memory back. */
  constructor(memory?: Pick<StepMemory, "reuse">) {
    this.#memory = memory;
  }

  /** The outputs kept, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the next step and forgets the oldest ones above the limits. */
  add(hashed: HashedStep, keepMax = stepsMax): void {
    const { sequence } = hashed.step;
    if (this.#steps.size === 0) this.#first = sequence;
    hold(stepsInHistory, sequence === this.#first + this.#steps.size);
    this.#steps.set(sequence, hashed);
    this.#bytes += outputBytesOf(hashed.step);
    while (this.#steps.size > keepMax) this.#dropFirst();
    while (this.#bytes > bytesMax && this.#steps.size > 1) this.#dropFirst();
  }

  /** The feed has told of every step up to this one. */
  sentUpTo(sequence: number): void {
    const isOver = (keep: number): boolean =>
      this.#steps.size > 0 && this.#first <= sequence - keep;
    while (isOver(toldStepsMax)) this.#dropTold();
    while (this.#bytes > toldBytesMax && isOver(toldStepsMin)) this.#dropTold();
  }

  /** The steps kept after that sequence, oldest first. */
  after(sequence: number): readonly HashedStep[] {
    return [...this.#steps.values()].filter(({ step }) => step.sequence > sequence);
  }

  #dropTold(): void {
    const step = this.#dropFirst();
    this.#memory?.reuse(step);
  }

  #dropFirst(): Step {
    const dropped = this.#steps.get(this.#first);
    assert(dropped !== undefined);
    this.#steps.delete(this.#first);
    this.#bytes -= outputBytesOf(dropped.step);
    this.#first += 1;
    assert(this.#bytes >= 0);
    return dropped.step;
  }
}

function outputBytesOf({ events, replies, outbound }: Step): number {
  let sum = events.length;
  for (const { records } of replies) sum += records.length;
  for (const { bytes } of outbound) sum += bytes.length;
  return sum;
}

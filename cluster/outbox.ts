/**
 * Outbox: frames that one shard owes the log of another.
 *
 * Every replica keeps them; only the emitter appends. A frame leaves the outbox when the target
 * shard has applied it, which the target's replica on the same node knows for certain. Whoever
 * becomes emitter appends all that is left: the target drops what it had.
 */
import { assert, producerOfShard } from "../protocols/index.ts";
import type { OutboundFrame } from "../actors/index.ts";
import type { ShardId } from "../protocols/index.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface OutboxOptions {
  readonly source: ShardId;
  readonly target: ShardId;
  readonly log: ReplicatedLog;
  readonly clock: Clock;
  /** The number of the last frame of ours that the target is known to have applied. */
  readonly appliedFrames: () => number;
}

/** After so long without the target applying what was appended, it is appended again. */
const stalledMs = 1000;

export class Outbox {
  readonly #options: OutboxOptions;
  #frames: OutboundFrame[] = [];
  /** The last frame handed to the log since this replica became emitter. */
  #appended = 0;
  #underWay = 0;
  #isEmitting = false;
  #progress = { applied: 0, atMs: 0 };

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#frames.length;
  }

  add(frame: OutboundFrame): void {
    const last = this.#frames.at(-1);
    assert(last === undefined || frame.frame === last.frame + 1, "an outbound frame is missing");
    this.#frames.push(frame);
    if (this.#isEmitting) this.#appendRest();
  }

  /** From now on this replica appends, starting with all that the target may not have. */
  startEmitting(): void {
    this.#isEmitting = true;
    this.#appended = 0;
    this.#progress = { applied: 0, atMs: this.#options.clock.nowMs() };
    this.tend();
    this.#appendRest();
  }

  stopEmitting(): void {
    this.#isEmitting = false;
  }

  /** Drops what the target has applied, and appends again what got lost. Called now and then. */
  tend(): void {
    const applied = this.#options.appliedFrames();
    const first = this.#frames[0];
    if (first !== undefined && first.frame <= applied) {
      this.#frames = this.#frames.slice(applied - first.frame + 1);
    }
    const nowMs = this.#options.clock.nowMs();
    if (applied > this.#progress.applied || this.#frames.length === 0) {
      this.#progress = { applied, atMs: nowMs };
    } else if (this.#underWay === 0 && nowMs - this.#progress.atMs > stalledMs) {
      this.#progress = { applied, atMs: nowMs };
      this.#appended = 0;
    }
    if (this.#isEmitting) this.#appendRest();
  }

  /** The frames still owed, for a snapshot. */
  owed(): readonly OutboundFrame[] {
    return this.#frames;
  }

  restore(frames: readonly OutboundFrame[]): void {
    this.#frames = [...frames];
  }

  #appendRest(): void {
    for (const frame of this.#frames) {
      if (frame.frame <= this.#appended) continue;
      this.#appended = frame.frame;
      this.#append(frame);
    }
  }

  #append(frame: OutboundFrame): void {
    this.#underWay += 1;
    this.#options.log.append(producerOfShard(this.#options.source), frame.bytes).then(
      () => {
        this.#underWay -= 1;
      },
      (error: unknown) => {
        this.#underWay -= 1;
        // Lost or not, it is still owed: `tend` notices that the target does not apply it.
        if (!(error instanceof ClusterFault)) throw error;
      },
    );
  }
}

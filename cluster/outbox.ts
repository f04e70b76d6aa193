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
import { AppendQueue } from "./append-queue.ts";
import type { Clock } from "./clock.ts";
import type { ClusterFault } from "./faults.ts";
import type { AppendObserver } from "./observers.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

/** What this node's replica of the target has applied: up to which entry, and frames of ours. */
export interface Delivered {
  readonly sequence: number;
  readonly frames: number;
}

export interface OutboxOptions {
  readonly source: ShardId;
  readonly target: ShardId;
  /** The target's. */
  readonly log: ReplicatedLog;
  readonly clock: Clock;
  readonly delivered: () => Delivered;
  readonly onFault?: (fault: ClusterFault) => void;
  readonly observer?: AppendObserver | undefined;
}

/** Frames can be small and many, one for each entry of the source's log. */
const appendsMax = 64;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: AppendQueue;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { source, log, clock, onFault, observer } = options;
    const producer = producerOfShard(source);
    this.#queue = new AppendQueue({
      log,
      producer,
      clock,
      appendsMax,
      observer,
      ...(onFault && { onFault }),
    });
  }

  get length(): number {
    return this.#queue.length;
  }

  add(frame: OutboundFrame): void {
    assert(frame.shard === this.#options.target, "a frame is in the wrong outbox");
    this.#queue.push(frame.frame, frame.bytes);
    this.tend();
  }

  /** From now on this replica appends, starting with all that the target may not have. */
  startEmitting(): void {
    this.tend();
    this.#queue.open();
  }

  stopEmitting(): void {
    this.#queue.close();
  }

  /** Drops what the target has applied, and appends again what it lacks. Called now and then. */
  tend(): void {
    const { frames, sequence } = this.#options.delivered();
    this.#queue.heard(frames + 1, sequence);
  }

  /** The frames still owed, for a snapshot. */
  owed(): readonly OutboundFrame[] {
    const shard = this.#options.target;
    return [...this.#queue.frames()].map(({ frame, bytes }) => ({ shard, frame, bytes }));
  }

  restore(frames: readonly OutboundFrame[]): void {
    assert(this.length === 0);
    for (const { frame, bytes } of frames) this.#queue.push(frame, bytes);
  }
}

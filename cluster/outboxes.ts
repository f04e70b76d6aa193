/**
 * A shard's outboxes, one for each other shard.
 */
import type { OutboundFrame } from "../actors/index.ts";
import { assert } from "../protocols/index.ts";
import type { ShardId } from "../protocols/index.ts";
import { Outbox } from "./outbox.ts";
import type { Delivered, OutboxOptions } from "./outbox.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface OutboxesOptions extends Pick<
  OutboxOptions,
  "source" | "clock" | "onFault" | "observer"
> {
  /** Every shard's log, by shard. */
  readonly logs: readonly ReplicatedLog[];
  /** What this node's replica of `target` has applied of the frames from `source`. */
  readonly delivered: (target: ShardId, source: ShardId) => Delivered;
}

export class Outboxes {
  /** By target shard; none for the shard itself. */
  readonly #outboxes: readonly (Outbox | undefined)[];

  constructor({ logs, delivered, ...common }: OutboxesOptions) {
    const { source } = common;
    this.#outboxes = logs.map((log, target) => {
      if (target === source) return undefined;
      return new Outbox({ ...common, target, log, delivered: () => delivered(target, source) });
    });
  }

  /** Frames owed to all of them. */
  get length(): number {
    return this.#outboxes.reduce((sum, outbox) => sum + (outbox?.length ?? 0), 0);
  }

  add(frames: readonly OutboundFrame[]): void {
    for (const frame of frames) {
      const outbox = this.#outboxes[frame.shard];
      assert(outbox !== undefined, "a frame for a shard that has no outbox");
      outbox.add(frame);
    }
  }

  startEmitting(): void {
    for (const outbox of this.#outboxes) outbox?.startEmitting();
  }

  stopEmitting(): void {
    for (const outbox of this.#outboxes) outbox?.stopEmitting();
  }

  tend(): void {
    for (const outbox of this.#outboxes) outbox?.tend();
  }

  /** The frames still owed, by target shard, of which there are so many. */
  owed(shards: number): readonly (readonly OutboundFrame[])[] {
    return this.#outboxes.slice(0, shards).map((outbox) => outbox?.owed() ?? []);
  }

  restore(owed: readonly (readonly OutboundFrame[])[]): void {
    assert(owed.length <= this.#outboxes.length, "frames owed to more shards than there are");
    for (const [target, frames] of owed.entries()) this.#outboxes[target]?.restore(frames);
  }
}

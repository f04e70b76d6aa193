/**
 * A shard on a log in memory, for testing what appends to it: applies every entry as a replica does
 * and sends every step's replies, unless told to withhold them.
 */
import { Shard } from "../../actors/index.ts";
import type { LogEntry } from "../replicated-log.ts";
import type { Step } from "../../actors/index.ts";
import { encodeFrame, messagesIn, unsealFrame } from "../../protocols/index.ts";
import type { Message, ShardId } from "../../protocols/index.ts";
import type { Bus } from "../bus.ts";
import { systemClock } from "../clock.ts";
import { Emission } from "../emission.ts";
import { MemoryBusNetwork } from "../memory-bus.ts";
import type { MemoryLogStorage } from "../memory-log.ts";

export interface ShardHostOptions {
  readonly storage: MemoryLogStorage;
  readonly shard?: ShardId;
  readonly shards?: number;
  readonly bus?: Bus;
}

export class ShardHost {
  readonly shard: Shard;
  readonly steps: Step[] = [];
  /** What was applied, by whom it came, in order. */
  readonly applied: { readonly producer: string; readonly message: Message }[] = [];
  /** Whether a step's replies are lost. */
  isLost: (step: Step) => boolean = () => false;
  readonly #emission: Emission;

  private constructor({ storage, shard = 0, shards = 1, bus }: ShardHostOptions) {
    this.shard = new Shard(shard, shards);
    this.#emission = new Emission({
      shard,
      node: "e1",
      bus: bus ?? new MemoryBusNetwork().connect(),
      publicChannel: { publish: () => undefined },
      clock: systemClock,
      clusterName: () => "test",
      tickValueOf: (symbol) => this.shard.tickValueOf(symbol),
    });
    storage.open().tail(1, (entries) => {
      for (const entry of entries) this.#apply(entry);
    });
  }

  /** A host of a shard that has been formed. */
  static async open(options: ShardHostOptions): Promise<ShardHost> {
    const { storage, shard = 0, shards = 1 } = options;
    const host = new ShardHost(options);
    const form = { kind: "form-shard", cluster: "test", shard, shards } as const;
    storage.store(
      "node-e1",
      encodeFrame({ producer: "node-e1", epoch: 1, frame: 1, messages: [form] }),
    );
    await Promise.resolve();
    return host;
  }

  /** How many entries each verdict was given to, those of one producer. */
  verdicts(producer: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { header, verdict } of this.steps) {
      if (header?.producer === producer) counts[verdict] = (counts[verdict] ?? 0) + 1;
    }
    return counts;
  }

  #apply(entry: LogEntry): void {
    const step = this.shard.apply({ ...entry, entropy: 0 });
    this.steps.push(step);
    if (step.verdict === "applied") {
      for (const message of messagesIn(unsealFrame(entry.payload))) {
        this.applied.push({ producer: entry.producer, message });
      }
    }
    if (!this.isLost(step)) {
      this.#emission.send(
        { step, entriesHash: new Uint8Array(32), outputsHash: new Uint8Array(32) },
        this.shard.emitter.epoch,
      );
    }
  }
}

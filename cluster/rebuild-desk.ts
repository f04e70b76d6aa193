/**
 * Rebuild desk: where an operator tells a node to rebuild its replica of a shard.
 *
 * It answers when that is done, or what kept it from being done. Nobody but an operator's tools can
 * speak here: the servers see to that.
 */
import {
  clusterSubjects,
  InvariantViolation,
  MalformedRecords,
  pack,
  unpack,
} from "../protocols/index.ts";
import type { NodeId, ShardId } from "../protocols/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import { ClusterFault } from "./faults.ts";
import { received } from "./received.ts";
import type { SnapshotTrust } from "./replica.ts";
import type { ReplicaPhase } from "./replica-phase.machine.ts";

export interface Rebuilding {
  readonly shard: ShardId;
  readonly trust: Exclude<SnapshotTrust, "any">;
}

/** What was done. */
export interface Rebuilt {
  readonly shard: ShardId;
  /** The phase the old replica was in, and the one that the new one is in. */
  readonly was: ReplicaPhase;
  readonly phase: ReplicaPhase;
  /** The verified snapshot it was built from; 0 for the log alone. */
  readonly snapshotSequence: number;
  /** How far it has applied the log. */
  readonly sequence: number;
  readonly tookMs: number;
}

export type RebuildAnswer =
  | ({ readonly ok: true } & Rebuilt)
  | { readonly ok: false; readonly code: string; readonly message: string };

export interface RebuildDeskOptions {
  readonly node: NodeId;
  readonly shards: number;
  readonly bus: Bus;
  readonly rebuild: (rebuilding: Rebuilding) => Promise<Rebuilt>;
  readonly report: (error: unknown) => void;
}

export class RebuildDesk {
  readonly #options: RebuildDeskOptions;
  #subscription: BusSubscription | undefined;
  /** One after the other: two of one shard at once would both replace the same. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: RebuildDeskOptions) {
    this.#options = options;
  }

  open(): void {
    const { bus, node } = this.#options;
    this.#subscription ??= bus.subscribe(clusterSubjects.rebuild(node), (message) => {
      this.#hear(message);
    });
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  #hear(message: BusMessage): void {
    const { shards, report } = this.#options;
    const rebuilding = received(message.payload, (bytes) => rebuildingIn(bytes, shards), report);
    if (rebuilding === undefined) return;
    this.#last = this.#last.then(async () => {
      message.respond?.(pack(await this.#rebuild(rebuilding)));
    });
  }

  async #rebuild(rebuilding: Rebuilding): Promise<RebuildAnswer> {
    try {
      return { ok: true, ...(await this.#options.rebuild(rebuilding)) };
    } catch (error) {
      if (error instanceof InvariantViolation || !(error instanceof ClusterFault)) throw error;
      return { ok: false, code: error.code, message: error.message };
    }
  }
}

function rebuildingIn(bytes: Uint8Array, shards: number): Rebuilding {
  const parts = unpack(bytes) as Partial<Record<keyof Rebuilding, unknown>> | null;
  const { shard, trust } = typeof parts === "object" && parts !== null ? parts : {};
  const isShard = Number.isSafeInteger(shard) && Number(shard) >= 0 && Number(shard) < shards;
  if (!isShard || (trust !== "verified" && trust !== "none")) {
    throw new MalformedRecords("not an order to rebuild a replica");
  }
  return { shard: Number(shard), trust };
}

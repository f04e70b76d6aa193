/**
 * Drain: a node that is about to be stopped hands over the shards that it emits, so that nobody
 * waits for anything when it goes.
 *
 * It claims in the log in the name of the next node in line that follows: from the entry at which
 * that is applied the other one emits, without a silence between the two. Until it is told
 * otherwise, or starts anew, the node claims nothing itself: an operator's word goes before the
 * order of the nodes, and also before its being the last one that is left.
 */
import { assert } from "../protocols/index.ts";
import type { Handover, NodeId, NodeStatus, ShardId } from "../protocols/index.ts";
import type { Clock } from "./clock.ts";
import type { LogClient } from "./log-client.ts";
import type { Replica } from "./replica.ts";
import { NobodyTakesOver } from "./replica-faults.ts";

export interface DrainOptions {
  readonly node: NodeId;
  /** This node's, by shard. */
  readonly replicas: readonly Replica[];
  readonly client: LogClient;
  readonly clock: Clock;
}

/** Who is further behind would send everything late. */
const behindMax = 1000;
const statusMs = 150;
const handoverTimeoutMs = 4000;
const lookEveryMs = 250;

export class Drain {
  readonly #options: DrainOptions;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /**
   * Resolves once others emit all shards. Rejects with `NobodyTakesOver`, and nothing has changed
   * then but that some shards may be emitted by others already.
   */
  async begin(): Promise<readonly Handover[]> {
    const { replicas, client } = this.#options;
    const others = await client.nodes(statusMs);
    const handovers = replicas.flatMap((replica, shard): Handover[] => {
      return replica.phase === "emitting" ? [{ shard, to: this.#successorOf(shard, others) }] : [];
    });
    this.#setDrained(true);
    try {
      await Promise.all(handovers.map((handover) => this.#handOver(handover)));
    } catch (error) {
      this.#setDrained(false);
      throw error;
    }
    return handovers;
  }

  /** Lets the node claim again what falls to it. */
  end(): void {
    this.#setDrained(false);
  }

  #setDrained(isDrained: boolean): void {
    for (const replica of this.#options.replicas) replica.isDrained = isDrained;
  }

  /** The next in line that follows and is not about to be stopped itself. */
  #successorOf(shard: ShardId, statuses: readonly NodeStatus[]): NodeId {
    const { node, replicas } = this.#options;
    const own = replicas[shard]?.sequence ?? 0;
    const found = replicas[shard]?.claimOrder.find((name) => {
      const status = statuses.find((each) => each.node === name);
      const replica = status?.replicas.find((each) => each.shard === shard);
      if (name === node || status === undefined || replica === undefined) return false;
      const isInStep = replica.appliedSequence >= own - behindMax;
      return !status.isDrained && replica.phase === "following" && isInStep;
    });
    if (found === undefined)
      throw new NobodyTakesOver(node, shard, "no other engine node follows it");
    return found;
  }

  async #handOver({ shard, to }: Handover): Promise<void> {
    const { node, replicas, client, clock } = this.#options;
    const replica = replicas[shard];
    assert(replica !== undefined);
    const { emitterEpoch } = replica.status();
    void client.submitTo(shard, [{ kind: "claim-emitter", node: to, emitterEpoch }]);
    const deadlineMs = clock.nowMs() + handoverTimeoutMs;
    while (replica.phase === "emitting") {
      if (clock.nowMs() >= deadlineMs) {
        throw new NobodyTakesOver(node, shard, `${to} was not made its emitter in time`);
      }
      await replica.applied(replica.sequence + 1, lookEveryMs);
    }
  }
}

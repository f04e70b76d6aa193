/**
 * Referee: one process that follows every shard and raises the alarm when anything differs: what a
 * book did from what its reference would have done, or what a node computed from what the log says.
 *
 * A downstream replica: it emits nothing, appends nothing and has no say in who emits. It tells of
 * itself who asks, and of an alarm whoever listens.
 */
import type { TermsToReference } from "../actors/index.ts";
import {
  clusterSubjects,
  decodeFeed,
  isProducerId,
  MalformedRecords,
  pack,
  unpack,
} from "../protocols/index.ts";
import type { NodeId, ProducerId, RefereeAlarm, RefereeStatus } from "../protocols/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import type { Clock } from "./clock.ts";
import { received } from "./received.ts";
import { RefereedShard } from "./refereed-shard.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface RefereeOptions {
  readonly name: NodeId;
  /** Every shard's log, by shard. */
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly clock: Clock;
  readonly pid: number;
  readonly version: string;
  /** What the references go by; the same terms as the books, but for a test. */
  readonly termsToReference?: TermsToReference;
  readonly onAlarm: (alarm: RefereeAlarm) => void;
  readonly onFault: (error: unknown) => void;
}

export class Referee {
  readonly #options: RefereeOptions;
  readonly #shards: readonly RefereedShard[];
  #subscriptions: readonly BusSubscription[] = [];

  constructor(options: RefereeOptions) {
    this.#options = options;
    const { logs, clock, termsToReference, onFault } = options;
    this.#shards = logs.map(
      (log, shard) =>
        new RefereedShard({
          ...{ shard, shards: logs.length, log, clock, onFault },
          ...(termsToReference && { termsToReference }),
          onAlarm: (alarm) => this.#raise(alarm),
        }),
    );
  }

  /** Resolves once it has caught up with every log as it was then. */
  async start(): Promise<void> {
    const { bus, onFault } = this.#options;
    const feeds = this.#shards.map((refereed, shard) =>
      bus.subscribe(clusterSubjects.feed(shard), ({ payload }) => {
        const message = received(payload, decodeFeed, onFault);
        if (message !== undefined) refereed.hear(message);
      }),
    );
    const asked = bus.subscribe(clusterSubjects.referees, (message) => this.#answer(message));
    this.#subscriptions = [...feeds, asked];
    await Promise.all(this.#shards.map((refereed) => refereed.start()));
  }

  async stop(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await Promise.all(this.#shards.map((refereed) => refereed.stop()));
  }

  status(): RefereeStatus {
    const { name, pid, version } = this.#options;
    return { referee: name, pid, version, shards: this.#shards.map((shard) => shard.status()) };
  }

  #raise(alarm: RefereeAlarm): void {
    const { bus, onAlarm } = this.#options;
    bus.publish(clusterSubjects.alarm(alarm.shard), pack(alarm));
    onAlarm(alarm);
  }

  #answer({ payload }: BusMessage): void {
    const { bus, onFault } = this.#options;
    const asker = received(payload, askerIn, onFault);
    if (asker === undefined) return;
    bus.publish(clusterSubjects.refereeStatus(asker), pack(this.status()));
  }
}

function askerIn(payload: Uint8Array): ProducerId {
  const asker = unpack(payload);
  if (typeof asker === "string" && isProducerId(asker)) return asker;
  throw new MalformedRecords("not the name of a producer");
}

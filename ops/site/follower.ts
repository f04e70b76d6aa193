/**
 * Follows the logs of the first site: mirrors every generation as it begins, copies what is
 * mirrored into the archive, and measures how far behind all of that is.
 *
 * The mirrors are JetStream's own and go on by themselves; whatever fails here is tried again.
 */
import type { Clock } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamReader } from "../../cluster/jetstream-reader.ts";
import type { LogArchive } from "../../cluster/archive/log-archive.ts";
import { firstSiteApi } from "../credentials/permissions.ts";
import { LagMeter } from "./lag-meter.ts";
import { MirroredLog } from "./mirrored-log.ts";
import type { SiteStatus } from "./site-status.ts";
import { StreamApi } from "./stream-api.ts";

export interface FollowerOptions {
  readonly connection: JetStreamConnection;
  /** By shard. */
  readonly archives: readonly LogArchive[];
  /** On how many servers each entry is stored here. */
  readonly replicas: number;
  readonly clock: Clock;
}

interface FollowedShard {
  readonly shard: number;
  readonly mirror: MirroredLog;
  readonly archive: LogArchive;
  readonly meter: LagMeter;
  /** The generations that are mirrored. */
  readonly generations: Set<number>;
  archivedTo: number;
}

const archiveEveryMs = 5000;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #here: StreamApi;
  readonly #there: StreamApi;
  readonly #reader: JetStreamReader;
  readonly #shards: readonly FollowedShard[];
  #isLineUp = false;
  #heardAtMs: number | undefined;
  #archivedAtMs = -Infinity;
  #problem = "";

  constructor(options: FollowerOptions) {
    const { connection, archives } = options;
    this.#options = options;
    this.#here = StreamApi.here(connection);
    this.#there = StreamApi.ofFirstSite(connection);
    this.#reader = new JetStreamReader(connection);
    this.#shards = archives.map((archive, shard) => ({
      ...{ shard, archive, meter: new LagMeter(), generations: new Set<number>() },
      mirror: new MirroredLog(shard, { api: this.#here, reader: this.#reader }),
      archivedTo: 0,
    }));
  }

  /** Looks once at both sites, and does what is to be done. */
  async turn(): Promise<void> {
    const { clock } = this.#options;
    this.#problem = "";
    for (const shard of this.#shards) {
      await this.#hear(shard);
      shard.meter.mirrored(await shard.mirror.head(), clock.nowMs());
    }
    if (clock.nowMs() - this.#archivedAtMs < archiveEveryMs) return;
    await this.archive();
    this.#archivedAtMs = clock.nowMs();
  }

  /** Copies whole segments; the rest is in the mirrors. */
  async archive(): Promise<void> {
    for (const shard of this.#shards) {
      try {
        shard.archivedTo = (await shard.archive.copy(shard.mirror)).sequence;
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        this.#problem = error.message;
      }
    }
  }

  status(): SiteStatus {
    const nowMs = this.#options.clock.nowMs();
    const heardMsAgo = this.#heardAtMs === undefined ? undefined : nowMs - this.#heardAtMs;
    return {
      at: new Date().toISOString(),
      isLineUp: this.#isLineUp,
      heardAt: heardMsAgo === undefined ? null : new Date(Date.now() - heardMsAgo).toISOString(),
      problem: this.#problem,
      shards: this.#shards.map(({ shard, meter, generations, archivedTo }) => ({
        ...{ shard, generations: generations.size, head: meter.head },
        ...{ mirroredTo: meter.mirroredTo, archivedTo, lagEntries: meter.lagEntries },
        lagMs: Math.round(meter.lagMs(nowMs, this.#isLineUp)),
        lagMsMax: Math.round(meter.lagMsMax),
      })),
    };
  }

  close(): void {
    this.#reader.close();
  }

  /** Asks the first site how far it is, and begins to mirror what it has begun. */
  async #hear({ shard, meter, generations }: FollowedShard): Promise<void> {
    const { clock } = this.#options;
    const numbers = await this.#there.generations(shard);
    this.#isLineUp = numbers !== undefined;
    if (numbers === undefined) return;
    for (const number of numbers) {
      if (!generations.has(number) && (await this.#mirror(`LOG_${shard}_${number}`))) {
        generations.add(number);
      }
    }
    const newest = numbers.at(-1);
    if (newest === undefined) return;
    const info = await this.#there.ask(`STREAM.INFO.LOG_${shard}_${newest}`);
    this.#isLineUp = info !== undefined;
    if (info?.state === undefined) return;
    this.#heardAtMs = clock.nowMs();
    meter.heard(info.state.last_seq, clock.nowMs());
  }

  /** Does nothing to one that is there. */
  async #mirror(name: string): Promise<boolean> {
    const answer = await this.#here.ask(`STREAM.CREATE.${name}`, {
      ...{ name, retention: "limits", storage: "file", num_replicas: this.#options.replicas },
      ...{ deny_delete: true, deny_purge: true, allow_direct: true },
      mirror: { name, external: { api: firstSiteApi, deliver: "" } },
    });
    if (answer?.error !== undefined) this.#problem = `${name}: ${answer.error.description}`;
    return answer !== undefined && answer.error === undefined;
  }
}

/**
 * Those who follow the logs of a cluster that is measured, as processes of it: the auditor, with a
 * receiver that takes everything, and the projector. They are stopped and started between runs, and
 * it is measured how far they are behind.
 */
import { delay, systemClock } from "../../cluster/clock.ts";
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import type { JetStreamLog } from "../../cluster/jetstream-log.ts";
import type { TracesStatus } from "../audit/auditor.ts";
import { lookAt } from "../downstream/status-desk.ts";
import type { HistoryStatus } from "../history/history-desk.ts";
import { connectAs, openLogs } from "../processes/connections.ts";
import { historySocketPath, tracesSocketPath } from "../config/local-socket.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { LagMeter } from "./lag-meter.ts";
import type { Lag } from "./lag-meter.ts";

export type FollowerKind = "auditor" | "projector";

/** Of one run. */
export interface FollowerLag {
  readonly follower: FollowerKind;
  /** While the load lasted, */
  readonly most: Lag;
  /** when it ended, */
  readonly atEnd: Lag;
  /** and how long until all of it was kept; null where that was not waited for any longer. */
  readonly caughtUpMs: number | null;
}

const lookEveryMs = 100;
/** So long it is waited for that they catch up. */
const patienceMs = 300_000;

export class Followers {
  readonly #cluster: ThrowawayCluster;
  readonly #kinds: readonly FollowerKind[];
  readonly #connection: JetStreamConnection;
  readonly #logs: readonly JetStreamLog[];
  /** How far each was when it last said: one that is busy may not answer in time. */
  readonly #known = new Map<FollowerKind, readonly number[]>();
  #isUp = true;

  private constructor(
    cluster: ThrowawayCluster,
    kinds: readonly FollowerKind[],
    line: { readonly connection: JetStreamConnection; readonly logs: readonly JetStreamLog[] },
  ) {
    this.#cluster = cluster;
    this.#kinds = kinds;
    this.#connection = line.connection;
    this.#logs = line.logs;
  }

  /** Of a cluster that was started with them. */
  static async open(cluster: ThrowawayCluster, kinds: readonly FollowerKind[]): Promise<Followers> {
    const connection = await connectAs({
      ...{ role: "engine", name: toolNames.engine, servers: cluster.servers },
      credentialsFile: cluster.file.credentials.engine,
    });
    const logs = await openLogs(connection, { ...cluster.file, creates: false });
    return new Followers(cluster, kinds, { connection, logs });
  }

  async close(): Promise<void> {
    for (const log of this.#logs) await log.close();
    await this.#connection.close();
  }

  async stop(): Promise<void> {
    if (!this.#isUp) return;
    for (const process of await this.#names()) {
      const request = { command: "kill", process, signal: "SIGTERM", restart: false } as const;
      await askSupervisor(this.#cluster.file.supervisor.socket, request);
    }
    this.#isUp = false;
  }

  /** Resolves when they run and none is behind; rejects when one is for too long. */
  async start(): Promise<void> {
    if (!this.#isUp) {
      for (const process of await this.#names()) {
        await askSupervisor(this.#cluster.file.supervisor.socket, { command: "restart", process });
      }
    }
    this.#isUp = true;
    const caughtUp = await this.#untilCaughtUp();
    const late = this.#kinds.filter((kind) => !caughtUp.has(kind));
    if (late.length > 0) throw new Error(`not caught up before a run: ${late.join(", ")}`);
  }

  /** Has some load put on the cluster, and measures them until they have caught up with it. */
  async measure(load: () => Promise<void>): Promise<readonly FollowerLag[]> {
    const meters = new Map(this.#kinds.map((kind) => [kind, new LagMeter()]));
    await this.#look(meters);
    let isOver = false;
    const looks = (async () => {
      while (!isOver) {
        await delay(systemClock, lookEveryMs);
        await this.#look(meters);
      }
    })();
    await load();
    const endedMs = systemClock.nowMs();
    isOver = true;
    await looks;
    const caughtUpMs = await this.#untilCaughtUp();
    return [...meters].map(([follower, { most, last: atEnd }]): FollowerLag => {
      const atMs = caughtUpMs.get(follower);
      const took = atMs === undefined ? null : Math.max(0, atMs - endedMs);
      return { follower, most, atEnd, caughtUpMs: took };
    });
  }

  /** When each of them had kept all that is in the logs now. */
  async #untilCaughtUp(): Promise<ReadonlyMap<FollowerKind, number>> {
    const heads = await this.#heads();
    const deadlineMs = systemClock.nowMs() + patienceMs;
    const atMs = new Map<FollowerKind, number>();
    while (atMs.size < this.#kinds.length && systemClock.nowMs() < deadlineMs) {
      for (const kind of this.#kinds) {
        if (atMs.has(kind)) continue;
        const reached = await this.#reached(kind);
        const isAt = heads.every((head, shard) => (reached[shard] ?? 0) >= head);
        if (isAt) atMs.set(kind, systemClock.nowMs());
      }
      if (atMs.size < this.#kinds.length) await delay(systemClock, lookEveryMs);
    }
    return atMs;
  }

  async #look(meters: ReadonlyMap<FollowerKind, LagMeter>): Promise<void> {
    const heads = await this.#heads();
    await Promise.all(
      [...meters].map(async ([kind, meter]) => {
        const reached = await this.#reached(kind);
        meter.look({ atMs: systemClock.nowMs(), heads, reached });
      }),
    );
  }

  #heads(): Promise<readonly number[]> {
    return Promise.all(this.#logs.map((log) => log.head()));
  }

  async #reached(kind: FollowerKind): Promise<readonly number[]> {
    const said = await this.#ask(kind);
    if (said !== undefined) this.#known.set(kind, said);
    return this.#known.get(kind) ?? [];
  }

  async #ask(kind: FollowerKind): Promise<readonly number[] | undefined> {
    const { directory } = this.#cluster;
    if (kind === "auditor")
      return (await lookAt<TracesStatus>(tracesSocketPath(directory.path)))?.told;
    return (await lookAt<HistoryStatus>(historySocketPath(directory.path)))?.written;
  }

  async #names(): Promise<readonly string[]> {
    const { socket } = this.#cluster.file.supervisor;
    const { processes } = await askSupervisor(socket, { command: "processes" });
    const isOurs = (kind: string): boolean => this.#kinds.some((known) => known === kind);
    return processes.filter(({ kind }) => isOurs(kind)).map(({ name }) => name);
  }
}

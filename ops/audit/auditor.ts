/**
 * The auditor: one more replica of every shard, which tells the traces of all orders to whoever
 * keeps them.
 *
 * It pulls the logs at its own pace: who receives its spans may be slow or away, and it is only
 * late. Where it is, is written down after what was told has been taken, so what a crash cuts off
 * is told again, as the same spans. It starts from snapshots of its own.
 */
import type { Shard } from "../../actors/index.ts";
import type { Clock } from "../../cluster/clock.ts";
import { delay } from "../../cluster/clock.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, ReadingStatus, ReadStep } from "../downstream/log-reader.ts";
import { ActRecorder } from "./act-recorder.ts";
import type { PositionFile } from "./position-file.ts";
import { TraceStream } from "./trace-stream.ts";
import type { StreamedSpan, StreamPosition } from "./trace-stream.ts";

export interface AuditorOptions {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly clock: Clock;
  /** Of its own. */
  readonly snapshots: SnapshotStore;
  readonly position: PositionFile;
  /** Takes spans; resolves when it has them, and rejects when it has not. */
  readonly tell: (spans: readonly StreamedSpan[]) => Promise<void>;
  readonly report: (error: unknown) => void;
  /** The share of the orders whose traces are told, from 0 to 1; all unless told. */
  readonly share?: number;
}

export interface AuditorStatus extends ReadingStatus {
  readonly spansTold: number;
}

const retryMs = 1000;

interface AuditedShard {
  readonly shard: Shard;
  readonly recorder: ActRecorder;
}

export class Auditor implements LogFollower {
  readonly #options: AuditorOptions;
  readonly #reader: LogReader;
  readonly #shards: AuditedShard[] = [];
  #before: StreamPosition | undefined;
  #stream: TraceStream | undefined;
  /** Those that are to be told. */
  #spans: StreamedSpan[] = [];
  #spansTold = 0;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#reader = new LogReader({ ...options, follower: this });
  }

  /** Goes on from where it stopped. Resolves once it reads. */
  async start(): Promise<void> {
    this.#before = await this.#options.position.load();
    await this.#reader.start(this.#before?.from ?? []);
  }

  /** Ends it; resolves when it reads no more. */
  async stop(): Promise<void> {
    await this.#reader.stop();
  }

  status(): AuditorStatus {
    return { ...this.#reader.status(), spansTold: this.#spansTold };
  }

  opened({ shard }: HashedShard): void {
    this.#shards[shard.shard] = { shard, recorder: new ActRecorder(shard) };
  }

  /** What lies between the state that it goes on from and where it stopped was heard to its end. */
  passed({ shard }: ReadStep): void {
    this.#shards[shard]?.recorder.take();
  }

  applied({ shard: index, entry }: ReadStep): void {
    const audited = this.#shards[index];
    assert(audited !== undefined);
    const step = audited.recorder.take(entry.payload);
    const { cluster } = audited.shard;
    // What a gateway says before the log was formed is heard by nobody, and is of no cluster.
    if (cluster === "") return;
    this.#stream ??= new TraceStream(cluster, this.#before, this.#options.share);
    this.#spans.push(...this.#stream.add(step));
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }

  async keep(): Promise<boolean> {
    const { clock, tell, report, position } = this.#options;
    const spans = this.#spans;
    this.#spans = [];
    const reached = this.#stream?.position(this.#shards.map(({ shard }) => shard.sequence));
    let isRefused = false;
    let isTold = spans.length === 0;
    while (!isTold && !this.#reader.isOver) {
      try {
        await tell(spans);
        this.#spansTold += spans.length;
        isTold = true;
      } catch (error) {
        if (!isRefused) report(error);
        isRefused = true;
        await delay(clock, retryMs);
      }
    }
    if (!isTold) return false;
    if (reached !== undefined) await position.save(reached);
    return true;
  }
}

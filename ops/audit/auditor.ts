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
import { hexOf } from "../../cluster/hash-chain.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, ReadingStatus, ReadStep } from "../downstream/log-reader.ts";
import { ActRecorder } from "./act-recorder.ts";
import { AuditorMismatch } from "./position-file.ts";
import type { AuditorPosition, PositionFile } from "./position-file.ts";
import { TraceStream } from "./trace-stream.ts";
import type { StreamedSpan } from "./trace-stream.ts";

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
  /** Of how many orders in a thousand the traces are told; of all unless told. */
  readonly perMille?: number;
}

export interface AuditorStatus extends ReadingStatus {
  /** By shard, the entry up to which all was taken, but for what another shard has yet to say. */
  readonly told: readonly number[];
  /** Since it started. */
  readonly spansTold: number;
  /** Whether nobody takes spans right now. */
  readonly isWaiting: boolean;
}

/** Of traces that are told somewhere. */
export interface TracesStatus extends AuditorStatus {
  readonly otlp: string;
}

const retryMs = 1000;
/**
 * Spans are a hundred times as large as the commands that they tell of, and wait in memory until
 * they are taken. So much is read at once of all logs together.
 */
const pieceBytesMax = 1024 * 1024;

interface AuditedShard {
  readonly shard: Shard;
  readonly recorder: ActRecorder;
}

export class Auditor implements LogFollower {
  readonly #options: AuditorOptions;
  readonly #reader: LogReader;
  readonly #shards: AuditedShard[] = [];
  #before: AuditorPosition | undefined;
  #told: readonly number[] = [];
  /** By shard, the hash of all entries up to the last one that was told, or is about to be. */
  readonly #entriesHashes: string[] = [];
  #stream: TraceStream | undefined;
  /** Those that are to be told. */
  #spans: StreamedSpan[] = [];
  #spansTold = 0;
  #isWaiting = false;

  constructor(options: AuditorOptions) {
    this.#options = options;
    const bytesMax = Math.floor(pieceBytesMax / options.logs.length);
    const limits = { entriesMax: 1000, bytesMax };
    this.#reader = new LogReader({ ...options, follower: this, limits });
  }

  /**
   * Goes on from where it stopped. Resolves once it reads, which ends with {@link AuditorMismatch}
   * where it finds other logs than it told of.
   */
  async start(): Promise<void> {
    this.#before = await this.#options.position.load();
    this.#told = this.#before?.told ?? [];
    this.#entriesHashes.push(...(this.#before?.entriesHashes ?? []));
    await this.#reader.start(this.#before?.from ?? []);
  }

  /** Ends it; resolves when it reads no more. */
  async stop(): Promise<void> {
    await this.#reader.stop();
  }

  /** Resolves when it reads no more; rejects with what it cannot go on after. */
  async whenOver(): Promise<void> {
    await this.#reader.whenOver();
  }

  status(): AuditorStatus {
    const [told, spansTold, isWaiting] = [this.#told, this.#spansTold, this.#isWaiting];
    return { ...this.#reader.status(), told, spansTold, isWaiting };
  }

  opened({ shard }: HashedShard): void {
    this.#shards[shard.shard] = { shard, recorder: new ActRecorder(shard) };
  }

  /** What lies between the state that it goes on from and where it stopped was heard to its end. */
  passed(step: ReadStep): void {
    this.#shards[step.shard]?.recorder.take();
    this.#reach(step);
  }

  /** Where it stopped it goes on, if these are the logs that it told of. */
  #reach({ shard, entry: { sequence }, entriesHash }: ReadStep): void {
    const toldBefore = this.#before?.told[shard] ?? 0;
    if (sequence < toldBefore) return;
    const hash = hexOf(entriesHash);
    const before = this.#before?.entriesHashes?.[shard] ?? "";
    if (sequence === toldBefore && before !== "" && hash !== before) {
      const { path } = this.#options.position;
      const where = `shard ${shard} had other entries up to ${sequence}`;
      throw new AuditorMismatch(
        `${path} is of an auditor of other logs: ${where}; without its folder, all is told anew`,
      );
    }
    this.#entriesHashes[shard] = hash;
  }

  applied(readStep: ReadStep): void {
    const { shard: index, entry } = readStep;
    this.#reach(readStep);
    const audited = this.#shards[index];
    assert(audited !== undefined);
    const step = audited.recorder.take(entry.payload);
    const { cluster } = audited.shard;
    // What a gateway says before the log was formed is heard by nobody, and is of no cluster.
    if (cluster === "") return;
    this.#stream ??= new TraceStream(cluster, this.#before, this.#options.perMille);
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
    const entriesHashes = this.#shards.map((_, shard) => this.#entriesHashes[shard] ?? "");
    let isTold = spans.length === 0;
    while (!isTold && !this.#reader.isOver) {
      try {
        await tell(spans);
        this.#spansTold += spans.length;
        isTold = true;
        this.#isWaiting = false;
      } catch (error) {
        if (!this.#isWaiting) report(error);
        this.#isWaiting = true;
        await delay(clock, retryMs);
      }
    }
    if (!isTold) return false;
    if (reached === undefined) return true;
    await position.save({ ...reached, entriesHashes });
    this.#told = reached.told;
    return true;
  }
}

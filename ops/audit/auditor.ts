/**
 * The auditor: one more replica of every shard, which tells the traces of all orders to whoever
 * keeps them.
 *
 * It pulls the logs at its own pace: who receives its spans may be slow or away, and it is only
 * late. Where it is, is written down after what was told has been taken, so what a crash cuts off
 * is told again, as the same spans. It starts from snapshots of its own.
 */
import { Shard } from "../../actors/index.ts";
import type { Clock } from "../../cluster/clock.ts";
import { delay } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import { decodeSnapshot, encodeSnapshot } from "../../cluster/replica-snapshot.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { snapshotKey } from "../../cluster/snapshot-store.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
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

export interface AuditorStatus {
  /** By shard. */
  readonly read: readonly number[];
  readonly heads: readonly number[];
  readonly spansTold: number;
}

const readLimits = { entriesMax: 1000, bytesMax: 4 * 1024 * 1024 };
const pollMs = 200;
const retryMs = 1000;
/** After so many entries a shard's state is kept, and the one before it, too. */
const snapshotEvery = 50_000;
const snapshotsKept = 3;

interface AuditedShard {
  readonly hashed: HashedShard;
  readonly recorder: ActRecorder;
  lastEntry: LogEntry | undefined;
  savedAt: number;
}

export class Auditor {
  readonly #options: AuditorOptions;
  #shards: AuditedShard[] = [];
  #stream: TraceStream | undefined;
  #heads: number[] = [];
  #spansTold = 0;
  #isOver = false;
  #running: Promise<void> | undefined;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  /** Goes on from where it stopped. Resolves once it reads. */
  async start(): Promise<void> {
    const { logs, position } = this.#options;
    const before = await position.load();
    for (const shard of logs.keys()) {
      this.#shards.push(await this.#begin(shard, before?.from[shard] ?? 1));
    }
    this.#running = this.#run(before);
  }

  /** Ends it; resolves when it reads no more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  status(): AuditorStatus {
    const read = this.#shards.map(({ hashed }) => hashed.shard.sequence);
    return { read, heads: this.#heads, spansTold: this.#spansTold };
  }

  /** The newest state of before that entry. */
  async #begin(shard: number, from: number): Promise<AuditedShard> {
    const { snapshots, logs } = this.#options;
    for (const name of await snapshots.list(shard)) {
      if (name.sequence >= from) continue;
      try {
        const saved = decodeSnapshot(snapshotKey(name), await snapshots.load(name));
        return audited(new HashedShard(saved.shard, saved), name.sequence);
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        this.#options.report(error);
      }
    }
    return audited(new HashedShard(new Shard(shard, logs.length)), 0);
  }

  async #run(before: StreamPosition | undefined): Promise<void> {
    let isFailing = false;
    while (!this.#isOver) {
      try {
        const spans = await this.#readOn(before);
        isFailing = false;
        if (spans === undefined) await delay(this.#options.clock, pollMs);
        else await this.#tellAll(spans);
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        if (!isFailing) this.#options.report(error);
        isFailing = true;
        await delay(this.#options.clock, retryMs);
      }
    }
  }

  /** A piece of every log; undefined when there is nothing more to read as yet. */
  async #readOn(before: StreamPosition | undefined): Promise<StreamedSpan[] | undefined> {
    const { logs } = this.#options;
    const pieces = await Promise.all(
      logs.map((log, shard) => log.read(this.#sequenceOf(shard) + 1, readLimits)),
    );
    if (pieces.every((piece) => piece.length === 0)) return undefined;
    const spans: StreamedSpan[] = [];
    for (const [shard, piece] of pieces.entries()) {
      this.#heads[shard] = Math.max(this.#heads[shard] ?? 0, piece.at(-1)?.sequence ?? 0);
      for (const entry of piece) spans.push(...this.#apply(shard, entry, before));
    }
    return spans;
  }

  #apply(
    index: number,
    entry: LogEntry,
    before: StreamPosition | undefined,
  ): readonly StreamedSpan[] {
    const shard = this.#shards[index];
    assert(shard !== undefined);
    shard.hashed.apply(entry);
    shard.lastEntry = entry;
    const step = shard.recorder.take(entry.payload);
    // What lies between the snapshot and where it stopped was heard to its end.
    if (entry.sequence < (before?.from[index] ?? 0)) return [];
    const { cluster } = shard.hashed.shard;
    // What a gateway says before the log was formed is heard by nobody, and is of no cluster.
    if (cluster === "") return [];
    this.#stream ??= new TraceStream(cluster, before, this.#options.share);
    return this.#stream.add(step);
  }

  async #tellAll(spans: readonly StreamedSpan[]): Promise<void> {
    const { clock, tell, report, position } = this.#options;
    const read = this.#shards.map((_, shard) => this.#sequenceOf(shard));
    const reached = this.#stream?.position(read);
    let isRefused = false;
    while (!this.#isOver && spans.length > 0) {
      try {
        await tell(spans);
        this.#spansTold += spans.length;
        break;
      } catch (error) {
        if (!isRefused) report(error);
        isRefused = true;
        await delay(clock, retryMs);
      }
    }
    if (this.#isOver && isRefused) return;
    if (reached !== undefined) await position.save(reached);
    for (const [index, shard] of this.#shards.entries()) await this.#keepState(index, shard);
  }

  async #keepState(index: number, shard: AuditedShard): Promise<void> {
    const { snapshots } = this.#options;
    const { hashed, lastEntry, savedAt } = shard;
    const { sequence } = hashed.shard;
    if (lastEntry === undefined || sequence - savedAt < snapshotEvery) return;
    const { bytes } = encodeSnapshot(hashed.shard, {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashOfEntry(lastEntry),
      owed: [],
    });
    await snapshots.save({ shard: index, sequence, bytes });
    shard.savedAt = sequence;
    const names = await snapshots.list(index);
    for (const name of names.slice(snapshotsKept)) await snapshots.remove(name);
  }

  #sequenceOf(shard: number): number {
    return this.#shards[shard]?.hashed.shard.sequence ?? 0;
  }
}

function audited(hashed: HashedShard, savedAt: number): AuditedShard {
  return { hashed, recorder: new ActRecorder(hashed.shard), lastEntry: undefined, savedAt };
}

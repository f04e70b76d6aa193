/**
 * Surveillance beside a cluster: one more replica of every shard, whose detectors look at what its
 * books do, and which appends what they find to a file.
 *
 * It pulls the logs at its own pace and never slows trading. An alert is durable before the place
 * is noted from which it would not be found again, and has an id of its own: killed at any instant,
 * it goes on from an earlier place, finds the same and writes none of it twice.
 */
import { join } from "node:path";
import type { Shard } from "../../actors/index.ts";
import { delay } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, ReadingStatus, ReadStep } from "../downstream/log-reader.ts";
import type { Alert } from "./alert.ts";
import { AlertFile } from "./alert-file.ts";
import type { BookWitness } from "./book-witness.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { Checkpoint, WatchedPlace } from "./checkpoint.ts";
import { fingerprintOf, MarketWatch } from "./market-watch.ts";
import type { Owners } from "./owners.ts";
import type { RuleName } from "./rule-parameters.ts";
import { SurveillanceMismatch } from "./surveillance-mismatch.ts";
import type { SurveillanceSettings } from "./surveillance-settings.ts";

export interface SurveillantOptions {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly clock: Clock;
  /** Of its own. */
  readonly snapshots: SnapshotStore;
  /** Where the alerts are, which is there. */
  readonly folder: string;
  readonly settings: SurveillanceSettings;
  readonly owners: Owners;
  readonly report: (error: unknown) => void;
}

export interface SurveillantStatus extends ReadingStatus {
  /** By shard, the entry up to which all alerts are in the file. */
  readonly watched: readonly number[];
  /** In the file, by rule. */
  readonly alerts: Readonly<Partial<Record<RuleName, number>>>;
  /** Whether the disk takes nothing right now. */
  readonly isWaiting: boolean;
}

/** Of a folder somewhere. */
export interface SurveillanceStatus extends SurveillantStatus {
  readonly folder: string;
}

export const alertFileName = "alerts.jsonl";
const checkpointName = "checkpoint";
/** So many alerts wait in memory at most. */
const waitingMax = 1000;
const flushEveryMs = 500;
const checkpointEveryMs = 10_000;
/** Of its time, checkpoints take this part at most. */
const checkpointShare = 20;
const retryMs = 1000;
const nowhere: WatchedPlace = { sequence: 0, entriesHash: "" };

export class Surveillant implements LogFollower {
  readonly #options: SurveillantOptions;
  readonly #reader: LogReader;
  readonly #fingerprint: string;
  readonly #witnesses: BookWitness[] = [];
  #watch: MarketWatch;
  #file: AlertFile | undefined;
  #waiting: Alert[] = [];
  #before: readonly WatchedPlace[] = [];
  #reached: WatchedPlace[] = [];
  #written: readonly WatchedPlace[] = [];
  #saved: readonly WatchedPlace[] = [];
  #flushedAtMs = 0;
  #savedAtMs = 0;
  #saveTookMs = 0;
  #isWaiting = false;

  constructor(options: SurveillantOptions) {
    this.#options = options;
    this.#fingerprint = fingerprintOf(options);
    this.#watch = MarketWatch.begin(this.#parts);
    this.#reader = new LogReader({ ...options, follower: this, isCausal: true });
  }

  get #parts() {
    const { settings, owners } = this.#options;
    return { settings, owners, alert: (alert: Alert) => void this.#waiting.push(alert) };
  }

  /**
   * Goes on from where it was with these settings and relations, and otherwise from the first
   * entries. Resolves once it reads. Rejects with {@link SurveillanceMismatch} for a folder of
   * other logs.
   */
  async start(): Promise<void> {
    const { folder, logs, clock } = this.#options;
    this.#file = await AlertFile.open(join(folder, alertFileName));
    const checkpoint = await loadCheckpoint(this.#checkpointPath);
    if (checkpoint?.fingerprint === this.#fingerprint) this.#goOn(checkpoint);
    this.#before = logs.map((_, shard) => this.#saved[shard] ?? nowhere);
    this.#reached = [...this.#before];
    this.#written = this.#reached;
    this.#savedAtMs = clock.nowMs();
    await this.#reader.start(this.#before.map(({ sequence }) => sequence + 1));
  }

  #goOn({ state, shards }: Checkpoint): void {
    this.#watch = MarketWatch.restore(this.#parts, state);
    this.#saved = shards;
  }

  get #checkpointPath(): string {
    return join(this.#options.folder, checkpointName);
  }

  /** Ends it; resolves when all that it has found is in the file. */
  async stop(): Promise<void> {
    await this.#reader.stop();
    if (this.#file === undefined) return;
    await this.#persist(() => this.#save());
    await this.#file.close();
  }

  /** Resolves when it reads no more; rejects with what it cannot go on after. */
  async whenOver(): Promise<void> {
    await this.#reader.whenOver();
  }

  status(): SurveillantStatus {
    const watched = this.#waiting.length === 0 ? this.#reached : this.#written;
    return {
      ...this.#reader.status(),
      watched: watched.map(({ sequence }) => sequence),
      alerts: this.#file?.counts ?? {},
      isWaiting: this.#isWaiting,
    };
  }

  // ---- What the reader tells -----------------------------------------------------------------

  opened({ shard, entries }: HashedShard): void {
    this.#witnesses[shard.shard] = this.#watch.witnessOf(shard);
    this.#beginAt(shard, entries.hash);
  }

  passed({ shard, entriesHash }: ReadStep): void {
    this.#beginAt(this.#witnessOf(shard).shard, entriesHash);
  }

  /** Where it left off it goes on, if these are the logs that it was with. */
  #beginAt({ shard, sequence }: Shard, entriesHash: Uint8Array): void {
    const before = this.#before[shard] ?? nowhere;
    if (before.sequence !== sequence) return;
    if (sequence > 0 && hexOf(entriesHash) !== before.entriesHash) {
      const where = `shard ${shard} had other entries up to ${sequence}`;
      throw new SurveillanceMismatch(
        `${this.#options.folder} has the alerts of other logs: ${where}`,
      );
    }
    this.#witnessOf(shard).begin();
  }

  applied({ shard, step, entriesHash }: ReadStep): void {
    this.#witnessOf(shard).endStep();
    this.#reached[shard] = { sequence: step.sequence, entriesHash: hexOf(entriesHash) };
  }

  #witnessOf(shard: number): BookWitness {
    const witness = this.#witnesses[shard];
    assert(witness !== undefined, "an entry of a shard that was not opened");
    return witness;
  }

  /** With true when a checkpoint was made: the reader's own states may go as far. */
  async keep(): Promise<boolean> {
    if (this.#untilSaveMs() <= 0) return await this.#persist(() => this.#save());
    const isMuch = this.#waiting.length > waitingMax;
    if (this.#waiting.length > 0 && (isMuch || this.#untilFlushMs() <= 0)) {
      await this.#persist(() => this.#flush());
    }
    return false;
  }

  async rest(): Promise<void> {
    const { clock } = this.#options;
    if (this.#waiting.length > 0) {
      await delay(clock, Math.max(0, this.#untilFlushMs()));
      await this.#persist(() => this.#flush());
    }
    const isSaved = this.#reached.every((place, shard) => place === this.#saved[shard]);
    if (!isSaved && this.#untilSaveMs() <= 0) await this.#persist(() => this.#save());
  }

  // ---- Writing -------------------------------------------------------------------------------

  #untilFlushMs(): number {
    return this.#flushedAtMs + flushEveryMs - this.#options.clock.nowMs();
  }

  /** What takes long is done less often. */
  #untilSaveMs(): number {
    const everyMs = Math.max(checkpointEveryMs, this.#saveTookMs * checkpointShare);
    return this.#savedAtMs + everyMs - this.#options.clock.nowMs();
  }

  /** With false when it was told to stop before the disk took it. */
  async #persist(write: () => Promise<void>): Promise<boolean> {
    const { clock, report } = this.#options;
    for (;;) {
      try {
        await write();
        this.#isWaiting = false;
        return true;
      } catch (error) {
        if (!isErrno(error)) throw error;
        if (!this.#isWaiting) report(error);
        this.#isWaiting = true;
      }
      if (this.#reader.isOver) return false;
      await delay(clock, retryMs);
    }
  }

  async #flush(): Promise<void> {
    assert(this.#file !== undefined);
    const written = [...this.#reached];
    await this.#file.append(this.#waiting);
    // Nothing is applied meanwhile.
    this.#waiting = [];
    this.#written = written;
    this.#flushedAtMs = this.#options.clock.nowMs();
  }

  async #save(): Promise<void> {
    await this.#flush();
    const { clock } = this.#options;
    const beganMs = clock.nowMs();
    const shards = [...this.#reached];
    const [fingerprint, state] = [this.#fingerprint, this.#watch.save()];
    await saveCheckpoint(this.#checkpointPath, { fingerprint, shards, state });
    this.#saved = shards;
    this.#savedAtMs = clock.nowMs();
    this.#saveTookMs = this.#savedAtMs - beganMs;
  }
}

/** The disk is full, or away. */
function isErrno(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}

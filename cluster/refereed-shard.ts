/**
 * One shard as a referee follows it: applies its log from the first entry on as every replica does,
 * has its books and markets give second opinions, and holds its outputs against what the feed says.
 *
 * It reads the log at its own pace and says nothing to anybody who trades: however slow it is, it
 * is only late. What differs first ends it, for all that follows would differ, too.
 */
import { RefereedBooks, Shard } from "../actors/index.ts";
import type { TermsToReference } from "../actors/index.ts";
import { assert, InvariantViolation } from "../protocols/index.ts";
import type {
  FeedMessage,
  RefereeAlarm,
  RefereedShardStatus,
  ShardId,
} from "../protocols/index.ts";
import { delay } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import { accountOf, causeOf, FeedComparison, hashesIn } from "./feed-comparison.ts";
import type { Difference } from "./feed-comparison.ts";
import { hexOf } from "./hash-chain.ts";
import { HashedShard } from "./hashed-shard.ts";
import type { LogEntry, ReplicatedLog } from "./replicated-log.ts";

export interface RefereedShardOptions {
  readonly shard: ShardId;
  readonly shards: number;
  readonly log: ReplicatedLog;
  readonly clock: Clock;
  /** What the references go by; the same terms as the books, but for a test. */
  readonly termsToReference?: TermsToReference;
  readonly onAlarm: (alarm: RefereeAlarm) => void;
  readonly onFault: (fault: ClusterFault) => void;
}

type Phase = "replaying" | "following" | "alarmed" | "failed" | "stopped";

const readLimits = { entriesMax: 1000, bytesMax: 4 * 1024 * 1024 };
/** How often a log is asked of which the feed said nothing new, and one of which it did. */
const pollMs = 500;
const behindMs = 20;
const retryMs = 500;
/** After so long others have their turn: questions, and the feed. */
const turnMs = 20;

export class RefereedShard {
  readonly #options: RefereedShardOptions;
  readonly #books: RefereedBooks;
  readonly #hashed: HashedShard;
  readonly #comparison = new FeedComparison();
  readonly #caughtUp = Promise.withResolvers<void>();
  #phase: Phase = "replaying";
  #alarm: RefereeAlarm | undefined;
  /** The last entry that is known to be there. */
  #head = 0;
  #comparedSteps = 0;
  #running: Promise<void> | undefined;
  /** Ends the wait for more. */
  #onMore: () => void = () => undefined;

  constructor(options: RefereedShardOptions) {
    this.#options = options;
    const { shard, shards, termsToReference } = options;
    this.#books = new RefereedBooks({ termsToReference });
    const refereed = new Shard(shard, shards);
    refereed.useBooks(this.#books);
    this.#hashed = new HashedShard(refereed);
  }

  /** Resolves once it has applied the whole log as it was then, or has ended. */
  async start(): Promise<void> {
    assert(this.#running === undefined);
    this.#running = this.#run();
    this.#running.catch((error: unknown) => this.#caughtUp.reject(error));
    await this.#caughtUp.promise;
  }

  /** Ends it; resolves when it reads no more. */
  async stop(): Promise<void> {
    if (this.#isGoing()) this.#phase = "stopped";
    this.#onMore();
    await this.#running;
  }

  #isGoing(): boolean {
    return this.#phase === "replaying" || this.#phase === "following";
  }

  // ---- The log -----------------------------------------------------------------------------

  async #run(): Promise<void> {
    const { log, clock } = this.#options;
    let isFailing = false;
    while (this.#isGoing()) {
      try {
        const entries = await log.read(this.#sequence() + 1, readLimits);
        isFailing = false;
        if (entries.length > 0) await this.#applyAll(entries);
        else {
          this.#catchUp();
          await this.#untilMore();
        }
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        // Whoever stops it may close its log.
        if (!this.#isGoing()) break;
        if (error.disposition === "fatal") this.#phase = "failed";
        if (!isFailing) this.#options.onFault(error);
        isFailing = true;
        await delay(clock, retryMs);
      }
    }
    this.#caughtUp.resolve();
  }

  /** There may be more once the feed says so; whoever was asked may lag behind that. */
  async #untilMore(): Promise<void> {
    const { clock } = this.#options;
    if (this.#head > this.#sequence()) {
      await delay(clock, behindMs);
      return;
    }
    const more = Promise.withResolvers<void>();
    this.#onMore = more.resolve;
    const timer = clock.after(pollMs, more.resolve);
    await more.promise;
    timer.cancel();
  }

  #catchUp(): void {
    if (this.#phase === "replaying") this.#phase = "following";
    this.#caughtUp.resolve();
  }

  async #applyAll(entries: readonly LogEntry[]): Promise<void> {
    const { clock } = this.#options;
    this.#head = Math.max(this.#head, entries.at(-1)?.sequence ?? 0);
    let turnBeganAtMs = clock.nowMs();
    for (const entry of entries) {
      if (!this.#isGoing()) return;
      this.#apply(entry);
      if (clock.nowMs() - turnBeganAtMs < turnMs) continue;
      await delay(clock, 0);
      turnBeganAtMs = clock.nowMs();
    }
  }

  #apply(entry: LogEntry): void {
    const { sequence } = entry;
    try {
      const hashed = this.#hashed.apply(entry);
      this.#books.endStep(hashed.step.timeUs);
      const difference = this.#comparison.computed(sequence, accountOf(hashed));
      if (difference !== undefined) this.#differ(difference);
      else this.#comparedSteps += 1;
    } catch (error) {
      if (!(error instanceof InvariantViolation)) throw error;
      this.#raise(sequence, error.message);
      return;
    }
    const { disagreement } = this.#books;
    if (disagreement === undefined) return;
    const { symbol, told, expected } = disagreement;
    this.#raise(sequence, `the book of ${symbol} says ${told}; its reference says ${expected}`);
  }

  #sequence(): number {
    return this.#hashed.shard.sequence;
  }

  // ---- The feed ----------------------------------------------------------------------------

  /** A node says what it computed. */
  hear(message: FeedMessage): void {
    if (!this.#isGoing()) return;
    const { sequence } = message;
    if (sequence > this.#sequence()) {
      this.#head = Math.max(this.#head, sequence);
      this.#comparison.foretell(message);
      this.#onMore();
    }
    const difference = this.#comparison.compare(message);
    if (difference !== undefined) this.#differ(difference);
  }

  #differ(difference: Difference): void {
    const { sequence, by, expected, computed } = difference;
    const isEntry = causeOf(difference) === "entry";
    const short = (account: Uint8Array): string => {
      const { entriesHash, outputsHash } = hashesIn(account);
      return hexOf(isEntry ? entriesHash : outputsHash).slice(0, 8);
    };
    const [theirs, ours] = [short(expected), short(computed)];
    const what = isEntry
      ? `read entries ${theirs}, we read`
      : `computed outputs ${theirs}, the log gives`;
    this.#raise(sequence, `${by} ${what} ${ours}`);
  }

  #raise(sequence: number, what: string): void {
    if (this.#alarm !== undefined) return;
    this.#phase = "alarmed";
    this.#alarm = { shard: this.#options.shard, sequence, what };
    this.#options.onAlarm(this.#alarm);
  }

  status(): RefereedShardStatus {
    return {
      shard: this.#options.shard,
      phase: this.#phase,
      appliedSequence: this.#sequence(),
      headSequence: Math.max(this.#head, this.#sequence()),
      comparedSteps: this.#comparedSteps,
      alarm: this.#alarm ?? null,
    };
  }
}

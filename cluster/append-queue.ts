/**
 * Append queue: numbered frames on their way into one log, each kept until the log's shard has
 * counted it.
 *
 * Frames are appended in order, a few at a time. When one got lost, it and all behind it are
 * appended again ("go back n"): the shard refused those behind it as out of turn, and drops what it
 * had already. What is lost is known from the log itself: the shard still wants a frame although it
 * has applied the entry that holds it, or an append failed.
 */
import { assert, hold, invariant } from "../protocols/index.ts";
import type { ProducerId } from "../protocols/index.ts";
import type { Clock, Timer } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import type { AppendObserver } from "./observers.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

const owedInTurn = invariant("owed-frames-in-turn");

export interface AppendQueueOptions {
  readonly log: ReplicatedLog;
  readonly producer: ProducerId;
  readonly clock: Clock;
  /** Appends under way at a time. */
  readonly appendsMax: number;
  /**
   * A stored frame that the shard said nothing of for so long is appended once more, to be told:
   * what was said may have been lost. Left out where nothing said can be lost.
   */
  readonly judgementMs?: number;
  /** Called when nothing waits and another append may begin. */
  readonly onRoom?: () => void;
  /** Told of the first of several appends in a row that failed. */
  readonly onFault?: (fault: ClusterFault) => void;
  readonly observer?: AppendObserver | undefined;
}

interface QueuedFrame {
  readonly frame: number;
  readonly bytes: Uint8Array;
  /** Is told when the log has a copy of it for the first time. */
  onStored: (() => void) | undefined;
  isAppending: boolean;
  /** Where its latest copy stands in the log, and since when; 0 while that is not known. */
  storedAt: number;
  storedAtMs: number;
}

/** The pause after a failed append. */
const retryMs = 100;

export class AppendQueue {
  readonly #options: AppendQueueOptions;
  readonly #frames = new Map<number, QueuedFrame>();
  /** The oldest frame kept, or the next one to come. */
  #first = 1;
  /** The next frame to append; those before it are under way or stored. */
  #next = 1;
  #appending = 0;
  #isOpen = false;
  #isFailing = false;
  #stopHearing: (() => void) | undefined;
  #pause: Timer | undefined;
  #judgementTimer: Timer | undefined;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  /** Frames not counted yet, oldest first. */
  *frames(): Iterable<{ readonly frame: number; readonly bytes: Uint8Array }> {
    yield* this.#frames.values();
  }

  get length(): number {
    return this.#frames.size;
  }

  /** Whether a frame pushed now would be appended at once. */
  get hasRoom(): boolean {
    return this.#mayAppend && this.#next === this.#first + this.#frames.size;
  }

  /** Adds the next frame. */
  push(frame: number, bytes: Uint8Array, onStored?: () => void): void {
    if (this.#frames.size === 0) this.#first = this.#next = frame;
    hold(owedInTurn, frame === this.#first + this.#frames.size);
    const nowhere = { isAppending: false, storedAt: 0, storedAtMs: 0 };
    this.#frames.set(frame, { frame, bytes, onStored, ...nowhere });
    this.#pump();
  }

  /** From now on frames are appended, starting with the oldest. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#stopHearing = this.#options.log.onCut((last) => this.#cut(last));
    this.#next = this.#first;
    this.#pump();
  }

  /** Appends no more; what is under way goes on, and all frames are kept. */
  close(): void {
    this.#isOpen = false;
    this.#stopHearing?.();
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#judgementTimer?.cancel();
    this.#judgementTimer = undefined;
  }

  /** Having applied that sequence, the shard wants that frame next: all before it count. */
  heard(expectedFrame: number, atSequence: number): void {
    while (this.#frames.size > 0 && this.#first < expectedFrame) {
      const counted = this.#frames.get(this.#first);
      // Its acknowledgement may have been lost.
      if (counted !== undefined) tellStored(counted);
      this.#frames.delete(this.#first);
      this.#first += 1;
    }
    this.#next = Math.max(this.#next, this.#first);
    const expected = this.#frames.get(expectedFrame);
    if (expected === undefined || expected.storedAt === 0) return;
    // It was refused where it stands: one before it was missing then.
    if (expected.storedAt <= atSequence) this.#goBackTo(expected);
  }

  get #mayAppend(): boolean {
    const { appendsMax } = this.#options;
    return this.#isOpen && this.#pause === undefined && this.#appending < appendsMax;
  }

  #pump(): void {
    while (this.#mayAppend) {
      const queued = this.#frames.get(this.#next);
      if (queued === undefined) return;
      // Its earlier copy comes before what has just been appended again, so it has to follow once
      // more; but only when that copy is in the log.
      if (queued.isAppending) return;
      this.#next += 1;
      this.#append(queued);
    }
  }

  #append(queued: QueuedFrame): void {
    const { log, producer, clock, observer } = this.#options;
    const beganAtMs = clock.nowMs();
    queued.isAppending = true;
    queued.storedAt = 0;
    this.#appending += 1;
    log.append(producer, queued.bytes).then(
      ({ sequence }) => {
        this.#isFailing = false;
        queued.storedAt = sequence;
        queued.storedAtMs = clock.nowMs();
        tellStored(queued);
        observer?.stored(queued.storedAtMs - beganAtMs);
        this.#watchJudgement();
        this.#ended(queued);
      },
      (error: unknown) => {
        if (!(error instanceof ClusterFault)) throw error;
        observer?.failed();
        // Lost or not: appended once more, it is surely there.
        if (!this.#isFailing) this.#options.onFault?.(error);
        this.#isFailing = true;
        if (this.#frames.has(queued.frame)) this.#next = Math.min(this.#next, queued.frame);
        this.#pauseAppends();
        this.#ended(queued);
      },
    );
  }

  #ended(queued: QueuedFrame): void {
    assert(queued.isAppending);
    queued.isAppending = false;
    this.#appending -= 1;
    this.#pump();
    if (this.hasRoom) this.#options.onRoom?.();
  }

  #goBackTo(queued: QueuedFrame): void {
    if (queued.isAppending) return;
    this.#next = Math.min(this.#next, queued.frame);
    this.#pump();
  }

  /** The log went on behind that sequence without what was stored above it. */
  #cut(last: number): void {
    const lost = [...this.#frames.values()].filter(({ storedAt }) => storedAt > last);
    for (const queued of lost) queued.storedAt = 0;
    const [oldest] = lost;
    if (oldest !== undefined) this.#goBackTo(oldest);
  }

  #pauseAppends(): void {
    if (!this.#isOpen || this.#pause !== undefined) return;
    this.#pause = this.#options.clock.after(retryMs, () => {
      this.#pause = undefined;
      this.#pump();
      if (this.hasRoom) this.#options.onRoom?.();
    });
  }

  /** As long as stored frames wait to be judged, looks after the oldest of them. */
  #watchJudgement(): void {
    const { clock, judgementMs } = this.#options;
    if (judgementMs === undefined || this.#judgementTimer !== undefined || !this.#isOpen) return;
    this.#judgementTimer = clock.after(judgementMs / 4, () => {
      this.#judgementTimer = undefined;
      const oldest = this.#frames.get(this.#first);
      if (oldest === undefined) return;
      const waitedMs = clock.nowMs() - oldest.storedAtMs;
      const isDue = oldest.storedAt > 0 && waitedMs >= judgementMs;
      // The judgement of this one copy tells of all the others.
      if (isDue && this.#mayAppend) this.#append(oldest);
      this.#watchJudgement();
    });
  }
}

/** Once. */
function tellStored(queued: QueuedFrame): void {
  const { onStored } = queued;
  queued.onStored = undefined;
  onStored?.();
}

/**
 * The order of one producer's appends, kept through lost answers, elections and broken lines.
 *
 * When the oldest append gets no answer, the lane stops, tries that one alone until it is stored,
 * and then sends those behind it again. An acknowledgement counts only if its sequence is above
 * that of the append before; what a retry stores twice is left for the state machine to drop.
 *
 * Knows nothing of NATS: it is told what was answered, and says what to send.
 */
import { assert } from "../protocols/assert.ts";
import { AnswerTime } from "./answer-time.ts";
import type { Clock, Timer } from "./clock.ts";
import {
  AppendOutcomeUnknown,
  AppendRefused,
  LogClosed,
  LogUnavailable,
  type ClusterFault,
} from "./faults.ts";
import type { AppendReceipt } from "./replicated-log.ts";

export interface AppendPolicy {
  /**
   * How long the oldest append may make no progress before it is tried again, at least: longer
   * where answers take longer, over a slow line. Doubles each time.
   */
  readonly attemptTimeoutMs: number;
  readonly attemptTimeoutMsMax: number;
  /** The pause after an answer that says "not now"; a random time between the two. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** After which time an append is given up. */
  readonly giveUpMs: number;
  /** After how long without progress another server is tried. */
  readonly suspectMs: number;
}

export const defaultAppendPolicy: AppendPolicy = {
  attemptTimeoutMs: 250,
  attemptTimeoutMsMax: 1000,
  retryMsMin: 10,
  retryMsMax: 25,
  giveUpMs: 15_000,
  // Longer than an election takes: moving on would not help, and would cost the bus its messages.
  suspectMs: 10_000,
};

/** The lane's way to the stream and back. */
export interface AppendPort {
  readonly log: string;
  readonly clock: Clock;
  /** Whether there is somewhere to send to now. */
  readonly isConnected: boolean;
  /** What a server complained of last, if it did: the likely cause of a silence. */
  readonly complaint: Error | undefined;
  /** At least 0 and less than 1: spreads the retries of many lanes. */
  random(): number;
  /** Sends it once. The answer, if one comes, is told to the lane under the returned number. */
  publish(payload: Uint8Array): number;
  /** The line seems to lead nowhere. */
  suspect(): void;
  /** That append, and with it all before it, has its receipt. */
  onReceipt(sequence: number): void;
}

interface PendingAppend {
  readonly payload: Uint8Array;
  readonly deadlineMs: number;
  readonly resolve: (receipt: AppendReceipt) => void;
  readonly reject: (fault: ClusterFault) => void;
  /** The numbers of its publications that were neither stored nor refused, as far as we know. */
  readonly unanswered: Set<number>;
  attempts: number;
  sentAtMs: number;
  /** The highest sequence acknowledged for it, 0 when none was. */
  storedAt: number;
  lastRefusal: string;
}

/** An append on its way to the stream, that may still be answered. */
interface Publication {
  readonly of: PendingAppend;
  readonly sentAtMs: number;
}

/**
 * - `flowing`: every pending append has been sent, in order, since the lane last flowed.
 * - `probing`: only the oldest is sent, over and over; the others wait.
 * - `resuming`: the oldest got through; after a moment, in which acknowledgements of earlier
 *   attempts may still come in, the others are sent again.
 */
type LaneState = "flowing" | "probing" | "resuming";

export class AppendLane {
  readonly #port: AppendPort;
  readonly #policy: AppendPolicy;
  /** Oldest first. Invariant: the first of them has no valid acknowledgement yet. */
  readonly #pending: PendingAppend[] = [];
  readonly #publications = new Map<number, Publication>();
  readonly #answerTime = new AnswerTime();
  #state: LaneState = "flowing";
  #timer: Timer | undefined;
  /** The sequence of the last receipt given. */
  #lastSequence = 0;
  #progressAtMs = 0;
  #attemptTimeoutMs: number;

  constructor(port: AppendPort, policy: AppendPolicy) {
    this.#port = port;
    this.#policy = policy;
    this.#attemptTimeoutMs = policy.attemptTimeoutMs;
  }

  /** Of an attempt that nothing is wrong with yet. */
  get #firstTimeoutMs(): number {
    const { attemptTimeoutMs, attemptTimeoutMsMax } = this.#policy;
    const { patienceMs } = this.#answerTime;
    return Math.min(Math.max(attemptTimeoutMs, patienceMs), attemptTimeoutMsMax);
  }

  append(payload: Uint8Array): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const nowMs = this.#port.clock.nowMs();
      const pending: PendingAppend = {
        payload,
        deadlineMs: nowMs + this.#policy.giveUpMs,
        resolve,
        reject,
        unanswered: new Set(),
        attempts: 0,
        sentAtMs: nowMs,
        storedAt: 0,
        lastRefusal: "",
      };
      this.#pending.push(pending);
      if (this.#pending.length === 1) this.#progressAtMs = nowMs;
      if (this.#state === "flowing") {
        if (this.#port.isConnected) this.#send(pending);
        else this.#probe();
      }
      if (this.#timer === undefined) this.#wakeAfter(this.#attemptTimeoutMs);
    });
  }

  /** That publication was stored. */
  onStored(publication: number, sequence: number): void {
    const sentAtMs = this.#publications.get(publication)?.sentAtMs;
    if (sentAtMs !== undefined) this.#answerTime.took(this.#port.clock.nowMs() - sentAtMs);
    const pending = this.#answered(publication);
    if (pending === undefined) return;
    pending.storedAt = Math.max(pending.storedAt, sequence);
    this.#settle();
  }

  /** That publication was not stored; later it may be. */
  onNotNow(publication: number, detail: string): void {
    const pending = this.#answered(publication);
    if (pending === undefined) return;
    pending.lastRefusal = detail;
    this.#attemptTimeoutMs = this.#firstTimeoutMs;
    // Those behind it may have been taken meanwhile: the order is to be restored.
    this.#state = "probing";
    this.#wakeAfter(this.#retryMs());
  }

  /** That publication was not stored, and its payload never will be. */
  onRefused(publication: number, detail: string): void {
    const pending = this.#answered(publication);
    if (pending === undefined) return;
    this.#remove(pending);
    const { log } = this.#port;
    // An attempt before this one may have been taken.
    const isUncertain = pending.unanswered.size > 0 || pending.storedAt > 0;
    const { attempts } = pending;
    const refusal = new AppendRefused(log, detail);
    pending.reject(isUncertain ? new AppendOutcomeUnknown(log, attempts, refusal) : refusal);
    this.#settle();
  }

  /**
   * What is sent from now on goes into the log's next generation, behind `last`. Acknowledgements
   * of what stands above it in the one before are void; the port tells of none any more.
   */
  onCut(last: number): void {
    this.#lastSequence = Math.min(this.#lastSequence, last);
    for (const pending of this.#pending) {
      if (pending.storedAt > last) pending.storedAt = 0;
    }
    if (this.#pending.length > 0) this.#probe();
  }

  onBroken(): void {
    if (this.#pending.length > 0) this.#state = "probing";
  }

  onReturn(): void {
    if (this.#pending.length > 0) this.#probe();
  }

  close(): void {
    this.#timer?.cancel();
    for (const pending of [...this.#pending]) {
      this.#remove(pending);
      pending.reject(new LogClosed(this.#port.log));
    }
  }

  /** Gives the receipts that are due: the oldest with an acknowledgement above the last one's. */
  #settle(): void {
    const before = this.#lastSequence;
    for (;;) {
      const oldest = this.#pending[0];
      if (oldest === undefined || oldest.storedAt <= this.#lastSequence) break;
      this.#lastSequence = oldest.storedAt;
      this.#remove(oldest);
      oldest.resolve({ sequence: oldest.storedAt });
    }
    if (this.#lastSequence === before) return;
    this.#port.onReceipt(this.#lastSequence);
    this.#progressAtMs = this.#port.clock.nowMs();
    this.#attemptTimeoutMs = this.#firstTimeoutMs;
    if (this.#state !== "flowing") this.#resume();
  }

  #onTimer(): void {
    this.#timer = undefined;
    const nowMs = this.#port.clock.nowMs();
    this.#giveUpOverdue(nowMs);
    const oldest = this.#pending[0];
    if (oldest === undefined) {
      this.#state = "flowing";
      return;
    }
    if (this.#isStuck(nowMs)) this.#port.suspect();
    switch (this.#state) {
      case "flowing": {
        // Under load the oldest was sent long ago and yet all goes well: progress counts.
        const waitedMs = nowMs - Math.max(oldest.sentAtMs, this.#progressAtMs);
        const leftMs = this.#attemptTimeoutMs - waitedMs;
        // Less than that may be too little for the clock to show.
        return leftMs >= 1 ? this.#wakeAfter(leftMs) : this.#probe();
      }
      case "probing":
        return this.#probe();
      case "resuming":
        return this.#flow();
    }
  }

  /** Sends the oldest alone, and waits longer for its answer each time. */
  #probe(): void {
    const oldest = this.#pending[0];
    assert(oldest !== undefined);
    this.#state = "probing";
    if (!this.#port.isConnected) return this.#wakeAfter(this.#retryMs());
    this.#send(oldest);
    this.#wakeAfter(this.#attemptTimeoutMs);
    const { attemptTimeoutMsMax } = this.#policy;
    this.#attemptTimeoutMs = Math.min(this.#attemptTimeoutMs * 2, attemptTimeoutMsMax);
  }

  #resume(): void {
    this.#state = "resuming";
    // Nothing to wait for when the next one was never sent.
    if (this.#pending[0]?.attempts === 0) this.#flow();
    else this.#wakeAfter(this.#retryMs());
  }

  #flow(): void {
    if (!this.#port.isConnected) return this.#probe();
    this.#state = "flowing";
    for (const pending of this.#pending) this.#send(pending);
    this.#wakeAfter(this.#attemptTimeoutMs);
  }

  #send(pending: PendingAppend): void {
    pending.attempts += 1;
    pending.sentAtMs = this.#port.clock.nowMs();
    const publication = this.#port.publish(pending.payload);
    pending.unanswered.add(publication);
    this.#publications.set(publication, { of: pending, sentAtMs: pending.sentAtMs });
  }

  #giveUpOverdue(nowMs: number): void {
    for (;;) {
      const pending = this.#pending[0];
      if (pending === undefined || pending.deadlineMs > nowMs) return;
      const isUncertain = pending.unanswered.size > 0 || pending.storedAt > 0;
      this.#remove(pending);
      const { log, complaint } = this.#port;
      pending.reject(
        isUncertain
          ? new AppendOutcomeUnknown(log, pending.attempts, complaint)
          : new LogUnavailable(log, pending.lastRefusal || "not connected", complaint),
      );
      this.#settle();
    }
  }

  #isStuck(nowMs: number): boolean {
    return nowMs - this.#progressAtMs > this.#policy.suspectMs;
  }

  #remove(pending: PendingAppend): void {
    const index = this.#pending.indexOf(pending);
    assert(index !== -1);
    this.#pending.splice(index, 1);
    for (const publication of pending.unanswered) this.#publications.delete(publication);
  }

  /** Undefined when its append was settled by another answer, or given up. */
  #answered(publication: number): PendingAppend | undefined {
    const pending = this.#publications.get(publication)?.of;
    this.#publications.delete(publication);
    pending?.unanswered.delete(publication);
    return pending;
  }

  #retryMs(): number {
    const { retryMsMin, retryMsMax } = this.#policy;
    return retryMsMin + this.#port.random() * (retryMsMax - retryMsMin);
  }

  #wakeAfter(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#port.clock.after(ms, () => this.#onTimer());
  }
}

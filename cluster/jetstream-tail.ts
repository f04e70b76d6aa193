/**
 * A tail on a JetStream stream that no single server's death stops.
 *
 * The stream's leader republishes each entry, as it stores it, to an ordinary subject: that is the
 * live way, as fast as the acknowledgement to the appender, and it may lose anything. So contiguity
 * is proved here, entry by entry, and whatever is missing is read by sequence from any server that
 * has it. Nothing lives on a server for this tail, so nothing dies with one.
 *
 *     republished ──► next in order? ──► handed over
 *                       │ no: kept, and the gap is read
 *     idle, line back, hint ──► read from the next sequence on
 */
import { assert } from "../protocols/assert.ts";
import { delay, type Clock, type Timer } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import type { LogEntry, ReadLimits, Tail, TailListener, TailSource } from "./replicated-log.ts";

export interface TailPolicy {
  /** With nothing arriving, it looks for missed entries after a random time between the two. */
  readonly idleMsMin: number;
  readonly idleMsMax: number;
  /** How long an entry that was hinted at may take before it is looked for. */
  readonly hintGraceMs: number;
  /** The pause before asking again when the answer was too old or did not come. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** How often the leader is asked for the head, whatever the nearest server says. */
  readonly leaderCheckMs: number;
  /** For how long no leader may answer before another server is tried. */
  readonly suspectMs: number;
  /** Entries that arrived before their turn are kept up to this size, then read again later. */
  readonly aheadBytesMax: number;
  readonly readEntriesMax: number;
  readonly readBytesMax: number;
}

export const defaultTailPolicy: TailPolicy = {
  idleMsMin: 250,
  idleMsMax: 500,
  hintGraceMs: 5,
  retryMsMin: 5,
  retryMsMax: 15,
  leaderCheckMs: 2000,
  suspectMs: 10_000,
  aheadBytesMax: 8 * 1024 * 1024,
  readEntriesMax: 1024,
  readBytesMax: 4 * 1024 * 1024,
};

/** A piece of the log as one server has it; where it ends says nothing about the log. */
export interface Piece {
  /** Contiguous, and the first is the one asked for; or empty. */
  readonly entries: readonly LogEntry[];
  /** Whether the server that answered has more after these. */
  readonly hasMore: boolean;
  /** Whether that server has a later entry but not the next one. */
  readonly hasHole: boolean;
}

/** The tail's ways to the stream. Whatever is asked may reject with a fault to be retried. */
export interface TailPort {
  readonly clock: Clock;
  /** Hands over republished entries, some of them, in any order, until the function is called. */
  listen(listener: (entry: LogEntry) => void): () => void;
  /** Calls back when a broken line is back, until the returned function is called. */
  onReturn(listener: () => void): () => void;
  /** Asks the nearest server. */
  read(from: number, limits: ReadLimits): Promise<Piece>;
  /** Asks the leader for the head. */
  head(timeoutMs: number): Promise<number>;
  /** Asks the leader; undefined past its head. Rejects with a fatal fault when it is gone. */
  entry(sequence: number, timeoutMs: number): Promise<LogEntry | undefined>;
  /** The line seems to lead nowhere. */
  suspect(): void;
  /** At least 0 and less than 1: spreads the looks of many tails. */
  random(): number;
}

export interface TailCallbacks {
  readonly listener: TailListener;
  readonly onFault: ((fault: ClusterFault) => void) | undefined;
  readonly onEnd: () => void;
}

/** After so many answers that lack an entry known to exist, its leader is asked. */
const staleAnswersMax = 3;
const leaderAnswerMs = 5000;
const leaderCheckTimeoutMs = 1000;
/** After a start or a return the first look comes so soon, the next ones at doubled distances. */
const wariestIdleMs = 10;

export class JetStreamTail implements Tail {
  source: TailSource = "catching-up";
  restarts = 0;
  readonly #port: TailPort;
  readonly #policy: TailPolicy;
  readonly #callbacks: TailCallbacks;
  readonly #stopHearing: readonly (() => void)[];
  /** In order and contiguous, waiting for the end of this turn to be handed over together. */
  #ready: LogEntry[] = [];
  /** The next sequence to become ready. Invariant: `#next = position + #ready.length + 1`. */
  #next: number;
  /** The highest sequence known to exist. */
  #known = 0;
  /** Entries that arrived before their turn, by sequence; all are above `#next`. */
  readonly #ahead = new Map<number, LogEntry>();
  #aheadBytes = 0;
  #isReading = false;
  /** Whether an entry came by itself since the start, the last return and the last miss. */
  #hears = false;
  #idleTimer: Timer | undefined;
  #hintTimer: Timer | undefined;
  /** After how long without an arrival it looks. */
  #idleMs = wariestIdleMs;
  #arrivedAtMs: number;
  #lookedAtMs: number;
  #leaderAskedAtMs: number;
  #leaderAnsweredAtMs: number;

  constructor(port: TailPort, from: number, options: TailCallbacks & { policy: TailPolicy }) {
    const nowMs = port.clock.nowMs();
    this.#port = port;
    this.#policy = options.policy;
    this.#callbacks = options;
    this.#next = from;
    this.#arrivedAtMs = nowMs;
    this.#lookedAtMs = nowMs;
    this.#leaderAskedAtMs = nowMs;
    this.#leaderAnsweredAtMs = nowMs;
    // Listening before anything is read: what is stored from now on comes one way or the other.
    this.#stopHearing = [
      port.listen((entry) => this.#onRepublished(entry)),
      port.onReturn(() => this.#lookOften()),
    ];
    this.#lookOften();
  }

  get position(): number {
    return this.#next - 1 - this.#ready.length;
  }

  expect(sequence: number): void {
    assert(Number.isSafeInteger(sequence));
    if (sequence <= this.#known || this.source === "stopped") return;
    this.#known = sequence;
    if (sequence < this.#next || this.#hintTimer !== undefined) return;
    this.#hintTimer = this.#port.clock.after(this.#policy.hintGraceMs, () => {
      this.#hintTimer = undefined;
      if (this.#isBehind) this.#look();
    });
  }

  async close(): Promise<void> {
    if (this.source === "stopped") return;
    this.source = "stopped";
    for (const stopHearing of this.#stopHearing) stopHearing();
    this.#idleTimer?.cancel();
    this.#hintTimer?.cancel();
    this.#callbacks.onEnd();
  }

  get #isBehind(): boolean {
    return this.#next <= this.#known;
  }

  #onRepublished(entry: LogEntry): void {
    if (this.source === "stopped") return;
    this.#arrivedAtMs = this.#port.clock.nowMs();
    this.#known = Math.max(this.#known, entry.sequence);
    this.#hears = true;
    if (entry.sequence === this.#next) {
      this.#makeReady(entry);
    } else if (entry.sequence > this.#next) {
      this.#keepAhead(entry);
      this.#look();
    }
    this.#liveIfCaughtUp();
  }

  /** Takes the next entry, and those after it that were there before their turn. */
  #makeReady(entry: LogEntry): void {
    assert(entry.sequence === this.#next);
    if (this.#ready.length === 0) queueMicrotask(() => this.#handOver());
    let ready: LogEntry | undefined = entry;
    while (ready !== undefined) {
      this.#ready.push(ready);
      this.#dropAhead(ready.sequence);
      this.#next += 1;
      ready = this.#ahead.get(this.#next);
    }
  }

  #handOver(): void {
    if (this.source === "stopped" || this.#ready.length === 0) return;
    const entries = this.#ready;
    this.#ready = [];
    assert(entries[0]?.sequence === this.#next - entries.length);
    assert(entries.at(-1)?.sequence === this.position);
    this.#callbacks.listener(entries);
  }

  #keepAhead(entry: LogEntry): void {
    if (this.#aheadBytes + entry.payload.length > this.#policy.aheadBytesMax) return;
    if (this.#ahead.has(entry.sequence)) return;
    this.#ahead.set(entry.sequence, entry);
    this.#aheadBytes += entry.payload.length;
  }

  #dropAhead(sequence: number): void {
    const entry = this.#ahead.get(sequence);
    if (entry === undefined) return;
    this.#ahead.delete(sequence);
    this.#aheadBytes -= entry.payload.length;
    assert(this.#aheadBytes >= 0);
  }

  /** Reads what is missing, if anything is, unless that is under way. */
  #look(): void {
    this.#lookedAtMs = this.#port.clock.nowMs();
    if (this.#isReading || this.source === "stopped") return;
    this.#isReading = true;
    this.#readMissing().catch((error: unknown) => this.#fail(error));
  }

  /** Reads on until nothing is known to be missing, and the nearest server has no more. */
  async #readMissing(): Promise<void> {
    let staleAnswers = 0;
    while (this.source !== "stopped") {
      const nextBefore = this.#next;
      const piece = await this.#readPiece();
      if (piece !== undefined) this.#take(piece);
      if (piece !== undefined && !piece.hasMore && !this.#isBehind) break;
      staleAnswers = this.#next > nextBefore ? 0 : staleAnswers + 1;
      const isStale = piece !== undefined && this.#isBehind;
      if (isStale && staleAnswers > staleAnswersMax) await this.#askLeaderForNext();
      if (staleAnswers > 0) await this.#pause();
    }
    // In the same turn as the last check: a gap that is found after it must find this undone.
    this.#isReading = false;
    this.#liveIfCaughtUp();
  }

  /**
   * Having read all there is does not suffice: until the servers know that we listen, what is
   * stored next is missed, too. That is one catch-up, in however many pieces it is read.
   */
  #liveIfCaughtUp(): void {
    if (this.source !== "catching-up" || this.#isReading || this.#isBehind) return;
    const isWary = this.#idleMs < this.#policy.idleMsMin;
    if (this.#hears || !isWary) this.source = "live";
  }

  /** Undefined when nobody answered. */
  async #readPiece(): Promise<Piece | undefined> {
    const { readEntriesMax: entriesMax, readBytesMax: bytesMax } = this.#policy;
    try {
      return await this.#port.read(this.#next, { entriesMax, bytesMax });
    } catch (error) {
      if (error instanceof ClusterFault && error.disposition === "retry") return undefined;
      throw error;
    }
  }

  #take(piece: Piece): void {
    if (this.source === "stopped") return;
    for (const entry of piece.entries) {
      if (entry.sequence < this.#next) continue;
      if (this.source === "live") {
        this.source = "catching-up";
        this.restarts += 1;
        this.#hears = false;
      }
      this.#makeReady(entry);
    }
    // What comes after a hole shows that something was there.
    const shown = piece.hasHole ? this.#next : this.#next - 1;
    this.#known = Math.max(this.#known, shown);
  }

  /** For an entry that should exist and that the nearest server does not have. */
  async #askLeaderForNext(): Promise<void> {
    try {
      const entry = await this.#port.entry(this.#next, leaderAnswerMs);
      if (entry !== undefined) this.#take({ entries: [entry], hasMore: true, hasHole: false });
      // A hint may have been wrong; what has arrived is proof.
      else if (this.#ahead.size === 0) this.#known = this.#next - 1;
    } catch (error) {
      if (!(error instanceof ClusterFault) || error.disposition !== "retry") throw error;
    }
  }

  /** While nothing arrives, looks from time to time whether that is because something was lost. */
  #watchForIdleness(): void {
    const { clock } = this.#port;
    const quietMs = clock.nowMs() - Math.max(this.#arrivedAtMs, this.#lookedAtMs);
    let waitMs = this.#idleMs - quietMs;
    // Less than that may be too little for the clock to show.
    if (waitMs < 1) {
      this.#look();
      if (clock.nowMs() - this.#leaderAskedAtMs >= this.#policy.leaderCheckMs) {
        void this.#checkLeader();
      }
      this.#idleMs = this.#nextIdleMs();
      waitMs = this.#idleMs;
    }
    this.#idleTimer = clock.after(waitMs, () => this.#watchForIdleness());
  }

  #nextIdleMs(): number {
    const { idleMsMin, idleMsMax } = this.#policy;
    return Math.min(this.#idleMs * 2, this.#between(idleMsMin, idleMsMax));
  }

  /** Until every server has learned that we listen, more may be missed than later on. */
  #lookOften(): void {
    this.#idleMs = wariestIdleMs;
    this.#hears = false;
    this.#look();
    this.#idleTimer?.cancel();
    this.#watchForIdleness();
  }

  /** The nearest server may be behind or cut off and not know it: the leader knows the head. */
  async #checkLeader(): Promise<void> {
    const { clock } = this.#port;
    this.#leaderAskedAtMs = clock.nowMs();
    try {
      const head = await this.#port.head(leaderCheckTimeoutMs);
      this.#leaderAnsweredAtMs = clock.nowMs();
      if (this.source !== "stopped") this.expect(head);
    } catch (error) {
      if (!(error instanceof ClusterFault)) return this.#fail(error);
      if (this.source === "stopped") return;
      const answeredAtMs = Math.max(this.#leaderAnsweredAtMs, this.#arrivedAtMs);
      if (clock.nowMs() - answeredAtMs > this.#policy.suspectMs) this.#port.suspect();
    }
  }

  async #pause(): Promise<void> {
    const { retryMsMin, retryMsMax } = this.#policy;
    await delay(this.#port.clock, this.#between(retryMsMin, retryMsMax));
  }

  #between(min: number, max: number): number {
    return min + this.#port.random() * (max - min);
  }

  #fail(error: unknown): void {
    if (this.source === "stopped") return;
    void this.close();
    const { onFault } = this.#callbacks;
    if (error instanceof ClusterFault && onFault !== undefined) return onFault(error);
    // Nobody else is there to notice; and the client library would swallow it.
    queueMicrotask(() => {
      throw error;
    });
  }
}

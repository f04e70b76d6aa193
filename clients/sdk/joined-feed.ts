/**
 * Joined feed: a snapshot and the updates that follow it, handed on in order to whoever keeps a
 * book of them.
 *
 * It proves by the updates' numbers that none is missing, and joins anew when one is, or when it is
 * told to. What a book is made of it does not know.
 *
 * Invariant: while following, update `updateId + 1` is the next to be handed on, whatever arrives.
 */
import { RejectReason } from "../../protocols/index.ts";
import { ClientClosed, OutcryFault, RequestRefused } from "./faults.ts";
import type { WireClock } from "./wire.ts";

/** An update begins with its number. */
export type NumberedUpdate = readonly [updateId: number, ...rest: unknown[]];

export interface NumberedMessage<Update extends NumberedUpdate> {
  readonly first: number;
  readonly last: number;
  readonly updates: readonly Update[];
}

/** Where a book gets its data; the client in use, a script in tests. */
export interface FeedSource<Message, Snapshot> {
  /** Listens to the feed; gives a function that ends it. */
  follow(listener: (message: Message) => void): () => void;
  /** Asks for a snapshot of so much of each side. */
  snapshot(size: number): Promise<Snapshot>;
}

export interface FeedOptions<Message, Snapshot> {
  readonly source: FeedSource<Message, Snapshot>;
  readonly clock: WireClock;
  /** How much of each side a snapshot is asked for. */
  readonly size: number;
  /** Told of a snapshot that could not be had; the feed asks again by itself. */
  readonly onFault?: ((fault: unknown) => void) | undefined;
}

/** Whoever keeps what a feed tells. */
export interface FeedKeeper<Message, Update, Snapshot> {
  /** All is now as in this snapshot. */
  reset(snapshot: Snapshot): void;
  apply(update: Update): void;
  /** All updates of a message that were new have been applied. */
  applied(message: Message): void;
  /** Whether so much went that what a snapshot left out comes near. */
  isNearlyUsedUp(): boolean;
  /** Something has changed, by one message or by joining. */
  changed(): void;
  closed(): void;
}

export type BookPhase = "joining" | "following" | "closed";

const snapshotPauseMs = 20;
const verificationGraceMs = 500;
const listingGraceMs = 1000;

export class JoinedFeed<
  Update extends NumberedUpdate,
  Message extends NumberedMessage<Update>,
  Snapshot extends { readonly updateId: number },
> {
  readonly #options: FeedOptions<Message, Snapshot>;
  readonly #keeper: FeedKeeper<Message, Update, Snapshot>;
  readonly #stopFollowing: () => void;
  /** What arrived while the snapshot was on its way. */
  #buffered: Message[] = [];
  #phase: BookPhase = "joining";
  #isAsking = false;
  #updateId = 0;
  #joins = 0;
  #joined = toBeJoined();
  /** Since when the exchange says that there is no such instrument. */
  #unknownSinceMs: number | undefined;

  constructor(
    options: FeedOptions<Message, Snapshot>,
    keeper: FeedKeeper<Message, Update, Snapshot>,
  ) {
    this.#options = options;
    this.#keeper = keeper;
    this.#stopFollowing = options.source.follow((message) => this.#hear(message));
    void this.#join();
  }

  get phase(): BookPhase {
    return this.#phase;
  }

  /** The last update that was handed on, or was in the snapshot. */
  get updateId(): number {
    return this.#updateId;
  }

  /** How often it has joined; above 1, something had been missed. */
  get joins(): number {
    return this.#joins;
  }

  /** As {@link LocalBook.following}. */
  following(): Promise<void> {
    return this.#joined.promise;
  }

  /** Something may have been missed: joins anew. */
  rejoin(): void {
    if (this.#phase !== "following") return;
    this.#phase = "joining";
    this.#buffered = [];
    this.#joined = toBeJoined();
    void this.#join();
  }

  /**
   * Asks how far the exchange is, and joins anew if the feed does not come there: a lost last
   * message of a quiet market shows in no gap.
   */
  async verify(): Promise<void> {
    if (this.#phase !== "following") return;
    const { updateId } = await this.#options.source.snapshot(1);
    if (this.#updateId >= updateId) return;
    await this.#options.clock.delay(verificationGraceMs);
    if (this.#updateId < updateId) this.rejoin();
  }

  /** Whoever waits for it to follow is told that it will not. */
  close(): void {
    this.#phase = "closed";
    this.#joined.reject(new ClientClosed());
    this.#stopFollowing();
    this.#keeper.closed();
  }

  #hear(message: Message): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "joining") this.#buffered.push(message);
    else if (this.#apply(message)) this.#keeper.changed();
  }

  /** Hands on what is new in a message. Gives whether there was anything. */
  #apply(message: Message): boolean {
    if (message.last <= this.#updateId) return false;
    if (message.first > this.#updateId + 1) {
      this.rejoin();
      this.#buffered.push(message);
      return false;
    }
    for (const update of message.updates) {
      if (update[0] <= this.#updateId) continue;
      this.#updateId = update[0];
      this.#keeper.apply(update);
      if (this.#isJoining()) {
        // It was found to be unsound as of this update; the rest counts for what it will be.
        this.#buffered.push(message);
        return true;
      }
    }
    this.#keeper.applied(message);
    if (this.#keeper.isNearlyUsedUp()) this.rejoin();
    return true;
  }

  /** Asks for snapshots until one can be joined with what is buffered. */
  async #join(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#phase === "joining") {
      try {
        this.#joinWith(await this.#options.source.snapshot(this.#options.size));
      } catch (fault) {
        this.#options.onFault?.(fault);
        if (this.#isJoining() && this.#isFinal(fault)) {
          this.#joined.reject(fault);
          this.close();
        }
      }
      // Whoever answered lags behind the feed, or nobody answers: a moment changes that.
      if (this.#isJoining()) await this.#options.clock.delay(snapshotPauseMs);
    }
    this.#isAsking = false;
  }

  /**
   * Whether a feed that was never joined never will be. A new instrument is known to its shard a
   * moment after it was listed, so that it is unknown counts when it stays so.
   */
  #isFinal(fault: unknown): boolean {
    if (this.#joins > 0 || !(fault instanceof OutcryFault)) return false;
    if (fault.disposition !== "fatal") return false;
    if (!isInstrumentUnknown(fault)) return true;
    const nowMs = this.#options.clock.nowMs();
    this.#unknownSinceMs ??= nowMs;
    return nowMs - this.#unknownSinceMs >= listingGraceMs;
  }

  #isJoining(): boolean {
    return this.#phase === "joining";
  }

  #joinWith(snapshot: Snapshot): void {
    if (this.#phase !== "joining") return;
    const buffered = this.#buffered;
    if (hasGap(snapshot.updateId, buffered)) {
      // What lies before a gap is of no use; the next snapshot may cover it.
      this.#buffered = buffered.slice(-1);
      return;
    }
    this.#buffered = [];
    this.#reset(snapshot);
    for (const message of buffered) {
      if (this.#isJoining()) this.#buffered.push(message);
      else this.#apply(message);
    }
    this.#keeper.changed();
  }

  #reset(snapshot: Snapshot): void {
    this.#updateId = snapshot.updateId;
    this.#phase = "following";
    this.#joins += 1;
    // The keeper may find the snapshot unsound, and that there is another to wait for.
    const joined = this.#joined;
    this.#keeper.reset(snapshot);
    joined.resolve();
  }
}

/** It may be rejected while nobody waits for it: that is no defect. */
function toBeJoined(): PromiseWithResolvers<void> {
  const joined = Promise.withResolvers<void>();
  joined.promise.catch(() => undefined);
  return joined;
}

function isInstrumentUnknown(fault: OutcryFault): boolean {
  if (!(fault instanceof RequestRefused)) return false;
  return fault.error.number === Number(RejectReason["instrument-unknown"]);
}

/** Whether an update is missing between a snapshot and what arrived meanwhile, or within that. */
function hasGap(
  updateId: number,
  messages: readonly { readonly first: number; readonly last: number }[],
): boolean {
  let last = updateId;
  for (const message of messages) {
    if (message.first > last + 1) return true;
    last = Math.max(last, message.last);
  }
  return false;
}

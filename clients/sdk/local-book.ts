/**
 * Local book: one instrument's price levels, kept from the depth feed.
 *
 * It joins a snapshot and the updates that follow it, proves that no update is missing, compares
 * checksums of its best levels with the exchange's, and joins anew when something is amiss. While it follows, it is at every moment exactly the exchange's book as of its
 * update id.
 *
 * Invariant: while following, update `updateId + 1` is the next to be applied, whatever arrives.
 */
import type {
  ChecksumMessage,
  DepthMessage,
  DepthUpdate,
} from "../../protocols/api/market-data.ts";
import type { DepthReply } from "../../protocols/api/replies.ts";
import { checksumLevels, depthChecksum, RejectReason } from "../../protocols/index.ts";
import { BookSide } from "./book-side.ts";
import type { Level } from "./book-side.ts";
import { ClientClosed, OutcryFault, RequestRefused } from "./faults.ts";
import type { WireClock } from "./wire.ts";

/** Where the book gets its data; the client in use, a script in tests. */
export interface DepthSource {
  /** Listens to the depth feed; gives a function that ends it. */
  follow(listener: (message: DepthMessage) => void): () => void;
  /** Asks for a snapshot of so many levels. */
  snapshot(levels: number): Promise<DepthReply>;
  /** Listens to checksums of the depth, if it can; gives a function that ends it. */
  checksums?(listener: (message: DepthChecksum) => void): () => void;
}

export type DepthChecksum = Pick<ChecksumMessage, "updateId" | "checksum">;

export interface LocalBookOptions {
  readonly symbol: string;
  readonly source: DepthSource;
  readonly clock: WireClock;
  /** How deep a snapshot is asked for; a book that is deeper is not whole, see `isWhole`. */
  readonly levels: number;
  /** Told of a snapshot that could not be had; the book asks again by itself. */
  readonly onFault?: (fault: unknown) => void;
}

/** Told of every single change, in order: what a checker compares with. */
export interface BookObserver {
  /** The book is now this snapshot; what lies between it and the last update was not seen. */
  joined?(book: LocalBook): void;
  /** The book is now as of exactly this update. */
  updated?(update: DepthUpdate, book: LocalBook): void;
}

export type BookPhase = "joining" | "following" | "closed";

const snapshotPauseMs = 20;
const verificationGraceMs = 500;
const listingGraceMs = 1000;

/** Told the book as of that update, or undefined when the book went past it unseen. */
export type AtUpdate = (book: LocalBook | undefined) => void;

export class LocalBook {
  readonly symbol: string;
  readonly #options: LocalBookOptions;
  readonly #bids = new BookSide("bid");
  readonly #asks = new BookSide("ask");
  readonly #changed = new Set<(book: LocalBook) => void>();
  readonly #observers = new Set<BookObserver>();
  readonly #awaited: { readonly updateId: number; readonly callback: AtUpdate }[] = [];
  readonly #stopFollowing: () => void;
  readonly #stopChecking: (() => void) | undefined;
  /** What arrived while the snapshot was on its way. */
  #buffered: DepthMessage[] = [];
  #phase: BookPhase = "joining";
  #isAsking = false;
  #updateId = 0;
  #joins = 0;
  #joined = toBeJoined();
  /** Since when the exchange says that there is no such instrument. */
  #unknownSinceMs: number | undefined;

  constructor(options: LocalBookOptions) {
    this.symbol = options.symbol;
    this.#options = options;
    this.#stopFollowing = options.source.follow((message) => this.#hear(message));
    this.#stopChecking = options.source.checksums?.((message) => this.#check(message));
    void this.#join();
  }

  get phase(): BookPhase {
    return this.#phase;
  }

  /** The last change that the book includes. */
  get updateId(): number {
    return this.#updateId;
  }

  /** Whether it holds every level, and not only the best ones that a snapshot had room for. */
  get isWhole(): boolean {
    return !this.#bids.isCut && !this.#asks.isCut;
  }

  /** How often it has joined; above 1, something had been missed. */
  get joins(): number {
    return this.#joins;
  }

  get bestBid(): Level | undefined {
    return this.#bids.best;
  }

  get bestAsk(): Level | undefined {
    return this.#asks.best;
  }

  /** Best first. */
  bids(levels: number): readonly Level[] {
    return this.#bids.top(levels);
  }

  /** Best first. */
  asks(levels: number): readonly Level[] {
    return this.#asks.top(levels);
  }

  /**
   * Resolves when the book follows, now or after its next join. Rejects, and the book is closed,
   * when it cannot ever: `RequestRefused` for an instrument that is unknown, `NotPermitted`. A book
   * that is closed meanwhile rejects with `ClientClosed`.
   */
  following(): Promise<void> {
    return this.#joined.promise;
  }

  /** Calls back after each message that changed the book; gives a function that ends it. */
  onChanged(listener: (book: LocalBook) => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  observe(observer: BookObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Calls back once: when the book is exactly as of that update, or has gone past it. */
  at(updateId: number, callback: AtUpdate): void {
    if (this.#phase === "following" && this.#updateId >= updateId) {
      callback(this.#updateId === updateId ? this : undefined);
      return;
    }
    this.#awaited.push({ updateId, callback });
    this.#awaited.sort((a, b) => a.updateId - b.updateId);
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
   * Asks how far the exchange is, and joins anew if the feed does not bring the book there: a lost
   * last message of a quiet market shows in no gap.
   */
  async verify(): Promise<void> {
    if (this.#phase !== "following") return;
    const { updateId } = await this.#options.source.snapshot(1);
    if (this.#updateId >= updateId) return;
    await this.#options.clock.delay(verificationGraceMs);
    if (this.#updateId < updateId) this.rejoin();
  }

  /** Whoever waits for the book to follow is told that it will not. */
  close(): void {
    this.#phase = "closed";
    this.#joined.reject(new ClientClosed());
    this.#stopFollowing();
    this.#stopChecking?.();
    for (const { callback } of this.#awaited.splice(0)) callback(undefined);
  }

  #hear(message: DepthMessage): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "joining") this.#buffered.push(message);
    else if (this.#apply(message)) this.#tellChanged();
  }

  /** Applies what is new in a message. Gives whether that changed the book. */
  #apply(message: DepthMessage): boolean {
    if (message.last <= this.#updateId) return false;
    if (message.first > this.#updateId + 1) {
      this.rejoin();
      this.#buffered.push(message);
      return false;
    }
    for (const update of message.updates) {
      if (update[0] <= this.#updateId) continue;
      this.#applyUpdate(update);
      if (this.#isJoining()) {
        // It was found to be unsound as of this update; the rest counts for what it will be.
        this.#buffered.push(message);
        return true;
      }
    }
    if (this.#isNearlyUsedUp(this.#bids) || this.#isNearlyUsedUp(this.#asks)) this.rejoin();
    return true;
  }

  #applyUpdate(update: DepthUpdate): void {
    const [updateId, side, price, quantity] = update;
    (side === "b" ? this.#bids : this.#asks).set(price, quantity);
    this.#updateId = updateId;
    for (const observer of this.#observers) observer.updated?.(update, this);
    this.#tellAwaited();
  }

  /** Asks for snapshots until one can be joined with what is buffered. */
  async #join(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#phase === "joining") {
      try {
        this.#joinWith(await this.#options.source.snapshot(this.#options.levels));
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
   * Whether a book that never followed never will. A new instrument is known to its shard a moment
   * after it was listed, so that it is unknown counts when it stays so.
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

  #joinWith(snapshot: DepthReply): void {
    if (this.#phase !== "joining") return;
    const buffered = this.#buffered;
    if (hasGap(snapshot.updateId, buffered)) {
      // What lies before a gap is of no use; the next snapshot may cover it.
      this.#buffered = buffered.slice(-1);
      return;
    }
    this.#reset(snapshot);
    this.#buffered = [];
    for (const message of buffered) {
      if (this.#isJoining()) this.#buffered.push(message);
      else this.#apply(message);
    }
    this.#tellChanged();
  }

  #reset(snapshot: DepthReply): void {
    const { levels } = this.#options;
    this.#bids.reset(snapshot.bids, levels);
    this.#asks.reset(snapshot.asks, levels);
    this.#updateId = snapshot.updateId;
    this.#phase = "following";
    this.#joins += 1;
    for (const observer of this.#observers) observer.joined?.(this);
    this.#joined.resolve();
    this.#tellAwaited();
  }

  /** Joins anew if it is not, as of that update, what the exchange has. */
  #check({ updateId, checksum }: DepthChecksum): void {
    if (this.#phase === "closed") return;
    this.at(updateId, (book) => {
      if (book === undefined || !this.#canBeChecked()) return;
      const [bids, asks] = [this.bids(checksumLevels), this.asks(checksumLevels)];
      if (depthChecksum(bids, asks) !== checksum) this.rejoin();
    });
  }

  /** A side that was cut may lack levels that count. */
  #canBeChecked(): boolean {
    const hasEnough = (side: BookSide) => !side.isCut || side.levelCount >= checksumLevels;
    return hasEnough(this.#bids) && hasEnough(this.#asks);
  }

  /** Of a side that was cut so many levels went that those left out come near. */
  #isNearlyUsedUp(side: BookSide): boolean {
    return side.isCut && side.levelCount * 2 < this.#options.levels;
  }

  #tellChanged(): void {
    for (const listener of this.#changed) listener(this);
  }

  #tellAwaited(): void {
    let next = this.#awaited[0];
    while (next !== undefined && next.updateId <= this.#updateId) {
      this.#awaited.shift();
      next.callback(next.updateId === this.#updateId ? this : undefined);
      next = this.#awaited[0];
    }
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
function hasGap(updateId: number, messages: readonly DepthMessage[]): boolean {
  let last = updateId;
  for (const message of messages) {
    if (message.first > last + 1) return true;
    last = Math.max(last, message.last);
  }
  return false;
}

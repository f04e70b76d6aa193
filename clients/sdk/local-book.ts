/**
 * Local book: one instrument's price levels, kept from the depth feed.
 *
 * It compares checksums of its best levels with the exchange's, and joins the feed anew when
 * something is amiss. While it follows, it is at every moment exactly the exchange's book as of its
 * update id.
 */
import type {
  ChecksumMessage,
  DepthMessage,
  DepthUpdate,
} from "../../protocols/api/market-data.ts";
import type { DepthReply } from "../../protocols/api/replies.ts";
import { checksumLevels, depthChecksum } from "../../protocols/index.ts";
import { BookSide } from "./book-side.ts";
import type { Level } from "./book-side.ts";
import { JoinedFeed } from "./joined-feed.ts";
import type { BookPhase, FeedSource } from "./joined-feed.ts";
import type { WireClock } from "./wire.ts";

/** Where the book gets its data; the client in use, a script in tests. */
export interface DepthSource extends FeedSource<DepthMessage, DepthReply> {
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

/** Told the book as of that update, or undefined when the book went past it unseen. */
export type AtUpdate = (book: LocalBook | undefined) => void;

export class LocalBook {
  readonly symbol: string;
  readonly #levels: number;
  readonly #bids = new BookSide("bid");
  readonly #asks = new BookSide("ask");
  readonly #changed = new Set<(book: LocalBook) => void>();
  readonly #observers = new Set<BookObserver>();
  readonly #awaited: { readonly updateId: number; readonly callback: AtUpdate }[] = [];
  readonly #feed: JoinedFeed<DepthUpdate, DepthMessage, DepthReply>;
  readonly #stopChecking: (() => void) | undefined;

  constructor({ symbol, source, clock, levels, onFault }: LocalBookOptions) {
    this.symbol = symbol;
    this.#levels = levels;
    this.#feed = new JoinedFeed(
      { source, clock, size: levels, onFault },
      {
        reset: (snapshot) => this.#reset(snapshot),
        apply: (update) => this.#apply(update),
        applied: () => undefined,
        isNearlyUsedUp: () => this.#isNearlyUsedUp(this.#bids) || this.#isNearlyUsedUp(this.#asks),
        changed: () => this.#tellChanged(),
        closed: () => this.#closed(),
      },
    );
    this.#stopChecking = source.checksums?.((message) => this.#check(message));
  }

  get phase(): BookPhase {
    return this.#feed.phase;
  }

  /** The last change that the book includes. */
  get updateId(): number {
    return this.#feed.updateId;
  }

  /** Whether it holds every level, and not only the best ones that a snapshot had room for. */
  get isWhole(): boolean {
    return !this.#bids.isCut && !this.#asks.isCut;
  }

  /** How often it has joined; above 1, something had been missed. */
  get joins(): number {
    return this.#feed.joins;
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
    return this.#feed.following();
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
    if (this.phase === "following" && this.updateId >= updateId) {
      callback(this.updateId === updateId ? this : undefined);
      return;
    }
    this.#awaited.push({ updateId, callback });
    this.#awaited.sort((a, b) => a.updateId - b.updateId);
  }

  /** Something may have been missed: joins anew. */
  rejoin(): void {
    this.#feed.rejoin();
  }

  /**
   * Asks how far the exchange is, and joins anew if the feed does not bring the book there: a lost
   * last message of a quiet market shows in no gap.
   */
  verify(): Promise<void> {
    return this.#feed.verify();
  }

  /** Whoever waits for the book to follow is told that it will not. */
  close(): void {
    this.#feed.close();
  }

  #closed(): void {
    this.#stopChecking?.();
    for (const { callback } of this.#awaited.splice(0)) callback(undefined);
  }

  #apply(update: DepthUpdate): void {
    const [, side, price, quantity] = update;
    (side === "b" ? this.#bids : this.#asks).set(price, quantity);
    for (const observer of this.#observers) observer.updated?.(update, this);
    this.#tellAwaited();
  }

  #reset(snapshot: DepthReply): void {
    this.#bids.reset(snapshot.bids, this.#levels);
    this.#asks.reset(snapshot.asks, this.#levels);
    for (const observer of this.#observers) observer.joined?.(this);
    this.#tellAwaited();
  }

  /** Joins anew if it is not, as of that update, what the exchange has. */
  #check({ updateId, checksum }: DepthChecksum): void {
    if (this.phase === "closed") return;
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
    return side.isCut && side.levelCount * 2 < this.#levels;
  }

  #tellChanged(): void {
    for (const listener of this.#changed) listener(this);
  }

  #tellAwaited(): void {
    let next = this.#awaited[0];
    while (next !== undefined && next.updateId <= this.updateId) {
      this.#awaited.shift();
      next.callback(next.updateId === this.updateId ? this : undefined);
      next = this.#awaited[0];
    }
  }
}

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
import { FollowedBook } from "./followed-book.ts";
import { JoinedFeed } from "./joined-feed.ts";
import type { FeedSource } from "./joined-feed.ts";
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

export class LocalBook extends FollowedBook<Level> {
  protected readonly buyers = new BookSide("bid");
  protected readonly sellers = new BookSide("ask");
  readonly #observers = new Set<BookObserver>();
  readonly #awaited: { readonly updateId: number; readonly callback: AtUpdate }[] = [];
  protected readonly feed: JoinedFeed<DepthUpdate, DepthMessage, DepthReply>;
  readonly #stopChecking: (() => void) | undefined;

  constructor({ symbol, source, clock, levels, onFault }: LocalBookOptions) {
    super(symbol, levels);
    this.feed = new JoinedFeed(
      { source, clock, size: levels, onFault },
      {
        reset: (snapshot) => this.#reset(snapshot),
        apply: (update) => this.#apply(update),
        applied: () => undefined,
        isNearlyUsedUp: () => this.isNearlyUsedUp(),
        changed: () => this.tellChanged(),
        closed: () => this.#closed(),
      },
    );
    this.#stopChecking = source.checksums?.((message) => this.#check(message));
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

  #closed(): void {
    this.#stopChecking?.();
    for (const { callback } of this.#awaited.splice(0)) callback(undefined);
  }

  #apply(update: DepthUpdate): void {
    const [, side, price, quantity] = update;
    (side === "b" ? this.buyers : this.sellers).set(price, quantity);
    for (const observer of this.#observers) observer.updated?.(update, this);
    this.#tellAwaited();
  }

  #reset(snapshot: DepthReply): void {
    this.buyers.reset(snapshot.bids, this.size);
    this.sellers.reset(snapshot.asks, this.size);
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
    const hasEnough = (side: BookSide) => !side.isCut || side.count >= checksumLevels;
    return hasEnough(this.buyers) && hasEnough(this.sellers);
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

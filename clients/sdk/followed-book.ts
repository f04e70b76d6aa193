/**
 * Followed book: what all books have in common that a client keeps from a feed: two sides, and a
 * feed that it joins, and joins anew when something is amiss.
 */
import type { BookPhase, JoinedFeed } from "./joined-feed.ts";

/** One side of a book; what stands on it is a level or an order. */
export interface FollowedSide<Entry> {
  /** Whether a snapshot had no room for all of it. */
  readonly isCut: boolean;
  readonly count: number;
  readonly best: Entry | undefined;
  /** Best first. */
  top(count: number): readonly Entry[];
}

type Feed = Pick<
  JoinedFeed<readonly [updateId: number], never, never>,
  "phase" | "updateId" | "joins" | "following" | "rejoin" | "verify" | "close"
>;

export abstract class FollowedBook<Entry> {
  readonly symbol: string;
  protected readonly size: number;
  protected abstract readonly feed: Feed;
  protected abstract readonly buyers: FollowedSide<Entry>;
  protected abstract readonly sellers: FollowedSide<Entry>;
  readonly #changed = new Set<(book: this) => void>();

  /** @param size how much of each side a snapshot is asked for */
  constructor(symbol: string, size: number) {
    this.symbol = symbol;
    this.size = size;
  }

  get phase(): BookPhase {
    return this.feed.phase;
  }

  /** The last change that the book includes. */
  get updateId(): number {
    return this.feed.updateId;
  }

  /** Whether it holds all that is displayed, not only the best that a snapshot had room for. */
  get isWhole(): boolean {
    return !this.buyers.isCut && !this.sellers.isCut;
  }

  /** How often it has joined; above 1, something had been missed. */
  get joins(): number {
    return this.feed.joins;
  }

  /** What trades first. */
  get bestBid(): Entry | undefined {
    return this.buyers.best;
  }

  get bestAsk(): Entry | undefined {
    return this.sellers.best;
  }

  /** What trades first comes first. */
  bids(count: number): readonly Entry[] {
    return this.buyers.top(count);
  }

  asks(count: number): readonly Entry[] {
    return this.sellers.top(count);
  }

  /**
   * Resolves when the book follows, now or after its next join. Rejects, and the book is closed,
   * when it cannot ever: `RequestRefused` for an instrument that is unknown, `NotPermitted`. A book
   * that is closed meanwhile rejects with `ClientClosed`.
   */
  following(): Promise<void> {
    return this.feed.following();
  }

  /** Calls back after each message that changed the book; gives a function that ends it. */
  onChanged(listener: (book: this) => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /** Something may have been missed: joins anew. */
  rejoin(): void {
    this.feed.rejoin();
  }

  /**
   * Asks how far the exchange is, and joins anew if the feed does not bring the book there: a lost
   * last message of a quiet market shows in no gap.
   */
  verify(): Promise<void> {
    return this.feed.verify();
  }

  /** Whoever waits for the book to follow is told that it will not. */
  close(): void {
    this.feed.close();
  }

  /** Whether of a side that was cut so much is gone that what was left out comes near. */
  protected isNearlyUsedUp(): boolean {
    return [this.buyers, this.sellers].some((side) => side.isCut && side.count * 2 < this.size);
  }

  protected tellChanged(): void {
    for (const listener of this.#changed) listener(this);
  }
}

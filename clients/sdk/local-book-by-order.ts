/**
 * Local book by order: one instrument's displayed orders, one by one and in the order in which they
 * trade, kept from the feed of displayed orders.
 *
 * While it follows, it is at every moment exactly what the exchange displays as of its update id.
 * Nobody's name is in it: an entry id is a place in a queue.
 */
import type { EntryUpdate, OrdersMessage } from "../../protocols/api/market-data.ts";
import type { DisplayedOrdersReply } from "../../protocols/api/replies.ts";
import { JoinedFeed } from "./joined-feed.ts";
import type { BookPhase, FeedSource } from "./joined-feed.ts";
import { OrderQueues } from "./order-queues.ts";
import type { DisplayedOrder } from "./order-queues.ts";
import type { WireClock } from "./wire.ts";

export interface LocalBookByOrderOptions {
  readonly symbol: string;
  readonly source: FeedSource<OrdersMessage, DisplayedOrdersReply>;
  readonly clock: WireClock;
  /** How many orders of each side a snapshot is asked for: see `isWhole`. */
  readonly orders: number;
  /** Told of a snapshot that could not be had; the book asks again by itself. */
  readonly onFault?: (fault: unknown) => void;
}

export class LocalBookByOrder {
  readonly symbol: string;
  readonly #orders: number;
  readonly #bids = new OrderQueues("bid");
  readonly #asks = new OrderQueues("ask");
  readonly #changed = new Set<(book: LocalBookByOrder) => void>();
  readonly #feed: JoinedFeed<EntryUpdate, OrdersMessage, DisplayedOrdersReply>;
  #depthUpdateId = 0;

  constructor({ symbol, source, clock, orders, onFault }: LocalBookByOrderOptions) {
    this.symbol = symbol;
    this.#orders = orders;
    this.#feed = new JoinedFeed(
      { source, clock, size: orders, onFault },
      {
        reset: (snapshot) => this.#reset(snapshot),
        apply: (update) => this.#apply(update),
        applied: ({ depthUpdateId }) => (this.#depthUpdateId = depthUpdateId),
        isNearlyUsedUp: () => [this.#bids, this.#asks].some((side) => this.#isUsedUp(side)),
        changed: () => this.#tellChanged(),
        closed: () => undefined,
      },
    );
  }

  get phase(): BookPhase {
    return this.#feed.phase;
  }

  /** The last change of a displayed order that the book includes. */
  get updateId(): number {
    return this.#feed.updateId;
  }

  /** The update of depth that its orders sum up to, once all messages of a step are in. */
  get depthUpdateId(): number {
    return this.#depthUpdateId;
  }

  /** Whether it holds every displayed order, not only the first that a snapshot had room for. */
  get isWhole(): boolean {
    return !this.#bids.isCut && !this.#asks.isCut;
  }

  /** How often it has joined; above 1, something had been missed. */
  get joins(): number {
    return this.#feed.joins;
  }

  /** The order of a side that trades first. */
  get bestBid(): DisplayedOrder | undefined {
    return this.#bids.best;
  }

  get bestAsk(): DisplayedOrder | undefined {
    return this.#asks.best;
  }

  /** The first to trade first. */
  bids(orders: number): readonly DisplayedOrder[] {
    return this.#bids.top(orders);
  }

  /** The first to trade first. */
  asks(orders: number): readonly DisplayedOrder[] {
    return this.#asks.top(orders);
  }

  /** The queue of bids at one price. */
  bidsAt(price: number): readonly DisplayedOrder[] {
    return this.#bids.at(price);
  }

  asksAt(price: number): readonly DisplayedOrder[] {
    return this.#asks.at(price);
  }

  /** As `LocalBook.following`. */
  following(): Promise<void> {
    return this.#feed.following();
  }

  /** Calls back after each message that changed the book; gives a function that ends it. */
  onChanged(listener: (book: LocalBookByOrder) => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /** Something may have been missed: joins anew. */
  rejoin(): void {
    this.#feed.rejoin();
  }

  /** As `LocalBook.verify`. */
  verify(): Promise<void> {
    return this.#feed.verify();
  }

  /** Whoever waits for the book to follow is told that it will not. */
  close(): void {
    this.#feed.close();
  }

  #apply(update: EntryUpdate): void {
    const [, change, entryId] = update;
    if (change === "a") {
      const [, , , side, price, quantity] = update;
      (side === "b" ? this.#bids : this.#asks).add([entryId, price, quantity]);
      return;
    }
    const [, , , quantity] = update;
    if (this.#bids.has(entryId)) this.#bids.set(entryId, quantity);
    else if (this.#asks.has(entryId)) this.#asks.set(entryId, quantity);
    else if (this.isWhole) this.rejoin();
  }

  #reset(snapshot: DisplayedOrdersReply): void {
    this.#bids.reset(snapshot.bids, this.#orders);
    this.#asks.reset(snapshot.asks, this.#orders);
    this.#depthUpdateId = snapshot.depthUpdateId;
  }

  /** Of a side that was cut so many orders went that those left out come near. */
  #isUsedUp(side: OrderQueues): boolean {
    return side.isCut && side.orderCount * 2 < this.#orders;
  }

  #tellChanged(): void {
    for (const listener of this.#changed) listener(this);
  }
}

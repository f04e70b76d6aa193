/**
 * Local book by order: one instrument's displayed orders, one by one and in the order in which they
 * trade, kept from the feed of displayed orders.
 *
 * While it follows, it is at every moment exactly what the exchange displays as of its update id.
 * Nobody's name is in it: an entry id is a place in a queue.
 */
import type { EntryUpdate, OrdersMessage } from "../../protocols/api/market-data.ts";
import type { DisplayedOrdersReply } from "../../protocols/api/replies.ts";
import { FollowedBook } from "./followed-book.ts";
import { JoinedFeed } from "./joined-feed.ts";
import type { FeedSource } from "./joined-feed.ts";
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

export class LocalBookByOrder extends FollowedBook<DisplayedOrder> {
  protected readonly buyers = new OrderQueues("bid");
  protected readonly sellers = new OrderQueues("ask");
  protected readonly feed: JoinedFeed<EntryUpdate, OrdersMessage, DisplayedOrdersReply>;
  #depthUpdateId = 0;

  constructor({ symbol, source, clock, orders, onFault }: LocalBookByOrderOptions) {
    super(symbol, orders);
    this.feed = new JoinedFeed(
      { source, clock, size: orders, onFault },
      {
        reset: (snapshot) => this.#reset(snapshot),
        apply: (update) => this.#apply(update),
        applied: ({ depthUpdateId }) => (this.#depthUpdateId = depthUpdateId),
        isNearlyUsedUp: () => this.isNearlyUsedUp(),
        changed: () => this.tellChanged(),
        closed: () => undefined,
      },
    );
  }

  /** The update of depth that its orders sum up to, once all messages of a step are in. */
  get depthUpdateId(): number {
    return this.#depthUpdateId;
  }

  /** The queue of bids at one price. */
  bidsAt(price: number): readonly DisplayedOrder[] {
    return this.buyers.at(price);
  }

  asksAt(price: number): readonly DisplayedOrder[] {
    return this.sellers.at(price);
  }

  #apply(update: EntryUpdate): void {
    const [, change, entryId] = update;
    if (change === "a") {
      const [, , , side, price, quantity] = update;
      (side === "b" ? this.buyers : this.sellers).add([entryId, price, quantity]);
      return;
    }
    const [, , , quantity] = update;
    if (this.buyers.has(entryId)) this.buyers.set(entryId, quantity);
    else if (this.sellers.has(entryId)) this.sellers.set(entryId, quantity);
    else if (this.isWhole) this.rejoin();
  }

  #reset(snapshot: DisplayedOrdersReply): void {
    this.buyers.reset(snapshot.bids, this.size);
    this.sellers.reset(snapshot.asks, this.size);
    this.#depthUpdateId = snapshot.depthUpdateId;
  }
}

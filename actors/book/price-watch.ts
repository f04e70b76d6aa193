/**
 * Watches the prices that orders of a book wait for or follow: those of trades, the best ones and
 * the mark price. Sets orders off in turn and moves pegged ones, until prices are at rest.
 *
 * Invariant: who is set off goes to the market before anything else comes in, unless the phase or
 * the number of those that one command may set off makes it wait.
 */
import { assert, OrderType } from "../../protocols/index.ts";
import type { OrderId, Ticks } from "../../protocols/index.ts";
import { Queue } from "../queue.ts";
import { Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import type { BestPrices } from "./peg-price.ts";
import { PeggedOrders } from "./pegged-orders.ts";
import type { Placements } from "./placements.ts";
import type { Removals } from "./removals.ts";
import { followed, isReached, WatchedPrice, watchedBy } from "./trigger-prices.ts";

const nothingSeen: BestPrices = { bid: undefined, ask: undefined };

export class PriceWatch {
  readonly #desk: MatchingDesk;
  readonly #placements: Placements;
  readonly #removals: Removals;
  readonly #pegged: PeggedOrders;
  /** Orders whose trigger price was reached and that have not gone to the market yet. */
  readonly #activated = new Queue<BookOrder>();
  #markPrice: Ticks = 0;
  /** The best prices that waiting orders were last shown. */
  #bestSeen: BestPrices = nothingSeen;

  constructor(desk: MatchingDesk, placements: Placements, removals: Removals) {
    this.#desk = desk;
    this.#placements = placements;
    this.#removals = removals;
    this.#pegged = new PeggedOrders(desk, placements);
  }

  /** Lets an order wait for its trigger price, unless that is reached already. */
  wait(order: BookOrder): void {
    const { kept, reports, turn } = this.#desk;
    order.stage = Stage.waiting;
    reports.rested(order);
    const price = turn.market.phase === "continuous" ? this.#priceNow(watchedBy(order)) : 0;
    if (price !== 0) {
      if (order.orderType === OrderType.trailingStop) order.triggerPrice = followed(order, price);
      if (isReached(order, price)) {
        order.stage = Stage.reached;
        this.#activated.add(order);
        return;
      }
    }
    kept.triggers.add(order);
  }

  /** A watched price as it is now; 0 while there is none. */
  #priceNow(watched: WatchedPrice): Ticks {
    const { bid, ask } = this.#desk.bestPrices;
    switch (watched) {
      case WatchedPrice.last:
        return this.#desk.feed.lastPrice;
      case WatchedPrice.ask:
        return ask ?? 0;
      case WatchedPrice.bid:
        return bid ?? 0;
      default:
        return this.#markPrice;
    }
  }

  setMarkPrice(price: Ticks): void {
    this.#markPrice = price;
    if (this.#desk.turn.market.phase === "continuous") this.#look(WatchedPrice.mark, price);
  }

  /** Continuous trading begins: prices may have moved while nobody waited for them. */
  lookAnew(): void {
    this.#bestSeen = nothingSeen;
    this.#look(WatchedPrice.last, this.#desk.feed.lastPrice);
    this.#look(WatchedPrice.mark, this.#markPrice);
  }

  #look(watched: WatchedPrice, price: Ticks): void {
    if (price !== 0) this.#desk.kept.triggers.takeReached(watched, price, this.#activated);
  }

  // ---- Setting off ---------------------------------------------------------------------------

  /**
   * Sets off those whose price was reached, one after the other, and moves those that follow a
   * price, until prices are at rest or the market is in another phase. Nothing trades while the
   * venue is halted; when that is over, the book is called.
   */
  setOff(): void {
    const { turn, limits } = this.#desk;
    const { market, context } = turn;
    if (context.venue.isHalted) return;
    let count = 0;
    while (market.phase === "continuous") {
      this.#lookAtPrices();
      const next = this.#nextActivated();
      if (next === undefined) {
        if (this.#pegged.move() === "at-rest") return;
        continue;
      }
      if (count === limits.ordersSetOff) {
        context.wakeAt(this.#desk.symbol, context.timeUs);
        return;
      }
      count += 1;
      this.#activated.removeFirst();
      this.#activate(next);
    }
  }

  /** The first that still waits to be set off. Nothing is kept of those that are over. */
  #nextActivated(): BookOrder | undefined {
    let { first } = this.#activated;
    while (first !== undefined && !this.#isActivated(first)) {
      this.#activated.removeFirst();
      ({ first } = this.#activated);
    }
    return first;
  }

  #isActivated(order: BookOrder): boolean {
    return order.stage === Stage.reached && this.#desk.kept.holds(order);
  }

  #lookAtPrices(): void {
    const desk = this.#desk;
    const { firstTradePrice, lastTradePrice } = desk;
    if (firstTradePrice !== 0) {
      desk.firstTradePrice = desk.lastTradePrice = 0;
      this.#look(WatchedPrice.last, firstTradePrice);
      if (lastTradePrice !== firstTradePrice) this.#look(WatchedPrice.last, lastTradePrice);
    }
    const { bid, ask } = desk.bestPrices;
    if (ask !== this.#bestSeen.ask) this.#look(WatchedPrice.ask, ask ?? 0);
    if (bid !== this.#bestSeen.bid) this.#look(WatchedPrice.bid, bid ?? 0);
    this.#bestSeen = { bid, ask };
  }

  #activate(order: BookOrder): void {
    assert(this.#isActivated(order));
    this.#removals.endLinked(order);
    this.#desk.reports.triggered(order);
    if (this.#placements.turnsAway(order)) return;
    order.stage = Stage.resting;
    this.#placements.enter(order);
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedWatch {
    const { bid = 0, ask = 0 } = this.#bestSeen;
    const activated = this.#activated.values().filter((order) => this.#isActivated(order));
    return [this.#markPrice, bid, ask, activated.map(({ orderId }) => orderId)];
  }

  /** Once the desk and the orders kept there are restored. */
  restore([markPrice, bid, ask, activated]: SavedWatch): void {
    this.#markPrice = markPrice;
    this.#bestSeen = { bid: bid === 0 ? undefined : bid, ask: ask === 0 ? undefined : ask };
    for (const orderId of activated) {
      const order = this.#desk.kept.withId(orderId);
      assert(order !== undefined, "an order is to be set off that is not here");
      this.#activated.add(order);
    }
  }
}

export type SavedWatch = readonly [
  markPrice: Ticks,
  bid: Ticks,
  ask: Ticks,
  activated: readonly OrderId[],
];

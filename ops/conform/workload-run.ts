/**
 * Runs a workload through an order book and keeps what it reports, by the benchmark's rules:
 * docs/INTEGRATION.md and api/matching_engine_api.h of flash1-dev/matching-engine-benchmark.
 *
 * Where the rules say nothing: a new order whose id still rests is refused without a report, for
 * there is no report that says so; a new order or a modify for a quantity of zero is acknowledged
 * and does not rest; a modify keeps the side that the order has.
 */
import { plainOrder, unboundedFor } from "../../actors/order-book/book-terms.ts";
import type { Fill, OrderBookListener } from "../../actors/order-book/book-terms.ts";
import { OrderBook } from "../../actors/order-book/order-book.ts";
import { assert } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import { ReportType } from "./report-log.ts";
import type { ReportLog } from "./report-log.ts";
import { MessageType } from "./workload.ts";
import type { Workload } from "./workload.ts";

/** The part of an order book that a workload uses; benchmarks put other books in its place. */
export type WorkloadBook = Pick<OrderBook, "place" | "cancel" | "has">;
export type WorkloadBookClass = new (listener: OrderBookListener) => WorkloadBook;

export class WorkloadRun implements OrderBookListener {
  /** New orders that were not taken because their id still rested. */
  refusedCount = 0;
  readonly #workload: Workload;
  readonly #reports: ReportLog;
  readonly #book: WorkloadBook;
  readonly #incoming = plainOrder();
  /** The order that a cancel took from the book: the level it left tells its side and price. */
  readonly #removed = { orderId: 0, side: Side.buy as Side, price: 0, quantity: 0 };
  #message = 0;

  constructor(workload: Workload, reports: ReportLog, Book: WorkloadBookClass = OrderBook) {
    this.#workload = workload;
    this.#reports = reports;
    this.#book = new Book(this);
  }

  /** All messages in the order of the file, or only those from one up to another. */
  run(end = this.#workload.messageCount, start = 0): void {
    for (let message = start; message < end; message += 1) {
      this.#message = message;
      switch (this.#workload.typeOf(message)) {
        case MessageType.new:
          this.#placeNew(message);
          break;
        case MessageType.cancel:
          this.#cancel(message);
          break;
        default:
          this.#modify(message);
      }
    }
  }

  traded(fill: Fill): void {
    this.#reports.addTrade(this.#message, fill);
  }

  /** Its orders have no groups. */
  prevented(): void {
    assert(false, "a workload knows no self-trade prevention");
  }

  removed(): void {
    assert(false, "a workload knows no self-trade prevention");
  }

  levelChanged(side: Side, price: number): void {
    this.#removed.side = side;
    this.#removed.price = price;
  }

  /** Its reports tell of orders by name. */
  entryAdded(): void {}
  entryExecuted(): void {}
  entryCanceled(): void {}

  #placeNew(message: number): void {
    const workload = this.#workload;
    const incoming = this.#incoming;
    incoming.orderId = workload.orderIdOf(message);
    if (this.#book.has(incoming.orderId)) {
      this.refusedCount += 1;
      return;
    }
    incoming.side = workload.sideOf(message);
    incoming.bound = unboundedFor(incoming.side);
    incoming.price = workload.priceOf(message);
    incoming.quantity = workload.quantityOf(message);
    incoming.isImmediate = workload.isImmediate(message);
    this.#reports.add(ReportType.orderAck, message, incoming);
    if (incoming.quantity === 0) return;
    if (this.#book.place(incoming) > 0) this.#reports.add(ReportType.cancelAck, message, incoming);
  }

  #cancel(message: number): void {
    const removed = this.#removed;
    removed.orderId = this.#workload.orderIdOf(message);
    const isRemoved = this.#book.cancel(removed.orderId) > 0;
    this.#reports.add(isRemoved ? ReportType.cancelAck : ReportType.cancelReject, message, removed);
  }

  /** Cancel and place anew: the order loses its priority and may trade. */
  #modify(message: number): void {
    const workload = this.#workload;
    const incoming = this.#incoming;
    incoming.orderId = workload.orderIdOf(message);
    if (this.#book.cancel(incoming.orderId) === 0) {
      this.#reports.add(ReportType.modifyReject, message, incoming);
      return;
    }
    incoming.side = this.#removed.side;
    incoming.bound = unboundedFor(incoming.side);
    incoming.price = workload.priceOf(message);
    incoming.quantity = workload.quantityOf(message);
    incoming.isImmediate = false;
    if (incoming.quantity > 0) this.#book.place(incoming);
    this.#reports.add(ReportType.modifyAck, message, incoming);
  }
}

/**
 * The floor under a matching benchmark: a book that does nothing and says yes. What is left of a
 * run is reading records and writing reports, which no book can be faster than.
 */
import type { IncomingOrder, OrderBookListener } from "../../../actors/order-book/book-terms.ts";
import type { WorkloadBook } from "../../conform/workload-run.ts";

export class EmptyBook implements WorkloadBook {
  readonly #listener: OrderBookListener;

  constructor(listener: OrderBookListener) {
    this.#listener = listener;
  }

  place(order: IncomingOrder): number {
    return order.isImmediate ? order.quantity : 0;
  }

  cancel(orderId: number): number {
    this.#listener.levelChanged(0, orderId, 0);
    return 1;
  }

  has(): boolean {
    return false;
  }
}

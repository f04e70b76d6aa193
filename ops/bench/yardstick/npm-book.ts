/**
 * The order book that npm knows, `nodejs-order-book`, behind the interface of ours.
 *
 * It wants strings for ids and answers with objects: making and reading those is part of what it
 * costs to use it. A modify is a cancel and a new order, as the workload's rules have it.
 */
import { OrderBook, Side } from "nodejs-order-book";
import type { IOrder, LimitOrderOptions } from "nodejs-order-book";
import type { IncomingOrder, OrderBookListener } from "../../../actors/order-book/book-terms.ts";
import { Side as OurSide } from "../../../protocols/order-terms.ts";
import type { WorkloadBook } from "../../conform/workload-run.ts";

/** Its enumeration of these is not exported. */
type TimeInForce = NonNullable<LimitOrderOptions["timeInForce"]>;
const untilCanceled = "GTC" as TimeInForce;
const immediate = "IOC" as TimeInForce;

export class NpmBook implements WorkloadBook {
  readonly #listener: OrderBookListener;
  readonly #book = new OrderBook();

  constructor(listener: OrderBookListener) {
    this.#listener = listener;
  }

  place(order: IncomingOrder): number {
    const id = String(order.orderId);
    const answer = this.#book.limit({
      id,
      side: order.side === OurSide.buy ? Side.BUY : Side.SELL,
      size: order.quantity,
      price: order.price,
      timeInForce: order.isImmediate ? immediate : untilCanceled,
    });
    if (answer.err !== null) throw new Error(`refused: ${answer.err.message}`);
    // Every filled order is in "done", the incoming one too; one that is filled in part, "partial".
    for (const filled of answer.done) {
      if (filled.id !== id) this.#tell(order, filled, filled.size);
    }
    const { partial, partialQuantityProcessed } = answer;
    if (partial !== null && partial.id !== id) this.#tell(order, partial, partialQuantityProcessed);
    return order.isImmediate ? answer.quantityLeft : 0;
  }

  cancel(orderId: number): number {
    const canceled = this.#book.cancel(String(orderId))?.order;
    if (canceled === undefined) return 0;
    const side = canceled.side === Side.BUY ? OurSide.buy : OurSide.sell;
    this.#listener.levelChanged(side, priceOf(canceled), 0);
    return canceled.size;
  }

  /** It looks itself whether the id is taken: an answer here would only be in its way. */
  has(): boolean {
    return false;
  }

  #tell(incoming: IncomingOrder, resting: IOrder, quantity: number): void {
    this.#listener.traded({
      restingOrderId: Number(resting.id),
      restingOwner: 0,
      restingRemaining: 0,
      incomingOrderId: incoming.orderId,
      incomingOwner: incoming.owner,
      incomingRemaining: 0,
      incomingSide: incoming.side,
      price: priceOf(resting),
      quantity,
    });
  }
}

function priceOf(order: IOrder): number {
  if (!("price" in order)) throw new Error("only limit orders were placed");
  return order.price;
}

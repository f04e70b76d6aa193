/**
 * Orders as a book keeps them, for tests of what keeps and prices them.
 */
import {
  OrderType,
  PegReference,
  plainInstructions,
  Side,
  TimeInForce,
} from "../../../protocols/index.ts";
import type { OrderId, OrderInstructions } from "../../../protocols/index.ts";
import { unlimitedBudget } from "../../order-book/book-terms.ts";
import { Stage } from "../book-order.ts";
import type { BookOrder } from "../book-order.ts";

/** Alice's sale of ten that waits for a price, if nothing else is said. */
export function bookOrder(
  orderId: OrderId,
  { asks, ...terms }: Partial<BookOrder> & { asks?: Partial<OrderInstructions> } = {},
): BookOrder {
  return {
    ...{ orderId, account: "alice", participant: "alice", side: Side.sell },
    ...{ orderType: OrderType.stop, timeInForce: TimeInForce.GTC, price: 0, quantity: 10 },
    ...{ budget: unlimitedBudget, linkedOrderId: 0, stage: Stage.waiting },
    ...{ arrival: orderId, expiresAtUs: 0, triggerPrice: asks?.triggerPrice ?? 0 },
    instructions: { ...plainInstructions, ...asks },
    ...terms,
  };
}

/** A buy up to 1000 that follows a price. */
export function pegged(
  asks: Partial<OrderInstructions>,
  terms: Partial<BookOrder> = {},
): BookOrder {
  const following = { pegReference: PegReference.primary, ...asks };
  const buying = { orderType: OrderType.pegged, side: Side.buy, price: 1000 };
  return bookOrder(1, { ...buying, ...terms, asks: following });
}

/**
 * At the end of a run, compares the orders that the exchange says are resting with those that
 * should be, one by one: an order lost, doubled or filled in another's place would show here even
 * if the book's levels added up.
 */
import type { ExpectedBook } from "./expected-book.ts";
import type { Trader } from "./venue.ts";

export interface RestingAudit {
  readonly expected: number;
  readonly found: number;
  /** The first that differs, in words; null when all agree. */
  readonly firstDifference: string | null;
}

export async function auditResting(
  trader: Trader,
  symbol: string,
  expected: ExpectedBook,
): Promise<RestingAudit> {
  const found = await trader.openOrders(symbol);
  const remaining = new Map<string, number>();
  for (const { clientOrderId, quantity, executed } of found) {
    remaining.set(clientOrderId, quantity - executed);
  }
  let count = 0;
  let firstDifference: string | null = null;
  for (const order of expected.orders()) {
    count += 1;
    const left = remaining.get(order.clientOrderId);
    remaining.delete(order.clientOrderId);
    if (left === order.remaining) continue;
    const is = left === undefined ? "does not rest" : `has ${left} left`;
    firstDifference ??= `order ${order.clientOrderId} ${is} where ${order.remaining} should be left`;
  }
  const [extra] = remaining.keys();
  if (extra !== undefined) firstDifference ??= `order ${extra} rests and should not`;
  return { expected: count, found: found.length, firstDifference };
}

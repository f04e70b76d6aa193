/** Orders as people read them: in natural units, one line each. */
import type { OrderDetails, OrderState } from "../../protocols/api/replies.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { renderTable } from "./output.ts";

/** An order's figures as decimal numbers, for programs that want no ticks and lots. */
export function naturalOrder(order: OrderState | OrderDetails, units: NaturalUnits) {
  return {
    price: units.price(order.price),
    quantity: units.quantity(order.quantity),
    executed: units.quantity(order.executed),
    executedNotional: units.quoteAmount(order.executedNotional),
    fees: units.quoteAmount(order.fees),
  };
}

/** "order 42 (mine-1): partiallyFilled, 0.0005 of 0.0020 BTC executed for 32.5 USDT, fee 0.065". */
export function describeOrder(order: OrderState | OrderDetails, units: NaturalUnits): string {
  const { base, quote } = units.instrument;
  const natural = naturalOrder(order, units);
  const name = order.clientOrderId === undefined ? "" : ` (${order.clientOrderId})`;
  const closed = order.closeReason === "none" ? "" : ` (${order.closeReason})`;
  const price = order.price === 0 ? "at market" : `at ${natural.price}`;
  const executed =
    order.executed === 0
      ? "nothing executed"
      : `${natural.executed} executed for ${natural.executedNotional} ${quote}, fee ${natural.fees}`;
  return (
    `order ${order.orderId}${name}: ${order.status}${closed}, ` +
    `${natural.quantity} ${base} ${price}, ${executed}`
  );
}

export function renderOrders(
  orders: readonly OrderDetails[],
  unitsOf: (symbol: string) => NaturalUnits,
): string {
  if (orders.length === 0) return "no working orders";
  const rows = orders.map((order) => {
    const natural = naturalOrder(order, unitsOf(order.symbol));
    return [
      String(order.orderId),
      order.clientOrderId,
      order.symbol,
      order.side,
      natural.quantity,
      order.price === 0 ? "market" : natural.price,
      natural.executed,
      order.status,
    ];
  });
  const headings = [" ORDER", "CLIENT ID", "SYMBOL", "SIDE", " QUANTITY", " PRICE"];
  return renderTable([...headings, " EXECUTED", "STATUS"], rows);
}

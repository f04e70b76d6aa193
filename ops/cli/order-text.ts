/** Orders as people read them: in natural units, one line each. */
import type { OrderDetails, OrderState } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
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

/** "order 42 (mine-1): buy BTC-USDT, partiallyFilled, 0.0020 BTC at 65000.00, nothing executed". */
export function describeOrder(order: OrderState | OrderDetails, units: NaturalUnits): string {
  const { base, quote, symbol } = units.instrument;
  const natural = naturalOrder(order, units);
  const name = order.clientOrderId === undefined ? "" : ` (${order.clientOrderId})`;
  const closed = order.closeReason === "none" ? "" : ` (${order.closeReason})`;
  const price = order.price === 0 ? "at market" : `at ${natural.price}`;
  const executed =
    order.executed === 0
      ? "nothing executed"
      : `${natural.executed} executed for ${grouped(natural.executedNotional)} ${quote}, ` +
        `fee ${grouped(natural.fees)}`;
  // What was just placed has the side that was asked for.
  const side = "side" in order ? `${order.side} ` : "";
  return (
    `order ${order.orderId}${name}: ${side}${symbol}, ${order.status}${closed}, ` +
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

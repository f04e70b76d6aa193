/**
 * Paired lots: the sum of what orders are for where two that are linked, of which only one may
 * trade, count once, as the larger. For orders that are shown in any order.
 */
import type { InstrumentSymbol, Lots, OrderId, Side } from "../../protocols/index.ts";
import type { KnownOrders } from "./known-orders.ts";

interface MayBeLinked {
  readonly orderId: OrderId;
  /** 0 for none. */
  readonly linkedOrderId: OrderId;
}

/** The first of two, by which both are known, also when one has heard that the link is spent. */
export function pairOf({ orderId, linkedOrderId }: MayBeLinked): OrderId {
  return linkedOrderId === 0 ? orderId : Math.min(orderId, linkedOrderId);
}

/** Orders that only reduce, on one side of a contract. */
interface Reducing {
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  /** One that is left out; 0 for none. */
  readonly except: OrderId;
}

/** What such orders may still trade. */
export function lotsToReduce(orders: KnownOrders, { symbol, side, except }: Reducing): Lots {
  const lots = new PairedLots();
  orders.visitWorking((order) => {
    if (!order.isReduceOnly || order.side !== side || order.orderId === except) return;
    if (order.instrument.symbol !== symbol) return;
    lots.add(order, order.boundQuantity - order.executed);
  });
  return lots.sum;
}

export class PairedLots {
  readonly #largest = new Map<OrderId, Lots>();
  #sum: Lots = 0;

  get sum(): Lots {
    return this.#sum;
  }

  /** Returns how much more that makes. */
  add(order: MayBeLinked, lots: Lots): Lots {
    const pair = pairOf(order);
    const before = this.#largest.get(pair) ?? 0;
    if (lots <= before) return 0;
    this.#sum += lots - before;
    this.#largest.set(pair, lots);
    return lots - before;
  }
}

/**
 * The trail of one order: every act of its life, from all shards, each with what it follows from.
 */
import type { OrderId, TradeId } from "../../protocols/index.ts";
import { hopOf, inOrder } from "./act.ts";
import type { Act, Departure, HopName, RecordedStep } from "./act.ts";

/**
 * Gathers acts of some orders out of the shards' logs, and puts them together. The shards may be
 * read one after the other, in any order.
 */
export class OrderTrails {
  readonly #acts: ReadonlyMap<OrderId, Act[]>;
  readonly #departures = new Map<HopName, Departure>();

  /** @param wanted the orders that are followed. */
  constructor(wanted: Iterable<OrderId>) {
    this.#acts = new Map([...wanted].map((orderId) => [orderId, []]));
  }

  /** What a step came to. */
  add({ acts, departures }: RecordedStep): void {
    for (const departure of departures) {
      const { hop, orders } = departure;
      if ([...orders].some((id) => this.#acts.has(id))) this.#departures.set(hop, departure);
    }
    for (const act of acts) {
      for (const orderId of act.orders) this.#acts.get(orderId)?.push(act);
    }
  }

  /**
   * All acts of an order, in the order in which they happened, each with its cause wherever that
   * was; none when there was no such order.
   */
  of(orderId: OrderId): readonly Act[] {
    const acts = (this.#acts.get(orderId) ?? []).toSorted(inOrder).map((act): Act => {
      const hop = hopOf(act.deed);
      const departed = hop === undefined ? undefined : this.#departures.get(hop);
      return {
        ...act,
        cause: act.cause ?? departed?.cause,
        counterparty: act.counterparty ?? departed?.counterparty,
      };
    });
    // What waited for its actor is heard when nobody speaks of the trade any more.
    const told = acts.filter(({ counterparty }) => counterparty !== undefined);
    const counterparties = new Map(told.map((act) => [tradeIn(act), act.counterparty]));
    return acts.map((act) => {
      const { counterparty = counterparties.get(tradeIn(act)) } = act;
      return { ...act, counterparty };
    });
  }
}

/** The trade that an account is told of; 0 for none. */
function tradeIn({ deed }: Act): TradeId {
  if (!("message" in deed) || deed.message.kind !== "order-filled") return 0;
  return deed.message.tradeId;
}

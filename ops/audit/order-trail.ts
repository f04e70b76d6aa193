/**
 * The trail of one order: every act of its life, from all shards, each with what it follows from.
 */
import { hopOf, inOrder } from "./act.ts";
import type { Act, Departure, HopName, OrderKey, RecordedStep } from "./act.ts";

/**
 * Gathers acts of some orders out of the shards' logs, and puts them together. The shards may be
 * read one after the other, in any order.
 */
export class OrderTrails {
  readonly #acts: ReadonlyMap<OrderKey, Act[]>;
  readonly #departures = new Map<HopName, Departure>();

  /** @param wanted the orders that are followed. */
  constructor(wanted: Iterable<OrderKey>) {
    this.#acts = new Map([...wanted].map((order) => [order, []]));
  }

  /** What a step came to. */
  add({ acts, departures }: RecordedStep): void {
    for (const departure of departures) {
      const { hop, orders } = departure;
      if ([...orders].some((id) => this.#acts.has(id))) this.#departures.set(hop, departure);
    }
    for (const act of acts) {
      for (const order of act.orders) this.#acts.get(order)?.push(act);
    }
  }

  /**
   * All acts of an order, in the order in which they happened, each with its cause wherever that
   * was; none when there was no such order.
   */
  of(order: OrderKey): readonly Act[] {
    return (this.#acts.get(order) ?? []).toSorted(inOrder).map((act) => {
      const hop = hopOf(act.deed);
      return whole(act, hop === undefined ? undefined : this.#departures.get(hop));
    });
  }
}

/** An act with what is known of it where the message came from that brought it about. */
export function whole(act: Act, departure: Departure | undefined): Act {
  return {
    ...act,
    cause: act.cause ?? departure?.cause,
    counterparty: act.counterparty ?? departure?.counterparty,
  };
}

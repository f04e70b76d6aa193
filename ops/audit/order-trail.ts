/**
 * The trail of one order: every act of its life, from all shards, each with what it follows from.
 */
import { hopOf, inOrder } from "./act.ts";
import type { Act, Departure, HopName, OrderKey, RecordedStep } from "./act.ts";
import { CommandFates, notedCommandIn } from "./command-fates.ts";
import type { CommandFate } from "./command-fates.ts";

export interface OrderTrail {
  /** In the order in which they happened, each with its cause wherever that was. */
  readonly acts: readonly Act[];
  /** What gateways noted of its commands afterwards. */
  readonly fates: readonly CommandFate[];
}

interface OpenTrail {
  readonly acts: Act[];
  readonly fates: CommandFate[];
}

/**
 * Gathers acts of some orders out of the shards' logs, and puts them together. The shards may be
 * read one after the other, in any order.
 */
export class OrderTrails {
  readonly #trails: ReadonlyMap<OrderKey, OpenTrail>;
  readonly #departures = new Map<HopName, Departure>();
  readonly #fates = new CommandFates();

  /** @param wanted the orders that are followed. */
  constructor(wanted: Iterable<OrderKey>) {
    this.#trails = new Map([...wanted].map((order) => [order, { acts: [], fates: [] }]));
  }

  /** What a step came to. */
  add({ acts, departures, entry, news }: RecordedStep): void {
    for (const departure of departures) {
      const { hop, orders } = departure;
      if ([...orders].some((id) => this.#trails.has(id))) this.#departures.set(hop, departure);
    }
    for (const act of acts) {
      const trails = this.#trailsOf(act);
      for (const trail of trails) trail.acts.push(act);
      const command = trails.length === 0 ? undefined : notedCommandIn(act);
      if (command !== undefined) this.#fates.await(command);
    }
    for (const fate of this.#fates.hear({ entry, news })) {
      for (const trail of this.#trailsOf(fate.command.act)) trail.fates.push(fate);
    }
  }

  /** Of an order that there was not, nothing. */
  of(order: OrderKey): OrderTrail {
    const { acts, fates } = this.#trails.get(order) ?? { acts: [], fates: [] };
    const whole = acts.toSorted(inOrder).map((act) => {
      const hop = hopOf(act.deed);
      return wholeAct(act, hop === undefined ? undefined : this.#departures.get(hop));
    });
    return { acts: whole, fates };
  }

  #trailsOf({ orders }: Act): readonly OpenTrail[] {
    return [...orders].flatMap((order) => this.#trails.get(order) ?? []);
  }
}

/** An act with what is known of it where the message came from that brought it about. */
export function wholeAct(act: Act, departure: Departure | undefined): Act {
  return {
    ...act,
    cause: act.cause ?? departure?.cause,
    counterparty: act.counterparty ?? departure?.counterparty,
  };
}

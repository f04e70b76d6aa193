/**
 * Reduce-only orders: those that close what an account has of a contract and open nothing. All of a
 * side together are for no more than the position. When that falls, by whatever, the newest are
 * shrunk or canceled. Until their book has heard of that they may still trade: such a fill counts
 * as any other, and what it was too much by is a position.
 */
import { assert, OrderType, Side, TimeInForce, unrevised } from "../../protocols/index.ts";
import type { InstrumentSymbol, Lots, Ticks } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { AccountState } from "./account-state.ts";
import type { ChangeRequests } from "./change-requests.ts";
import type { Order } from "./order.ts";

export class ReduceOnly {
  readonly #state: AccountState;
  readonly #changes: ChangeRequests;

  constructor(state: AccountState, changes: ChangeRequests) {
    this.#state = state;
    this.#changes = changes;
  }

  /** A position is another one, or a book has answered a change. */
  remeasure(symbol: InstrumentSymbol, context: ActorContext): void {
    const { margin } = this.#state;
    if (margin === undefined || this.#state.reducingCount === 0) return;
    const lots = margin.positions.lotsOf(symbol);
    this.#fit(symbol, { side: Side.sell, lots: Math.max(lots, 0) }, context);
    this.#fit(symbol, { side: Side.buy, lots: Math.max(-lots, 0) }, context);
  }

  /** The oldest keep what they have, as far as there is something to close. */
  #fit(
    symbol: InstrumentSymbol,
    { side, lots }: { readonly side: Side; readonly lots: Lots },
    context: ActorContext,
  ): void {
    let left = lots;
    for (const order of this.#state.orders.working()) {
      if (!order.isReduceOnly || order.side !== side) continue;
      if (order.instrument.symbol !== symbol) continue;
      const terms = termsAhead(order);
      if (terms.remaining > left && staysOn(order))
        this.#shrink(order, { ...terms, left }, context);
      left -= Math.min(terms.remaining, left);
    }
  }

  #shrink(
    order: Order,
    { price, left }: { readonly price: Ticks; readonly left: Lots },
    context: ActorContext,
  ): void {
    if (left === 0) {
      this.#changes.requestCancel(order, { isOurs: true }, context);
      return;
    }
    const terms = { price, quantity: order.executed + left, revised: unrevised };
    this.#changes.requestReplace(order, terms, { origin: undefined, context });
  }
}

/** What will be left of an order, and at which price, when all that was asked for is done. */
function termsAhead(order: Order): { readonly remaining: Lots; readonly price: Ticks } {
  let { quantity, price } = order;
  for (const change of order.pending) {
    if (change.kind === "cancel") return { remaining: 0, price };
    ({ quantity, price } = change);
  }
  assert(quantity >= 0, "a replace for less than nothing");
  return { remaining: Math.max(quantity - order.executed, 0), price };
}

/** What trades at once or not at all has done so before anything else could reach its book. */
function staysOn({ orderType, timeInForce }: Order): boolean {
  if (orderType === OrderType.market) return false;
  return timeInForce !== TimeInForce.IOC && timeInForce !== TimeInForce.FOK;
}

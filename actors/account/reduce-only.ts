/**
 * Reduce-only orders: those that close what an account has of a contract and open nothing. All of a
 * side together are for no more than the position, where two of which one may trade count once.
 * When that falls, by whatever, the newest are shrunk or canceled. Until their book has heard of it
 * they may still trade: such a fill counts as any other, and what it was too much by is a position.
 */
import { assert, OrderType, Side, TimeInForce, unrevised } from "../../protocols/index.ts";
import type { InstrumentSymbol, Lots, OrderId, Ticks } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { AccountState } from "./account-state.ts";
import type { ChangeRequests } from "./change-requests.ts";
import type { Order } from "./order.ts";
import { pairOf } from "./paired-lots.ts";

/** What orders of one side may close. */
interface Room {
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  readonly lots: Lots;
  /** The order of which a change was refused; 0 for none. */
  readonly refused: OrderId;
}

/** Of the position, what is for an order and for the one that it is linked to. */
interface Share {
  readonly most: Lots;
  readonly taken: Lots;
  readonly hasTraded: boolean;
}

export class ReduceOnly {
  readonly #state: AccountState;
  readonly #changes: ChangeRequests;

  constructor(state: AccountState, changes: ChangeRequests) {
    this.#state = state;
    this.#changes = changes;
  }

  /**
   * A position is another one, or a book has refused a change. The order that was refused it is
   * canceled if it is too large: a book that is halted would refuse to shrink it every time.
   */
  remeasure(symbol: InstrumentSymbol, context: ActorContext, refused: OrderId = 0): void {
    const { margin } = this.#state;
    if (margin === undefined || this.#state.reducingCount === 0) return;
    const lots = margin.positions.lotsOf(symbol);
    this.#fit({ symbol, side: Side.sell, lots: Math.max(lots, 0), refused }, context);
    this.#fit({ symbol, side: Side.buy, lots: Math.max(-lots, 0), refused }, context);
  }

  /** The oldest keep what they have, as far as there is something to close. */
  #fit({ symbol, side, lots, refused }: Room, context: ActorContext): void {
    let left = lots;
    const pairs = new Map<OrderId, Share>();
    for (const order of this.#state.orders.working()) {
      if (!order.isReduceOnly || order.side !== side) continue;
      if (order.instrument.symbol !== symbol) continue;
      const terms = termsAhead(order);
      const first = pairs.get(pairOf(order));
      // What is linked to an order that trades does not any more: its book knows that already.
      if (first?.hasTraded === true) continue;
      const { most, taken } = first ?? { most: left, taken: 0 };
      const kept = Math.min(terms.remaining, most);
      left -= Math.max(kept - taken, 0);
      pairs.set(pairOf(order), { most, taken: kept, hasTraded: order.executed > 0 });
      if (terms.remaining > most && staysOn(order)) {
        const share = order.orderId === refused ? 0 : most;
        this.#shrink(order, { price: terms.price, left: share }, context);
      }
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

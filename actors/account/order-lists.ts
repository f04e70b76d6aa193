/**
 * Order lists: orders that depend on one another. Of a pair only one may trade (OCO); others are
 * placed once the first is filled (OTO, OTOCO).
 *
 * Invariant: what a pair needs is reserved once, by the one of its orders that was placed first or,
 * when that is out, by the other.
 */
import {
  add,
  assert,
  CloseReason,
  ExecutionType,
  ListType,
  RejectReason,
} from "../../protocols/index.ts";
import type { Lots, PlaceOrder, PlaceOrderList } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { nothingAhead } from "../risk/limit-checks.ts";
import type { AccountState } from "./account-state.ts";
import { replyWithoutOrder, report } from "./order-answers.ts";
import type { OrderEntry } from "./order-entry.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import type { Order } from "./order.ts";
import { termsOf, whyNotList, withDefaults } from "./placing.ts";
import { unlimitedBudget } from "./reservation.ts";

const { none } = RejectReason;

export class OrderLists {
  readonly #state: AccountState;
  readonly #entry: OrderEntry;

  constructor(state: AccountState, entry: OrderEntry) {
    this.#state = state;
    this.#entry = entry;
  }

  /** Places orders that depend on one another; the answer is the first one's. */
  place({ listType, orders }: PlaceOrderList, context: ActorContext): void {
    const { origin } = context;
    const placings = orders.map((order) => withDefaults(order, context.venue));
    const [first, ...others] = placings;
    const reason = whyNotList(listType, placings);
    if (first === undefined || reason !== none) {
      replyWithoutOrder(reason, context);
      return;
    }
    const known = this.#state.orders.find(0, first.clientOrderId);
    if (known !== undefined) {
      this.#entry.placeAgain(known, first, { origin, context });
      return;
    }
    const isPair = listType === ListType.OCO;
    const refusal = this.#whyNotPlace(placings, context, { haveFollowers: !isPair });
    if (refusal !== none) {
      this.#entry.refuse(first, refusal, { origin, context });
      return;
    }
    const order = isPair
      ? this.#admitPair(first, others, context)
      : this.#entry.admit(first, context);
    if (order === undefined) {
      this.#entry.refuse(first, RejectReason["funds-insufficient"], { origin, context });
      return;
    }
    if (!isPair) order.extend({ then: others });
    order.addWaiter(origin);
  }

  /** Places what was to be placed once an order is filled. Nobody waits for an answer. */
  placeThen(orders: readonly PlaceOrder[], context: ActorContext): void {
    const [first, ...others] = orders;
    if (first === undefined) return;
    const reason = this.#whyNotPlace(orders, context, { haveFollowers: false });
    if (reason === none) {
      const isPair = others.length > 0;
      const order = isPair
        ? this.#admitPair(first, others, context)
        : this.#entry.admit(first, context);
      if (order !== undefined) return;
    }
    const because = reason === none ? RejectReason["funds-insufficient"] : reason;
    for (const command of orders) this.#refuseUnasked(command, because, context);
  }

  #whyNotPlace(
    orders: readonly PlaceOrder[],
    context: ActorContext,
    { haveFollowers: isFollower }: { readonly haveFollowers: boolean },
  ): RejectReason {
    for (const [placed, command] of orders.entries()) {
      const ahead = placed === 0 ? nothingAhead : { placed, replaced: 0, isFollower };
      if (this.#state.orders.find(0, command.clientOrderId) !== undefined) {
        return RejectReason["client-order-id-reused"];
      }
      const reason = this.#entry.whyNotPlace(command, context, ahead);
      if (reason !== none) return reason;
      if (command.instructions.isUncovered) return RejectReason["uncovered-not-permitted"];
    }
    return none;
  }

  /** Refuses an order that was to follow another, and tells the participant. */
  #refuseUnasked(command: PlaceOrder, reason: RejectReason, context: ActorContext): void {
    const { orders } = this.#state;
    const instrument = context.venue.instrument(command.symbol);
    if (instrument === undefined) return;
    if (orders.find(0, command.clientOrderId) !== undefined) return;
    const named = { orderId: context.nextOrderId(), placedAtUs: context.timeUs };
    const order = this.#state.open(termsOf(command, instrument, named));
    order.advance(LifecycleEvent.refused);
    this.#state.close(order, CloseReason.none);
    order.refusedBecause = reason;
    report(order, { executionType: ExecutionType.rejected }, context);
    orders.archive(order, context.timeUs);
  }

  // ---- Pairs -------------------------------------------------------------------------------

  /**
   * Places two orders of which only one may trade. What the dearer one needs is reserved once, by
   * the first; it goes over to the second when the first is out. Undefined without funds; otherwise
   * the first order.
   */
  #admitPair(
    first: PlaceOrder,
    [second]: readonly PlaceOrder[],
    context: ActorContext,
  ): Order | undefined {
    const { holdings, risk } = this.#state;
    assert(second !== undefined);
    const instrument = this.#state.instrument(first.symbol, context);
    assert(instrument !== undefined);
    const ofFirst = holdings.needsOf(first, instrument, context);
    const ofSecond = holdings.needsOf(second, instrument, context);
    if (ofFirst === undefined || ofSecond === undefined) return undefined;
    const reservation =
      ofFirst.reservation > ofSecond.reservation ? ofFirst.reservation : ofSecond.reservation;
    const placedAtUs = context.timeUs;
    const [firstId, secondId] = [context.nextOrderId(), context.nextOrderId()];
    const named = { orderId: secondId, placedAtUs };
    const quantity = this.#quantityOfPair(first, second);
    const other = this.#state.open(termsOf(second, instrument, named));
    if (quantity < other.quantity) other.restate({ price: other.price, quantity });
    other.extend({ linkedOrderId: firstId });
    const order = this.#state.open(termsOf(first, instrument, { orderId: firstId, placedAtUs }));
    if (quantity < order.quantity) order.restate({ price: order.price, quantity });
    order.extend({ linkedOrderId: secondId });
    holdings.reserve(order, reservation);
    if (context.venue.risk !== undefined) {
      for (const command of [first, second]) risk.placed(command, instrument, context);
    }
    this.#entry.submit(order, unlimitedBudget, context);
    this.#entry.submit(this.#state.expect(secondId), unlimitedBudget, context);
    return this.#state.expect(firstId);
  }

  /** Both are for as much; where one only reduces, for no more than there is to close. */
  #quantityOfPair(first: PlaceOrder, second: PlaceOrder): Lots {
    const { side, symbol, quantity } = first;
    const { margin } = this.#state;
    const isReduceOnly = first.instructions.isReduceOnly || second.instructions.isReduceOnly;
    if (margin === undefined || !isReduceOnly) return quantity;
    return Math.min(quantity, margin.roomToReduce(side, symbol));
  }

  /**
   * Of two orders of which only one may trade, one is out: what it had reserved is the other's, as
   * far as that needs it. Whoever calls has lost the order that he calls with.
   */
  passReservation(removed: Order): void {
    const state = this.#state;
    const { orderId, linkedOrderId, reserved } = removed;
    removed.extend({ linkedOrderId: 0 });
    const isOtherOpen = state.orders.openWithId(linkedOrderId)?.isWorking === true;
    if (!isOtherOpen) return;
    state.expect(orderId).reserved = 0;
    const other = state.expect(linkedOrderId);
    other.reserved = add(other.reserved, reserved);
    other.extend({ linkedOrderId: 0 });
    state.holdings.reserveExactly(other);
  }
}

/**
 * Book answers: what a book says of an account's orders, in the order in which it happened there.
 *
 * Each moves its order on, settles or releases what it had reserved, tells the participant and
 * answers whoever waits for it. An order that is over is kept among the known ones for a while.
 */
import {
  assert,
  hold,
  invariant,
  CloseReason,
  ExecutionType,
  Liquidity,
  RejectReason,
  revisedBy,
  unrevised,
} from "../../protocols/index.ts";
import type {
  Amount,
  ChangeRefused,
  OrderFilled,
  OrderId,
  OrderPrevented,
  OrderRefused,
  OrderRemoved,
  OrderReplaced,
  OrderRepriced,
  OrderRested,
  OrderTriggered,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import { answeredBy } from "./order-change.ts";
import type { AccountState } from "./account-state.ts";
import { replyToAll, replyToWaiting, report } from "./order-answers.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import type { OrderLists } from "./order-lists.ts";
import type { Order } from "./order.ts";
import type { Succession } from "./succession.ts";

const { none } = RejectReason;
const fillsLeave = invariant("fills-leave-what-remains");
const answersInTurn = invariant("answers-in-turn");

export class BookAnswers {
  readonly #state: AccountState;
  readonly #lists: OrderLists;
  readonly #succession: Succession;

  constructor(state: AccountState, lists: OrderLists, succession: Succession) {
    this.#state = state;
    this.#lists = lists;
    this.#succession = succession;
  }

  // ---- An order's life ---------------------------------------------------------------------

  rested(message: OrderRested, context: ActorContext): void {
    const order = this.#state.expect(message.orderId);
    order.updateId = message.updateId;
    accept(order, context);
    replyToWaiting(order, none, context);
  }

  filled(message: OrderFilled, context: ActorContext): void {
    const { holdings, orders } = this.#state;
    const order = this.#state.expect(message.orderId);
    order.updateId = message.updateId;
    // FIX tells "new" before the first trade.
    accept(order, context);
    const cost = order.recordFill(message);
    if (order.instrument.contract === undefined) holdings.settle(order, message, cost);
    else {
      this.#state.risk.filling(order, context);
      this.#settleContract(order, message, { fee: cost.fee, context });
    }
    const isTrade = message.liquidity !== Liquidity.transfer;
    if (isTrade) this.#state.fees.traded(order.instrument, cost.notional, context);
    this.#state.risk.filled(order, { quantity: message.quantity, cost, isTrade }, context);
    const isDone = message.remaining === 0;
    const { then } = order;
    order.advance(isDone ? LifecycleEvent.filledWholly : LifecycleEvent.filledPartly);
    // Its book lets the order that it was linked to trade no more, if we have not heard so yet.
    if (order.linkedOrderId !== 0) order.extend({ linkedOrderId: 0 });
    if (isDone) this.#state.close(order, CloseReason.none);
    else holdings.reserveExactly(order);
    hold(fillsLeave, message.remaining === order.remaining);
    report(order, { executionType: ExecutionType.trade, fill: message, fee: cost.fee }, context);
    if (!isDone) return;
    replyToWaiting(order, none, context);
    orders.archive(order, context.timeUs);
    if (then.length > 0) this.#lists.placeThen(then, context);
  }

  #settleContract(
    { instrument, side }: Order,
    { price, quantity, fundingIndex = 0 }: OrderFilled,
    { fee, context }: { readonly fee: Amount; readonly context: ActorContext },
  ): void {
    const { margin } = this.#state;
    assert(margin !== undefined && isContract(instrument), "a contract was traded without margin");
    const fill = { side, price, quantity, fundingIndex };
    margin.positions.filled(instrument, fill, { fee, context });
  }

  /** The order's trigger price was reached. */
  triggered(message: OrderTriggered, context: ActorContext): void {
    const order = this.#state.expect(message.orderId);
    order.updateId = message.updateId;
    order.advance(LifecycleEvent.triggered);
    report(order, { executionType: ExecutionType.triggered }, context);
  }

  /** The book gave the order another price than it came with: a better one for whoever pays. */
  repriced(message: OrderRepriced, context: ActorContext): void {
    const order = this.#state.expect(message.orderId);
    order.updateId = message.updateId;
    accept(order, context);
    order.restate({ price: message.price, quantity: order.quantity });
    if (order.pending.length === 0) this.#state.holdings.reserveExactly(order);
    report(order, { executionType: ExecutionType.restated }, context);
  }

  /** Quantity was taken out of the order instead of a trade with one of its own group. */
  prevented(message: OrderPrevented, context: ActorContext): void {
    const order = this.#state.expect(message.orderId);
    order.updateId = message.updateId;
    accept(order, context);
    order.restate({ price: order.price, quantity: order.quantity - message.quantity });
    hold(fillsLeave, message.remaining === order.remaining);
    const isDone = message.remaining === 0;
    if (isDone) {
      order.advance(LifecycleEvent.removed);
      this.#state.close(order, CloseReason["self-trade"]);
    } else {
      this.#state.holdings.reserveExactly(order);
    }
    const executionType = isDone ? ExecutionType.canceled : ExecutionType.restated;
    report(order, { executionType }, context);
    if (!isDone) return;
    replyToWaiting(order, none, context);
    this.#state.orders.archive(order, context.timeUs);
  }

  removed(message: OrderRemoved, context: ActorContext): void {
    const { orderId, reason } = message;
    const order = this.#out(orderId);
    hold(fillsLeave, message.canceled === order.remaining);
    order.updateId = message.updateId;
    accept(order, context);
    const isExpired = isExpiry(reason);
    order.advance(isExpired ? LifecycleEvent.expired : LifecycleEvent.removed);
    this.#state.close(order, reason);
    const { expired, canceled } = ExecutionType;
    report(order, { executionType: isExpired ? expired : canceled }, context);
    const wasAsked = reason === CloseReason.requested || reason === CloseReason["account-blocked"];
    const change = wasAsked ? order.settleNext() : undefined;
    if (change !== undefined) {
      const waiters = answeredBy(change.waiters, true);
      replyToAll(order, { waiters, rejectReason: none }, context);
    }
    replyToWaiting(order, none, context);
    this.#state.orders.archive(order, context.timeUs);
    if (change === undefined) return;
    hold(answersInTurn, change.kind === "cancel");
    this.#succession.placeFor(change.waiters, true, context);
  }

  refused(message: OrderRefused, context: ActorContext): void {
    const order = this.#out(message.orderId);
    order.advance(LifecycleEvent.refused);
    this.#state.close(order, CloseReason.none);
    order.refusedBecause = message.reason;
    report(order, { executionType: ExecutionType.rejected }, context);
    replyToWaiting(order, message.reason, context);
    this.#state.orders.archive(order, context.timeUs);
  }

  /** The order of that id, which is out: what it had reserved for two is the other's. */
  #out(orderId: OrderId): Order {
    const order = this.#state.expect(orderId);
    if (order.linkedOrderId === 0) return order;
    this.#lists.passReservation(order);
    return this.#state.expect(orderId);
  }

  // ---- Changes that were asked -------------------------------------------------------------

  replaced(message: OrderReplaced, context: ActorContext): void {
    const order = this.#state.expect(message.orderId);
    const change = order.settleNext();
    const { price, quantity } = message;
    const isNext = change.price === price && change.quantity === quantity;
    hold(answersInTurn, change.kind === "replace" && isNext);
    order.price = message.price;
    order.quantity = message.quantity;
    order.updateId = message.updateId;
    if (change.revised !== unrevised) {
      order.extend({ instructions: revisedBy(order.instructions, change.revised) });
    }
    order.remember(change, none);
    this.#settleRequests(order);
    report(order, { executionType: ExecutionType.replaced }, context);
    // Its fills follow, then "rested": only then does the client learn how it ended.
    order.waiting = [...order.waiting, ...change.waiters];
  }

  changeRefused(message: ChangeRefused, context: ActorContext): void {
    const order = this.#state.expect(message.orderId);
    const change = order.settleNext();
    order.updateId = Math.max(order.updateId, message.updateId);
    if (order.isWorking) this.#settleRequests(order);
    const rejectReason = order.isWorking ? message.reason : RejectReason["order-closed"];
    if (change.kind === "replace") order.remember(change, rejectReason);
    const waiters = answeredBy(change.waiters, false);
    replyToAll(order, { waiters, rejectReason }, context);
    if (!order.isWorking) this.#state.orders.archive(order, context.timeUs);
    this.#succession.placeFor(change.waiters, false, context);
  }

  /** With no change under way, the terms in force are all that can happen. */
  #settleRequests(order: Order): void {
    if (order.pending.length > 0) return;
    order.advance(LifecycleEvent.requestsSettled);
    order.narrowBounds();
    this.#state.holdings.reserveExactly(order);
  }
}

/** The book has taken the order: told once, when it first speaks of it. */
function accept(order: Order, context: ActorContext): void {
  if (!order.isPendingNew) return;
  order.advance(order.isOfWaitingType ? LifecycleEvent.held : LifecycleEvent.accepted);
  report(order, { executionType: ExecutionType.new }, context);
}

/** Whether an order ended because its time was over. */
function isExpiry(reason: CloseReason): boolean {
  return (
    reason === CloseReason["day-ended"] ||
    reason === CloseReason["time-reached"] ||
    reason === CloseReason["auction-ended"]
  );
}

/**
 * Change requests: cancels and replaces of orders that work, asked of their books.
 *
 * A replace is paid for before it is asked; what came of either the book says (`book-answers.ts`).
 */
import { anySide, CloseReason, RejectReason, unrevised } from "../../protocols/index.ts";
import type { CancelAllOrders, CancelOrder, Origin, ReplaceOrder } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { nothingAhead } from "../risk/limit-checks.ts";
import type { OrdersAhead } from "../risk/limit-checks.ts";
import type { AccountState } from "./account-state.ts";
import { whyNotReplace } from "./order-admission.ts";
import { refuse, refuseWithFigures, reply, replyWithoutOrder } from "./order-answers.ts";
import { join } from "./order-change.ts";
import type { PendingChange, SettledReplace, Successor, Waiter } from "./order-change.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import type { Order } from "./order.ts";

const { none } = RejectReason;

/** Who wants a cancel, what then, and what the order is told to have ended by. */
interface CancelRequest {
  readonly origin?: Origin;
  readonly then?: Successor;
  readonly reason?: CloseReason;
  /** Whether the exchange wants it, and not the account: it counts in no limit. */
  readonly isOurs?: boolean;
}

const nobody: readonly Waiter[] = [];

type NewTerms = Pick<ReplaceOrder, "price" | "quantity" | "revised">;

export class ChangeRequests {
  readonly #state: AccountState;

  constructor(state: AccountState) {
    this.#state = state;
  }

  // ---- Cancels -----------------------------------------------------------------------------

  cancel(command: CancelOrder, context: ActorContext): void {
    const order = this.#state.ordered(command);
    if (order === undefined) replyWithoutOrder(RejectReason["order-unknown"], context);
    else if (!order.isWorking) refuse(order, RejectReason["order-closed"], context);
    else this.requestCancel(order, { origin: context.origin }, context);
  }

  /** The answer says how many are being canceled. */
  cancelAll(command: CancelAllOrders, context: ActorContext): void {
    let count = 0;
    for (const order of this.#state.orders.working()) {
      if (!isMeantBy(command, order)) continue;
      this.requestCancel(order, {}, context);
      count += 1;
    }
    context.emit({
      kind: "command-replied",
      origin: context.origin,
      rejectReason: none,
      detail: count,
    });
  }

  /** Asks the book once, however many want it. Without an origin nobody is to be told. */
  requestCancel(
    order: Order,
    { origin, then, reason = CloseReason.requested, isOurs = false }: CancelRequest,
    context: ActorContext,
  ): void {
    const underWay = order.pending.find(isCancel);
    if (underWay !== undefined) {
      if (origin !== undefined) join(underWay, origin, then);
      return;
    }
    order.advance(LifecycleEvent.cancelRequested);
    const change: PendingChange = {
      kind: "cancel",
      revision: 0,
      price: 0,
      quantity: 0,
      waiters: nobody,
      revised: unrevised,
    };
    if (origin !== undefined) join(change, origin, then);
    const isAsked = reason === CloseReason.requested && !isOurs;
    const isCounted = isAsked && context.venue.risk !== undefined;
    if (isCounted) this.#state.risk.canceling(order, context);
    order.begin(change);
    context.send({
      kind: "submit-cancel",
      symbol: order.instrument.symbol,
      account: this.#state.id,
      orderId: order.orderId,
      reason,
    });
  }

  // ---- Replaces ----------------------------------------------------------------------------

  replace(command: ReplaceOrder, context: ActorContext): void {
    const order = this.#state.ordered(command);
    if (order !== undefined && replaceAgain(order, command, context)) return;
    const reason = this.#whyNotReplace(order, command, context);
    if (order === undefined) {
      replyWithoutOrder(reason, context);
      return;
    }
    if (reason !== none) {
      // Whoever is told "no" may rely on it: a copy that comes later, by another way, is too late.
      const isInTurn = order.isWorking && command.revision === order.revision + 1;
      if (isInTurn && context.logic.usesUpRefusedRevisions) order.useUp(command, reason);
      const figures = this.#state.risk.figuresOf(reason);
      refuseWithFigures(order, { rejectReason: reason, figures }, context);
      return;
    }
    this.requestReplace(order, command, { origin: context.origin, context });
  }

  #whyNotReplace(
    order: Order | undefined,
    command: ReplaceOrder,
    context: ActorContext,
  ): RejectReason {
    if (this.#state.isBlocked) return RejectReason["account-blocked"];
    const reason = whyNotReplace(order, command, context);
    if (reason !== none || order === undefined) return reason;
    return this.whyNotExtend(order, command, { ahead: nothingAhead, context });
  }

  /** Why an order may not have terms that it could have: it is not paid for, or it is too much. */
  whyNotExtend(
    order: Order,
    command: ReplaceOrder,
    { ahead, context }: { readonly ahead: OrdersAhead; readonly context: ActorContext },
  ): RejectReason {
    const { holdings, risk } = this.#state;
    if (!holdings.canExtend(order, command, context)) return RejectReason["funds-insufficient"];
    if (context.venue.risk !== undefined) {
      const reason = risk.whyNotReplace(order, command, { ahead, context });
      if (reason !== none) return reason;
    }
    if (order.instrument.contract === undefined) return none;
    return this.#state.margin?.whyNotReplace(order, command, context.venue) ?? none;
  }

  /** Asks the book for new terms, which can be paid for. Without an origin nobody is to be told. */
  requestReplace(
    order: Order,
    { price, quantity, revised }: NewTerms,
    { origin, context }: { readonly origin: Origin | undefined; readonly context: ActorContext },
  ): void {
    const bounds = {
      price: Math.max(order.boundPrice, price),
      quantity: Math.max(order.boundQuantity, quantity),
    };
    this.#state.holdings.extend(order, bounds);
    order.advance(LifecycleEvent.replaceRequested);
    const waiters = origin === undefined ? [] : [{ origin, isDuplicate: false }];
    const revision = order.revision + 1;
    const terms = { revision, price, quantity, revised };
    if (context.venue.risk !== undefined) this.#state.risk.replaced(order, context);
    order.beginReplace({ kind: "replace", ...terms, waiters }, bounds);
    context.send({
      kind: "submit-replace",
      symbol: order.instrument.symbol,
      account: this.#state.id,
      orderId: order.orderId,
      price,
      quantity,
      revised,
    });
  }
}

function isCancel({ kind }: PendingChange): boolean {
  return kind === "cancel";
}

/** Whether an order is among those that are to be canceled together. */
function isMeantBy({ symbol, side, priceMin, priceMax }: CancelAllOrders, order: Order): boolean {
  if (symbol !== "" && order.instrument.symbol !== symbol) return false;
  if (side !== anySide && order.side !== side) return false;
  return order.price >= priceMin && order.price <= priceMax;
}

/** Answers a replace that was taken before with what became of it. False when it is new. */
function replaceAgain(order: Order, command: ReplaceOrder, context: ActorContext): boolean {
  if (command.revision === 0) return false;
  const isSame = (change: Omit<SettledReplace, "rejectReason">): boolean =>
    change.revision === command.revision &&
    change.price === command.price &&
    change.quantity === command.quantity;
  const underWay = order.pending.find(isSame);
  if (underWay !== undefined) {
    join(underWay, context.origin);
    return true;
  }
  const settled = order.settled.find(isSame);
  if (settled === undefined) return false;
  const { rejectReason } = settled;
  reply(order, { rejectReason, origin: context.origin, isDuplicate: true }, context);
  return true;
}

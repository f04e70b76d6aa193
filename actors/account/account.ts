/**
 * Account: one participant's balances and orders.
 *
 * Checks and reserves before an order reaches a book, settles each fill, releases what is left
 * over, answers every command once, and knows each command again when it comes twice. Knows nothing
 * of other accounts, of prices in the book or of where the book lives.
 *
 * Invariant: every balance's reserved part is the sum of its working orders' reservations.
 */
import {
  add,
  assert,
  CloseReason,
  ExecutionType,
  multiply,
  RejectReason,
  Side,
  subtract,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  Amount,
  AssetId,
  BalanceView,
  CancelAllOrders,
  CancelOrder,
  ChangeRefused,
  ClientOrderId,
  CreditDeposit,
  OrderCommand,
  OrderFilled,
  OrderId,
  OrderRefused,
  OrderRemoved,
  OrderReplaced,
  OrderRested,
  OrderView,
  Origin,
  PlaceOrder,
  ReplaceOrder,
  TimeUs,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { Balance } from "./balance.ts";
import { isMarketBuy, whyNotPlace, whyNotReplace } from "./order-admission.ts";
import { reply, replyWithoutOrder, report } from "./order-answers.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { restoreOrder, snapshotOfOrder } from "./order-snapshot.ts";
import { marketBudget, notionalOf, Order } from "./order.ts";

/** How long a closed order is known by its client order id, in log time. */
export const closedOrderRetentionUs: TimeUs = 60_000_000;
const { none } = RejectReason;

export class Account implements Actor<OrderCommand | AccountMessage> {
  readonly id: AccountId;
  readonly #balances = new Map<AssetId, Balance>();
  /** Working orders, and closed ones for as long as they are remembered. In order of id. */
  readonly #orders = new Map<OrderId, Order>();
  readonly #byClientOrderId = new Map<ClientOrderId, Order>();
  /** Closed orders in order of closing; those before `#closedAt` are forgotten. */
  #closed: Order[] = [];
  #closedAt = 0;
  #openCount = 0;

  constructor(id: AccountId) {
    this.id = id;
  }

  receive(message: OrderCommand | AccountMessage, context: ActorContext): void {
    switch (message.kind) {
      case "place-order":
        this.#forgetClosed(context.timeUs);
        this.#place(message, context);
        return;
      case "cancel-order":
        this.#cancel(message, context);
        return;
      case "replace-order":
        this.#replace(message, context);
        return;
      case "cancel-all-orders":
        this.#cancelAll(message, context);
        return;
      case "order-rested":
        this.#rested(message, context);
        return;
      case "order-filled":
        this.#filled(message, context);
        return;
      case "order-removed":
        this.#removed(message, context);
        return;
      case "order-refused":
        this.#refused(message, context);
        return;
      case "order-replaced":
        this.#replaced(message, context);
        return;
      case "change-refused":
        this.#changeRefused(message, context);
        return;
      case "credit-deposit":
        this.#creditDeposit(message, context);
        return;
      case "create-account":
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      default:
        unreachable(message);
    }
  }

  // ---- Commands ----------------------------------------------------------------------------

  #place(command: PlaceOrder, context: ActorContext): void {
    const known = this.#byClientOrderId.get(command.clientOrderId);
    if (known !== undefined) {
      this.#placeAgain(known, command, context);
      return;
    }
    const reason = whyNotPlace(command, this.#openCount, context);
    if (reason !== none) {
      replyWithoutOrder(context, reason);
      return;
    }
    const instrument = context.venue.instrument(command.symbol);
    assert(instrument !== undefined);
    const order = new Order({
      orderId: context.nextOrderId(),
      clientOrderId: command.clientOrderId,
      instrument,
      side: command.side,
      orderType: command.orderType,
      timeInForce: command.timeInForce,
      price: command.price,
      quantity: command.quantity,
      placedAtUs: context.timeUs,
    });
    const available = this.#available(order.reservedAsset);
    const spendsAll = isMarketBuy(command);
    const reservation = spendsAll ? available : order.requirement(order.price, order.quantity);
    const budget = spendsAll ? marketBudget(instrument, available) : Number.MAX_SAFE_INTEGER;
    if (reservation > available || budget < 1) {
      replyWithoutOrder(context, RejectReason["funds-insufficient"]);
      return;
    }
    this.#reserve(order, reservation);
    this.#orders.set(order.orderId, order);
    this.#byClientOrderId.set(order.clientOrderId, order);
    this.#openCount += 1;
    order.waiting.push(context.origin);
    context.send({
      kind: "submit-order",
      symbol: command.symbol,
      account: this.id,
      orderId: order.orderId,
      side: order.side,
      orderType: order.orderType,
      timeInForce: order.timeInForce,
      price: order.price,
      quantity: order.quantity,
      budget,
    });
  }

  /** The client order id is known: the same order once more, or another under its name. */
  #placeAgain(order: Order, command: PlaceOrder, context: ActorContext): void {
    const isSame =
      order.instrument.symbol === command.symbol &&
      order.side === command.side &&
      order.orderType === command.orderType &&
      order.timeInForce === command.timeInForce &&
      order.placedPrice === command.price &&
      order.placedQuantity === command.quantity;
    if (!isSame) {
      replyWithoutOrder(context, RejectReason["client-order-id-reused"]);
    } else if (order.waiting.length > 0) {
      order.waiting.push(context.origin);
    } else {
      reply(order, order.refusedBecause, context.origin, context, true);
    }
  }

  #cancel(command: CancelOrder, context: ActorContext): void {
    const order = this.#find(command.orderId, command.clientOrderId);
    if (order === undefined) {
      replyWithoutOrder(context, RejectReason["order-unknown"]);
      return;
    }
    if (!order.isWorking) {
      reply(order, RejectReason["order-closed"], context.origin, context);
      return;
    }
    this.#requestCancel(order, context.origin, context);
  }

  #cancelAll(command: CancelAllOrders, context: ActorContext): void {
    let count = 0;
    for (const order of this.#orders.values()) {
      if (!order.isWorking) continue;
      if (command.symbol !== "" && order.instrument.symbol !== command.symbol) continue;
      this.#requestCancel(order, undefined, context);
      count += 1;
    }
    context.emit({
      kind: "command-replied",
      origin: context.origin,
      rejectReason: none,
      detail: count,
    });
  }

  #requestCancel(order: Order, origin: Origin | undefined, context: ActorContext): void {
    const underWay = order.pending.find((change) => change.kind === "cancel");
    if (underWay !== undefined) {
      if (origin !== undefined) underWay.origins.push(origin);
      return;
    }
    order.advance(LifecycleEvent.cancelRequested);
    const origins = origin === undefined ? [] : [origin];
    order.pending.push({ kind: "cancel", origins, price: 0, quantity: 0 });
    context.send({
      kind: "submit-cancel",
      symbol: order.instrument.symbol,
      account: this.id,
      orderId: order.orderId,
    });
  }

  #replace(command: ReplaceOrder, context: ActorContext): void {
    const order = this.#find(command.orderId, command.clientOrderId);
    if (order === undefined) {
      replyWithoutOrder(context, RejectReason["order-unknown"]);
      return;
    }
    if (command.revision !== 0 && command.revision <= order.revision) {
      this.#replaceAgain(order, command, context);
      return;
    }
    const reason = whyNotReplace(order, command, context);
    if (reason !== none) {
      reply(order, reason, context.origin, context);
      return;
    }
    const price = Math.max(order.boundPrice, command.price);
    const quantity = Math.max(order.boundQuantity, command.quantity);
    const more = subtract(order.requirement(price, quantity), order.reserved);
    if (more > this.#available(order.reservedAsset)) {
      reply(order, RejectReason["funds-insufficient"], context.origin, context);
      return;
    }
    order.boundPrice = price;
    order.boundQuantity = quantity;
    this.#reserve(order, more);
    order.revision += 1;
    order.advance(LifecycleEvent.replaceRequested);
    order.pending.push({
      kind: "replace",
      origins: [context.origin],
      price: command.price,
      quantity: command.quantity,
    });
    context.send({
      kind: "submit-replace",
      symbol: order.instrument.symbol,
      account: this.id,
      orderId: order.orderId,
      price: command.price,
      quantity: command.quantity,
    });
  }

  /** A replace whose revision was made before: answered with what became of it. */
  #replaceAgain(order: Order, command: ReplaceOrder, context: ActorContext): void {
    const underWay = order.pending.find(
      (change) =>
        change.kind === "replace" &&
        change.price === command.price &&
        change.quantity === command.quantity,
    );
    if (underWay !== undefined) underWay.origins.push(context.origin);
    else reply(order, none, context.origin, context, true);
  }

  // ---- Answers of the book -----------------------------------------------------------------

  #rested(message: OrderRested, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    const isFirst = order.isPendingNew;
    order.advance(LifecycleEvent.rested);
    if (isFirst) report(this.id, order, ExecutionType.new, context);
    this.#answerWaiting(order, none, context);
  }

  #filled(message: OrderFilled, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    const isFirst = order.isPendingNew;
    if (isFirst) {
      // FIX tells "new" before the first trade.
      order.advance(LifecycleEvent.rested);
      report(this.id, order, ExecutionType.new, context);
    }
    const fee = order.recordFill(message.price, message.quantity, message.isTaker);
    this.#settle(order, message, fee, context);
    const isDone = message.remaining === 0;
    order.advance(isDone ? LifecycleEvent.filledWholly : LifecycleEvent.filledPartly);
    if (isDone) this.#close(order, CloseReason.none, context);
    else this.#reserveExactly(order);
    report(this.id, order, ExecutionType.trade, context, { ...message, fee });
    if (isDone) this.#answerWaiting(order, none, context);
  }

  /** Moves money and goods of one fill; the fee is paid in the quote asset. */
  #settle(order: Order, fill: OrderFilled, fee: Amount, context: ActorContext): void {
    const { instrument } = order;
    const notional = notionalOf(instrument, fill.price, fill.quantity);
    const units = multiply(fill.quantity, instrument.baseUnitsPerLot);
    if (order.side === Side.buy) {
      const cost = add(notional, fee);
      this.#balance(instrument.quote).spendReserved(cost);
      order.reserved = subtract(order.reserved, cost);
      this.#balance(instrument.base).credit(units);
    } else {
      this.#balance(instrument.base).spendReserved(units);
      order.reserved = subtract(order.reserved, units);
      this.#balance(instrument.quote).credit(subtract(notional, fee));
    }
    assert(order.reserved >= 0, "a fill cost more than its order had reserved");
    if (fee !== 0) context.collectFee(instrument.quote, fee);
  }

  #removed(message: OrderRemoved, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    assert(message.canceled === order.remaining, "book and account disagree on what remains");
    order.updateId = message.updateId;
    if (order.isPendingNew) report(this.id, order, ExecutionType.new, context);
    order.advance(LifecycleEvent.removed);
    this.#close(order, message.reason, context);
    report(this.id, order, ExecutionType.canceled, context);
    if (message.reason === CloseReason.requested) this.#answerCancel(order, context);
    this.#answerWaiting(order, none, context);
  }

  #refused(message: OrderRefused, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.advance(LifecycleEvent.refused);
    order.refusedBecause = message.reason;
    this.#close(order, CloseReason.none, context);
    report(this.id, order, ExecutionType.rejected, context);
    this.#answerWaiting(order, message.reason, context);
  }

  #replaced(message: OrderReplaced, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    const change = order.pending.shift();
    assert(change?.kind === "replace", "the book answered out of turn");
    assert(change.price === message.price);
    assert(change.quantity === message.quantity);
    order.price = message.price;
    order.quantity = message.quantity;
    order.updateId = message.updateId;
    this.#settleRequests(order);
    report(this.id, order, ExecutionType.replaced, context);
    // Its fills follow, then "rested": only then does the client learn how it ended.
    order.waiting.push(...change.origins);
  }

  #changeRefused(message: ChangeRefused, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    const change = order.pending.shift();
    assert(change !== undefined, "the book refused what nobody asked");
    order.updateId = Math.max(order.updateId, message.updateId);
    if (order.isWorking) this.#settleRequests(order);
    const reason = order.isWorking ? message.reason : RejectReason["order-closed"];
    for (const origin of change.origins) reply(order, reason, origin, context);
  }

  // ---- Governance --------------------------------------------------------------------------

  #creditDeposit(message: CreditDeposit, context: ActorContext): void {
    const balance = this.#balance(message.asset);
    balance.credit(message.amount);
    context.emit({
      kind: "balance-changed",
      account: this.id,
      asset: message.asset,
      available: balance.available,
      reserved: balance.reserved,
    });
    context.send({ kind: "ticket-served", ticket: message.ticket });
  }

  /** Receives a fee: only the shard's own fee account is paid this way. */
  collect(asset: AssetId, amount: Amount): void {
    this.#balance(asset).credit(amount);
  }

  // ---- Funds -------------------------------------------------------------------------------

  #available(asset: AssetId): Amount {
    return this.#balances.get(asset)?.available ?? 0;
  }

  #balance(asset: AssetId): Balance {
    let balance = this.#balances.get(asset);
    if (balance === undefined) {
      balance = new Balance();
      this.#balances.set(asset, balance);
    }
    return balance;
  }

  #reserve(order: Order, more: Amount): void {
    if (more === 0) return;
    this.#balance(order.reservedAsset).reserve(more);
    order.reserved = add(order.reserved, more);
  }

  /** Releases what the order's bounds no longer require. */
  #reserveExactly(order: Order): void {
    const required = order.requirement(order.boundPrice, order.boundQuantity);
    assert(required <= order.reserved, "an order needs more than it reserved");
    this.#reserve(order, subtract(required, order.reserved));
  }

  /** With no change under way, the terms in force are all that can happen. */
  #settleRequests(order: Order): void {
    if (order.pending.length > 0) return;
    order.advance(LifecycleEvent.requestsSettled);
    order.boundPrice = order.price;
    order.boundQuantity = order.quantity;
    this.#reserveExactly(order);
  }

  #close(order: Order, reason: CloseReason, context: ActorContext): void {
    this.#reserve(order, subtract(0, order.reserved));
    order.closeReason = reason;
    order.closedAtUs = context.timeUs;
    this.#openCount -= 1;
    this.#closed.push(order);
  }

  // ---- Answers -----------------------------------------------------------------------------

  #answerWaiting(order: Order, reason: RejectReason, context: ActorContext): void {
    for (const origin of order.waiting) reply(order, reason, origin, context);
    order.waiting.length = 0;
  }

  #answerCancel(order: Order, context: ActorContext): void {
    const change = order.pending.shift();
    assert(change?.kind === "cancel", "the book answered out of turn");
    for (const origin of change.origins) reply(order, none, origin, context);
  }

  // ---- Orders ------------------------------------------------------------------------------

  #find(orderId: OrderId, clientOrderId: ClientOrderId): Order | undefined {
    if (orderId !== 0) return this.#orders.get(orderId);
    return this.#byClientOrderId.get(clientOrderId);
  }

  #expect(orderId: OrderId): Order {
    const order = this.#orders.get(orderId);
    assert(order !== undefined, "the book speaks of an order this account does not know");
    return order;
  }

  /** Forgets orders closed longer ago than they must be known, unless an answer is still due. */
  #forgetClosed(nowUs: TimeUs): void {
    let order = this.#closed[this.#closedAt];
    while (
      order !== undefined &&
      order.closedAtUs + closedOrderRetentionUs < nowUs &&
      order.pending.length === 0
    ) {
      this.#orders.delete(order.orderId);
      this.#byClientOrderId.delete(order.clientOrderId);
      order = this.#closed[++this.#closedAt];
    }
    if (this.#closedAt * 2 > this.#closed.length && this.#closedAt > 1024) {
      this.#closed = this.#closed.slice(this.#closedAt);
      this.#closedAt = 0;
    }
  }

  // ---- Questions ---------------------------------------------------------------------------

  order(orderId: OrderId, clientOrderId: ClientOrderId): OrderView | undefined {
    return this.#find(orderId, clientOrderId)?.view(this.id);
  }

  /** Working orders with ids above `after`, oldest first. */
  openOrders(filter: { symbol: string; after: OrderId; limit: number }): readonly OrderView[] {
    const views: OrderView[] = [];
    for (const order of this.#orders.values()) {
      if (views.length >= filter.limit) break;
      if (!order.isWorking || order.orderId <= filter.after) continue;
      if (filter.symbol !== "" && order.instrument.symbol !== filter.symbol) continue;
      views.push(order.view(this.id));
    }
    return views;
  }

  /** In the order of asset codes. */
  balances(): readonly BalanceView[] {
    return [...this.#balances]
      .map(([asset, { available, reserved }]) => ({ asset, available, reserved }))
      .sort((a, b) => (a.asset < b.asset ? -1 : 1));
  }

  /** Every order remembered, for checks that compare reservations with balances. */
  orders(): Iterable<Order> {
    return this.#orders.values();
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): unknown {
    return [
      this.id,
      this.balances().map(({ asset, available, reserved }) => [asset, available, reserved]),
      [...this.#orders.values()].map(snapshotOfOrder),
      this.#closed.slice(this.#closedAt).map((order) => order.orderId),
    ];
  }

  static restore(data: unknown, venue: Venue): Account {
    const [id, balances, orders, closed] = data as [
      string,
      [string, Amount, Amount][],
      unknown[],
      number[],
    ];
    const account = new Account(id);
    for (const [asset, available, reserved] of balances) {
      account.#balances.set(asset, new Balance(available, reserved));
    }
    for (const saved of orders) {
      const order = restoreOrder(saved, venue);
      account.#orders.set(order.orderId, order);
      account.#byClientOrderId.set(order.clientOrderId, order);
      if (order.isWorking) account.#openCount += 1;
    }
    account.#closed = closed.map((orderId) => account.#expect(orderId));
    return account;
  }
}

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
  InstrumentTerms,
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
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { Balance } from "./balance.ts";
import { KnownOrders } from "./known-orders.ts";
import type { SavedKnownOrders } from "./known-orders.ts";
import { whyNotPlace, whyNotReplace } from "./order-admission.ts";
import { reply, replyToAll, replyWithoutOrder, report } from "./order-answers.ts";
import { join } from "./order-change.ts";
import type { SettledReplace } from "./order-change.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { OrderRows } from "./order-rows.ts";
import type { FillCost, Order, OrderTerms } from "./order.ts";
import {
  marketBudget,
  requirementOf,
  reservedAssetOf,
  spendsAll,
  unlimitedBudget,
} from "./reservation.ts";

const { none } = RejectReason;

export class Account implements Actor<OrderCommand | AccountMessage> {
  readonly id: AccountId;
  readonly #balances = new Map<AssetId, Balance>();
  readonly #orders: KnownOrders;
  /** By an instrument's number in the orders' rows: holdings of its assets, once looked up. */
  readonly #bases: (Balance | undefined)[] = [];
  readonly #quotes: (Balance | undefined)[] = [];

  constructor(id: AccountId, orders = new KnownOrders(id)) {
    this.id = id;
    this.#orders = orders;
  }

  receive(message: OrderCommand | AccountMessage, context: ActorContext): void {
    switch (message.kind) {
      case "place-order":
        this.#orders.forgetClosed(context.timeUs);
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
    const known = this.#orders.find(0, command.clientOrderId);
    if (known !== undefined) {
      this.#placeAgain(known, command, context);
      return;
    }
    const reason = whyNotPlace(command, this.#orders, context);
    if (reason !== none) {
      this.#refusePlacing(command, reason, context);
      return;
    }
    const instrument = context.venue.instrument(command.symbol);
    assert(instrument !== undefined);
    const available = this.#available(reservedAssetOf(instrument, command.side));
    const isUnpriced = spendsAll(command);
    const { side, price, quantity: remaining } = command;
    const reservation = isUnpriced
      ? available
      : requirementOf(instrument, { side, price, remaining, feeCredit: 0 });
    const budget = isUnpriced ? marketBudget(instrument, available) : unlimitedBudget;
    if (reservation > available || budget < 1) {
      this.#refusePlacing(command, RejectReason["funds-insufficient"], context);
      return;
    }
    const { timeUs: placedAtUs } = context;
    const named = { orderId: context.nextOrderId(), placedAtUs };
    const order = this.#orders.open(this.#termsOf(command, instrument, named));
    this.#reserve(order, reservation);
    order.addWaiter(context.origin);
    context.send({
      kind: "submit-order",
      symbol: command.symbol,
      account: this.id,
      orderId: order.orderId,
      side,
      orderType: order.orderType,
      timeInForce: order.timeInForce,
      price,
      quantity: order.quantity,
      budget,
    });
  }

  #termsOf(
    command: PlaceOrder,
    instrument: InstrumentTerms,
    { orderId, placedAtUs }: Pick<OrderTerms, "orderId" | "placedAtUs">,
  ): OrderTerms {
    return {
      orderId,
      clientOrderId: command.clientOrderId,
      instrument,
      side: command.side,
      orderType: command.orderType,
      timeInForce: command.timeInForce,
      price: command.price,
      quantity: command.quantity,
      placedAtUs,
    };
  }

  /**
   * Refuses an order for good: the same placing that comes later, by another way, must not succeed
   * because the reason has passed. What is wrong by itself is so every time.
   */
  #refusePlacing(command: PlaceOrder, reason: RejectReason, context: ActorContext): void {
    const instrument = context.venue.instrument(command.symbol);
    if (mayPass(reason) && instrument !== undefined) {
      const named = { orderId: 0, placedAtUs: context.timeUs };
      const terms = this.#termsOf(command, instrument, named);
      this.#orders.addRefused(terms, reason, context.timeUs);
    }
    replyWithoutOrder(reason, context);
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
      replyWithoutOrder(RejectReason["client-order-id-reused"], context);
    } else if (order.waiting.length > 0) {
      order.addWaiter(context.origin);
    } else {
      const rejectReason = order.refusedBecause;
      reply(order, { rejectReason, origin: context.origin, isDuplicate: true }, context);
    }
  }

  #cancel(command: CancelOrder, context: ActorContext): void {
    const order = this.#ordered(command);
    if (order === undefined) replyWithoutOrder(RejectReason["order-unknown"], context);
    else if (!order.isWorking) this.#refuse(order, RejectReason["order-closed"], context);
    else this.#requestCancel(order, context.origin, context);
  }

  #cancelAll(command: CancelAllOrders, context: ActorContext): void {
    let count = 0;
    for (const order of this.#orders.working()) {
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

  /** Asks the book once, however many want it. `origin` is undefined when nobody is to be told. */
  #requestCancel(order: Order, origin: Origin | undefined, context: ActorContext): void {
    const underWay = order.pending.find((change) => change.kind === "cancel");
    if (underWay !== undefined) {
      if (origin !== undefined) join(underWay, origin);
      return;
    }
    order.advance(LifecycleEvent.cancelRequested);
    const waiters = origin === undefined ? [] : [{ origin, isDuplicate: false }];
    order.begin({ kind: "cancel", revision: 0, price: 0, quantity: 0, waiters });
    context.send({
      kind: "submit-cancel",
      symbol: order.instrument.symbol,
      account: this.id,
      orderId: order.orderId,
    });
  }

  #replace(command: ReplaceOrder, context: ActorContext): void {
    const order = this.#ordered(command);
    if (order !== undefined && this.#replaceAgain(order, command, context)) return;
    const reason = whyNotReplace(order, command, context);
    if (order === undefined) {
      replyWithoutOrder(reason, context);
      return;
    }
    if (reason !== none) {
      this.#refuse(order, reason, context);
      return;
    }
    const { price, quantity } = command;
    const boundPrice = Math.max(order.boundPrice, price);
    const boundQuantity = Math.max(order.boundQuantity, quantity);
    const more = subtract(order.requirement(boundPrice, boundQuantity), order.reserved);
    if (more > this.#available(order.reservedAsset)) {
      this.#refuse(order, RejectReason["funds-insufficient"], context);
      return;
    }
    this.#reserve(order, more);
    order.advance(LifecycleEvent.replaceRequested);
    const waiters = [{ origin: context.origin, isDuplicate: false }];
    const revision = order.revision + 1;
    const change = { kind: "replace", revision, price, quantity, waiters } as const;
    order.beginReplace(change, { price: boundPrice, quantity: boundQuantity });
    context.send({
      kind: "submit-replace",
      symbol: order.instrument.symbol,
      account: this.id,
      orderId: order.orderId,
      price,
      quantity,
    });
  }

  /** Answers a replace that was taken before with what became of it. False when it is new. */
  #replaceAgain(order: Order, command: ReplaceOrder, context: ActorContext): boolean {
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

  // ---- Answers of the book -----------------------------------------------------------------

  #rested(message: OrderRested, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    this.#accept(order, context);
    this.#answerWaiting(order, none, context);
  }

  #filled(message: OrderFilled, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    // FIX tells "new" before the first trade.
    this.#accept(order, context);
    const cost = order.recordFill(message);
    this.#settle(order, cost);
    if (cost.fee !== 0) context.collectFee(order.instrument.quote, cost.fee);
    const isDone = message.remaining === 0;
    order.advance(isDone ? LifecycleEvent.filledWholly : LifecycleEvent.filledPartly);
    if (isDone) this.#close(order, CloseReason.none);
    else this.#reserveExactly(order);
    assert(message.remaining === order.remaining, "book and account disagree on what remains");
    report(order, { executionType: ExecutionType.trade, fill: message, fee: cost.fee }, context);
    if (!isDone) return;
    this.#answerWaiting(order, none, context);
    this.#orders.archive(order, context.timeUs);
  }

  /** The book has taken the order: told once, when it first speaks of it. */
  #accept(order: Order, context: ActorContext): void {
    if (!order.isPendingNew) return;
    order.advance(LifecycleEvent.accepted);
    report(order, { executionType: ExecutionType.new }, context);
  }

  /** Moves money and goods of one fill; the fee is paid in the quote asset. */
  #settle(order: Order, { notional, baseUnits, fee }: FillCost): void {
    const isBuy = order.side === Side.buy;
    const cost = isBuy ? add(notional, fee) : baseUnits;
    order.reserved = subtract(order.reserved, cost);
    assert(order.reserved >= 0, "a fill cost more than its order had reserved");
    const base = this.#baseBalance(order);
    const quote = this.#quoteBalance(order);
    (isBuy ? quote : base).spendReserved(cost);
    if (isBuy) base.credit(baseUnits);
    else quote.credit(subtract(notional, fee));
  }

  #removed(message: OrderRemoved, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    assert(message.canceled === order.remaining, "book and account disagree on what remains");
    order.updateId = message.updateId;
    this.#accept(order, context);
    order.advance(LifecycleEvent.removed);
    this.#close(order, message.reason);
    report(order, { executionType: ExecutionType.canceled }, context);
    if (message.reason === CloseReason.requested) {
      const { kind, waiters } = order.settleNext();
      assert(kind === "cancel", "the book answered out of turn");
      replyToAll(order, { waiters, rejectReason: none }, context);
    }
    this.#answerWaiting(order, none, context);
    this.#orders.archive(order, context.timeUs);
  }

  #refused(message: OrderRefused, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.advance(LifecycleEvent.refused);
    this.#close(order, CloseReason.none);
    order.refusedBecause = message.reason;
    report(order, { executionType: ExecutionType.rejected }, context);
    this.#answerWaiting(order, message.reason, context);
    this.#orders.archive(order, context.timeUs);
  }

  #replaced(message: OrderReplaced, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    const change = order.settleNext();
    assert(change.kind === "replace", "the book answered out of turn");
    assert(change.price === message.price);
    assert(change.quantity === message.quantity);
    order.price = message.price;
    order.quantity = message.quantity;
    order.updateId = message.updateId;
    order.remember(change, none);
    this.#settleRequests(order);
    report(order, { executionType: ExecutionType.replaced }, context);
    // Its fills follow, then "rested": only then does the client learn how it ended.
    order.waiting = [...order.waiting, ...change.waiters];
  }

  #changeRefused(message: ChangeRefused, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    const change = order.settleNext();
    order.updateId = Math.max(order.updateId, message.updateId);
    if (order.isWorking) this.#settleRequests(order);
    const rejectReason = order.isWorking ? message.reason : RejectReason["order-closed"];
    if (change.kind === "replace") order.remember(change, rejectReason);
    replyToAll(order, { waiters: change.waiters, rejectReason }, context);
    if (!order.isWorking) this.#orders.archive(order, context.timeUs);
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
    const isBuy = order.side === Side.buy;
    (isBuy ? this.#quoteBalance(order) : this.#baseBalance(order)).reserve(more);
    order.reserved = add(order.reserved, more);
  }

  #baseBalance(order: Order): Balance {
    return (this.#bases[order.instrumentNumber] ??= this.#balance(order.instrument.base));
  }

  #quoteBalance(order: Order): Balance {
    return (this.#quotes[order.instrumentNumber] ??= this.#balance(order.instrument.quote));
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
    order.narrowBounds();
    this.#reserveExactly(order);
  }

  #close(order: Order, reason: CloseReason): void {
    this.#reserve(order, subtract(0, order.reserved));
    order.closeReason = reason;
    this.#orders.close(order);
  }

  // ---- Answers -----------------------------------------------------------------------------

  /** Refuses the command under way and leaves the order as it is. */
  #refuse(order: Order, rejectReason: RejectReason, context: ActorContext): void {
    reply(order, { rejectReason, origin: context.origin, isDuplicate: false }, context);
  }

  #answerWaiting(order: Order, rejectReason: RejectReason, context: ActorContext): void {
    replyToAll(order, { waiters: order.takeWaiting(), rejectReason }, context);
  }

  /** The order of that name, unless it was refused before it was one. */
  #ordered({ orderId, clientOrderId }: OrderName): Order | undefined {
    const order = this.#orders.find(orderId, clientOrderId);
    return order?.orderId === 0 ? undefined : order;
  }

  #expect(orderId: OrderId): Order {
    const order = this.#orders.openWithId(orderId);
    assert(order !== undefined, "the book speaks of an order this account does not know");
    return order;
  }

  // ---- Questions ---------------------------------------------------------------------------

  order(orderId: OrderId, clientOrderId: ClientOrderId): OrderView | undefined {
    return this.#ordered({ orderId, clientOrderId })?.view();
  }

  /** Working orders with ids above `after`, oldest first. */
  openOrders(filter: { symbol: string; after: OrderId; limit: number }): readonly OrderView[] {
    const views: OrderView[] = [];
    for (const order of this.#orders.working()) {
      if (views.length >= filter.limit) break;
      if (order.orderId <= filter.after) continue;
      if (filter.symbol !== "" && order.instrument.symbol !== filter.symbol) continue;
      views.push(order.view());
    }
    return views;
  }

  /** In the order of asset codes. */
  balances(): readonly BalanceView[] {
    return [...this.#balances]
      .map(([asset, { available, reserved }]) => ({ asset, available, reserved }))
      .sort((a, b) => (a.asset < b.asset ? -1 : 1));
  }

  /** What working orders have reserved, by asset: the reserved part of each balance. */
  reservations(): ReadonlyMap<AssetId, Amount> {
    const sums = new Map<AssetId, Amount>();
    for (const { reservedAsset, reserved } of this.#orders.working()) {
      sums.set(reservedAsset, add(sums.get(reservedAsset) ?? 0, reserved));
    }
    return sums;
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): unknown {
    return [
      this.id,
      this.balances().map(({ asset, available, reserved }) => [asset, available, reserved]),
      this.#orders.snapshot(),
    ];
  }

  /** Its orders take rows among those given. */
  static restore(data: unknown, venue: Venue, rows = new OrderRows()): Account {
    const [id, balances, orders] = data as [
      AccountId,
      [AssetId, Amount, Amount][],
      SavedKnownOrders,
    ];
    const account = new Account(id, KnownOrders.restore(orders, { account: id, venue, rows }));
    for (const [asset, available, reserved] of balances) {
      account.#balances.set(asset, new Balance(available, reserved));
    }
    return account;
  }
}

type OrderName = Pick<CancelOrder, "orderId" | "clientOrderId">;

/** Whether the same placing could be taken at another time. */
function mayPass(reason: RejectReason): boolean {
  return (
    reason === RejectReason["venue-halted"] ||
    reason === RejectReason["open-orders-too-many"] ||
    reason === RejectReason["funds-insufficient"]
  );
}

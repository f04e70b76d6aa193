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
  anySide,
  assert,
  CancelFailure,
  CloseReason,
  ExecutionType,
  isClientOrderId,
  ListType,
  OrderType,
  plainInstructions,
  RejectReason,
  revisedBy,
  Side,
  subtract,
  TimeInForce,
  unreachable,
  unrevised,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  Amount,
  AssetId,
  BalanceView,
  BlockAccount,
  CancelAllOrders,
  CancelAndPlace,
  CancelOrder,
  ChangeRefused,
  ClientOrderId,
  CreditDeposit,
  InstrumentSymbol,
  InstrumentTerms,
  Lots,
  MassQuote,
  OrderCommand,
  OrderFilled,
  OrderId,
  OrderPrevented,
  OrderRefused,
  OrderRemoved,
  OrderReplaced,
  OrderRepriced,
  OrderRested,
  OrderTriggered,
  OrderView,
  Origin,
  ParticipantId,
  PlaceOrder,
  PlaceOrderList,
  Quote,
  ReplaceOrder,
  Ticks,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { Balance } from "./balance.ts";
import { KnownOrders } from "./known-orders.ts";
import type { SavedKnownOrders } from "./known-orders.ts";
import { whyNotPlace, whyNotReplace } from "./order-admission.ts";
import { reply, replyToAll, replyWithoutOrder, report } from "./order-answers.ts";
import { join } from "./order-change.ts";
import type { SettledReplace, Successor, Waiter } from "./order-change.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { OrderRows } from "./order-rows.ts";
import type { FillCost, Order, OrderTerms } from "./order.ts";
import { isSamePlacing, submittedPrice, whyNotList, withDefaults } from "./placing.ts";
import { needsOf, reservedAssetOf, unlimitedBudget } from "./reservation.ts";

const { none } = RejectReason;

export class Account implements Actor<OrderCommand | AccountMessage> {
  readonly id: AccountId;
  /** Whose account it is. */
  participant: ParticipantId;
  #isBlocked = false;
  readonly #balances = new Map<AssetId, Balance>();
  readonly #orders: KnownOrders;
  /** The orders that are quotes, by instrument; 0 for none on a side. */
  readonly #quotedOrders = new Map<InstrumentSymbol, { bid: OrderId; ask: OrderId }>();
  /** By an instrument's number in the orders' rows: holdings of its assets, once looked up. */
  readonly #bases: (Balance | undefined)[] = [];
  readonly #quotes: (Balance | undefined)[] = [];

  constructor(id: AccountId, orders = new KnownOrders(id)) {
    this.id = id;
    this.participant = id;
    this.#orders = orders;
  }

  receive(message: OrderCommand | AccountMessage, context: ActorContext): void {
    switch (message.kind) {
      case "place-order":
        this.#orders.forgetClosed(context.timeUs);
        this.#place(message, context.origin, context);
        return;
      case "place-order-list":
        this.#orders.forgetClosed(context.timeUs);
        this.#placeList(message, context);
        return;
      case "cancel-and-place":
        this.#orders.forgetClosed(context.timeUs);
        this.#cancelAndPlace(message, context);
        return;
      case "mass-quote":
        this.#orders.forgetClosed(context.timeUs);
        this.#quote(message, context);
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
      case "order-triggered":
        this.#triggered(message, context);
        return;
      case "order-repriced":
        this.#repriced(message, context);
        return;
      case "order-prevented":
        this.#prevented(message, context);
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
      case "block-account":
        this.#block(message, context);
        return;
      case "create-account":
        this.participant = message.participant === "" ? this.id : message.participant;
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      default:
        unreachable(message);
    }
  }

  // ---- Commands ----------------------------------------------------------------------------

  /** Places an order and owes `origin` the answer. */
  #place(placing: PlaceOrder, origin: Origin, context: ActorContext): void {
    const command = withDefaults(placing);
    const known = this.#orders.find(0, command.clientOrderId);
    if (known !== undefined) {
      this.#placeAgain(known, command, { origin, context });
      return;
    }
    const reason = this.#whyNotPlace(command, context);
    if (reason !== none) {
      this.#refusePlacing(command, reason, { origin, context });
      return;
    }
    const order = this.#admit(command, context);
    if (order === undefined) {
      this.#refusePlacing(command, RejectReason["funds-insufficient"], { origin, context });
      return;
    }
    order.addWaiter(origin);
  }

  #whyNotPlace(command: PlaceOrder, context: ActorContext): RejectReason {
    if (this.#isBlocked) return RejectReason["account-blocked"];
    return whyNotPlace(command, this.#orders, context);
  }

  /** Reserves for an order that is in order and sends it to its book; undefined without funds. */
  #admit(command: PlaceOrder, context: ActorContext): Order | undefined {
    const instrument = context.venue.instrument(command.symbol);
    assert(instrument !== undefined);
    const available = this.#available(reservedAssetOf(instrument, command.side));
    const needs = needsOf(command, instrument, available);
    if (needs === undefined || needs.reservation > available) return undefined;
    const named = { orderId: context.nextOrderId(), placedAtUs: context.timeUs };
    const { quantity, reservation, budget } = needs;
    const terms = { ...this.#termsOf(command, instrument, named), quantity };
    const order = this.#orders.open(terms);
    this.#reserve(order, reservation);
    this.#submit(order, budget, context);
    return order;
  }

  #submit(order: Order, budget: number, context: ActorContext): void {
    const { instructions } = order;
    context.send({
      kind: "submit-order",
      symbol: order.instrument.symbol,
      account: this.id,
      participant: this.participant,
      orderId: order.orderId,
      side: order.side,
      orderType: order.orderType,
      timeInForce: order.timeInForce,
      price: submittedPrice(order),
      quantity: order.quantity,
      budget,
      instructions,
      linkedOrderId: order.linkedOrderId,
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
      instructions: command.instructions,
    };
  }

  /**
   * Refuses an order for good: the same placing that comes later, by another way, must not succeed
   * because the reason has passed. What is wrong by itself is so every time.
   */
  #refusePlacing(
    command: PlaceOrder,
    reason: RejectReason,
    { origin, context }: { origin: Origin; context: ActorContext },
  ): void {
    const instrument = context.venue.instrument(command.symbol);
    if (mayPass(reason) && instrument !== undefined) {
      const named = { orderId: 0, placedAtUs: context.timeUs };
      const terms = this.#termsOf(command, instrument, named);
      this.#orders.addRefused(terms, reason, context.timeUs);
    }
    replyWithoutOrder(reason, context, origin);
  }

  /** The client order id is known: the same order once more, or another under its name. */
  #placeAgain(
    order: Order,
    command: PlaceOrder,
    { origin, context }: { origin: Origin; context: ActorContext },
  ): void {
    if (!isSamePlacing(order, command)) {
      replyWithoutOrder(RejectReason["client-order-id-reused"], context, origin);
    } else if (order.waiting.length > 0) {
      order.addWaiter(origin);
    } else {
      const rejectReason = order.refusedBecause;
      reply(order, { rejectReason, origin, isDuplicate: true }, context);
    }
  }

  /** Places orders that depend on one another; the answer is the first one's. */
  #placeList({ listType, orders }: PlaceOrderList, context: ActorContext): void {
    const { origin } = context;
    const [first, ...others] = orders.map(withDefaults);
    const reason = whyNotList(listType, orders.map(withDefaults));
    if (first === undefined || reason !== none) {
      replyWithoutOrder(reason, context);
      return;
    }
    const known = this.#orders.find(0, first.clientOrderId);
    if (known !== undefined) {
      this.#placeAgain(known, first, { origin, context });
      return;
    }
    const refusal = this.#whyNotOrders([first, ...others], context);
    if (refusal !== none) {
      this.#refusePlacing(first, refusal, { origin, context });
      return;
    }
    if (listType === ListType.OCO) {
      const order = this.#admitPair(first, others, context);
      if (order !== undefined) order.addWaiter(origin);
      else this.#refusePlacing(first, RejectReason["funds-insufficient"], { origin, context });
      return;
    }
    const working = this.#admit(first, context);
    if (working === undefined) {
      this.#refusePlacing(first, RejectReason["funds-insufficient"], { origin, context });
      return;
    }
    working.extend({ then: others });
    working.addWaiter(origin);
  }

  #whyNotOrders(orders: readonly PlaceOrder[], context: ActorContext): RejectReason {
    for (const command of orders) {
      if (this.#orders.find(0, command.clientOrderId) !== undefined) {
        return RejectReason["client-order-id-reused"];
      }
      const reason = this.#whyNotPlace(command, context);
      if (reason !== none) return reason;
    }
    return none;
  }

  /**
   * Places two orders of which only one may trade. What the dearer one needs is reserved once, by the
   * first; it goes over to the second when the first is out. Undefined without funds; otherwise the
   * first order.
   */
  #admitPair(
    first: PlaceOrder,
    [second]: readonly PlaceOrder[],
    context: ActorContext,
  ): Order | undefined {
    assert(second !== undefined);
    const instrument = context.venue.instrument(first.symbol);
    assert(instrument !== undefined);
    const available = this.#available(reservedAssetOf(instrument, first.side));
    const needs = [first, second].map((command) => needsOf(command, instrument, available));
    const [ofFirst, ofSecond] = needs;
    if (ofFirst === undefined || ofSecond === undefined) return undefined;
    const reservation =
      ofFirst.reservation > ofSecond.reservation ? ofFirst.reservation : ofSecond.reservation;
    if (reservation > available) return undefined;
    const placedAtUs = context.timeUs;
    const [firstId, secondId] = [context.nextOrderId(), context.nextOrderId()];
    const named = { orderId: secondId, placedAtUs };
    this.#orders.open(this.#termsOf(second, instrument, named)).extend({ linkedOrderId: firstId });
    const order = this.#orders.open(
      this.#termsOf(first, instrument, { orderId: firstId, placedAtUs }),
    );
    order.extend({ linkedOrderId: secondId });
    this.#reserve(order, reservation);
    this.#submit(order, unlimitedBudget, context);
    this.#submit(this.#expect(secondId), unlimitedBudget, context);
    return this.#expect(firstId);
  }

  /** Places what was to be placed once an order is filled. Nobody waits for an answer. */
  #placeThen(orders: readonly PlaceOrder[], context: ActorContext): void {
    const [first, ...others] = orders;
    if (first === undefined) return;
    const reason = this.#whyNotOrders(orders, context);
    const isPair = others.length > 0;
    const order =
      reason !== none
        ? undefined
        : isPair
          ? this.#admitPair(first, others, context)
          : this.#admit(first, context);
    if (order !== undefined) return;
    const because = reason === none ? RejectReason["funds-insufficient"] : reason;
    for (const command of orders) this.#refuseUnasked(command, because, context);
  }

  /** Refuses an order that was to follow another, and tells the participant. */
  #refuseUnasked(command: PlaceOrder, reason: RejectReason, context: ActorContext): void {
    const instrument = context.venue.instrument(command.symbol);
    if (instrument === undefined) return;
    if (this.#orders.find(0, command.clientOrderId) !== undefined) return;
    const named = { orderId: context.nextOrderId(), placedAtUs: context.timeUs };
    const order = this.#orders.open(this.#termsOf(command, instrument, named));
    order.advance(LifecycleEvent.refused);
    this.#close(order, CloseReason.none);
    order.refusedBecause = reason;
    report(order, { executionType: ExecutionType.rejected }, context);
    this.#orders.archive(order, context.timeUs);
  }

  /** Cancels an order; what follows happens when the book has answered. */
  #cancelAndPlace(command: CancelAndPlace, context: ActorContext): void {
    const { origin } = context;
    const known = this.#orders.find(0, command.order.clientOrderId);
    if (known !== undefined) {
      this.#placeAgain(known, withDefaults(command.order), { origin, context });
      return;
    }
    const order = this.#ordered(command);
    const { ifCancelFails } = command;
    if (order?.isWorking === true) {
      this.#requestCancel(
        order,
        { origin, then: { order: command.order, ifCancelFails } },
        context,
      );
      return;
    }
    if (ifCancelFails === CancelFailure.place) this.#place(command.order, origin, context);
    else if (order === undefined) replyWithoutOrder(RejectReason["order-unknown"], context);
    else this.#refuse(order, RejectReason["order-closed"], context);
  }

  /** Replaces the account's quotes: each side by a replace of the order that is there, if it is. */
  #quote({ quoteId, quotes }: MassQuote, context: ActorContext): void {
    let count = 0;
    let rejectReason: RejectReason = none;
    for (const [index, quote] of quotes.entries()) {
      const reason = this.#quoteOne(quote, { quoteId, number: index + 1 }, context);
      if (reason === none) count += 1;
      else if (rejectReason === none) rejectReason = reason;
    }
    const { origin } = context;
    context.emit({ kind: "command-replied", origin, rejectReason, detail: count });
  }

  /** Both sides of a quote or neither. */
  #quoteOne(
    quote: Quote,
    { quoteId, number }: { readonly quoteId: string; readonly number: number },
    context: ActorContext,
  ): RejectReason {
    const known = this.#quotedOrders.get(quote.symbol) ?? { bid: 0, ask: 0 };
    const sides: readonly QuotedSide[] = [
      {
        ...{ side: Side.buy, price: quote.bidPrice, quantity: quote.bidQuantity },
        ...{ orderId: known.bid, clientOrderId: `${quoteId}-b${String(number)}` },
      },
      {
        ...{ side: Side.sell, price: quote.askPrice, quantity: quote.askQuantity },
        ...{ orderId: known.ask, clientOrderId: `${quoteId}-a${String(number)}` },
      },
    ];
    for (const side of sides) {
      const reason = this.#whyNotQuote(quote.symbol, side, context);
      if (reason !== none) return reason;
    }
    const [bid = 0, ask = 0] = sides.map((side) => this.#setQuote(quote.symbol, side, context));
    this.#quotedOrders.set(quote.symbol, { bid, ask });
    return none;
  }

  #whyNotQuote(symbol: InstrumentSymbol, side: QuotedSide, context: ActorContext): RejectReason {
    if (side.quantity === 0) return none;
    const order = this.#quoteOrder(side);
    if (order === undefined) {
      const command = this.#quotePlacing(symbol, side);
      if (!isClientOrderId(command.clientOrderId)) return RejectReason["terms-inconsistent"];
      if (this.#orders.find(0, command.clientOrderId) !== undefined) {
        return RejectReason["client-order-id-reused"];
      }
      const reason = this.#whyNotPlace(command, context);
      if (reason !== none) return reason;
      const instrument = context.venue.instrument(symbol);
      assert(instrument !== undefined);
      const available = this.#available(reservedAssetOf(instrument, side.side));
      const needs = needsOf(command, instrument, available);
      const isPaid = needs !== undefined && needs.reservation <= available;
      return isPaid ? none : RejectReason["funds-insufficient"];
    }
    const command = this.#quoteReplacing(order, side);
    const reason = whyNotReplace(order, command, context);
    if (reason !== none) return reason;
    return this.#canPay(order, command) ? none : RejectReason["funds-insufficient"];
  }

  /** Makes one side of a quote what it is to be. Returns its order's id, 0 for none. */
  #setQuote(symbol: InstrumentSymbol, side: QuotedSide, context: ActorContext): OrderId {
    const order = this.#quoteOrder(side);
    if (side.quantity === 0) {
      if (order !== undefined) this.#requestCancel(order, {}, context);
      return 0;
    }
    if (order === undefined) {
      const placed = this.#admit(this.#quotePlacing(symbol, side), context);
      assert(placed !== undefined, "a quote that was checked could not be paid for");
      return placed.orderId;
    }
    const terms = this.#quoteReplacing(order, side);
    this.#requestReplace(order, terms, { origin: undefined, context });
    return order.orderId;
  }

  #quoteOrder({ orderId }: QuotedSide): Order | undefined {
    const order = orderId === 0 ? undefined : this.#orders.openWithId(orderId);
    return order?.isWorking === true ? order : undefined;
  }

  #quotePlacing(symbol: InstrumentSymbol, quoted: QuotedSide): PlaceOrder {
    const { side, price, quantity, clientOrderId } = quoted;
    return {
      ...{ kind: "place-order", account: this.id, clientOrderId, symbol, side, price, quantity },
      orderType: OrderType.limit,
      timeInForce: TimeInForce.GTC,
      instructions: plainInstructions,
    };
  }

  #quoteReplacing(order: Order, { price, quantity }: QuotedSide): ReplaceOrder {
    const { orderId } = order;
    return {
      ...{ kind: "replace-order", account: this.id, orderId, clientOrderId: "", price },
      ...{ quantity: order.executed + quantity, revision: 0, revised: unrevised },
    };
  }

  #cancel(command: CancelOrder, context: ActorContext): void {
    const order = this.#ordered(command);
    if (order === undefined) replyWithoutOrder(RejectReason["order-unknown"], context);
    else if (!order.isWorking) this.#refuse(order, RejectReason["order-closed"], context);
    else this.#requestCancel(order, { origin: context.origin }, context);
  }

  #cancelAll(command: CancelAllOrders, context: ActorContext): void {
    let count = 0;
    for (const order of this.#orders.working()) {
      if (!isMeantBy(command, order)) continue;
      this.#requestCancel(order, {}, context);
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
  #requestCancel(
    order: Order,
    { origin, then, reason = CloseReason.requested }: CancelRequest,
    context: ActorContext,
  ): void {
    const underWay = order.pending.find((change) => change.kind === "cancel");
    if (underWay !== undefined) {
      if (origin === undefined) return;
      if (then === undefined) join(underWay, origin);
      else this.#refuse(order, RejectReason["order-closed"], context);
      return;
    }
    order.advance(LifecycleEvent.cancelRequested);
    const waiters = origin === undefined ? [] : [{ origin, isDuplicate: false }];
    const terms = { revision: 0, price: 0, quantity: 0, revised: unrevised };
    order.begin({ kind: "cancel", ...terms, waiters, then });
    context.send({
      kind: "submit-cancel",
      symbol: order.instrument.symbol,
      account: this.id,
      orderId: order.orderId,
      reason,
    });
  }

  #replace(command: ReplaceOrder, context: ActorContext): void {
    const order = this.#ordered(command);
    if (order !== undefined && this.#replaceAgain(order, command, context)) return;
    const reason = this.#isBlocked
      ? RejectReason["account-blocked"]
      : whyNotReplace(order, command, context);
    if (order === undefined) {
      replyWithoutOrder(reason, context);
      return;
    }
    if (reason !== none) {
      this.#refuse(order, reason, context);
      return;
    }
    if (!this.#canPay(order, command)) {
      this.#refuse(order, RejectReason["funds-insufficient"], context);
      return;
    }
    this.#requestReplace(order, command, { origin: context.origin, context });
  }

  /** What more must be reserved if the order may have these terms, too. */
  #moreFor(order: Order, { price, quantity }: NewTerms): Amount {
    const boundPrice = Math.max(order.boundPrice, price);
    const boundQuantity = Math.max(order.boundQuantity, quantity);
    return subtract(order.requirement(boundPrice, boundQuantity), order.reserved);
  }

  #canPay(order: Order, terms: NewTerms): boolean {
    return this.#moreFor(order, terms) <= this.#available(order.reservedAsset);
  }

  /** Asks the book for new terms, which can be paid for. Without an origin nobody is to be told. */
  #requestReplace(
    order: Order,
    { price, quantity, revised }: NewTerms,
    { origin, context }: { readonly origin: Origin | undefined; readonly context: ActorContext },
  ): void {
    const more = this.#moreFor(order, { price, quantity, revised });
    const bounds = {
      price: Math.max(order.boundPrice, price),
      quantity: Math.max(order.boundQuantity, quantity),
    };
    this.#reserve(order, more);
    order.advance(LifecycleEvent.replaceRequested);
    const waiters = origin === undefined ? [] : [{ origin, isDuplicate: false }];
    const revision = order.revision + 1;
    const terms = { revision, price, quantity, revised };
    order.beginReplace({ kind: "replace", ...terms, waiters, then: undefined }, bounds);
    context.send({
      kind: "submit-replace",
      symbol: order.instrument.symbol,
      account: this.id,
      orderId: order.orderId,
      price,
      quantity,
      revised,
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
    const { then } = order;
    order.advance(isDone ? LifecycleEvent.filledWholly : LifecycleEvent.filledPartly);
    // Its book lets no other trade any more that it was linked to, if that has not come through yet.
    if (order.linkedOrderId !== 0) order.extend({ linkedOrderId: 0 });
    if (isDone) this.#close(order, CloseReason.none);
    else this.#reserveExactly(order);
    assert(message.remaining === order.remaining, "book and account disagree on what remains");
    report(order, { executionType: ExecutionType.trade, fill: message, fee: cost.fee }, context);
    if (!isDone) return;
    this.#answerWaiting(order, none, context);
    this.#orders.archive(order, context.timeUs);
    if (then.length > 0) this.#placeThen(then, context);
  }

  /** The order's trigger price was reached. */
  #triggered(message: OrderTriggered, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    order.advance(LifecycleEvent.triggered);
    report(order, { executionType: ExecutionType.triggered }, context);
  }

  /** The book gave the order another price than it came with: a better one for whoever pays. */
  #repriced(message: OrderRepriced, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    this.#accept(order, context);
    order.restate({ price: message.price, quantity: order.quantity });
    if (order.pending.length === 0) this.#reserveExactly(order);
    report(order, { executionType: ExecutionType.restated }, context);
  }

  /** Quantity was taken out of the order instead of a trade with one of its own group. */
  #prevented(message: OrderPrevented, context: ActorContext): void {
    const order = this.#expect(message.orderId);
    order.updateId = message.updateId;
    this.#accept(order, context);
    order.restate({ price: order.price, quantity: order.quantity - message.quantity });
    assert(message.remaining === order.remaining, "book and account disagree on what remains");
    const isDone = message.remaining === 0;
    if (isDone) {
      order.advance(LifecycleEvent.removed);
      this.#close(order, CloseReason["self-trade"]);
    } else {
      this.#reserveExactly(order);
    }
    const executionType = isDone ? ExecutionType.canceled : ExecutionType.restated;
    report(order, { executionType }, context);
    if (!isDone) return;
    this.#answerWaiting(order, none, context);
    this.#orders.archive(order, context.timeUs);
  }

  /** The book has taken the order: told once, when it first speaks of it. */
  #accept(order: Order, context: ActorContext): void {
    if (!order.isPendingNew) return;
    order.advance(order.isOfWaitingType ? LifecycleEvent.held : LifecycleEvent.accepted);
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
    const { orderId, reason } = message;
    this.#passReservation(orderId);
    const order = this.#expect(orderId);
    assert(message.canceled === order.remaining, "book and account disagree on what remains");
    order.updateId = message.updateId;
    this.#accept(order, context);
    const isExpired = isExpiry(reason);
    order.advance(isExpired ? LifecycleEvent.expired : LifecycleEvent.removed);
    this.#close(order, reason);
    const { expired, canceled } = ExecutionType;
    report(order, { executionType: isExpired ? expired : canceled }, context);
    const wasAsked = reason === CloseReason.requested || reason === CloseReason["account-blocked"];
    const change = wasAsked ? order.settleNext() : undefined;
    if (change !== undefined && change.then === undefined) {
      replyToAll(order, { waiters: change.waiters, rejectReason: none }, context);
    }
    this.#answerWaiting(order, none, context);
    this.#orders.archive(order, context.timeUs);
    if (change === undefined) return;
    assert(change.kind === "cancel", "the book answered out of turn");
    if (change.then !== undefined) this.#placeFor(change.waiters, change.then, context);
  }

  /** Places what was to take the place of a canceled order. */
  #placeFor(waiters: readonly Waiter[], { order }: Successor, context: ActorContext): void {
    for (const { origin } of waiters) this.#place(order, origin, context);
  }

  /**
   * Of two orders of which only one may trade, one is out: what it had reserved is the other's, as
   * far as that needs it.
   */
  #passReservation(orderId: OrderId): void {
    const removed = this.#expect(orderId);
    const { linkedOrderId, reserved } = removed;
    if (linkedOrderId === 0) return;
    removed.extend({ linkedOrderId: 0 });
    const isOtherOpen = this.#orders.openWithId(linkedOrderId)?.isWorking === true;
    if (!isOtherOpen) return;
    this.#expect(orderId).reserved = 0;
    const other = this.#expect(linkedOrderId);
    other.reserved = add(other.reserved, reserved);
    other.extend({ linkedOrderId: 0 });
    this.#reserveExactly(other);
  }

  #refused(message: OrderRefused, context: ActorContext): void {
    this.#passReservation(message.orderId);
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
    if (change.revised !== unrevised) {
      order.extend({ instructions: revisedBy(order.instructions, change.revised) });
    }
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
    const { then } = change;
    const isFollowed = then?.ifCancelFails === CancelFailure.place;
    if (!isFollowed) replyToAll(order, { waiters: change.waiters, rejectReason }, context);
    if (!order.isWorking) this.#orders.archive(order, context.timeUs);
    if (then !== undefined && isFollowed) this.#placeFor(change.waiters, then, context);
  }

  // ---- Governance --------------------------------------------------------------------------

  /** A blocked account's orders are canceled, and it may place none. */
  #block({ isBlocked, ticket }: BlockAccount, context: ActorContext): void {
    this.#isBlocked = isBlocked;
    if (isBlocked) {
      const reason = CloseReason["account-blocked"];
      for (const order of this.#orders.working()) this.#requestCancel(order, { reason }, context);
    }
    context.send({ kind: "ticket-served", ticket });
  }

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
    // What is reserved for two is needed by whichever remains.
    if (order.linkedOrderId !== 0) return;
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
      this.participant,
      this.#isBlocked,
      [...this.#quotedOrders].map(([symbol, { bid, ask }]) => [symbol, bid, ask]),
      this.balances().map(({ asset, available, reserved }) => [asset, available, reserved]),
      this.#orders.snapshot(),
    ];
  }

  /** Its orders take rows among those given. */
  static restore(data: unknown, venue: Venue, rows = new OrderRows()): Account {
    const [id, participant, isBlocked, quotes, balances, orders] = data as [
      AccountId,
      ParticipantId,
      boolean,
      [InstrumentSymbol, OrderId, OrderId][],
      [AssetId, Amount, Amount][],
      SavedKnownOrders,
    ];
    const account = new Account(id, KnownOrders.restore(orders, { account: id, venue, rows }));
    account.participant = participant;
    account.#isBlocked = isBlocked;
    for (const [symbol, bid, ask] of quotes) account.#quotedOrders.set(symbol, { bid, ask });
    for (const [asset, available, reserved] of balances) {
      account.#balances.set(asset, new Balance(available, reserved));
    }
    return account;
  }
}

type OrderName = Pick<CancelOrder, "orderId" | "clientOrderId">;
/** Who wants a cancel, what then, and what the order is told to have ended by. */
interface CancelRequest {
  readonly origin?: Origin;
  readonly then?: Successor;
  readonly reason?: CloseReason;
}
type NewTerms = Pick<ReplaceOrder, "price" | "quantity" | "revised">;

/** One side of a quote, and the order that stands for it now; 0 for none. */
interface QuotedSide {
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
}

/** Whether the same placing could be taken at another time. */
function mayPass(reason: RejectReason): boolean {
  return (
    reason === RejectReason["account-blocked"] ||
    reason === RejectReason["venue-halted"] ||
    reason === RejectReason["open-orders-too-many"] ||
    reason === RejectReason["funds-insufficient"]
  );
}

/** Whether an order ended because its time was over. */
function isExpiry(reason: CloseReason): boolean {
  return (
    reason === CloseReason["day-ended"] ||
    reason === CloseReason["time-reached"] ||
    reason === CloseReason["auction-ended"]
  );
}

/** Whether an order is among those that are to be canceled together. */
function isMeantBy({ symbol, side, priceMin, priceMax }: CancelAllOrders, order: Order): boolean {
  if (symbol !== "" && order.instrument.symbol !== symbol) return false;
  if (side !== anySide && order.side !== side) return false;
  return order.price >= priceMin && order.price <= priceMax;
}

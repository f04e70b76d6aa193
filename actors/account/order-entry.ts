/**
 * Order entry: what comes of one placing. Refuses it, or reserves for it and sends it to its book.
 *
 * Each placing is answered once; the same one that comes again is told what became of the first.
 */
import { assert, isForRisk, OrderType, RejectReason } from "../../protocols/index.ts";
import type { InstrumentTerms, Origin, PlaceOrder, Side, Ticks } from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { nothingAhead } from "../risk/limit-checks.ts";
import type { OrdersAhead } from "../risk/limit-checks.ts";
import type { AccountState } from "./account-state.ts";
import { whyNotPlace } from "./order-admission.ts";
import { reply, replyWithoutOrder } from "./order-answers.ts";
import type { Order } from "./order.ts";
import { isSamePlacing, submittedPrice, termsOf, withDefaults } from "./placing.ts";
import { protectedPrice } from "./price-protection.ts";
import { reservedAssetOf } from "./reservation.ts";

/** Who is owed the answer to a placing, while it is decided. */
interface Asked {
  readonly origin: Origin;
  readonly context: ActorContext;
}

export class OrderEntry {
  readonly #state: AccountState;

  constructor(state: AccountState) {
    this.#state = state;
  }

  /** Places an order and owes `origin` the answer. */
  place(placing: PlaceOrder, origin: Origin, context: ActorContext): void {
    const command = withDefaults(placing, context.venue);
    const known = this.#state.orders.find(0, command.clientOrderId);
    if (known !== undefined) {
      this.placeAgain(known, command, { origin, context });
      return;
    }
    const reason = this.whyNotPlace(command, context);
    if (reason !== RejectReason.none) {
      this.refuse(command, reason, { origin, context });
      return;
    }
    const order = this.admit(command, context);
    if (order === undefined) {
      this.refuse(command, RejectReason["funds-insufficient"], { origin, context });
      return;
    }
    order.addWaiter(origin);
  }

  /** The client order id is known: the same order once more, or another under its name. */
  placeAgain(order: Order, command: PlaceOrder, { origin, context }: Asked): void {
    if (!isSamePlacing(order, command)) {
      replyWithoutOrder(RejectReason["client-order-id-reused"], context, { origin });
    } else if (order.waiting.length > 0) {
      order.addWaiter(origin);
    } else {
      const rejectReason = order.refusedBecause;
      reply(order, { rejectReason, origin, isDuplicate: true }, context);
    }
  }

  /**
   * Funds apart, which are looked at when they are reserved. `ahead`: what is to be done together
   * with it, before it.
   */
  whyNotPlace(command: PlaceOrder, context: ActorContext, ahead = nothingAhead): RejectReason {
    if (this.#state.isBlocked) return RejectReason["account-blocked"];
    const reason = whyNotPlace(command, this.#state.orders, context);
    if (reason !== RejectReason.none) return reason;
    if (this.#isCrowdedOut(command, context)) return RejectReason["fee-combinations-too-many"];
    if (command.instructions.isUncovered) {
      const whyNot = this.#whyNotUncovered(command, context);
      if (whyNot !== RejectReason.none) return whyNot;
    }
    if (context.venue.risk !== undefined) {
      const breach = this.#whyNotRisked(command, context, ahead);
      if (breach !== RejectReason.none) return breach;
    }
    const instrument = context.venue.instrument(command.symbol);
    if (instrument?.contract === undefined) {
      // Of goods nobody has a position that an order could close.
      const isReduceOnly = command.instructions.isReduceOnly;
      return isReduceOnly ? RejectReason["reduce-only-would-open"] : RejectReason.none;
    }
    const whyNot = this.#whyNotMargin(command, instrument, context);
    // What there is to close is known once the order is filled that this one follows.
    const isEarly = ahead.isFollower === true && whyNot === RejectReason["reduce-only-would-open"];
    return isEarly ? RejectReason.none : whyNot;
  }

  /** By those orders of the shard that are under so many other fees. */
  #isCrowdedOut({ symbol }: PlaceOrder, context: ActorContext): boolean {
    if (!this.#state.orders.isCrowded) return false;
    const instrument = this.#state.instrument(symbol, context);
    assert(instrument !== undefined);
    return !this.#state.orders.hasRoomFor(instrument);
  }

  /** Margin comes last: it needs most looking. */
  #whyNotMargin(
    command: PlaceOrder,
    instrument: InstrumentTerms,
    { venue }: ActorContext,
  ): RejectReason {
    const { margin } = this.#state;
    assert(isContract(instrument));
    if (margin === undefined) return RejectReason["margin-account-required"];
    return margin.whyNotPlace(command, instrument, venue);
  }

  /** Only what has a price and is settled later, and as much as may be owed. */
  #whyNotUncovered(command: PlaceOrder, context: ActorContext): RejectReason {
    const { holdings } = this.#state;
    const { symbol, side, orderType } = command;
    const cycle = context.venue.settlementCycleOf(symbol);
    const isDeferred = cycle !== undefined && cycle.days > 0;
    const instrument = this.#state.instrument(symbol, context);
    assert(instrument !== undefined);
    const { limit } = holdings.deliveries.of(reservedAssetOf(instrument, side));
    if (!isDeferred || orderType !== OrderType.limit || limit === 0) {
      return RejectReason["uncovered-not-permitted"];
    }
    const isWithin = holdings.needsOf(command, instrument, context) !== undefined;
    return isWithin ? RejectReason.none : RejectReason["uncovered-limit-exceeded"];
  }

  /** Limits come after funds; of what is placed behind others nobody knows what it will need. */
  #whyNotRisked(command: PlaceOrder, context: ActorContext, ahead: OrdersAhead): RejectReason {
    const { holdings, risk } = this.#state;
    const instrument = this.#state.instrument(command.symbol, context);
    assert(instrument !== undefined);
    if (ahead === nothingAhead && holdings.needsOf(command, instrument, context) === undefined) {
      return RejectReason["funds-insufficient"];
    }
    return risk.whyNotPlace(command, instrument, { ahead, context });
  }

  /** Reserves for an order that is in order and sends it to its book; undefined without funds. */
  admit(command: PlaceOrder, context: ActorContext): Order | undefined {
    const { holdings, risk } = this.#state;
    const instrument = this.#state.instrument(command.symbol, context);
    assert(instrument !== undefined);
    const needs = holdings.needsOf(command, instrument, context);
    if (needs === undefined) return undefined;
    const named = { orderId: context.nextOrderId(), placedAtUs: context.timeUs };
    const { quantity, reservation, budget } = needs;
    const order = this.#state.open({ ...termsOf(command, instrument, named), quantity });
    this.#cap(order);
    holdings.reserve(order, reservation);
    if (context.venue.risk !== undefined) risk.placed(command, instrument, context);
    this.submit(order, budget, context);
    return order;
  }

  /** One that only reduces is for no more than there is to close. */
  #cap(order: Order): void {
    const { margin } = this.#state;
    if (!order.isReduceOnly || margin === undefined) return;
    const { side, price, quantity, orderId } = order;
    const room = margin.roomToReduce(side, order.instrument.symbol, orderId);
    if (room < quantity) order.restate({ price, quantity: room });
  }

  /** Sends an order to its book. */
  submit(order: Order, budget: number, context: ActorContext): void {
    const { instrument } = order;
    let { orderType } = order;
    let price = submittedPrice(order);
    if (orderType === OrderType.market && isContract(instrument)) {
      orderType = OrderType.limit;
      price = priceOfMarketOrder(order.side, instrument, context.venue);
    }
    context.send({
      kind: "submit-order",
      symbol: order.instrument.symbol,
      account: this.#state.id,
      participant: this.#state.participant,
      orderId: order.orderId,
      side: order.side,
      orderType,
      timeInForce: order.timeInForce,
      price,
      quantity: order.quantity,
      budget,
      instructions: order.instructions,
      linkedOrderId: order.linkedOrderId,
    });
  }

  /**
   * Refuses an order for good: the same placing that comes later, by another way, must not succeed
   * because the reason has passed. What is wrong by itself is so every time.
   */
  refuse(command: PlaceOrder, reason: RejectReason, { origin, context }: Asked): void {
    const instrument = context.venue.instrument(command.symbol);
    if (mayPass(reason) && instrument !== undefined) {
      const named = { orderId: 0, placedAtUs: context.timeUs };
      const terms = termsOf(command, instrument, named);
      this.#state.orders.addRefused(terms, reason, context.timeUs);
    }
    replyWithoutOrder(reason, context, { origin, figures: this.#state.risk.figuresOf(reason) });
  }
}

/** In a contract it goes no further than margin was looked at for: it is a limit to the book. */
function priceOfMarketOrder(
  side: Side,
  { symbol, contract }: ContractInstrument,
  venue: Venue,
): Ticks {
  const { markPrice = 0 } = venue.contractOf(symbol) ?? {};
  assert(markPrice > 0, "an order is sent to a contract without a mark");
  return protectedPrice(side, contract, markPrice);
}

/** Whether the same placing could be taken at another time. */
function mayPass(reason: RejectReason): boolean {
  return (
    reason === RejectReason["account-blocked"] ||
    reason === RejectReason["venue-halted"] ||
    reason === RejectReason["open-orders-too-many"] ||
    reason === RejectReason["funds-insufficient"] ||
    reason === RejectReason["margin-account-required"] ||
    reason === RejectReason["margin-insufficient"] ||
    reason === RejectReason["position-too-large"] ||
    reason === RejectReason["being-liquidated"] ||
    reason === RejectReason["reduce-only-would-open"] ||
    reason === RejectReason["mark-price-missing"] ||
    reason === RejectReason["uncovered-not-permitted"] ||
    reason === RejectReason["uncovered-limit-exceeded"] ||
    isForRisk(reason)
  );
}

/**
 * Gives orders new terms: those that rest in the order book, where they may trade or lose their
 * place by it, and those that wait outside of it.
 */
import {
  assert,
  isWaitingType,
  OrderType,
  PostOnly,
  RejectReason,
  revisedBy,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  Lots,
  OrderInstructions,
  RevisedInstructions,
  Side,
  SubmitReplace,
  Ticks,
} from "../../protocols/index.ts";
import { isCallPhase } from "../market/phase-admission.ts";
import { plainOrder } from "../order-book/book-terms.ts";
import type { RestingOrder } from "../order-book/book-terms.ts";
import { isPegged, Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import { pegPrice } from "./peg-price.ts";
import type { Placements, Stopped } from "./placements.ts";
import type { PriceWatch } from "./price-watch.ts";

const { none } = RejectReason;

/** Where an order stands that is to be replaced. */
interface Standing {
  readonly side: Side;
  readonly limit: Ticks;
  readonly remaining: Lots;
  /** In the order book. */
  readonly isResting: boolean;
}

export class Replacements {
  readonly #desk: MatchingDesk;
  readonly #placements: Placements;
  readonly #watch: PriceWatch;

  constructor(desk: MatchingDesk, placements: Placements, watch: PriceWatch) {
    this.#desk = desk;
    this.#placements = placements;
    this.#watch = watch;
  }

  replace(message: SubmitReplace): void {
    const { kept, reports } = this.#desk;
    const order = kept.find(message.account, message.orderId);
    const reason = this.#whyNot(message, order);
    const outside = whereOutside(order);
    if (reason !== none) reports.changeRefused(message, reason);
    else if (outside !== undefined) this.#replaceOutside(outside, message);
    else this.#replaceResting(message, order);
  }

  // ---- Why not -------------------------------------------------------------------------------

  #whyNot(message: SubmitReplace, kept: BookOrder | undefined): RejectReason {
    const { market, context } = this.#desk.turn;
    const { orderId, quantity, price, revised } = message;
    if (context.venue.isHalted) return RejectReason["venue-halted"];
    const now = this.#standing(message, kept);
    if (now === undefined) return RejectReason["order-unknown"];
    const keepsTrigger = keeps(kept, revised, trigger);
    if (kept?.stage === Stage.reached && !keepsTrigger) return RejectReason["terms-inconsistent"];
    const newRemaining = quantity - this.#desk.executedOf(orderId);
    if (newRemaining <= 0) return RejectReason["quantity-below-executed"];
    if (market.phase === "halted") return RejectReason["instrument-halted"];
    const isReduction =
      newRemaining <= now.remaining &&
      price === now.limit &&
      keeps(kept, revised, shape) &&
      (now.isResting || keepsTrigger);
    // Outside of the order book there is no place in a queue to keep.
    const keepsPriority = isReduction && now.isResting;
    if (revised.mustKeepPriority && !keepsPriority) return RejectReason["priority-would-be-lost"];
    const isFree = market.phase === "continuous" || isCallPhase(market.phase);
    if (!isFree && !(isReduction && market.phase !== "closed")) {
      return RejectReason["phase-forbids"];
    }
    return this.#whyNotSo(message, now, kept);
  }

  /** Where the order stands; undefined where the account has none of that id. */
  #standing(
    { account, orderId }: SubmitReplace,
    kept: BookOrder | undefined,
  ): Standing | undefined {
    const outside = whereOutside(kept);
    if (outside !== undefined) {
      const { side, price: limit, quantity } = outside;
      const remaining = quantity - this.#desk.executedOf(orderId);
      return { side, limit, remaining, isResting: false };
    }
    const resting = this.#desk.restingOf(account, orderId);
    if (resting === undefined) return undefined;
    const { side, remaining } = resting;
    return { side, limit: kept?.price ?? resting.price, remaining, isResting: true };
  }

  /** What keeps it from such a price and quantity. */
  #whyNotSo(
    { orderId, price, quantity }: SubmitReplace,
    { side, remaining, isResting }: Standing,
    kept: BookOrder | undefined,
  ): RejectReason {
    const desk = this.#desk;
    const { market } = desk.turn;
    const postOnly = kept?.instructions.postOnly ?? PostOnly.none;
    if (isResting && postOnly !== PostOnly.none && market.phase === "continuous") {
      const passive = desk.orders.passivePrice({ side, price, postOnly });
      if (passive === undefined) return RejectReason["post-only-would-take"];
    }
    // Who waits is held against the collar when that is over.
    const waits = !isResting && kept !== undefined && isWaitingType(kept.orderType);
    if (price !== 0 && !waits && !market.isWithinCollar(price)) {
      return RejectReason["price-beyond-collar"];
    }
    const newRemaining = quantity - desk.executedOf(orderId);
    const hasRoom =
      kept?.timeInForce === TimeInForce.IOC ||
      desk.hasRoomFor(newRemaining, isResting ? remaining : 0);
    return hasRoom ? none : RejectReason["book-full"];
  }

  // ---- In the order book ---------------------------------------------------------------------

  #replaceResting(message: SubmitReplace, kept: BookOrder | undefined): void {
    const desk = this.#desk;
    const { incoming, reports } = desk;
    const { market } = desk.turn;
    const resting = desk.restingOf(message.account, message.orderId);
    assert(resting !== undefined);
    const { side, price: restingPrice } = resting;
    const isSameShape = keeps(kept, message.revised, shape);
    if (kept === undefined) this.#fillInPlain(message, resting);
    else this.#fillInRevised(message, kept, restingPrice);
    incoming.isImmediate = incoming.isMarket = incoming.isFillOrKill = false;
    incoming.bound = market.boundFor(side);
    const isInPlace = incoming.price === restingPrice && isSameShape;
    const gathers = isCallPhase(market.phase) && !isInPlace;
    const leftOver = gathers ? desk.gatherAgain() : desk.replace();
    this.#placements.tellMarket();
    // The new terms are told before the fills that were made under them.
    reports.replaced(message);
    reports.tell();
    if (leftOver > 0)
      this.#placements.endRest(kept ?? plainlyResting(message, side), leftOver, true);
    else if (kept !== undefined) this.#placements.tellAtRest(kept);
    else if (desk.incomingResting > 0) reports.rested(message);
  }

  #fillInPlain({ orderId, price, quantity }: SubmitReplace, resting: Readonly<RestingOrder>): void {
    const { incoming } = this.#desk;
    const { owner, group, side } = resting;
    Object.assign(incoming, plainOrder(), { orderId, owner, group, side, price });
    incoming.quantity = quantity - this.#desk.executedOf(orderId);
  }

  #fillInRevised(message: SubmitReplace, order: BookOrder, restingPrice: Ticks): void {
    const desk = this.#desk;
    const { orderId, price, quantity, revised } = message;
    order.price = price;
    order.quantity = quantity;
    order.instructions = revisedBy(order.instructions, revised);
    this.#placements.fillIn(order, quantity - desk.executedOf(orderId));
    if (!isPegged(order)) return;
    const { tickSizes } = desk.turn.market.terms;
    desk.incoming.price = pegPrice(order, desk.bestPrices, tickSizes) ?? restingPrice;
  }

  // ---- Outside of it -------------------------------------------------------------------------

  #replaceOutside(order: BookOrder, message: SubmitReplace): void {
    const { reports } = this.#desk;
    const { triggerPrice } = order.instructions;
    order.price = message.price;
    order.quantity = message.quantity;
    order.instructions = revisedBy(order.instructions, message.revised);
    reports.replaced(message);
    if (order.stage !== Stage.waiting || order.instructions.triggerPrice === triggerPrice) {
      reports.rested(order);
      return;
    }
    order.triggerPrice = order.instructions.triggerPrice;
    this.#watch.wait(order);
  }
}

/** The order if it stands outside of the order book. */
function whereOutside(kept: BookOrder | undefined): BookOrder | undefined {
  return kept?.stage === Stage.resting ? undefined : kept;
}

/** What a plain order is once it rests. */
function plainlyResting({ orderId, account }: SubmitReplace, side: Side): Stopped {
  const [orderType, timeInForce] = [OrderType.limit, TimeInForce.GTC];
  return { orderId, account, side, orderType, timeInForce, linkedOrderId: 0 };
}

/** What an order keeps its place by, besides its price, */
const shape = ["displayQuantity", "minimumQuantity", "pegOffset"] as const;
/** and what it waits for. */
const trigger = ["triggerPrice", "trailTicks", "trailBasisPoints"] as const;

/** Whether an order that is revised has these terms as it had; a plain one has none to revise. */
function keeps(
  order: BookOrder | undefined,
  revised: RevisedInstructions,
  terms: readonly (keyof OrderInstructions & keyof RevisedInstructions)[],
): boolean {
  if (order === undefined) return true;
  const { instructions } = order;
  const now = revisedBy(instructions, revised);
  return terms.every((term) => now[term] === instructions[term]);
}

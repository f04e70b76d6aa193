/**
 * How the reference book gives orders new terms.
 *
 * Written from docs/protocols/order-handling.md: "Replaces".
 */
import { PostOnly, RejectReason, revisedBy, TimeInForce } from "../../../protocols/index.ts";
import type { SubmitReplace } from "../../../protocols/index.ts";
import { isCallPhase } from "../../market/phase-admission.ts";
import type { IncomingOrder } from "../../order-book/book-terms.ts";
import type { ReferenceDesk } from "./desk.reference.ts";
import type { ReferenceOrder } from "./order.reference.ts";
import type { ReferencePegs } from "./pegs.reference.ts";
import { matchedAt } from "./placing.reference.ts";
import type { ReferencePlacing } from "./placing.reference.ts";
import type { ReferenceWaiting } from "./waiting.reference.ts";

/** What the reference book is made of. */
export interface ReferenceParts {
  readonly desk: ReferenceDesk;
  readonly placing: ReferencePlacing;
  readonly pegs: ReferencePegs;
  readonly waiting: ReferenceWaiting;
}

export class ReferenceReplaces {
  readonly #parts: ReferenceParts;

  constructor(parts: ReferenceParts) {
    this.#parts = parts;
  }

  replace(message: SubmitReplace): void {
    const { desk } = this.#parts;
    const found = desk.find(message.orderId);
    const order = found?.submitted.account === message.account ? found : undefined;
    const reason = this.#whyNot(order, message);
    if (reason !== undefined || order === undefined) {
      this.#refuse(message, reason ?? "order-unknown");
    } else if (order.stage === "resting") this.#replaceResting(order, message);
    else this.#replaceOutside(order, message);
  }

  #refuse({ account, orderId }: SubmitReplace, name: keyof typeof RejectReason): void {
    const { context, updateId } = this.#parts.desk;
    const reason = RejectReason[name];
    context.send({ kind: "change-refused", account, orderId, reason, updateId });
  }

  // ---- Which are refused ---------------------------------------------------------------------

  #whyNot(
    order: ReferenceOrder | undefined,
    message: SubmitReplace,
  ): keyof typeof RejectReason | undefined {
    const { desk, waiting } = this.#parts;
    const { market, orderBook } = desk;
    const { phase } = market;
    if (desk.context.venue.isHalted) return "venue-halted";
    if (order === undefined) return "order-unknown";
    const { quantity, price, revised } = message;
    const { side, instructions } = order;
    if (waiting.isInQueue(order) && isTriggerChanged(order, message)) return "terms-inconsistent";
    if (quantity <= order.executed) return "quantity-below-executed";
    if (phase === "halted") return "instrument-halted";
    const doesRest = order.stage === "resting";
    const isReduction = this.#isReduction(order, message);
    if (revised.mustKeepPriority && (!doesRest || !isReduction)) return "priority-would-be-lost";
    if (phase === "closed") return "phase-forbids";
    if (phase !== "continuous" && !isCallPhase(phase) && !isReduction) return "phase-forbids";
    const { postOnly } = instructions;
    const isLeftOut = orderBook.passivePrice({ side, price, postOnly }) === undefined;
    if (postOnly !== PostOnly.none && phase === "continuous" && isLeftOut) {
      return "post-only-would-take";
    }
    const isHeldAgainstCollar = price !== 0 && order.stage !== "waiting";
    if (isHeldAgainstCollar && !market.isWithinCollar(price)) return "price-beyond-collar";
    const more = quantity - order.executed - (doesRest ? order.remaining : 0);
    const isFleeting = order.timeInForce === TimeInForce.IOC;
    return isFleeting || desk.hasRoomFor(more) ? undefined : "book-full";
  }

  #isReduction(order: ReferenceOrder, message: SubmitReplace): boolean {
    const { instructions } = order;
    const revised = revisedBy(instructions, message.revised);
    return (
      message.quantity - order.executed <= order.remaining &&
      message.price === order.price &&
      revised.displayQuantity === instructions.displayQuantity &&
      revised.minimumQuantity === instructions.minimumQuantity &&
      revised.pegOffset === instructions.pegOffset &&
      (order.stage === "resting" || !isTriggerChanged(order, message))
    );
  }

  // ---- Of a waiting or parked order ----------------------------------------------------------

  #replaceOutside(order: ReferenceOrder, message: SubmitReplace): void {
    const { desk, waiting } = this.#parts;
    const { triggerPrice: askedBefore } = order.instructions;
    this.#renew(order, message);
    const { price, quantity } = message;
    desk.send(order, { kind: "order-replaced", price, quantity });
    const { triggerPrice } = order.instructions;
    if (order.stage === "waiting" && triggerPrice !== askedBefore) {
      order.triggerPrice = triggerPrice;
      waiting.begin(order);
    } else desk.send(order, { kind: "order-rested" });
  }

  #renew(order: ReferenceOrder, { price, quantity, revised }: SubmitReplace): void {
    order.price = price;
    order.quantity = quantity;
    order.instructions = revisedBy(order.instructions, revised);
  }

  // ---- Of a resting order --------------------------------------------------------------------

  #replaceResting(order: ReferenceOrder, message: SubmitReplace): void {
    const { desk, placing } = this.#parts;
    const { price, quantity } = message;
    const stood = placing.restingOf(order);
    this.#renew(order, message);
    const incoming: IncomingOrder = {
      ...placing.incoming(order, desk.market.boundFor(order.side)),
      ...{ isMarket: false, isImmediate: false, isFillOrKill: false },
    };
    if (order.isPegged) incoming.price = this.#parts.pegs.priceOf(order) ?? stood.price;
    const isGatheredAnew =
      isCallPhase(desk.market.phase) &&
      (incoming.price !== stood.price ||
        incoming.display !== stood.display ||
        incoming.minimum !== stood.minimum);
    const { leftOver, hasTraded, kept } = matchedAt(desk, () => {
      if (isGatheredAnew) {
        desk.orderBook.cancel(order.orderId);
        desk.orderBook.collect(incoming);
        return 0;
      }
      desk.orderBook.replace(incoming);
      return desk.orderBook.leftOver;
    });
    if (hasTraded) placing.tellMarket();
    desk.send(order, { kind: "order-replaced", price, quantity });
    desk.sendKept(kept);
    if (desk.orderBook.has(order.orderId)) placing.tellRests(order);
    if (leftOver > 0) {
      placing.endOrGather(order, { price: incoming.price, isCollarTighter: false });
    }
  }
}

/** Whether the trigger price or the trail that the order asks for would be another. */
function isTriggerChanged({ instructions }: ReferenceOrder, { revised }: SubmitReplace): boolean {
  const after = revisedBy(instructions, revised);
  return (
    after.triggerPrice !== instructions.triggerPrice ||
    after.trailTicks !== instructions.trailTicks ||
    after.trailBasisPoints !== instructions.trailBasisPoints
  );
}

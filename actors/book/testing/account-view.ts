/**
 * What accounts know of their orders from what the book tells them: enough to ask for changes that
 * an account would ask for.
 */
import {
  asItIs,
  hasLimit,
  isWaitingType,
  OrderType,
  revisedBy,
  Side,
  unrevised,
} from "../../../protocols/index.ts";
import type {
  ActorMessage,
  OrderId,
  OrderInstructions,
  RevisedInstructions,
  SubmitOrder,
  SubmitReplace,
} from "../../../protocols/index.ts";
import type { NewTerms, OneOrder } from "./book-command.ts";

export interface KnownOrder {
  readonly submitted: SubmitOrder;
  price: number;
  quantity: number;
  executed: number;
  instructions: OrderInstructions;
  isWaiting: boolean;
}

/** Cancels and replaces sometimes come too late. */
const overMax = 5;

export class AccountView {
  readonly #working = new Map<OrderId, KnownOrder>();
  /** The last ones that are over. */
  readonly #over: KnownOrder[] = [];
  readonly #asked = new Map<OrderId, SubmitReplace>();

  submitted(order: SubmitOrder): void {
    const { price, quantity, instructions } = order;
    const isWaiting = isWaitingType(order.orderType);
    const known = { submitted: order, price, quantity, instructions, isWaiting, executed: 0 };
    this.#working.set(order.orderId, known);
  }

  get(orderId: OrderId): KnownOrder | undefined {
    return this.#working.get(orderId) ?? this.#over.find((o) => o.submitted.orderId === orderId);
  }

  /** One of those that work, or now and then one that is over. */
  one(of: OneOrder): KnownOrder | undefined {
    if ("orderId" in of) return this.get(of.orderId);
    const number = of.pick;
    const working = [...this.#working.values()];
    const among = number % 16 === 0 ? this.#over : working;
    return among[Math.floor(number / 16) % Math.max(among.length, 1)];
  }

  hear(message: ActorMessage): void {
    if (!("orderId" in message)) return;
    const known = this.get(message.orderId);
    if (known === undefined) return;
    switch (message.kind) {
      case "order-filled":
        known.executed += message.quantity;
        if (message.remaining === 0) this.#end(known);
        break;
      case "order-prevented":
        known.quantity -= message.quantity;
        if (message.remaining === 0) this.#end(known);
        break;
      case "order-triggered":
        known.isWaiting = false;
        break;
      case "order-repriced":
        known.price = message.price;
        break;
      case "order-replaced": {
        const asked = this.#asked.get(message.orderId);
        known.price = message.price;
        known.quantity = message.quantity;
        known.instructions = revisedBy(known.instructions, asked?.revised ?? unrevised);
        break;
      }
      case "order-removed":
      case "order-refused":
        this.#end(known);
        break;
      default:
    }
  }

  #end(known: KnownOrder): void {
    this.#working.delete(known.submitted.orderId);
    this.#over.push(known);
    if (this.#over.length > overMax) this.#over.shift();
  }

  /** The replace that an account would send; undefined if it would not. */
  replaceOf(known: KnownOrder, terms: NewTerms): SubmitReplace | undefined {
    const { submitted, instructions } = known;
    const { orderType, account, orderId, symbol } = submitted;
    if (orderType === OrderType.market || submitted.linkedOrderId !== 0) return undefined;
    const quantity = Math.max(known.quantity + terms.more, 1);
    const revised = revisedFor(known, terms);
    const after = revisedBy(instructions, revised);
    if (after.displayQuantity > quantity || after.minimumQuantity > quantity) return undefined;
    const price = hasLimit(orderType) ? (terms.price ?? known.price) : 0;
    const message: SubmitReplace = {
      ...{ kind: "submit-replace", symbol, account, orderId, price, quantity, revised },
    };
    this.#asked.set(orderId, message);
    return message;
  }
}

function revisedFor(known: KnownOrder, terms: NewTerms): RevisedInstructions {
  const { submitted, instructions, isWaiting } = known;
  const isPaidByTrigger = !hasLimit(submitted.orderType) && submitted.side === Side.buy;
  const only = (isAllowed: boolean, value: number | undefined): number =>
    isAllowed ? (value ?? asItIs) : asItIs;
  const { trailTicks, trailBasisPoints } = instructions;
  return {
    triggerPrice: only(isWaiting && !isPaidByTrigger, terms.triggerPrice),
    trailTicks: only(trailTicks !== 0, terms.trail),
    trailBasisPoints: only(trailBasisPoints !== 0, terms.trail),
    displayQuantity: only(instructions.displayQuantity !== 0, terms.displayQuantity),
    minimumQuantity: only(instructions.minimumQuantity !== 0, terms.minimumQuantity),
    pegOffset: only(submitted.orderType === OrderType.pegged, terms.pegOffset),
    mustKeepPriority: terms.mustKeepPriority,
  };
}

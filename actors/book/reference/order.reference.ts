/**
 * An order as the reference book remembers it: what was submitted, what has become of it and where
 * it stands. The words are those of docs/protocols/order-handling.md.
 */
import {
  hasLimit,
  isWaitingType,
  OrderType,
  plainInstructions,
  Side,
  TimeInForce,
} from "../../../protocols/index.ts";
import type {
  Lots,
  OrderInstructions,
  SubmitOrder,
  Ticks,
  TimeUs,
} from "../../../protocols/index.ts";

/** Outside of the order book an order waits or is parked; one that comes in is nowhere yet. */
export type Stage = "coming in" | "waiting" | "parked" | "resting" | "over";

export class ReferenceOrder {
  readonly submitted: SubmitOrder;
  price: Ticks;
  quantity: Lots;
  instructions: OrderInstructions;
  executed: Lots = 0;
  /** 0 for none, and from when one of the two was set off, traded or ended. */
  linkedOrderId: number;
  stage: Stage = "coming in";
  isSpecial = false;
  /** Who came first has the smaller one. */
  arrival = 0;
  endsAtUs: TimeUs | undefined;
  /** Where a trailing stop has moved it to. */
  triggerPrice: Ticks;
  /** Whether looks at prices concern it: it waits, and was not reached since it began to. */
  isLookedAt = false;

  constructor(submitted: SubmitOrder) {
    this.submitted = submitted;
    this.price = submitted.price;
    this.quantity = submitted.quantity;
    this.instructions = submitted.instructions;
    this.linkedOrderId = submitted.linkedOrderId;
    this.triggerPrice = submitted.instructions.triggerPrice;
  }

  get orderId(): number {
    return this.submitted.orderId;
  }

  get side(): Side {
    return this.submitted.side;
  }

  get orderType(): OrderType {
    return this.submitted.orderType;
  }

  get timeInForce(): TimeInForce {
    return this.submitted.timeInForce;
  }

  get isBuy(): boolean {
    return this.side === Side.buy;
  }

  get remaining(): Lots {
    return this.quantity - this.executed;
  }

  get isPegged(): boolean {
    return this.orderType === OrderType.pegged;
  }

  get isOfWaitingType(): boolean {
    return isWaitingType(this.orderType);
  }

  get isWithoutLimit(): boolean {
    return !hasLimit(this.orderType);
  }

  get isForAuctions(): boolean {
    const { ATO, ATC, GFA } = TimeInForce;
    return ([ATO, ATC, GFA] as TimeInForce[]).includes(this.timeInForce);
  }

  /** Whether it asks for nothing beyond side, type, price and quantity; admission left aside. */
  get isPlainByTerms(): boolean {
    const { GTC, IOC, FOK } = TimeInForce;
    const names = Object.keys(plainInstructions) as (keyof OrderInstructions)[];
    return (
      names.every((name) => this.instructions[name] === plainInstructions[name]) &&
      ([GTC, IOC, FOK] as TimeInForce[]).includes(this.timeInForce) &&
      this.linkedOrderId === 0
    );
  }
}

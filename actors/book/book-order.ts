/**
 * An order of which its book must know more than what matching needs: because it waits for
 * something, ends at some time, follows a price or depends on another order.
 *
 * Plain orders, which are most, have no such record.
 */
import {
  Fields,
  fieldsOfInstructions,
  instructionsIn,
  PegReference,
  plainInstructions,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Lots,
  OrderId,
  OrderInstructions,
  OrderType,
  ParticipantId,
  Side,
  SubmitOrder,
  Ticks,
  TimeUs,
} from "../../protocols/index.ts";

/** Where such an order is. */
export const Stage = {
  /** For its trigger price. */
  waiting: 0,
  /** For a phase in which it may take part, or a price to follow. */
  parked: 1,
  /** In the order book. */
  resting: 2,
  /** Its trigger price was reached, and it has not gone to the market yet. */
  reached: 3,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

export interface BookOrder {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly participant: ParticipantId;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  price: Ticks;
  /** Its whole quantity, what has been executed included. */
  quantity: Lots;
  readonly budget: number;
  instructions: OrderInstructions;
  /** The order of which only one of the two may trade; 0 for none. */
  linkedOrderId: OrderId;
  stage: Stage;
  /** What sets it off now: that of a trailing stop moves. */
  triggerPrice: Ticks;
  /** Counts such orders as they came: time priority among those that wait. */
  readonly arrival: number;
  /** When it ends; 0 if no time ends it. */
  readonly expiresAtUs: TimeUs;
}

/** Whether an order needs no such record. */
export function isPlain({ instructions, timeInForce, linkedOrderId }: SubmitOrder): boolean {
  return (
    instructions === plainInstructions && timeInForce <= TimeInForce.FOK && linkedOrderId === 0
  );
}

export function isPegged({ instructions }: Pick<BookOrder, "instructions">): boolean {
  return instructions.pegReference !== PegReference.none;
}

export type SavedBookOrder = readonly unknown[];

export function savedBookOrder(order: BookOrder): SavedBookOrder {
  const { orderId, account, participant, side, orderType, timeInForce } = order;
  const { price, quantity, budget, linkedOrderId, stage } = order;
  const { triggerPrice, arrival, expiresAtUs } = order;
  return [
    ...[orderId, account, participant, side, orderType, timeInForce],
    ...[price, quantity, budget, linkedOrderId, stage, triggerPrice, arrival, expiresAtUs],
    fieldsOfInstructions(order.instructions),
  ];
}

export function bookOrderIn(saved: SavedBookOrder): BookOrder {
  const fields = new Fields(saved);
  return {
    orderId: fields.integer(),
    account: fields.account(),
    participant: fields.account(),
    side: fields.integer() as Side,
    orderType: fields.integer() as OrderType,
    timeInForce: fields.integer() as TimeInForce,
    price: fields.integer(),
    quantity: fields.integer(),
    budget: fields.integer(),
    linkedOrderId: fields.integer(),
    stage: fields.integer() as Stage,
    triggerPrice: fields.integer(),
    arrival: fields.integer(),
    expiresAtUs: fields.integer(),
    instructions: instructionsIn(new Fields(fields.optionalList() ?? [])),
  };
}

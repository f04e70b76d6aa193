/**
 * An order as its account keeps it: terms, what was executed and paid, funds reserved, and the
 * changes that are under way at the book.
 *
 * Invariant: `reserved` covers the worst that the book may still do under any of the terms that
 * were asked for, in any order: the highest price for the largest remaining quantity.
 */
import {
  add,
  assert,
  basisPointsPerUnit,
  divideFloor,
  minimum,
  multiply,
  OrderType,
  Side,
} from "../../protocols/index.ts";
import type {
  Amount,
  ClientOrderId,
  CloseReason,
  InstrumentTerms,
  Lots,
  OrderId,
  OrderStatus,
  OrderView,
  Origin,
  RejectReason,
  Ticks,
  TimeInForce,
  TimeUs,
} from "../../protocols/index.ts";
import { chargeFee, costWithFee } from "./fee.ts";
import { isWorking, LifecycleEvent, orderLifecycle, statusOf } from "./order-lifecycle.ts";

/** A cancel or replace that the book has not answered yet, oldest first in its order's list. */
export interface PendingChange {
  readonly kind: "cancel" | "replace";
  /** Who is to be answered; none for a cancel that was part of cancel-all. */
  readonly origins: Origin[];
  readonly price: Ticks;
  readonly quantity: Lots;
}

export interface OrderTerms {
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly instrument: InstrumentTerms;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly placedAtUs: TimeUs;
}

export class Order {
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly instrument: InstrumentTerms;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly placedAtUs: TimeUs;
  /** The terms that the order was placed with: a second placing under its name must match them. */
  readonly placedPrice: Ticks;
  readonly placedQuantity: Lots;

  price: Ticks;
  quantity: Lots;
  executed: Lots = 0;
  executedNotional: Amount = 0;
  fees: Amount = 0;
  /** Ten-thousandths of a quote unit paid beyond the exact fee. */
  feeCredit = 0;
  /** Quote units of a buy, base units of a sell. */
  reserved: Amount = 0;
  lifecycle = 0;
  closeReason: CloseReason = 0;
  /** Why the book would not have it. */
  refusedBecause: RejectReason = 0;
  closedAtUs: TimeUs = 0;
  /** Counts the replaces that were sent to the book. */
  revision = 0;
  /** The book's update id when it last answered. */
  updateId = 0;
  /** The highest price and largest quantity under way or in force. */
  boundPrice: Ticks;
  boundQuantity: Lots;
  readonly pending: PendingChange[] = [];
  /** Who is answered once the book has finished with the command under way. */
  readonly waiting: Origin[] = [];

  constructor(terms: OrderTerms) {
    this.orderId = terms.orderId;
    this.clientOrderId = terms.clientOrderId;
    this.instrument = terms.instrument;
    this.side = terms.side;
    this.orderType = terms.orderType;
    this.timeInForce = terms.timeInForce;
    this.placedAtUs = terms.placedAtUs;
    this.placedPrice = terms.price;
    this.placedQuantity = terms.quantity;
    this.price = terms.price;
    this.quantity = terms.quantity;
    this.boundPrice = terms.price;
    this.boundQuantity = terms.quantity;
  }

  get remaining(): Lots {
    return this.quantity - this.executed;
  }

  get status(): OrderStatus {
    return statusOf(this.lifecycle);
  }

  get isWorking(): boolean {
    return isWorking(this.lifecycle);
  }

  /** Whether the book has said nothing about the order yet. */
  get isPendingNew(): boolean {
    return orderLifecycle.accepts(this.lifecycle, LifecycleEvent.refused);
  }

  /** The asset that the order's reservation is held in. */
  get reservedAsset(): string {
    return this.side === Side.buy ? this.instrument.quote : this.instrument.base;
  }

  advance(eventColumn: number): void {
    this.lifecycle = orderLifecycle.after(this.lifecycle, eventColumn);
  }

  /**
   * What must be reserved while price and quantity stay within the given bounds. For a market buy,
   * whose price nobody knows, it stays what it is.
   */
  requirement(price: Ticks, quantity: Lots): Amount {
    if (this.side === Side.sell) {
      return multiply(quantity - this.executed, this.instrument.baseUnitsPerLot);
    }
    if (this.orderType === OrderType.market) return this.reserved;
    const notional = notionalOf(this.instrument, price, quantity - this.executed);
    return costWithFee(notional, feeBasisPointsMax(this.instrument), this.feeCredit);
  }

  /** Charges the fee of a fill and counts the fill. Returns the fee. */
  recordFill(price: Ticks, quantity: Lots, isTaker: boolean): Amount {
    const notional = notionalOf(this.instrument, price, quantity);
    const rate = isTaker
      ? this.instrument.takerFeeBasisPoints
      : this.instrument.makerFeeBasisPoints;
    const { fee, credit } = chargeFee(notional, rate, this.feeCredit);
    this.feeCredit = credit;
    this.executed += quantity;
    this.executedNotional = add(this.executedNotional, notional);
    this.fees = add(this.fees, fee);
    assert(this.executed <= this.boundQuantity, "filled beyond the order's quantity");
    return fee;
  }

  view(account: string): OrderView {
    return {
      orderId: this.orderId,
      clientOrderId: this.clientOrderId,
      account,
      symbol: this.instrument.symbol,
      side: this.side,
      orderType: this.orderType,
      timeInForce: this.timeInForce,
      status: this.status,
      closeReason: this.closeReason,
      price: this.price,
      quantity: this.quantity,
      executed: this.executed,
      executedNotional: this.executedNotional,
      fees: this.fees,
      revision: this.revision,
      placedAtUs: this.placedAtUs,
    };
  }
}

/** Quote units that `quantity` lots cost at `price` ticks. */
export function notionalOf(instrument: InstrumentTerms, price: Ticks, quantity: Lots): Amount {
  return multiply(multiply(price, quantity), instrument.quoteUnitsPerTickLot);
}

/** The dearest rate that a fill may be charged. */
export function feeBasisPointsMax(instrument: InstrumentTerms): number {
  return Math.max(instrument.makerFeeBasisPoints, instrument.takerFeeBasisPoints);
}

/**
 * The tick·lots that `available` quote units pay for at most, taker fee included:
 * `n + ceil(n * rate / 10000) <= available` holds exactly for `n <= available * 10000 / (10000 + rate)`.
 */
export function marketBudget(instrument: InstrumentTerms, available: Amount): number {
  const notionalMax = divideFloor(
    multiply(available, basisPointsPerUnit),
    basisPointsPerUnit + instrument.takerFeeBasisPoints,
  );
  const budget = divideFloor(notionalMax, instrument.quoteUnitsPerTickLot);
  return Number(minimum(budget, Number.MAX_SAFE_INTEGER));
}

/**
 * An order as its account keeps it: terms, what was executed and paid, funds reserved, and the
 * changes that are under way at the book.
 *
 * Invariant: `reserved` covers the worst that the book may still do under any of the terms that
 * were asked for, in any order: the highest price for the largest remaining quantity.
 */
import { add, assert, multiply } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  ClientOrderId,
  CloseReason,
  InstrumentTerms,
  Lots,
  OrderFilled,
  OrderId,
  OrderStatus,
  OrderType,
  OrderView,
  Origin,
  RejectReason,
  Side,
  Ticks,
  TimeInForce,
  TimeUs,
} from "../../protocols/index.ts";
import type { Balance } from "./balance.ts";
import { chargeFee } from "./fee.ts";
import { isWorking, LifecycleEvent, orderLifecycle, statusOf } from "./order-lifecycle.ts";
import { notionalOf, requirementOf, reservedAssetOf, spendsAll } from "./reservation.ts";

/** Somebody who is owed an answer. */
export interface Waiter {
  readonly origin: Origin;
  /** Whether the same had been asked before. */
  readonly isDuplicate: boolean;
}

/** Terms that a replace asked for. */
interface Revision {
  /** Which revision of the order it makes, from 1; 0 for a cancel. */
  readonly revision: number;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** A cancel or replace that the book has not answered yet, oldest first in its order's list. */
export interface PendingChange extends Revision {
  readonly kind: "cancel" | "replace";
  /** None for a cancel that was part of cancel-all. */
  waiters: readonly Waiter[];
}

/** What became of a replace: 0 when its terms came into force. */
export interface SettledReplace extends Revision {
  readonly rejectReason: RejectReason;
}

/** How many of an order's latest replaces can be told apart when they come again. */
export const settledReplacesMax = 8;

/** Most orders are never changed, and nobody waits for most: they share this list. */
const none: readonly never[] = [];

/** What an order is from its first moment on. */
export interface OrderTerms {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly instrument: InstrumentTerms;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly placedAtUs: TimeUs;
}

/** What a fill costs, in units of the instrument's assets. */
export interface FillCost {
  readonly notional: Amount;
  readonly baseUnits: Amount;
  readonly fee: Amount;
}

export class Order {
  // Set by `open` and not changed afterwards.
  orderId: OrderId = 0;
  account: AccountId = "";
  clientOrderId: ClientOrderId = "";
  instrument: InstrumentTerms;
  side: Side = 0;
  orderType: OrderType = 0;
  timeInForce: TimeInForce = 0;
  placedAtUs: TimeUs = 0;
  /** The terms that the order was placed with: a second placing under its name must match them. */
  placedPrice: Ticks = 0;
  placedQuantity: Lots = 0;

  price: Ticks = 0;
  quantity: Lots = 0;
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
  /** Counts the replaces that were sent to the book. */
  revision = 0;
  /** The book's update id when it last answered. */
  updateId = 0;
  /** The highest price and largest quantity under way or in force. */
  boundPrice: Ticks = 0;
  boundQuantity: Lots = 0;
  pending: readonly PendingChange[] = none;
  /** Who is answered once the book has finished with the command under way. */
  waiting: readonly Waiter[] = none;
  /** The latest replaces that the book has answered, oldest first. */
  settled: readonly SettledReplace[] = none;
  /** Where it stands among the account's working orders. */
  place = 0;
  /** The number that the account's indexes call it by while it is open. */
  slot = 0;
  /** Of its client order id, under the account's present seed. */
  nameHash = 0;
  /** The account's holdings of the instrument's assets, once they were looked up. */
  baseBalance: Balance | undefined;
  quoteBalance: Balance | undefined;

  constructor(terms: OrderTerms) {
    this.instrument = terms.instrument;
    this.open(terms);
  }

  /** Begins an order's life; nothing is left of one that this was before. */
  open(terms: OrderTerms): this {
    this.orderId = terms.orderId;
    this.account = terms.account;
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
    this.executed = 0;
    this.executedNotional = 0;
    this.fees = 0;
    this.feeCredit = 0;
    this.reserved = 0;
    this.lifecycle = 0;
    this.closeReason = 0;
    this.refusedBecause = 0;
    this.revision = 0;
    this.updateId = 0;
    this.boundPrice = terms.price;
    this.boundQuantity = terms.quantity;
    this.pending = none;
    this.waiting = none;
    this.settled = none;
    this.place = 0;
    this.baseBalance = undefined;
    this.quoteBalance = undefined;
    return this;
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
  get reservedAsset(): AssetId {
    return reservedAssetOf(this.instrument, this.side);
  }

  /** Moves on in its life; a transition that the lifecycle does not have is a defect. */
  advance(eventColumn: number): void {
    this.lifecycle = orderLifecycle.after(this.lifecycle, eventColumn);
  }

  // ---- Changes and answers -----------------------------------------------------------------

  /** Owes `origin` an answer for when the book has finished with the command under way. */
  addWaiter(origin: Origin): void {
    const waiter = { origin, isDuplicate: this.waiting.length > 0 };
    this.waiting = this.waiting.length === 0 ? [waiter] : [...this.waiting, waiter];
  }

  /** Hands over those who are to be answered now. */
  takeWaiting(): readonly Waiter[] {
    const { waiting } = this;
    this.waiting = none;
    return waiting;
  }

  begin(change: PendingChange): void {
    this.pending = [...this.pending, change];
  }

  /** Takes the change that the book has answered: it answers them in turn. */
  settleNext(): PendingChange {
    const [change, ...later] = this.pending;
    assert(change !== undefined, "the book answered what nobody asked");
    this.pending = later.length === 0 ? none : later;
    return change;
  }

  /** Remembers what became of a replace, for when it comes again. */
  remember({ revision, price, quantity }: PendingChange, rejectReason: RejectReason): void {
    const latest = this.settled.slice(1 - settledReplacesMax);
    this.settled = [...latest, { revision, price, quantity, rejectReason }];
  }

  // ---- Funds -------------------------------------------------------------------------------

  /** What must be reserved while price and quantity stay within the given bounds. */
  requirement(price: Ticks, quantity: Lots): Amount {
    if (spendsAll(this)) return this.reserved;
    const { side, feeCredit } = this;
    const remaining = quantity - this.executed;
    return requirementOf(this.instrument, { side, price, remaining, feeCredit });
  }

  /** Counts a fill and charges its fee. */
  recordFill({ price, quantity, isTaker }: OrderFilled): FillCost {
    const { instrument } = this;
    const notional = notionalOf(instrument, price, quantity);
    const rate = isTaker ? instrument.takerFeeBasisPoints : instrument.makerFeeBasisPoints;
    const { fee, credit } = chargeFee(notional, rate, this.feeCredit);
    this.feeCredit = credit;
    this.executed += quantity;
    this.executedNotional = add(this.executedNotional, notional);
    this.fees = add(this.fees, fee);
    assert(this.executed <= this.boundQuantity, "filled beyond the order's quantity");
    return { notional, baseUnits: multiply(quantity, instrument.baseUnitsPerLot), fee };
  }

  view(): OrderView {
    return {
      orderId: this.orderId,
      clientOrderId: this.clientOrderId,
      account: this.account,
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

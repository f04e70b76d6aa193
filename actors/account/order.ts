/**
 * An order as its account keeps it: terms, what was executed and paid, funds reserved, and the
 * changes that are under way at the book.
 *
 * An account has one object for all its orders, which is moved to whichever is spoken of: it is
 * that order until the account looks for another.
 *
 * Invariant: `reserved` covers the worst that the book may still do under any of the terms that
 * were asked for, in any order: the highest price for the largest remaining quantity.
 */
import {
  add,
  assert,
  hold,
  invariant,
  isWaitingType,
  Liquidity,
  multiply,
  type OrderType,
  plainInstructions,
  Side,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  ClientOrderId,
  Liquidity as Liquidities,
  Lots,
  OrderFilled,
  OrderId,
  OrderInstructions,
  OrderStatus,
  OrderView,
  Origin,
  PlaceOrder,
  RejectReason,
  Side as Sides,
  Ticks,
  TimeInForce,
  TimeUs,
} from "../../protocols/index.ts";
import { chargeFee, chargeMinimum, makerPpmOf, minimumFeeOf, takerPpmOf } from "./fee.ts";
import type { ChargedInstrument } from "./fee.ts";
import { settledReplacesMax } from "./order-change.ts";
import type { PendingChange, Revision, SettledReplace, Waiter } from "./order-change.ts";
import {
  isWaiting,
  isWorking,
  LifecycleEvent,
  orderLifecycle,
  statusOf,
} from "./order-lifecycle.ts";
import { OrderRow } from "./order-row.ts";
import type { OrderChanges, OrderExtras, OrderRows } from "./order-rows.ts";
import {
  dearestPrice,
  notionalOf,
  requirementOf,
  requirementWithMinimum,
  reservedAssetOf,
  spendsAll,
} from "./reservation.ts";

const lifeFollowsMachine = invariant("order-life-follows-machine");
const fillsWithinQuantity = invariant("fills-within-quantity");

/** Most orders are never changed: they share this list. */
const none: readonly never[] = [];

/** What an order is from its first moment on. */
export interface OrderTerms {
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly instrument: ChargedInstrument;
  readonly side: Sides;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly placedAtUs: TimeUs;
  readonly instructions: OrderInstructions;
}

/** What a fill costs, in units of the instrument's assets. */
export interface FillCost {
  readonly notional: Amount;
  readonly baseUnits: Amount;
  readonly fee: Amount;
}

/** An order as an audit compares it with its book's. */
export type OrderInAccount = Pick<
  Order,
  "account" | "side" | "price" | "executed" | "remaining" | "isWorking" | "instrument"
>;

export class Order extends OrderRow {
  readonly account: AccountId;

  constructor(account: AccountId, rows: OrderRows) {
    super(rows);
    this.account = account;
  }

  /** Begins an order's life in a row that is all zeros. */
  open(terms: OrderTerms): this {
    this.orderId = terms.orderId;
    this.clientOrderId = terms.clientOrderId;
    this.instrument = terms.instrument;
    this.side = terms.side;
    this.orderType = terms.orderType;
    this.timeInForce = terms.timeInForce;
    this.placedAtUs = terms.placedAtUs;
    this.price = terms.price;
    this.quantity = terms.quantity;
    if (terms.instructions !== plainInstructions) {
      this.extras = { instructions: terms.instructions, linkedOrderId: 0, then: none };
    }
    return this;
  }

  get instructions(): OrderInstructions {
    return this.extras?.instructions ?? plainInstructions;
  }

  /** Whether nothing is set aside for it: `reserved` is of what its account may owe. */
  get isUncovered(): boolean {
    return this.extras?.instructions.isUncovered === true;
  }

  /** Whether it only closes what there is. */
  get isReduceOnly(): boolean {
    return this.extras?.instructions.isReduceOnly === true;
  }

  /** The order of which and this one only one may trade; 0 for none. */
  get linkedOrderId(): OrderId {
    return this.extras?.linkedOrderId ?? 0;
  }

  /** What is placed when it has been filled. */
  get then(): readonly PlaceOrder[] {
    return this.extras?.then ?? none;
  }

  /** Changes what few orders have. */
  extend(what: Partial<OrderExtras>): void {
    const { instructions, linkedOrderId, then } = this;
    const { feeCredit } = this.extras ?? {};
    const credited = feeCredit === undefined ? undefined : { feeCredit };
    this.extras = { instructions, linkedOrderId, then, ...credited, ...what };
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

  /** Whether it waits for its trigger price. */
  get isWaiting(): boolean {
    return isWaiting(this.lifecycle);
  }

  /** Whether it is of a type that waits for a trigger price first. */
  get isOfWaitingType(): boolean {
    return isWaitingType(this.orderType);
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
    const { lifecycle } = this;
    hold(lifeFollowsMachine, orderLifecycle.accepts(lifecycle, eventColumn));
    this.lifecycle = orderLifecycle.after(lifecycle, eventColumn);
  }

  // ---- Changes and answers -----------------------------------------------------------------

  /** Owes `origin` an answer for when the book has finished with the command under way. */
  addWaiter(origin: Origin): void {
    const { waiting } = this;
    const waiter = { origin, isDuplicate: waiting.length > 0 };
    this.waiting = waiting.length === 0 ? [waiter] : [...waiting, waiter];
  }

  /** Hands over those who are to be answered now. */
  takeWaiting(): readonly Waiter[] {
    const { waiting } = this;
    this.waiting = none;
    return waiting;
  }

  /** Cancels and replaces that the book has not answered yet, oldest first. */
  get pending(): readonly PendingChange[] {
    return this.changes?.pending ?? none;
  }

  /** The latest replaces that the book has answered, oldest first. */
  get settled(): readonly SettledReplace[] {
    return this.changes?.settled ?? none;
  }

  /** Counts the replaces that were sent to the book. */
  get revision(): number {
    return this.changes?.revision ?? 0;
  }

  get placedPrice(): Ticks {
    return this.changes?.placedPrice ?? this.price;
  }

  get placedQuantity(): Lots {
    return this.changes?.placedQuantity ?? this.quantity;
  }

  /** The highest price under way or in force. */
  get boundPrice(): Ticks {
    return this.changes?.boundPrice ?? this.price;
  }

  /** The largest quantity under way or in force. */
  get boundQuantity(): Lots {
    return this.changes?.boundQuantity ?? this.quantity;
  }

  begin(change: PendingChange): void {
    const changes = this.#changesToChange();
    changes.pending = changes.pending.length === 0 ? [change] : [...changes.pending, change];
  }

  /** Begins a replace, which may take the order to these bounds. */
  beginReplace(change: PendingChange, bounds: { price: Ticks; quantity: Lots }): void {
    const changes = this.#changesToChange();
    changes.revision = change.revision;
    changes.boundPrice = bounds.price;
    changes.boundQuantity = bounds.quantity;
    this.begin(change);
  }

  /** Takes the change that the book has answered: it answers them in turn. */
  settleNext(): PendingChange {
    const { changes } = this;
    const change = changes?.pending[0];
    assert(changes !== undefined && change !== undefined, "the book answered what nobody asked");
    changes.pending = changes.pending.length === 1 ? none : changes.pending.slice(1);
    this.#dropChangesThatSayNothing();
    return change;
  }

  /** A replace that is refused before the book has heard of it uses up the revision it names. */
  useUp(replace: Revision, rejectReason: RejectReason): void {
    this.#changesToChange().revision = replace.revision;
    this.remember(replace, rejectReason);
  }

  /** Remembers what became of a replace, for when it comes again. */
  remember({ revision, price, quantity }: Revision, rejectReason: RejectReason): void {
    const changes = this.#changesToChange();
    const latest = changes.settled.slice(1 - settledReplacesMax);
    changes.settled = [...latest, { revision, price, quantity, rejectReason }];
  }

  /** Has its price and quantity changed by the exchange, not by its owner. */
  restate({ price, quantity }: { readonly price: Ticks; readonly quantity: Lots }): void {
    const changes = this.#changesToChange();
    this.price = price;
    this.quantity = quantity;
    if (changes.pending.length === 0) this.narrowBounds();
  }

  /** With no change under way, the terms in force are all that can happen. */
  narrowBounds(): void {
    const { changes } = this;
    if (changes === undefined) return;
    changes.boundPrice = this.price;
    changes.boundQuantity = this.quantity;
    this.#dropChangesThatSayNothing();
  }

  #changesToChange(): OrderChanges {
    const { price, quantity } = this;
    return (this.changes ??= {
      revision: 0,
      placedPrice: price,
      placedQuantity: quantity,
      boundPrice: price,
      boundQuantity: quantity,
      pending: none,
      settled: none,
    });
  }

  /** A cancel leaves nothing behind: most orders end by one. */
  #dropChangesThatSayNothing(): void {
    const { changes, price, quantity } = this;
    if (changes === undefined || changes.revision > 0 || changes.pending.length > 0) return;
    if (changes.placedPrice === price && changes.placedQuantity === quantity) {
      this.changes = undefined;
    }
  }

  // ---- Funds -------------------------------------------------------------------------------

  /** What must be reserved while price and quantity stay within the given bounds. */
  requirement(price: Ticks, quantity: Lots): Amount {
    if (this.instrument.contract !== undefined) return 0;
    const { side, feeCredit, orderType, instructions } = this;
    if (spendsAll({ side, orderType, instructions })) return this.reserved;
    const dearest = dearestPrice({ orderType, price, instructions });
    const remaining = quantity - this.executed;
    const terms = { side, price: dearest, remaining, feeCredit };
    if (minimumFeeOf(this.instrument) === 0) return requirementOf(this.instrument, terms);
    const paid = { paid: this.fees, credit: this.extras?.feeCredit ?? 0 };
    return requirementWithMinimum(this.instrument, terms, paid);
  }

  /** Counts a fill and charges its fee. */
  recordFill({ price, quantity, liquidity }: OrderFilled): FillCost {
    const { instrument } = this;
    const notional = notionalOf(instrument, price, quantity);
    const fee = liquidity === Liquidity.transfer ? 0 : this.#charge(notional, liquidity);
    this.executed += quantity;
    this.executedNotional = add(this.executedNotional, notional);
    this.fees = add(this.fees, fee);
    hold(fillsWithinQuantity, this.executed <= this.boundQuantity);
    return { notional, baseUnits: multiply(quantity, instrument.baseUnitsPerLot), fee };
  }

  #charge(notional: Amount, liquidity: Liquidities): Amount {
    const { instrument } = this;
    const ppm = feePpm(instrument, liquidity);
    const minimum = minimumFeeOf(instrument);
    if (minimum === 0) {
      const { fee, credit } = chargeFee(notional, ppm, this.feeCredit);
      this.feeCredit = credit;
      return fee;
    }
    const { fees: paid, side } = this;
    const order = { minimum, paid, credit: this.extras?.feeCredit ?? 0 };
    const most = side === Side.sell ? notional : undefined;
    const { fee, credit } = chargeMinimum({
      ...{ ...order, notional, ppm },
      ...(most !== undefined && { most }),
    });
    this.extend({ feeCredit: credit });
    return fee;
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
      tickValue: this.instrument.quoteUnitsPerTickLot,
      fees: this.fees,
      revision: this.revision,
      placedAtUs: this.placedAtUs,
      instructions: this.instructions,
      isWaiting: this.isWaiting,
    };
  }
}

/** An auction has no takers to pay for rebates: all pay what makers do, and are given none. */
function feePpm(instrument: ChargedInstrument, liquidity: Liquidities): number {
  switch (liquidity) {
    case Liquidity.taker:
      return takerPpmOf(instrument);
    case Liquidity.maker:
      return makerPpmOf(instrument);
    default:
      return Math.max(makerPpmOf(instrument), 0);
  }
}

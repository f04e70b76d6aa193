/**
 * Holdings: what one account has of every asset, and what its orders have reserved of that.
 *
 * Reserves for orders, releases what they need no more, and moves the money and goods of a fill.
 * Knows nothing of when that is to happen, of books or of answers.
 *
 * Invariant: reserved-is-sum-of-orders, withdrawing-is-sum-of-withdrawals,
 * reservation-covers-order, fills-paid-by-reservation.
 */
import {
  add,
  assert,
  hold,
  invariant,
  minimum,
  settlementOf,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  BalanceView,
  CivilDate,
  InstrumentTerms,
  Lots,
  OrderFilled,
  PlaceOrder,
  SettlementLeg,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { expectFill } from "../ledger/asset-ledger.ts";
import type { ShardLedger } from "../ledger/asset-ledger.ts";
import { Balance } from "../ledger/balance.ts";
import { DeliveryBook } from "./delivery-book.ts";
import type { SavedDeliveryBook } from "./delivery-book.ts";
import { Obligations } from "./obligations.ts";
import type { SavedObligations } from "./obligations.ts";
import type { FillCost, Order } from "./order.ts";
import { needsOf, reservedAssetOf, unlimitedBudget } from "./reservation.ts";
import type { Needs } from "./reservation.ts";

const reservationCoversOrder = invariant("reservation-covers-order");
const fillsPaid = invariant("fills-paid-by-reservation");
const withdrawingIsSum = invariant("withdrawing-is-sum-of-withdrawals");
const reservedIsSum = invariant("reserved-is-sum-of-orders");

/** What an order's reservation depends on, and a replace may change. */
interface PricedTerms {
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** Says how much of an asset is not asked for by positions. */
interface MarginHeld {
  free(asset: AssetId, venue: Venue): Amount;
}

/** What of a step it depends on what can be paid in it. */
type Step = Pick<ActorContext, "logic" | "timeUs" | "venue">;

export class Holdings {
  readonly #owner: AccountId;
  readonly #ledger: ShardLedger;
  readonly #balances = new Map<AssetId, Balance>();
  /** For trades that are not settled yet. */
  readonly obligations = new Obligations();
  /** For those of them that are settled one by one, and what may be owed. */
  readonly deliveries = new DeliveryBook();
  /** By an instrument's number in the orders' rows: balances of its assets, once looked up. */
  readonly #baseBalances: (Balance | undefined)[] = [];
  readonly #quoteBalances: (Balance | undefined)[] = [];
  /** Of a margin account: what bounds the use of its cash. */
  #margin: MarginHeld | undefined;

  constructor(owner: AccountId, ledger: ShardLedger) {
    this.#owner = owner;
    this.#ledger = ledger;
  }

  holdTo(margin: MarginHeld): void {
    this.#margin = margin;
  }

  /** Of an asset that the account may never have had. */
  balance(asset: AssetId): Balance {
    let balance = this.#balances.get(asset);
    if (balance === undefined) {
      balance = new Balance(this.#ledger.of(asset), this.#owner);
      this.#balances.set(asset, balance);
    }
    return balance;
  }

  // ---- What can be paid --------------------------------------------------------------------

  /** What an order needs that is to be placed; undefined where that is not to be had. */
  needsOf(command: PlaceOrder, instrument: InstrumentTerms, context: Step): Needs | undefined {
    if (instrument.contract !== undefined) return needsOfContract(command);
    const asset = reservedAssetOf(instrument, command.side);
    const available = command.instructions.isUncovered
      ? this.deliveries.permitted(asset)
      : this.#usable(asset, instrument, context);
    const { coversAuctions } = context.logic;
    const needs = needsOf(command, instrument, { available, coversAuctions });
    return needs === undefined || needs.reservation > available ? undefined : needs;
  }

  /** Whether the order may have these terms, too. */
  canExtend(order: Order, terms: PricedTerms, context: Step): boolean {
    const { reservedAsset, instrument, isUncovered } = order;
    const more = moreFor(order, terms);
    // A smaller permission leaves its orders what they have.
    if (isUncovered) return more <= 0 || more <= this.deliveries.permitted(reservedAsset);
    return more <= this.#usable(reservedAsset, instrument, context);
  }

  /** What a trade may be paid with that is made now: what is there by when it is settled. */
  #usable(asset: AssetId, { symbol }: InstrumentTerms, { venue, timeUs }: Step): Amount {
    const available = this.#free(asset, venue);
    if (this.obligations.isEmpty) return available;
    const cycle = venue.settlementCycleOf(symbol);
    const isAtOnce = cycle === undefined || cycle.days === 0;
    const date = isAtOnce ? 0 : settlementOf(cycle, timeUs).date;
    return this.obligations.usableFrom(date, asset, available);
  }

  /** What is available, less what positions ask of it. */
  #free(asset: AssetId, venue: Venue): Amount {
    const available = this.available(asset);
    return this.#margin === undefined
      ? available
      : minimum(available, this.#margin.free(asset, venue));
  }

  /** Whether so much may be taken without taking from the margin of positions. */
  isFree(asset: AssetId, amount: Amount, venue: Venue): boolean {
    return this.#margin === undefined || amount <= this.#margin.free(asset, venue);
  }

  /** Units that are settled. */
  #settled(asset: AssetId): Amount {
    return this.obligations.usableFrom(0, asset, this.available(asset));
  }

  /** Units that may leave the venue: those that are settled and that nobody waits for. */
  withdrawable(asset: AssetId): Amount {
    const { owed, dues } = this.deliveries.of(asset);
    const left = subtract(this.#settled(asset), add(owed, dues));
    return left < 0 ? 0 : left;
  }

  /** Units that may be used; asking opens no balance. */
  available(asset: AssetId): Amount {
    return this.#balances.get(asset)?.available ?? 0;
  }

  /** Units that the account has, whatever they are set aside for; asking opens no balance. */
  held(asset: AssetId): Amount {
    return this.#balances.get(asset)?.total ?? 0;
  }

  // ---- Reservations ------------------------------------------------------------------------

  /** Reserves more for an order, or releases when negative. */
  reserve(order: Order, more: Amount): void {
    if (more === 0) return;
    const isBuy = order.side === Side.buy;
    if (order.isUncovered) this.deliveries.order(order.reservedAsset, more);
    else (isBuy ? this.#quoteBalance(order) : this.#baseBalance(order)).reserve(more);
    order.reserved = add(order.reserved, more);
  }

  /** Reserves what the order needs if it may have these terms, too. */
  extend(order: Order, terms: PricedTerms): void {
    this.reserve(order, moreFor(order, terms));
  }

  /** Releases what the order's bounds no longer require. */
  reserveExactly(order: Order): void {
    const required = order.requirement(order.boundPrice, order.boundQuantity);
    // What is reserved for two is needed by whichever remains.
    if (order.linkedOrderId !== 0) return;
    hold(reservationCoversOrder, required <= order.reserved);
    this.reserve(order, subtract(required, order.reserved));
  }

  /** Releases all that is left of an order's reservation. */
  release(order: Order): void {
    this.reserve(order, subtract(0, order.reserved));
  }

  // ---- Movements ---------------------------------------------------------------------------

  /** A deposit has arrived. */
  deposit(asset: AssetId, amount: Amount): Balance {
    const balance = this.balance(asset);
    balance.deposit(amount);
    return balance;
  }

  /** Moves money and goods of one fill; the fee is paid in the quote asset. */
  settle(order: Order, fill: OrderFilled, { notional, baseUnits, fee }: FillCost): void {
    const isBuy = order.side === Side.buy;
    const cost = isBuy ? add(notional, fee) : baseUnits;
    order.reserved = subtract(order.reserved, cost);
    hold(fillsPaid, order.reserved >= 0);
    const base = this.#baseBalance(order);
    const quote = this.#quoteBalance(order);
    const { side, instrument } = order;
    const { price, quantity, settlementDate } = fill;
    if (fill.isOnDelivery === true) {
      this.#dealOnDelivery(order, { notional, baseUnits, fee });
      return;
    }
    if (settlementDate !== undefined) {
      this.#oblige(order, { notional, baseUnits, fee }, settlementDate);
      return;
    }
    const ledgers = { base: base.ledger, quote: quote.ledger };
    expectFill(ledgers, instrument, { side, price, quantity });
    if (isBuy) {
      quote.spend(notional, fee);
      base.receive(baseUnits, 0);
    } else {
      base.spend(baseUnits, 0);
      quote.receive(notional, fee);
    }
  }

  /** A fill that is settled later: what it costs is taken, what it brings may be used. */
  #oblige(order: Order, { notional, baseUnits, fee }: FillCost, date: CivilDate): void {
    const { base, quote } = order.instrument;
    const [goods, money] = [this.#baseBalance(order), this.#quoteBalance(order)];
    if (order.side === Side.buy) {
      money.deliver(notional, fee);
      goods.claim(baseUnits, 0);
      this.obligations.traded(quote, date, { deliver: notional, receive: 0 });
      this.obligations.traded(base, date, { deliver: 0, receive: baseUnits });
    } else {
      goods.deliver(baseUnits, 0);
      money.claim(notional, fee);
      this.obligations.traded(base, date, { deliver: baseUnits, receive: 0 });
      this.obligations.traded(quote, date, { deliver: 0, receive: notional });
    }
  }

  /** A fill that is settled by itself: what it brings comes when both parties have given. */
  #dealOnDelivery(order: Order, { notional, baseUnits, fee }: FillCost): void {
    const { side, instrument, isUncovered } = order;
    const isBuy = side === Side.buy;
    const units = isBuy ? notional : baseUnits;
    const gives = isBuy ? this.#quoteBalance(order) : this.#baseBalance(order);
    const asset = isBuy ? instrument.quote : instrument.base;
    const paysNow = isBuy && !isUncovered;
    if (isUncovered) {
      this.deliveries.owe(asset, units, isBuy ? add(notional, fee) : units);
    } else {
      gives.give(units, paysNow ? fee : 0);
      this.deliveries.give(asset, units);
    }
    if (paysNow || fee === 0) return;
    if (fee < 0) this.#quoteBalance(order).receive(0, fee);
    else this.chargeDues(instrument.quote, fee, "fee");
  }

  // ---- Deliveries --------------------------------------------------------------------------

  /** Gives of what it owes what it has by that date. Returns how much that is. */
  cover(asset: AssetId, owed: Amount, date: CivilDate): Amount {
    const usable = this.obligations.usableFrom(date, asset, this.available(asset));
    const units = minimum(owed, usable);
    if (units === 0) return 0;
    this.balance(asset).cover(units);
    this.deliveries.cover(asset, units);
    return units;
  }

  /** What was given on both sides changes hands. */
  exchange(leg: SettlementLeg): void {
    this.balance(leg.asset).exchange(leg);
    this.deliveries.deliver(leg.asset, leg.deliver);
  }

  /** A fee or a penalty, of which is paid what can be. Returns what is not paid of all of them. */
  chargeDues(asset: AssetId, charged: Amount, code: "fee" | "penalty"): Amount {
    if (charged > 0) this.deliveries.charge(asset, charged);
    const { dues } = this.deliveries.of(asset);
    const paid = minimum(dues, this.#settled(asset));
    if (paid === 0) return dues;
    this.balance(asset).pay(paid, code);
    this.deliveries.paid(asset, paid);
    return subtract(dues, paid);
  }

  /** A leg of a round that is final. */
  settleLeg(leg: SettlementLeg, date: CivilDate): void {
    this.obligations.settle(leg, date);
    this.balance(leg.asset).settle(leg);
  }

  #baseBalance(order: Order): Balance {
    return this.#known(this.#baseBalances, order, order.instrument.base);
  }

  #quoteBalance(order: Order): Balance {
    return this.#known(this.#quoteBalances, order, order.instrument.quote);
  }

  /** A number of fees that no order has any more is taken for another instrument's. */
  #known(
    balances: (Balance | undefined)[],
    { instrumentNumber: number }: Order,
    asset: AssetId,
  ): Balance {
    const known = balances[number];
    if (known !== undefined && known.ledger.asset === asset) return known;
    return (balances[number] = this.balance(asset));
  }

  // ---- Audit -------------------------------------------------------------------------------

  /** Counts what an order has reserved: each that works, once, before the reservations' audit. */
  countReservation(order: Order): void {
    if (order.reserved === 0) return;
    if (order.isUncovered) {
      this.deliveries.countOrdered(order.reservedAsset, order.reserved);
      return;
    }
    const isBuy = order.side === Side.buy;
    const balance = isBuy ? this.#quoteBalance(order) : this.#baseBalance(order);
    balance.ofOrders = add(balance.ofOrders, order.reserved);
  }

  /** Holds what is reserved against what was counted. */
  auditReservations(): void {
    for (const balance of this.#balances.values()) {
      hold(reservedIsSum, balance.ofOrders === balance.reserved);
      balance.ofOrders = 0;
    }
    hold(reservedIsSum, this.deliveries.agreesWithOrders());
  }

  /** Holds what is set aside against what withdrawals under way are of, by asset. */
  auditWithdrawing(sums: ReadonlyMap<AssetId, Amount>): void {
    for (const [asset, balance] of this.#balances) {
      hold(withdrawingIsSum, balance.withdrawing === (sums.get(asset) ?? 0));
    }
  }

  /** By asset. */
  all(): Iterable<readonly [AssetId, Balance]> {
    return this.#balances;
  }

  /** Counts every balance into the ledger of its asset. */
  count(): void {
    for (const { ledger, total } of this.#balances.values()) {
      ledger.counted = add(ledger.counted, total);
    }
    for (const asset of this.obligations.assets()) {
      const { ledger } = this.balance(asset);
      const { deliver, receive } = this.obligations.totalOf(asset);
      ledger.countedDeliver = add(ledger.countedDeliver, deliver);
      ledger.countedReceive = add(ledger.countedReceive, receive);
    }
    for (const asset of this.deliveries.assets()) {
      const { ledger } = this.balance(asset);
      ledger.countedGiven = add(ledger.countedGiven, this.deliveries.of(asset).given);
    }
  }

  /** The account leaves the shard, and takes along what it holds. */
  leave(): void {
    for (const balance of this.#balances.values()) balance.depart();
    for (const asset of this.obligations.assets()) {
      this.balance(asset).departObligations(this.obligations.totalOf(asset));
    }
    for (const asset of this.deliveries.assets()) {
      this.balance(asset).departGiven(this.deliveries.of(asset).given);
    }
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  /** In the order of asset codes. */
  views(): readonly BalanceView[] {
    return [...this.#balances]
      .map(([asset, { available, reserved, withdrawing, variation, posted }]) => {
        const unsettled = subtract(available, this.#settled(asset));
        return {
          ...{ asset, available, reserved },
          ...(withdrawing !== 0 && { withdrawing }),
          ...(variation !== 0 && { variation }),
          ...(posted !== 0 && { posted }),
          ...(unsettled !== 0 && { unsettled }),
        };
      })
      .sort((a, b) => (a.asset < b.asset ? -1 : 1));
  }

  snapshot(): SavedHoldings {
    return this.views().map(({ asset, available, reserved, withdrawing }) => {
      const saved = [asset, available, reserved] as const;
      return withdrawing === undefined ? saved : [...saved, withdrawing];
    });
  }

  /** With what is owed for trades, which is apart from what is held. */
  restoreObligations(saved: SavedObligations): void {
    this.obligations.restore(saved);
    for (const asset of this.obligations.assets()) {
      this.balance(asset).arriveObligations(this.obligations.totalOf(asset));
    }
  }

  restoreDeliveries(saved: SavedDeliveryBook): void {
    this.deliveries.restore(saved);
    for (const asset of this.deliveries.assets()) {
      this.balance(asset).arriveGiven(this.deliveries.of(asset).given);
    }
  }

  restore(saved: SavedHoldings): void {
    assert(this.#balances.size === 0);
    for (const [asset, available, reserved, withdrawing] of saved) {
      this.balance(asset).arrive(available, reserved, withdrawing);
    }
  }
}

export type SavedHoldings = readonly (readonly [
  AssetId,
  available: Amount,
  reserved: Amount,
  withdrawing?: Amount,
])[];

/** What more must be reserved if the order may have these terms, too. */
function moreFor(order: Order, { price, quantity }: PricedTerms): Amount {
  const boundPrice = Math.max(order.boundPrice, price);
  const boundQuantity = Math.max(order.boundQuantity, quantity);
  return subtract(order.requirement(boundPrice, boundQuantity), order.reserved);
}

/** An order in a contract reserves nothing: what it may be is bounded by margin. */
function needsOfContract({ quantity }: PlaceOrder): Needs {
  return { quantity, reservation: 0, budget: unlimitedBudget };
}

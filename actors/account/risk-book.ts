/**
 * Risk book: what one account is held to, and how far it has gone.
 *
 * Looked at last of all before an order or a replace is taken; what is taken is counted, and what
 * is refused changes nothing. Cancels are counted and never refused. Counted is only what a limit
 * asks for, from the moment at which it does.
 *
 * Invariant: open-orders-counted.
 */
import {
  amountMax,
  divideCeil,
  hold,
  invariant,
  lotsMax,
  minimum,
  multiply,
  RejectReason,
  revisedBy,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  InstrumentSymbol,
  InstrumentTerms,
  LimitFigures,
  Lots,
  OrderInstructions,
  OrderType,
  PlaceOrder,
  ReplaceOrder,
  RiskUse,
  RiskView,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import { firstBreach } from "../risk/limit-checks.ts";
import type { LimitBreach, OrdersAhead, RiskUsed, RiskyOrder } from "../risk/limit-checks.ts";
import { OrderUse } from "../risk/order-use.ts";
import type { SavedOrderUse } from "../risk/order-use.ts";
import { placingKey, RecentPlacings } from "../risk/recent-placings.ts";
import type { SavedPlacings } from "../risk/recent-placings.ts";
import type { AppliedLimits, RiskPlace, RiskRules } from "../risk/risk-rules.ts";
import { addedInContract } from "./contract-exposure.ts";
import { DayResults } from "./day-results.ts";
import type { SavedDayResults } from "./day-results.ts";
import { exposureAt, netExposureAt, positionAt } from "./exposure.ts";
import type { Has } from "./exposure.ts";
import type { Trading } from "./fee-book.ts";
import type { KnownOrders } from "./known-orders.ts";
import type { FillCost, Order } from "./order.ts";
import type { ToldPosition } from "./positions.ts";
import { dearestPrice, notionalOf } from "./reservation.ts";
import { saleOf } from "./short-sale.ts";

const { none } = RejectReason;
const nothing: readonly AppliedLimits[] = [];
const openOrdersCounted = invariant("open-orders-counted");
const neverUsed = new OrderUse();

/** What is to be done together with an order, before it, and when. */
interface Asked {
  readonly ahead: OrdersAhead;
  readonly context: ActorContext;
}

interface CountedFill {
  readonly quantity: Lots;
  readonly cost: FillCost;
  readonly isTrade: boolean;
}

export class RiskBook {
  readonly #account: AccountId;
  readonly #has: Has;
  readonly #orders: KnownOrders;
  /** By the key of the place that limits are of. */
  readonly #uses = new Map<string, OrderUse>();
  readonly #recent = new RecentPlacings();
  readonly #results: DayResults;
  /** Working orders by instrument: counted from the first time that somebody asks. */
  #open: Map<InstrumentSymbol, number> | undefined;
  /** What the account is held to in each instrument, as long as the rules stay as they are. */
  #applied = new Map<InstrumentSymbol, readonly AppliedLimits[]>();
  #rules: RiskRules | undefined;
  #revision = 0;
  #breach: LimitBreach | undefined;

  constructor(account: AccountId, has: Has) {
    this.#account = account;
    this.#has = has;
    this.#orders = has.orders;
    this.#results = new DayResults(account, has);
  }

  // ---- What is not taken -------------------------------------------------------------------

  whyNotPlace(
    command: PlaceOrder,
    instrument: InstrumentTerms,
    { ahead, context }: Asked,
  ): RejectReason {
    const applied = this.#appliedTo(instrument, context.venue);
    if (applied.length === 0) return none;
    const { side, quantity } = command;
    const lastPrice = context.venue.lastPriceOf(command.symbol);
    const notional = worthOf(command, { instrument, lastPrice });
    const order = {
      ...{ side, quantity, ahead, isNew: true, timeUs: context.timeUs },
      ...{ notional, limitPrice: command.price, lastPrice },
      added: once(() => {
        if (isContract(instrument)) {
          const lots = this.#most(command);
          return addedInContract(this.#has, { instrument, side, lots }, context.venue);
        }
        const lots = lotsOf(command, { instrument, lastPrice });
        return { reduces: side === Side.sell, lots, notional, netNotional: notional };
      }),
      sale: () => saleOf(this.#has, instrument, command),
      lastPlacedAtUs: this.#recent.lastOf(placingKey(command)),
    };
    return this.#whyNot(order, applied, context);
  }

  whyNotReplace(order: Order, command: ReplaceOrder, { ahead, context }: Asked): RejectReason {
    const { instrument, side, orderType } = order;
    const applied = this.#appliedTo(instrument, context.venue);
    if (applied.length === 0) return none;
    const { price, quantity, revised } = command;
    const instructions = revisedBy(order.instructions, revised);
    const lastPrice = context.venue.lastPriceOf(instrument.symbol);
    const priced = { instrument, lastPrice };
    const terms = { orderType, price, quantity, instructions };
    const left = quantity - order.executed;
    const [{ remaining, reserved }, more] = [order, quantity - order.boundQuantity];
    const asked = {
      ...{ side, quantity, ahead, isNew: false, timeUs: context.timeUs },
      ...{ notional: worthOf(terms, priced), limitPrice: price, lastPrice },
      added: once(() => {
        if (isContract(instrument)) {
          return addedInContract(this.#has, { instrument, side, lots: more }, context.venue);
        }
        const worth = worthOf({ ...terms, quantity: left }, priced);
        const notional = worth === undefined ? undefined : subtract(worth, reserved);
        const lots = left - remaining;
        return { reduces: side === Side.sell, lots, notional, netNotional: notional };
      }),
      sale: () => saleOf(this.#has, instrument, order),
      lastPlacedAtUs: undefined,
    };
    return this.#whyNot(asked, applied, context);
  }

  /** Lots that an order in a contract can be for: one that only reduces is cut to what there is. */
  #most({ side, symbol, quantity, instructions }: PlaceOrder): Lots {
    const { margin } = this.#has;
    if (margin === undefined || !instructions.isReduceOnly) return quantity;
    return Math.min(quantity, margin.roomToReduce(side, symbol));
  }

  #whyNot(
    order: RiskyOrder,
    applied: readonly AppliedLimits[],
    context: ActorContext,
  ): RejectReason {
    const places = applied.map((limits) => this.#used(limits, context, order.side));
    this.#breach = firstBreach(order, places);
    return this.#breach?.reason ?? none;
  }

  /** For an order of one side; without any, for whoever asks. */
  #used(
    { key, limits, ...place }: AppliedLimits,
    { venue, timeUs }: Trading,
    side?: Side,
  ): RiskUsed {
    const use = this.#uses.get(key) ?? neverUsed;
    return {
      limits,
      openOrders: () => this.#openAt(place, venue),
      position: once(() => positionAt(this.#has, place, { venue, side })),
      exposure: once(() => exposureAt(this.#has, place, venue)),
      netExposure: once(() => netExposureAt(this.#has, place, { venue, side })),
      lossOfDay: once(() => this.#results.lossAt(place, { venue, timeUs })),
      ordersLeft: () => use.ordersLeft(limits, timeUs),
      ordersOfDay: () => use.ordersOn(timeUs),
      tradesOfDay: () => use.tradesOn(timeUs),
    };
  }

  /** The figures of the refusal just now, if that was the reason. */
  figuresOf(reason: RejectReason): LimitFigures | undefined {
    return this.#breach?.reason === reason ? this.#breach.figures : undefined;
  }

  // ---- What is taken -----------------------------------------------------------------------

  placed(command: PlaceOrder, instrument: InstrumentTerms, context: ActorContext): void {
    const applied = this.#appliedTo(instrument, context.venue);
    if (applied.length === 0) return;
    this.#count(applied, context);
    const isLookedFor = applied.some(({ limits }) => limits.repeatMs !== undefined);
    if (isLookedFor) this.#recent.add(placingKey(command), context.timeUs);
    this.#results.ordered(context);
  }

  replaced({ instrument }: Order, context: ActorContext): void {
    const applied = this.#appliedTo(instrument, context.venue);
    if (applied.length > 0) this.#count(applied, context);
  }

  #count(applied: readonly AppliedLimits[], { timeUs }: ActorContext): void {
    for (const { key, limits } of applied) {
      if (limits.orderRate !== undefined) this.#useOf(key).take(limits, timeUs);
      if (limits.ordersPerTrade !== undefined) this.#useOf(key).ordered(timeUs);
    }
  }

  canceling({ instrument }: Order, { venue, timeUs }: ActorContext): void {
    for (const { key, limits } of this.#appliedTo(instrument, venue)) {
      if (limits.ordersPerTrade !== undefined) this.#useOf(key).ordered(timeUs);
    }
  }

  /** A fill in a contract is about to be settled. */
  filling({ instrument }: Order, context: ActorContext): void {
    this.#results.beginIn(instrument, context);
  }

  /** A position has changed, and cash with it. */
  positionChanged(change: ToldPosition, context: ActorContext): void {
    this.#results.positionChanged(change, context);
  }

  /** After the fill is settled; a transfer between accounts of one participant is no trade. */
  filled(order: Order, { quantity, cost, isTrade }: CountedFill, context: ActorContext): void {
    if (context.venue.risk !== undefined && isTrade) this.#countTrade(order, context);
    this.#results.traded(order, { quantity, cost }, context);
  }

  #countTrade({ instrument }: Order, { venue, timeUs }: ActorContext): void {
    for (const { key, limits } of this.#appliedTo(instrument, venue)) {
      if (limits.ordersPerTrade !== undefined) this.#useOf(key).traded(timeUs);
    }
  }

  /** Some of an asset has come or gone without a trade. */
  moved(asset: AssetId, context: ActorContext): void {
    this.#results.moved(asset, context);
  }

  #useOf(key: string): OrderUse {
    const use = this.#uses.get(key) ?? new OrderUse();
    this.#uses.set(key, use);
    return use;
  }

  #appliedTo(instrument: InstrumentTerms, { risk }: Venue): readonly AppliedLimits[] {
    if (risk === undefined) return nothing;
    if (risk !== this.#rules || risk.revision !== this.#revision) {
      this.#rules = risk;
      this.#revision = risk.revision;
      this.#applied.clear();
    }
    const { symbol } = instrument;
    const applied = this.#applied.get(symbol) ?? risk.applying(this.#account, instrument);
    this.#applied.set(symbol, applied);
    return applied;
  }

  // ---- Working orders ----------------------------------------------------------------------

  opened({ instrument }: Order): void {
    if (this.#open !== undefined) countUp(this.#open, instrument.symbol, 1);
  }

  closed({ instrument }: Order): void {
    if (this.#open !== undefined) countUp(this.#open, instrument.symbol, -1);
  }

  #openAt({ quote, symbol }: RiskPlace, venue: Venue): number {
    if (quote === "" && symbol === "") return this.#orders.workingCount;
    this.#open ??= openBySymbol(this.#orders);
    if (symbol !== "") return this.#open.get(symbol) ?? 0;
    let sum = 0;
    for (const [known, count] of this.#open) {
      if (venue.instrument(known)?.quote === quote) sum += count;
    }
    return sum;
  }

  // ---- Audit -------------------------------------------------------------------------------

  /** Holds what is counted against what there is. */
  audit(venue: Venue): void {
    for (const use of this.#uses.values()) use.audit();
    this.#results.audit(venue);
    if (this.#open === undefined) return;
    const working = openBySymbol(this.#orders);
    for (const [symbol, count] of this.#open) {
      hold(openOrdersCounted, count === (working.get(symbol) ?? 0));
    }
    hold(
      openOrdersCounted,
      [...working.keys()].every((symbol) => this.#open?.has(symbol)),
    );
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  view(trading: Trading): RiskView {
    const { risk } = trading.venue;
    if (risk === undefined) return { group: "", uses: [] };
    const uses = risk.allApplying(this.#account).map((applied) => this.#viewOf(applied, trading));
    return { group: risk.groupOf(this.#account), uses };
  }

  #viewOf(applied: AppliedLimits, trading: Trading): RiskUse {
    const { quote, symbol, limits } = applied;
    const used = this.#used(applied, trading);
    return {
      ...{ quote, symbol, limits, openOrders: used.openOrders() },
      position: limits.positionQuantity === undefined ? undefined : used.position(),
      exposure: limits.exposure === undefined ? undefined : used.exposure(),
      netExposure: limits.netExposure === undefined ? undefined : used.netExposure(),
      lossOfDay: limits.dailyLoss === undefined ? undefined : used.lossOfDay(),
      ordersLeft: limits.orderRate === undefined ? undefined : used.ordersLeft(),
      ordersOfDay: used.ordersOfDay(),
      tradesOfDay: used.tradesOfDay(),
    };
  }

  /** Undefined while there is nothing to say. By keys. */
  snapshot(): SavedRiskBook | undefined {
    const recent = this.#recent.snapshot();
    const results = this.#results.snapshot();
    if (this.#uses.size + recent.length + results.length === 0) return undefined;
    const uses = [...this.#uses].map(([key, use]) => [key, use.snapshot()] as const);
    const saved = [uses.sort(([a], [b]) => (a < b ? -1 : 1)), recent] as const;
    return results.length === 0 ? saved : [...saved, results];
  }

  restore([uses, recent, results = []]: SavedRiskBook): void {
    for (const [key, use] of uses) this.#uses.set(key, OrderUse.restore(use));
    this.#recent.restore(recent);
    this.#results.restore(results);
  }
}

/** What takes long to find out is found out once for an order, though several limits ask. */
function once<Found>(find: () => Found): () => Found {
  let found: { readonly it: Found } | undefined;
  return () => (found ??= { it: find() }).it;
}

interface WorthTerms {
  readonly orderType: OrderType;
  readonly price: Ticks;
  readonly quantity: number;
  readonly instructions: OrderInstructions;
}

interface Priced {
  readonly instrument: InstrumentTerms;
  readonly lastPrice: Ticks | undefined;
}

/** Quote units that an order comes to: by its own terms, or else at the last price. */
function worthOf(terms: WorthTerms, { instrument, lastPrice = 0 }: Priced): Amount | undefined {
  const { quoteBudget } = terms.instructions;
  if (quoteBudget !== 0) return quoteBudget;
  const price = dearestPrice(terms) || lastPrice;
  // Of an order without a limit nobody has looked whether a ledger could hold it.
  return price === 0
    ? undefined
    : minimum(notionalOf(instrument, price, terms.quantity), amountMax);
}

/** Lots of an order; of one by budget, what that pays for at the last price. */
function lotsOf(terms: WorthTerms, { instrument, lastPrice }: Priced): Lots | undefined {
  const { quoteBudget } = terms.instructions;
  if (quoteBudget === 0) return terms.quantity;
  if (lastPrice === undefined) return undefined;
  const perLot = multiply(lastPrice, instrument.quoteUnitsPerTickLot);
  return Number(minimum(divideCeil(quoteBudget, perLot), lotsMax));
}

function openBySymbol(orders: KnownOrders): Map<InstrumentSymbol, number> {
  const open = new Map<InstrumentSymbol, number>();
  for (let place = 0; place < orders.workingCount; place++) {
    countUp(open, orders.workingAt(place).instrument.symbol, 1);
  }
  return open;
}

function countUp(open: Map<InstrumentSymbol, number>, symbol: InstrumentSymbol, by: number): void {
  open.set(symbol, (open.get(symbol) ?? 0) + by);
}

export type SavedRiskBook = readonly [
  uses: readonly (readonly [key: string, SavedOrderUse])[],
  recent: SavedPlacings,
  results?: SavedDayResults,
];

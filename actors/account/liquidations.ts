/**
 * Liquidations: what an account does by itself when its equity does not cover the maintenance of
 * its positions in contracts of an asset. Its orders are canceled; then it reduces by orders of its
 * own; what the book does not take its fund is offered; and what the fund does not take others
 * close with it, by rank. After each it is measured again, and whoever has enough is let alone.
 *
 * Invariant: nothing is handed over before whoever takes it has dealt, and then at once.
 */
import {
  assert,
  divideFloor,
  LiquidationStage,
  minimum,
  multiply,
  OrderType,
  partsPerMillion,
  plainInstructions,
  PositionCause,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  AnswerOffer,
  AssetId,
  DeleverageDealt,
  HandOverTerms,
  InstrumentSymbol,
  LiquidationPhase,
  Lots,
  OrderFilled,
  OrderId,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { bankruptcyPrice, isBelowMaintenance, lotsToReduce } from "../margin/liquidation-terms.ts";
import type { MarkedPosition } from "../margin/liquidation-terms.ts";
import type { AccountState } from "./account-state.ts";
import type { ChangeRequests } from "./change-requests.ts";
import { takerPpmOf } from "./fee.ts";
import type { Liquidation } from "./liquidation-book.ts";
import { maintenanceOf } from "./margin-book.ts";
import type { MarginBook } from "./margin-book.ts";
import type { OrderEntry } from "./order-entry.ts";
import type { Order } from "./order.ts";
import type { OpenPosition } from "./positions.ts";
import { protectedPrice } from "./price-protection.ts";
import { unlimitedBudget } from "./reservation.ts";

const stages: Readonly<Record<LiquidationPhase, LiquidationStage>> = LiquidationStage;

/** Who does what the account decides on. */
export interface Deciders {
  readonly entry: OrderEntry;
  readonly changes: ChangeRequests;
}

/** What a stage is about. */
interface StageTerms {
  readonly symbol: InstrumentSymbol;
  readonly count: number;
  readonly price: Ticks;
}

const ofAll: StageTerms = { symbol: "", count: 0, price: 0 };

export class Liquidations {
  readonly #state: AccountState;
  readonly #entry: OrderEntry;
  readonly #changes: ChangeRequests;

  constructor(state: AccountState, { entry, changes }: Deciders) {
    this.#state = state;
    this.#entry = entry;
    this.#changes = changes;
  }

  // ---- When --------------------------------------------------------------------------------

  /** A mark has moved, or what the account has: begins if that is not enough, or tries again. */
  look(asset: AssetId, context: ActorContext): void {
    const { margin } = this.#state;
    const { venue } = context;
    if (margin === undefined) return;
    const isBelow = isBelowMaintenance(margin.standingIn(asset, venue));
    const mustStay = isBelow && venue.isHalted;
    const underWay = margin.liquidations.of(asset);
    if (underWay?.phase === "waiting" && !mustStay) this.#measure(underWay, context);
    if (underWay !== undefined || !isBelow || mustStay) return;
    const liquidation = margin.liquidations.begin(asset);
    const count = this.#cancelOrders(liquidation, context);
    this.#enter(liquidation, { phase: "canceling", ...ofAll, count }, context);
    if (count === 0) this.#measure(liquidation, context);
  }

  /** It came from a shard where other marks were known. */
  lookAtAll(context: ActorContext): void {
    const { margin } = this.#state;
    if (margin === undefined) return;
    const ofPositions = margin.positions.all().map(({ instrument }) => instrument.quote);
    const assets = new Set([...ofPositions, ...margin.liquidations.assets()]);
    for (const asset of [...assets].sort()) this.look(asset, context);
  }

  // ---- Orders ------------------------------------------------------------------------------

  /**
   * Asks for the end of every order in contracts of the asset, and of those that have some of the
   * asset set aside for goods: that is equity as well. Returns how many there are.
   */
  #cancelOrders(liquidation: Liquidation, context: ActorContext): number {
    let count = 0;
    for (const order of this.#state.orders.working()) {
      if (assetOf(order) !== liquidation.asset) continue;
      this.#changes.requestCancel(order, { isOurs: true }, context);
      count += 1;
    }
    liquidation.awaited = count;
    return count;
  }

  /** A book has spoken of an order. */
  answered(orderId: OrderId, context: ActorContext): void {
    const { margin, orders } = this.#state;
    const order = margin === undefined ? undefined : orders.find(orderId, "");
    if (margin === undefined || order === undefined) return;
    const asset = assetOf(order);
    const { isWorking, placedQuantity, executed, instrument } = order;
    const liquidation = margin.liquidations.of(asset);
    if (liquidation === undefined) {
      // What an order traded at may have cost more than the mark says, and fees have.
      if (isContract(instrument)) this.look(asset, context);
    } else if (!isWorking && liquidation.phase === "canceling") {
      this.#ended(liquidation, context);
    } else if (!isWorking && liquidation.orderId === orderId) {
      liquidation.orderId = 0;
      this.#reduced(liquidation, placedQuantity - executed, context);
    }
  }

  #ended(liquidation: Liquidation, context: ActorContext): void {
    liquidation.awaited -= 1;
    if (liquidation.awaited > 0) return;
    // An order for goods that came later may have ended among them: whoever works is counted anew.
    if (this.#cancelOrders(liquidation, context) === 0) this.#measure(liquidation, context);
  }

  // ---- By the book -------------------------------------------------------------------------

  /** Whoever has enough is let alone; else what needs most is reduced. */
  #measure(liquidation: Liquidation, context: ActorContext): void {
    const { asset } = liquidation;
    const margin = this.#marginBook();
    if (!isBelowMaintenance(margin.standingIn(asset, context.venue))) {
      this.#end(liquidation, context);
      return;
    }
    const open = margin.largestIn(asset, context.venue);
    assert(open !== undefined, "no position needs any maintenance");
    liquidation.symbol = open.instrument.symbol;
    const { isBlocked } = this.#state;
    if (context.venue.isHalted) this.#wait(liquidation, open, context);
    else if (isBlocked) this.#offer(liquidation, open, context);
    else this.#reduce(liquidation, open, context);
  }

  #reduce(liquidation: Liquidation, open: OpenPosition, context: ActorContext): void {
    const { venue } = context;
    const charged = this.#state.instrument(open.instrument.symbol, context);
    assert(charged !== undefined && isContract(charged));
    const { contract } = charged;
    const standing = this.#marginBook().standingIn(liquidation.asset, venue);
    const marked = markedOf(open, context);
    const side = marked.lots > 0 ? Side.sell : Side.buy;
    const feePpm = Math.max(takerPpmOf(charged), 0) + contract.liquidationFeePpm;
    const rates = { maintenancePpm: contract.maintenanceMarginPpm, feePpm };
    const quantity = lotsToReduce(marked, standing, rates);
    const furthest = protectedPrice(side, contract, marked.markPrice);
    const last = bankruptcyPrice(marked, standing, maintenanceOf(open, venue));
    const price = side === Side.sell ? Math.max(last, furthest) : Math.min(last, furthest);
    const orderId = context.nextOrderId();
    liquidation.orderId = orderId;
    const terms = { symbol: charged.symbol, count: quantity, price };
    this.#enter(liquidation, { phase: "reducing", ...terms }, context);
    const order = this.#state.open({
      ...{ orderId, clientOrderId: this.#nextName(), instrument: charged, side, price },
      ...{ orderType: OrderType.limit, timeInForce: TimeInForce.IOC, quantity },
      ...{ placedAtUs: context.timeUs, instructions: plainInstructions },
    });
    this.#entry.submit(order, unlimitedBudget, context);
  }

  /** One that no order has, though its owner may have thought of it. */
  #nextName(): string {
    for (;;) {
      const name = `liquidation-${String(this.#marginBook().liquidations.nextOrderNumber())}`;
      if (this.#state.orders.find(0, name) === undefined) return name;
    }
  }

  /** A fee is due to the fund for what was closed, as far as there is cash. */
  filled({ orderId, price, quantity }: OrderFilled, context: ActorContext): void {
    const { margin, orders, holdings, risk, id } = this.#state;
    if (margin === undefined || margin.liquidations.isEmpty) return;
    const instrument = orders.find(orderId, "")?.instrument;
    if (instrument === undefined || !isContract(instrument)) return;
    const { quote, quoteUnitsPerTickLot: unit, contract } = instrument;
    if (margin.liquidations.of(quote)?.orderId !== orderId) return;
    const value = multiply(multiply(price, quantity), unit);
    const asked = divideFloor(multiply(value, contract.liquidationFeePpm), partsPerMillion);
    const amount = minimum(asked, holdings.available(quote));
    const { fundAccount: account } = contract;
    if (amount <= 0 || account === id) return;
    holdings.balance(quote).giveLiquidationFee(amount);
    risk.moved(quote, context);
    context.send({ kind: "pay-liquidation-fee", account, payer: id, asset: quote, amount });
  }

  #reduced(liquidation: Liquidation, missing: Lots, context: ActorContext): void {
    const left = missing === 0 ? undefined : this.#leftOf(liquidation, context);
    if (left === undefined) this.#measure(liquidation, context);
    else this.#offer(liquidation, left, context);
  }

  /** What is to be handed over of the contract that is being reduced; undefined for nothing. */
  #leftOf({ asset, symbol }: Liquidation, { venue }: ActorContext): OpenPosition | undefined {
    const margin = this.#marginBook();
    const isBelow = isBelowMaintenance(margin.standingIn(asset, venue));
    return isBelow ? margin.positions.of(symbol) : undefined;
  }

  // ---- By the fund -------------------------------------------------------------------------

  #offer(liquidation: Liquidation, open: OpenPosition, context: ActorContext): void {
    const { fundAccount: account } = open.instrument.contract;
    const owner = this.#state.id;
    if (account === owner) {
      this.#deleverage(liquidation, open, context);
      return;
    }
    const { lots, fundingIndex } = open.position;
    const price = this.#lastPrice(liquidation, open, context);
    const { symbol } = open.instrument;
    const terms = { symbol, count: Math.abs(lots), price };
    this.#enter(liquidation, { phase: "offered", ...terms }, context);
    context.send({ kind: "offer-position", account, owner, lots, symbol, price, fundingIndex });
  }

  #lastPrice({ asset }: Liquidation, open: OpenPosition, context: ActorContext): Ticks {
    const standing = this.#marginBook().standingIn(asset, context.venue);
    const own = maintenanceOf(open, context.venue);
    return bankruptcyPrice(markedOf(open, context), standing, own);
  }

  /** The fund has taken the position, or has not. */
  offerAnswered(answer: AnswerOffer, context: ActorContext): void {
    const { symbol, lots, isTaken } = answer;
    const liquidation = this.#of(symbol, "offered", context);
    if (isTaken) {
      this.#close(answer, { lots, cause: PositionCause.takeover }, context);
      this.#measure(liquidation, context);
      return;
    }
    const left = this.#leftOf(liquidation, context);
    if (left === undefined) this.#measure(liquidation, context);
    else this.#deleverage(liquidation, left, context);
  }

  /** So many lots are somebody else's, at the price at which they have dealt. */
  #close(
    { symbol, price, fundingIndex }: HandOverTerms,
    { lots, cause }: { readonly lots: number; readonly cause: PositionCause },
    context: ActorContext,
  ): void {
    const instrument = contractOf(symbol, context);
    const side = lots > 0 ? Side.sell : Side.buy;
    const fill = { side, price, quantity: Math.abs(lots), fundingIndex, cause };
    this.#marginBook().positions.filled(instrument, fill, { fee: 0, context });
  }

  // ---- By others ---------------------------------------------------------------------------

  #deleverage(liquidation: Liquidation, open: OpenPosition, context: ActorContext): void {
    const { symbol } = open.instrument;
    const { lots } = open.position;
    const price = this.#lastPrice(liquidation, open, context);
    const terms = { symbol, count: Math.abs(lots), price };
    this.#enter(liquidation, { phase: "deleveraging", ...terms }, context);
    context.send({ kind: "deleverage-wanted", symbol, account: this.#state.id, lots, price });
  }

  /** Others have closed so much with it, or there is nobody left. */
  deleverageDealt(dealt: DeleverageDealt, context: ActorContext): void {
    const { symbol, side, lots, isLast } = dealt;
    const liquidation = this.#of(symbol, "deleveraging", context);
    const cause = PositionCause.deleverage;
    if (lots > 0) this.#close(dealt, { lots: side === Side.buy ? lots : -lots, cause }, context);
    if (!isLast) return;
    const left = this.#leftOf(liquidation, context);
    if (left === undefined) this.#measure(liquidation, context);
    else this.#wait(liquidation, left, context);
  }

  // ---- How far it is -----------------------------------------------------------------------

  #wait(liquidation: Liquidation, open: OpenPosition, context: ActorContext): void {
    const { symbol } = open.instrument;
    const count = Math.abs(open.position.lots);
    this.#enter(liquidation, { phase: "waiting", symbol, count, price: 0 }, context);
  }

  #end(liquidation: Liquidation, context: ActorContext): void {
    this.#marginBook().liquidations.end(liquidation);
    this.#tell(liquidation, { ...ofAll, stage: LiquidationStage.ended }, context);
  }

  #enter(
    liquidation: Liquidation,
    { phase, ...terms }: StageTerms & { readonly phase: LiquidationPhase },
    context: ActorContext,
  ): void {
    liquidation.phase = phase;
    this.#tell(liquidation, { ...terms, stage: stages[phase] }, context);
  }

  #tell(
    { asset }: Liquidation,
    terms: StageTerms & { readonly stage: LiquidationStage },
    context: ActorContext,
  ): void {
    const { equity, maintenance } = this.#marginBook().standingIn(asset, context.venue);
    const account = this.#state.id;
    context.emit({ kind: "liquidation-moved", account, asset, equity, maintenance, ...terms });
  }

  #marginBook(): MarginBook {
    const { margin } = this.#state;
    assert(margin !== undefined, "an account is liquidated that has no positions");
    return margin;
  }

  #of(symbol: InstrumentSymbol, phase: LiquidationPhase, context: ActorContext): Liquidation {
    const { quote } = contractOf(symbol, context);
    const liquidation = this.#marginBook().liquidations.of(quote);
    assert(liquidation?.phase === phase, "an answer that a liquidation does not wait for");
    assert(liquidation.symbol === symbol, "an answer about another contract");
    return liquidation;
  }
}

function contractOf(symbol: InstrumentSymbol, { venue }: ActorContext): ContractInstrument {
  const instrument = venue.instrument(symbol);
  assert(instrument !== undefined && isContract(instrument), "it is no contract");
  return instrument;
}

/** The asset whose liquidation an order would be part of. */
function assetOf({ instrument, reservedAsset, isUncovered }: Order): AssetId {
  if (isContract(instrument)) return instrument.quote;
  return isUncovered ? "" : reservedAsset;
}

function markedOf({ instrument, position }: OpenPosition, { venue }: ActorContext): MarkedPosition {
  const { symbol, quoteUnitsPerTickLot: unitsPerTickLot } = instrument;
  return {
    ...{ lots: position.lots, unitsPerTickLot },
    markPrice: venue.contractOf(symbol)?.markPrice ?? 0,
  };
}

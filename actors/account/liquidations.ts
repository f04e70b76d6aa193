/**
 * Liquidations: what an account does by itself when its equity does not cover the maintenance of
 * its positions in contracts of an asset; of an isolated position, when what it has to itself does
 * not. Its orders are canceled; then it reduces by orders of its own; what the book does not take
 * its fund is offered; and what the fund does not take others close with it, by rank. After each it
 * is measured again, and whoever has enough is let alone.
 *
 * Invariant: nothing is handed over before whoever takes it has dealt, and then at once.
 */
import {
  assert,
  divideFloor,
  LiquidationStage,
  MarginCause,
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
import type { Liquidation, LiquidationScope } from "./liquidation-book.ts";
import type { MarginBook } from "./margin-book.ts";
import { maintenanceOf } from "./margin-exposure.ts";
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
  look(scope: LiquidationScope, context: ActorContext): void {
    const { margin } = this.#state;
    const { venue } = context;
    if (margin === undefined) return;
    const isBelow = isBelowMaintenance(margin.standingOf(scope, venue));
    const mustStay = isBelow && venue.isHalted;
    const underWay = margin.liquidations.find(scope);
    if (underWay?.phase === "waiting" && !mustStay) this.#measure(underWay, context);
    if (underWay !== undefined || !isBelow || mustStay) return;
    const liquidation = margin.liquidations.begin(scope);
    const count = this.#cancelOrders(liquidation, context);
    const symbol = scope.contract;
    this.#enter(liquidation, { phase: "canceling", symbol, count, price: 0 }, context);
    if (count === 0) this.#measure(liquidation, context);
  }

  /** Of an asset: what is not isolated. */
  lookIn(asset: AssetId, context: ActorContext): void {
    this.look({ asset, contract: "" }, context);
  }

  /** At whatever the mark of a contract has changed. */
  lookAt(contract: ContractInstrument, context: ActorContext): void {
    const { margin } = this.#state;
    if (margin !== undefined) this.look(margin.scopeOf(contract), context);
  }

  /** Likewise, where cash may have changed as well. */
  lookAround(contract: ContractInstrument, context: ActorContext): void {
    const isIsolated = this.#state.margin?.isolated.has(contract.symbol) === true;
    if (isIsolated) this.lookAt(contract, context);
    this.lookIn(contract.quote, context);
  }

  /** It came from a shard where other marks were known. */
  lookAtAll(context: ActorContext): void {
    const { margin } = this.#state;
    if (margin === undefined) return;
    const ofPositions = margin.positions.all().map(({ instrument }) => instrument.quote);
    const assets = new Set([...ofPositions, ...margin.liquidations.assets()]);
    for (const asset of [...assets].sort()) this.lookIn(asset, context);
    for (const scope of this.#isolatedScopes(margin)) this.look(scope, context);
  }

  /** By symbol. */
  #isolatedScopes({ positions, liquidations, isolated }: MarginBook): readonly LiquidationScope[] {
    const scopes = new Map<InstrumentSymbol, LiquidationScope>();
    for (const { instrument } of positions.all()) {
      const { symbol, quote: asset } = instrument;
      if (isolated.has(symbol)) scopes.set(symbol, { asset, contract: symbol });
    }
    for (const { asset, contract } of liquidations.all()) {
      if (contract !== "") scopes.set(contract, { asset, contract });
    }
    return [...scopes.values()].sort((a, b) => (a.contract < b.contract ? -1 : 1));
  }

  // ---- Orders ------------------------------------------------------------------------------

  /**
   * Asks for the end of every order in contracts of the asset, and of those that have some of the
   * asset set aside for goods: that is equity as well. Returns how many there are.
   */
  #cancelOrders(liquidation: Liquidation, context: ActorContext): number {
    let count = 0;
    for (const order of this.#state.orders.working()) {
      if (!this.#isPartOf(liquidation, order)) continue;
      this.#changes.requestCancel(order, { isOurs: true }, context);
      count += 1;
    }
    liquidation.awaited = count;
    return count;
  }

  /** Whether an order takes of what a liquidation is measured by, or adds to what it closes. */
  #isPartOf({ asset, contract }: LiquidationScope, order: Order): boolean {
    const { instrument, isReduceOnly, isUncovered, reservedAsset } = order;
    if (contract !== "") return instrument.symbol === contract;
    if (!isContract(instrument)) return !isUncovered && reservedAsset === asset;
    const isAlone = this.#marginBook().isolated.has(instrument.symbol);
    return instrument.quote === asset && !(isAlone && isReduceOnly);
  }

  /** A book has spoken of an order. */
  answered(orderId: OrderId, context: ActorContext): void {
    const { margin, orders } = this.#state;
    const order = margin === undefined ? undefined : orders.find(orderId, "");
    if (margin === undefined || order === undefined) return;
    const { isWorking, placedQuantity, executed, instrument } = order;
    const missing = placedQuantity - executed;
    const parts = margin.liquidations.isEmpty
      ? []
      : margin.liquidations.all().filter((one) => this.#isPartOf(one, order));
    for (const liquidation of isWorking ? [] : parts) {
      if (liquidation.phase === "canceling") {
        this.#ended(liquidation, context);
      } else if (liquidation.orderId === orderId) {
        liquidation.orderId = 0;
        this.#reduced(liquidation, missing, context);
      }
    }
    // What an order traded at may have cost more than the mark says, and fees have.
    if (isContract(instrument)) this.#begin(instrument, context);
  }

  /** Where nothing is under way. */
  #begin(contract: ContractInstrument, context: ActorContext): void {
    const { liquidations, isolated } = this.#marginBook();
    const { symbol, quote: asset } = contract;
    const isAlone = isolated.has(symbol);
    if (isAlone && liquidations.ofContract(symbol) === undefined) this.lookAt(contract, context);
    if (liquidations.of(asset) === undefined) this.lookIn(asset, context);
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
    const margin = this.#marginBook();
    if (!isBelowMaintenance(margin.standingOf(liquidation, context.venue))) {
      this.#end(liquidation, context);
      return;
    }
    const open = margin.largestOf(liquidation, context.venue);
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
    const standing = this.#marginBook().standingOf(liquidation, venue);
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
    const { symbol, quote, quoteUnitsPerTickLot: unit, contract } = instrument;
    const scope = margin.scopeOf(instrument);
    if (margin.liquidations.find(scope)?.orderId !== orderId) return;
    const value = multiply(multiply(price, quantity), unit);
    const asked = divideFloor(multiply(value, contract.liquidationFeePpm), partsPerMillion);
    const isAlone = scope.contract !== "";
    const { isolated } = margin;
    const most = isAlone ? isolated.postedFor(symbol) : holdings.available(quote);
    const amount = minimum(asked, most);
    const { fundAccount: account } = contract;
    if (amount <= 0 || account === id) return;
    if (isAlone) isolated.release(instrument, { amount, cause: MarginCause.fee }, context);
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
  #leftOf(liquidation: Liquidation, { venue }: ActorContext): OpenPosition | undefined {
    const margin = this.#marginBook();
    const isBelow = isBelowMaintenance(margin.standingOf(liquidation, venue));
    return isBelow ? margin.positions.of(liquidation.symbol) : undefined;
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

  #lastPrice(scope: LiquidationScope, open: OpenPosition, context: ActorContext): Ticks {
    const standing = this.#marginBook().standingOf(scope, context.venue);
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
    const { contract: symbol } = liquidation;
    const { liquidations, isolated, positions } = this.#marginBook();
    liquidations.end(liquidation);
    const { ended: stage } = LiquidationStage;
    this.#tell(liquidation, { symbol, count: 0, price: 0, stage }, context);
    if (symbol === "" || positions.has(symbol)) return;
    // All is closed: what it had to itself is cash again.
    isolated.keep(contractOf(symbol, context), 0, context);
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
    scope: LiquidationScope,
    terms: StageTerms & { readonly stage: LiquidationStage },
    context: ActorContext,
  ): void {
    const { asset } = scope;
    const { equity, maintenance } = this.#marginBook().standingOf(scope, context.venue);
    const account = this.#state.id;
    context.emit({ kind: "liquidation-moved", account, asset, equity, maintenance, ...terms });
  }

  #marginBook(): MarginBook {
    const { margin } = this.#state;
    assert(margin !== undefined, "an account is liquidated that has no positions");
    return margin;
  }

  #of(symbol: InstrumentSymbol, phase: LiquidationPhase, context: ActorContext): Liquidation {
    const margin = this.#marginBook();
    const scope = margin.scopeOf(contractOf(symbol, context));
    const liquidation = margin.liquidations.find(scope);
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

function markedOf({ instrument, position }: OpenPosition, { venue }: ActorContext): MarkedPosition {
  const { symbol, quoteUnitsPerTickLot: unitsPerTickLot } = instrument;
  return {
    ...{ lots: position.lots, unitsPerTickLot },
    markPrice: venue.contractOf(symbol)?.markPrice ?? 0,
  };
}

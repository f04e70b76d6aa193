/**
 * Margin book: what one margin account may do with its cash, given its positions and its working
 * orders in contracts.
 *
 * Of each quote asset there is free: what is available, less losses that are not realised, less the
 * initial margin of every contract. New orders must leave it at zero or more, unless they only
 * close and can pay for what that loses; whatever else takes cash may take no more than it.
 * Isolated positions have cash of their own: of them only orders that open more count.
 */
import { add, multiply, OrderType, RejectReason, Side, subtract } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  ContractState,
  InstrumentSymbol,
  Lots,
  MarginAssetView,
  MarginView,
  PlaceOrder,
  PositionView,
  ReplaceOrder,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import type { Standing } from "../margin/liquidation-terms.ts";
import { liquidationPriceOf } from "../margin/isolated-terms.ts";
import type { PositionHolders } from "../margin/position-holders.ts";
import type { Holdings } from "./holdings.ts";
import type { KnownOrders } from "./known-orders.ts";
import type { Order } from "./order.ts";
import { IsolatedMargins } from "./isolated-margins.ts";
import type { SavedIsolatedMargins } from "./isolated-margins.ts";
import { LiquidationBook } from "./liquidation-book.ts";
import type { LiquidationScope, SavedLiquidations } from "./liquidation-book.ts";
import {
  closesOnly,
  count,
  isCountable,
  lossOfClosing,
  maintenanceOf,
  marginsOf,
  noOrdersIn,
} from "./margin-exposure.ts";
import type { ContractExposure, OpenOrder } from "./margin-exposure.ts";
import { lotsToReduce } from "./paired-lots.ts";
import { Positions } from "./positions.ts";
import type { OpenPosition, PositionWitness, SavedPositions } from "./positions.ts";

const { none } = RejectReason;

/** What the account has, and has placed. */
interface Has {
  readonly orders: KnownOrders;
  readonly holdings: Holdings;
  readonly holders: PositionHolders;
  /** Hears what becomes of positions. */
  readonly risk: PositionWitness;
}

/** Lots of somebody else's position at a price. */
type TakenLots = Pick<OpenOrder, "side" | "price" | "remaining">;

/** What an order is for, and whether it opens nothing. */
interface AskedOf {
  readonly contract: ContractInstrument;
  readonly venue: Venue;
  readonly isReduceOnly: boolean;
}

/** What there is and may be of all contracts, an order that is asked for among it. */
interface Seen {
  readonly exposures: ReadonlyMap<InstrumentSymbol, ContractExposure>;
  readonly venue: Venue;
}

/** Of one quote asset. */
interface Sums {
  unrealised: Amount;
  initial: Amount;
  maintenance: Amount;
}

export class MarginBook {
  readonly #orders: KnownOrders;
  readonly #holdings: Holdings;
  readonly positions: Positions;
  /** Whether it may open positions: one that may not any more can still close them. */
  isOpen = false;
  readonly liquidations = new LiquidationBook();
  readonly isolated: IsolatedMargins;

  constructor(account: AccountId, { orders, holdings, holders, risk }: Has) {
    this.#orders = orders;
    this.#holdings = holdings;
    this.isolated = new IsolatedMargins(account, holdings, this.liquidations);
    const { isolated } = this;
    this.positions = new Positions(account, holdings, { holders, witness: risk, isolated });
  }

  // ---- What is not taken -------------------------------------------------------------------

  whyNotPlace(command: PlaceOrder, contract: ContractInstrument, venue: Venue): RejectReason {
    const { side, orderType, price, quantity, instructions } = command;
    const most = instructions.isReduceOnly ? this.roomToReduce(side, contract.symbol) : quantity;
    const order = { side, orderType, price, remaining: Math.min(quantity, most) };
    const { isReduceOnly } = instructions;
    return this.#whyNot(order, this.#exposures(venue), { contract, venue, isReduceOnly });
  }

  /** Lots that orders of a side that only reduce may still be for, one order left out. */
  roomToReduce(side: Side, symbol: InstrumentSymbol, except = 0): Lots {
    const held = this.positions.lotsOf(symbol);
    const taken = lotsToReduce(this.#orders, { symbol, side, except });
    return Math.max((side === Side.sell ? held : -held) - taken, 0);
  }

  /** The order may have both its terms: the new ones, and those in force. */
  whyNotReplace(order: Order, command: ReplaceOrder, venue: Venue): RejectReason {
    const { instrument, orderId, side, orderType, executed } = order;
    if (!isContract(instrument)) return none;
    const exposures = this.#exposures(venue, orderId);
    const isBuy = side === Side.buy;
    const price = isBuy
      ? Math.max(order.boundPrice, command.price)
      : Math.min(order.price, command.price);
    const remaining = Math.max(order.boundQuantity, command.quantity) - executed;
    const asked = { side, orderType, price, remaining };
    const isFor = command.quantity - executed;
    const { isReduceOnly } = order;
    const wouldOpen = isReduceOnly && isFor > this.roomToReduce(side, instrument.symbol, orderId);
    const reason = this.#whyNot(asked, exposures, { contract: instrument, venue, isReduceOnly });
    return reason === none && wouldOpen ? RejectReason["reduce-only-would-open"] : reason;
  }

  #whyNot(
    order: OpenOrder,
    exposures: Map<InstrumentSymbol, ContractExposure>,
    { contract, venue, isReduceOnly }: AskedOf,
  ): RejectReason {
    const { symbol } = contract;
    const exposure = exposures.get(symbol) ?? this.#exposureOf(contract);
    exposures.set(symbol, exposure);
    const markPrice = venue.contractOf(symbol)?.markPrice ?? 0;
    count(order, exposure, markPrice);
    const isClosing = closesOnly(order.side, exposure);
    if (!this.isOpen && !isClosing) return RejectReason["margin-account-required"];
    if (!this.#isCovered(order, exposure, { exposures, venue })) {
      return RejectReason["margin-insufficient"];
    }
    if (!isCountable(exposure, Math.max(markPrice, order.price))) {
      return RejectReason["position-too-large"];
    }
    if (this.#isForbidden(contract, isReduceOnly)) return RejectReason["being-liquidated"];
    if (order.remaining === 0) return RejectReason["reduce-only-would-open"];
    return whyNotMarked(venue.contractOf(symbol));
  }

  /** Whether what is free is enough, or what closes can pay for what that loses. */
  #isCovered(order: OpenOrder, exposure: ContractExposure, { exposures, venue }: Seen): boolean {
    const { symbol, quote } = exposure.contract;
    const { initial, unrealised } = this.#sumsOf(quote, exposures, venue);
    const available = this.#holdings.available(quote);
    const isFree = subtract(add(available, minimumOfZero(unrealised)), initial) >= 0;
    const isClosing = closesOnly(order.side, exposure);
    if (!this.isolated.has(symbol)) {
      return isFree || (isClosing && this.#canLose(order, exposure, add(available, unrealised)));
    }
    const { equity } = this.standingOf({ asset: quote, contract: symbol }, venue);
    return (isFree || isClosing) && lossOfClosing(exposure) <= (equity < 0 ? 0 : equity);
  }

  /** An order that opens more takes of the cash by which an account is liquidated. */
  #isForbidden({ symbol, quote }: ContractInstrument, isReduceOnly: boolean): boolean {
    const isAssetLiquidated = this.liquidations.of(quote) !== undefined;
    if (!this.isolated.has(symbol)) return isAssetLiquidated;
    const isLiquidated = this.liquidations.ofContract(symbol) !== undefined;
    return isLiquidated || (isAssetLiquidated && !isReduceOnly);
  }

  /** Whether what orders that close may lose at once is there. */
  #canLose({ side }: OpenOrder, exposure: ContractExposure, equity: Amount): boolean {
    const lost = side === Side.buy ? exposure.buyLoss : exposure.sellLoss;
    return lost === 0 || multiply(lost, exposure.contract.quoteUnitsPerTickLot) <= equity;
  }

  /** Whether it could take lots of another's position without lacking margin for them. */
  canTake(order: TakenLots, contract: ContractInstrument, venue: Venue): boolean {
    const { symbol, quote } = contract;
    if (this.#isForbidden(contract, false)) return false;
    if (whyNotMarked(venue.contractOf(symbol)) !== none) return false;
    const exposures = this.#exposures(venue);
    const exposure = exposures.get(symbol) ?? this.#exposureOf(contract);
    exposures.set(symbol, exposure);
    const markPrice = venue.contractOf(symbol)?.markPrice ?? 0;
    count({ ...order, orderType: OrderType.limit }, exposure, markPrice);
    const { initial, unrealised } = this.#sumsOf(quote, exposures, venue);
    const kept = add(this.#holdings.available(quote), minimumOfZero(unrealised));
    return subtract(kept, initial) >= 0 && isCountable(exposure, Math.max(markPrice, order.price));
  }

  // ---- Maintenance -------------------------------------------------------------------------

  /** What a contract's position would be liquidated with. */
  scopeOf({ symbol, quote: asset }: ContractInstrument): LiquidationScope {
    return { asset, contract: this.isolated.has(symbol) ? symbol : "" };
  }

  /** What there is at the marks, and what its positions need to be kept. */
  standingOf(scope: LiquidationScope, venue: Venue): Standing {
    const { asset, contract } = scope;
    const isAlone = contract !== "";
    let equity = isAlone ? this.isolated.postedFor(contract) : this.#holdings.available(asset);
    let maintenance: Amount = 0;
    for (const open of this.#openIn(scope)) {
      equity = add(equity, this.positions.unrealised(open, venue));
      maintenance = add(maintenance, maintenanceOf(open, venue));
    }
    return { equity, maintenance };
  }

  /** Of those positions the one that needs most to be kept; undefined for none. */
  largestOf(scope: LiquidationScope, venue: Venue): OpenPosition | undefined {
    let [largest, most]: [OpenPosition | undefined, Amount] = [undefined, -1];
    for (const open of this.#openIn(scope)) {
      const maintenance = maintenanceOf(open, venue);
      if (maintenance > most) [largest, most] = [open, maintenance];
    }
    return largest;
  }

  /** By symbol. */
  #openIn({ asset, contract }: LiquidationScope): readonly OpenPosition[] {
    if (contract !== "") {
      const open = this.positions.of(contract);
      return open === undefined ? [] : [open];
    }
    return this.positions.all().filter(({ instrument: { symbol, quote } }) => {
      return quote === asset && !this.isolated.has(symbol);
    });
  }

  /** What of an isolated position's own cash it does not need, nor its orders; at least nothing. */
  removableFrom(contract: ContractInstrument, venue: Venue): Amount {
    const { symbol } = contract;
    const open = this.positions.of(symbol);
    const exposure = this.#exposures(venue).get(symbol);
    if (open === undefined || exposure === undefined) return 0;
    const loss = minimumOfZero(this.positions.unrealised(open, venue));
    const needed = add(marginsOf(exposure, venue).ofPosition, lossOfClosing(exposure));
    const left = subtract(add(this.isolated.postedFor(symbol), loss), needed);
    return left < 0 ? 0 : left;
  }

  // ---- What is free ------------------------------------------------------------------------

  /** Units of an asset that may be taken: at least none. */
  free(asset: AssetId, venue: Venue): Amount {
    const available = this.#holdings.available(asset);
    const { initial, unrealised } = this.#sumsOf(asset, this.#exposures(venue), venue);
    const free = subtract(add(available, minimumOfZero(unrealised)), initial);
    return free < 0 ? 0 : free;
  }

  #sumsOf(
    quote: AssetId,
    exposures: ReadonlyMap<InstrumentSymbol, ContractExposure>,
    venue: Venue,
  ): Sums {
    const sums: Sums = { unrealised: 0, initial: 0, maintenance: 0 };
    for (const exposure of exposures.values()) {
      const { symbol, quote: asset } = exposure.contract;
      if (asset !== quote) continue;
      const { initial, toOpen } = marginsOf(exposure, venue);
      sums.initial = add(sums.initial, this.isolated.has(symbol) ? toOpen : initial);
    }
    for (const open of this.#openIn({ asset: quote, contract: "" })) {
      sums.maintenance = add(sums.maintenance, maintenanceOf(open, venue));
      sums.unrealised = add(sums.unrealised, this.positions.unrealised(open, venue));
    }
    return sums;
  }

  /** Of every contract with a position or working orders, one order left out. */
  #exposures(venue: Venue, except = 0): Map<InstrumentSymbol, ContractExposure> {
    const exposures = new Map<InstrumentSymbol, ContractExposure>();
    for (const { instrument } of this.positions.all()) {
      exposures.set(instrument.symbol, this.#exposureOf(instrument));
    }
    this.#orders.visitWorking((order) => {
      const { instrument } = order;
      if (!isContract(instrument) || order.orderId === except) return;
      const { symbol } = instrument;
      const exposure = exposures.get(symbol) ?? this.#exposureOf(instrument);
      exposures.set(symbol, exposure);
      const remaining = order.boundQuantity - order.executed;
      const { side, orderType } = order;
      const price = side === Side.buy ? order.boundPrice : order.price;
      const markPrice = venue.contractOf(symbol)?.markPrice ?? 0;
      count({ side, orderType, price, remaining }, exposure, markPrice);
    });
    return exposures;
  }

  #exposureOf(contract: ContractInstrument): ContractExposure {
    return noOrdersIn(contract, this.positions.lotsOf(contract.symbol));
  }

  // ---- Questions ---------------------------------------------------------------------------

  /** By how much more an order with a limit would have asked of cash; undefined without a mark. */
  askedFor(
    { side, price, quantity }: Pick<PlaceOrder, "side" | "price" | "quantity">,
    contract: ContractInstrument,
    venue: Venue,
  ): Amount | undefined {
    const markPrice = venue.contractOf(contract.symbol)?.markPrice ?? 0;
    if (markPrice === 0) return undefined;
    const exposure = this.#exposures(venue).get(contract.symbol) ?? this.#exposureOf(contract);
    const asked = () => {
      const { initial, toOpen } = marginsOf(exposure, venue);
      return this.isolated.has(contract.symbol) ? toOpen : initial;
    };
    const before = asked();
    const order = { side, orderType: OrderType.limit, price, remaining: quantity };
    count(order, exposure, markPrice);
    return subtract(asked(), before);
  }

  /** By symbol. */
  views(venue: Venue): readonly PositionView[] {
    const exposures = this.#exposures(venue);
    const open = new Map(this.positions.all().map((one) => [one.instrument.symbol, one]));
    return [...exposures.values()]
      .map((exposure): PositionView => {
        const { contract, lots, buys, sells } = exposure;
        const { symbol } = contract;
        const { initial, maintenance } = marginsOf(exposure, venue);
        const one = open.get(symbol);
        const { cost, fundingIndex } = one?.position ?? { cost: 0, fundingIndex: 0 };
        return {
          ...{ symbol, lots, cost, buys, sells },
          entryNotional: add(cost, multiply(lots, fundingIndex)),
          markPrice: venue.contractOf(symbol)?.markPrice ?? 0,
          unrealised: one === undefined ? 0 : this.positions.unrealised(one, venue),
          initialMargin: initial,
          maintenanceMargin: maintenance,
          ...this.#isolatedView(contract, one),
        };
      })
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  #isolatedView(
    { symbol, contract, quoteUnitsPerTickLot }: ContractInstrument,
    one?: OpenPosition,
  ) {
    const posted = this.isolated.postedFor(symbol);
    const mode = this.isolated.modeOf(symbol);
    const unitsPerTickLot = quoteUnitsPerTickLot;
    const terms = { posted, unitsPerTickLot, maintenancePpm: contract.maintenanceMarginPpm };
    const isAlone = one !== undefined && this.isolated.has(symbol);
    const liquidationPrice = isAlone ? liquidationPriceOf(one.position, terms) : 0;
    const liquidation = this.liquidations.ofContract(symbol)?.phase ?? "";
    return { mode, posted, liquidationPrice, liquidation } as const;
  }

  view(venue: Venue): MarginView {
    const exposures = this.#exposures(venue);
    const quotes = new Set([...exposures.values()].map(({ contract }) => contract.quote));
    for (const asset of this.liquidations.assets()) quotes.add(asset);
    const assets = [...quotes].sort().map((asset): MarginAssetView => {
      const cash = this.#holdings.available(asset);
      const { unrealised, initial, maintenance } = this.#sumsOf(asset, exposures, venue);
      return {
        ...{ asset, cash, unrealised, equity: add(cash, unrealised) },
        posted: this.isolated.postedIn(asset),
        initialMargin: initial,
        maintenanceMargin: maintenance,
        free: subtract(add(cash, minimumOfZero(unrealised)), initial),
        liquidation: this.liquidations.of(asset)?.phase ?? "",
      };
    });
    return { isMargin: this.isOpen, assets };
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedMarginBook {
    const saved = [this.isOpen, this.positions.snapshot()] as const;
    const liquidations = this.liquidations.snapshot();
    const isolated = this.isolated.snapshot();
    if (isolated !== undefined) return [...saved, liquidations ?? null, isolated];
    // Nothing, as in snapshots from before, where nobody is liquidated.
    return liquidations === undefined ? saved : [...saved, liquidations];
  }

  restore([isOpen, positions, liquidations = null, isolated]: SavedMarginBook, venue: Venue): void {
    this.isOpen = isOpen;
    if (liquidations !== null) this.liquidations.restore(liquidations);
    this.positions.restore(positions, venue);
    if (isolated !== undefined) this.isolated.restore(isolated, venue);
  }
}

export type SavedMarginBook = readonly [
  isOpen: boolean,
  positions: SavedPositions,
  liquidations?: SavedLiquidations | null,
  isolated?: SavedIsolatedMargins,
];

/** A contract without a mark is not traded: nobody can say what that needs. */
function whyNotMarked(known: ContractState | undefined): RejectReason {
  if (known !== undefined && known.finalPrice > 0) return RejectReason["contract-expired"];
  const isMarked = known !== undefined && known.markPrice > 0;
  return isMarked ? none : RejectReason["mark-price-missing"];
}

function minimumOfZero(amount: Amount): Amount {
  return amount < 0 ? amount : 0;
}

/**
 * Margin book: what one margin account may do with its cash, given its positions and its working
 * orders in contracts.
 *
 * Of each quote asset there is free: what is available, less losses that are not realised, less the
 * initial margin of every contract. New orders must leave it at zero or more, unless they only
 * close and can pay for what that loses; whatever else takes cash may take no more than it.
 */
import {
  add,
  isAmount,
  isWaitingType,
  lotsMax,
  multiply,
  OrderType,
  RejectReason,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  ContractState,
  InstrumentSymbol,
  Lots,
  MarginAssetView,
  MarginView,
  OrderType as OrderTypes,
  PlaceOrder,
  PositionView,
  ReplaceOrder,
  Ticks,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import type { Standing } from "../margin/liquidation-terms.ts";
import { marginOf, requirementOf } from "../margin/margin-requirement.ts";
import type { Exposure, MarginTerms } from "../margin/margin-requirement.ts";
import type { PositionHolders } from "../margin/position-holders.ts";
import type { Holdings } from "./holdings.ts";
import type { KnownOrders } from "./known-orders.ts";
import type { Order } from "./order.ts";
import { LiquidationBook } from "./liquidation-book.ts";
import type { SavedLiquidations } from "./liquidation-book.ts";
import { lotsToReduce } from "./paired-lots.ts";
import { Positions } from "./positions.ts";
import type { OpenPosition, PositionWitness, SavedPositions } from "./positions.ts";
import { protectedPrice } from "./price-protection.ts";

const { none } = RejectReason;

/** What the account has, and has placed. */
interface Has {
  readonly orders: KnownOrders;
  readonly holdings: Holdings;
  readonly holders: PositionHolders;
  /** Hears what becomes of positions. */
  readonly risk: PositionWitness;
}

/** What may still trade of an order in a contract. */
interface OpenOrder {
  readonly side: Side;
  readonly orderType: OrderTypes;
  readonly price: Ticks;
  readonly remaining: Lots;
}

/** Lots of somebody else's position at a price. */
type TakenLots = Pick<OpenOrder, "side" | "price" | "remaining">;

interface ContractExposure extends Exposure {
  readonly contract: ContractInstrument;
  buys: Lots;
  sells: Lots;
  buyLoss: Amount;
  sellLoss: Amount;
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

  constructor(account: AccountId, { orders, holdings, holders, risk }: Has) {
    this.#orders = orders;
    this.#holdings = holdings;
    this.positions = new Positions(account, holdings, { holders, witness: risk });
  }

  // ---- What is not taken -------------------------------------------------------------------

  whyNotPlace(command: PlaceOrder, contract: ContractInstrument, venue: Venue): RejectReason {
    const { side, orderType, price, quantity, instructions } = command;
    const most = instructions.isReduceOnly ? this.roomToReduce(side, contract.symbol) : quantity;
    const order = { side, orderType, price, remaining: Math.min(quantity, most) };
    return this.#whyNot(order, this.#exposures(venue), { contract, venue });
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
    const wouldOpen =
      order.isReduceOnly && isFor > this.roomToReduce(side, instrument.symbol, orderId);
    const reason = this.#whyNot(asked, exposures, { contract: instrument, venue });
    return reason === none && wouldOpen ? RejectReason["reduce-only-would-open"] : reason;
  }

  #whyNot(
    order: OpenOrder,
    exposures: Map<InstrumentSymbol, ContractExposure>,
    { contract, venue }: { readonly contract: ContractInstrument; readonly venue: Venue },
  ): RejectReason {
    const { symbol, quote } = contract;
    const exposure = exposures.get(symbol) ?? this.#exposureOf(contract);
    exposures.set(symbol, exposure);
    const markPrice = venue.contractOf(symbol)?.markPrice ?? 0;
    count(order, exposure, markPrice);
    const isClosing = closesOnly(order.side, exposure);
    if (!this.isOpen && !isClosing) return RejectReason["margin-account-required"];
    const { initial, unrealised } = this.#sumsOf(quote, exposures, venue);
    const loss = minimumOfZero(unrealised);
    const available = this.#holdings.available(quote);
    const isCovered = subtract(add(available, loss), initial) >= 0;
    if (!isCovered && !(isClosing && this.#canLose(order, exposure, add(available, unrealised)))) {
      return RejectReason["margin-insufficient"];
    }
    if (!isCountable(exposure, Math.max(markPrice, order.price))) {
      return RejectReason["position-too-large"];
    }
    if (this.liquidations.of(quote) !== undefined) return RejectReason["being-liquidated"];
    if (order.remaining === 0) return RejectReason["reduce-only-would-open"];
    return whyNotMarked(venue.contractOf(symbol));
  }

  /** Whether what orders that close may lose at once is there. */
  #canLose({ side }: OpenOrder, exposure: ContractExposure, equity: Amount): boolean {
    const lost = side === Side.buy ? exposure.buyLoss : exposure.sellLoss;
    return lost === 0 || multiply(lost, exposure.contract.quoteUnitsPerTickLot) <= equity;
  }

  /** Whether it could take lots of another's position without lacking margin for them. */
  canTake(order: TakenLots, contract: ContractInstrument, venue: Venue): boolean {
    const { symbol, quote } = contract;
    if (this.liquidations.of(quote) !== undefined) return false;
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

  /** What it has in an asset at the marks, and what its positions need to be kept. */
  standingIn(asset: AssetId, venue: Venue): Standing {
    let equity = this.#holdings.available(asset);
    let maintenance: Amount = 0;
    for (const open of this.positions.all()) {
      if (open.instrument.quote !== asset) continue;
      equity = add(equity, this.positions.unrealised(open, venue));
      maintenance = add(maintenance, maintenanceOf(open, venue));
    }
    return { equity, maintenance };
  }

  /** Its position that needs most to be kept, of those paid in an asset; undefined for none. */
  largestIn(asset: AssetId, venue: Venue): OpenPosition | undefined {
    let [largest, most]: [OpenPosition | undefined, Amount] = [undefined, -1];
    for (const open of this.positions.all()) {
      if (open.instrument.quote !== asset) continue;
      const maintenance = maintenanceOf(open, venue);
      if (maintenance > most) [largest, most] = [open, maintenance];
    }
    return largest;
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
      if (exposure.contract.quote !== quote) continue;
      const { initial, maintenance } = marginsOf(exposure, venue);
      sums.initial = add(sums.initial, initial);
      sums.maintenance = add(sums.maintenance, maintenance);
    }
    for (const open of this.positions.all()) {
      if (open.instrument.quote !== quote) continue;
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
    const lots = this.positions.lotsOf(contract.symbol);
    return { contract, lots, buys: 0, sells: 0, buyLoss: 0, sellLoss: 0 };
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
    const before = marginsOf(exposure, venue).initial;
    const order = { side, orderType: OrderType.limit, price, remaining: quantity };
    count(order, exposure, markPrice);
    return subtract(marginsOf(exposure, venue).initial, before);
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
        };
      })
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
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
    // Nothing, as in snapshots from before, where nobody is liquidated.
    return liquidations === undefined ? saved : [...saved, liquidations];
  }

  restore([isOpen, positions, liquidations]: SavedMarginBook, venue: Venue): void {
    this.isOpen = isOpen;
    if (liquidations !== undefined) this.liquidations.restore(liquidations);
    this.positions.restore(positions, venue);
  }
}

export type SavedMarginBook = readonly [
  isOpen: boolean,
  positions: SavedPositions,
  liquidations?: SavedLiquidations,
];

/** A contract without a mark is not traded: nobody can say what that needs. */
function whyNotMarked(known: ContractState | undefined): RejectReason {
  if (known !== undefined && known.finalPrice > 0) return RejectReason["contract-expired"];
  const isMarked = known !== undefined && known.markPrice > 0;
  return isMarked ? none : RejectReason["mark-price-missing"];
}

/** Adds an order to what may be filled, and what it would lose at once. */
function count(order: OpenOrder, exposure: ContractExposure, markPrice: Ticks): void {
  const { side, remaining } = order;
  const loss = multiply(lossOf(order, exposure.contract, markPrice), remaining);
  if (side === Side.buy) {
    exposure.buys += remaining;
    exposure.buyLoss = add(exposure.buyLoss, loss);
  } else {
    exposure.sells += remaining;
    exposure.sellLoss = add(exposure.sellLoss, loss);
  }
}

/** Ticks by which an order may trade worse than at the mark. What waits for its price has time. */
function lossOf(
  { side, orderType, price }: OpenOrder,
  contract: ContractInstrument,
  mark: Ticks,
): number {
  if (mark === 0 || isWaitingType(orderType)) return 0;
  const isMarket = orderType === OrderType.market;
  const worst = isMarket ? protectedPrice(side, contract.contract, mark) : price;
  return Math.max(side === Side.buy ? worst - mark : mark - worst, 0);
}

/** Whether orders of a side, all together, close no more than there is. */
function closesOnly(side: Side, { lots, buys, sells }: Exposure): boolean {
  return side === Side.buy ? lots < 0 && buys <= -lots : lots > 0 && sells <= lots;
}

export function maintenanceOf({ instrument, position }: OpenPosition, venue: Venue): Amount {
  return marginOf(position.lots, {
    markPrice: venue.contractOf(instrument.symbol)?.markPrice ?? 0,
    unitsPerTickLot: instrument.quoteUnitsPerTickLot,
    ppm: instrument.contract.maintenanceMarginPpm,
  });
}

function marginsOf(exposure: ContractExposure, venue: Venue) {
  const { contract, lots } = exposure;
  const { initialMarginPpm, maintenanceMarginPpm } = contract.contract;
  const terms = {
    markPrice: venue.contractOf(contract.symbol)?.markPrice ?? 0,
    unitsPerTickLot: contract.quoteUnitsPerTickLot,
  };
  const kept: MarginTerms = { ...terms, ppm: maintenanceMarginPpm };
  return {
    initial: requirementOf(exposure, { ...terms, ppm: initialMarginPpm }),
    maintenance: marginOf(lots, kept),
  };
}

/** Whether all that may come of it can be counted, and what that is worth. */
function isCountable({ contract, lots, buys, sells }: ContractExposure, price: Ticks): boolean {
  const most = Math.abs(lots) + Math.max(buys, sells);
  const notional = multiply(multiply(most, price), contract.quoteUnitsPerTickLot);
  return most <= lotsMax && isAmount(multiply(notional, 4));
}

function minimumOfZero(amount: Amount): Amount {
  return amount < 0 ? amount : 0;
}

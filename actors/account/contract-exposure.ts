/**
 * Contract exposure: what one account may come to have in contracts, given its positions and its
 * working orders.
 *
 * Orders count as if all of one side were filled and none of the other. Looked up where a limit of
 * risk asks for it; nothing is kept here.
 */
import { multiply, Side } from "../../protocols/index.ts";
import type { Amount, InstrumentSymbol, InstrumentTerms, Lots } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import type { Position } from "../margin/position.ts";
import type { Added, Sale } from "../risk/limit-checks.ts";
import type { KnownOrders } from "./known-orders.ts";
import { PairedLots } from "./paired-lots.ts";

/** What the account has in contracts. */
export interface ContractPositions {
  positionIn(symbol: InstrumentSymbol): Position | undefined;
  all(): readonly { readonly instrument: ContractInstrument; readonly position: Position }[];
}

/** Without positions of an account that has never been one for margin: it has no such orders. */
export interface TradesContracts {
  readonly orders: KnownOrders;
  readonly margin:
    | {
        readonly positions: ContractPositions;
        roomToReduce(side: Side, symbol: InstrumentSymbol): Lots;
      }
    | undefined;
}

/** In lots. */
interface OpenContract {
  readonly instrument: ContractInstrument;
  /** Of the position: signed. */
  readonly lots: number;
  /** What may still trade of working orders. */
  buys: Lots;
  sells: Lots;
}

/** Of those contracts that are meant, each with a position or working orders. */
function openContracts(
  { orders, margin }: TradesContracts,
  isMeant: (instrument: InstrumentTerms) => boolean,
): readonly OpenContract[] {
  if (margin === undefined) return [];
  const open = new Map<InstrumentSymbol, OpenContract>();
  const openIn = (instrument: ContractInstrument): OpenContract => {
    const { symbol } = instrument;
    const lots = margin.positions.positionIn(symbol)?.lots ?? 0;
    const found = open.get(symbol) ?? { instrument, lots, buys: 0, sells: 0 };
    open.set(symbol, found);
    return found;
  };
  for (const { instrument } of margin.positions.all()) if (isMeant(instrument)) openIn(instrument);
  const pairs = new PairedLots();
  orders.visitWorking((order) => {
    const { instrument, side } = order;
    if (!isContract(instrument) || !isMeant(instrument)) return;
    const left = order.boundQuantity - order.executed;
    const more = order.linkedOrderId === 0 ? left : pairs.add(order, left);
    const found = openIn(instrument);
    if (side === Side.buy) found.buys += more;
    else found.sells += more;
  });
  return [...open.values()];
}

function openContract(of: TradesContracts, instrument: ContractInstrument): OpenContract {
  const [found] = openContracts(of, ({ symbol }) => symbol === instrument.symbol);
  return found ?? { instrument, lots: 0, buys: 0, sells: 0 };
}

/** Lots towards one side once all of that side is filled: below zero while there is less. */
function lotsTowards(side: Side, { lots, buys, sells }: OpenContract): number {
  return side === Side.buy ? lots + buys : sells - lots;
}

/** The larger of the two positions that may come of it, whatever its side. */
function worstLots(open: OpenContract): Lots {
  return Math.max(lotsTowards(Side.buy, open), lotsTowards(Side.sell, open));
}

/** Lots that the account may come to have towards one side, or towards either. */
export function contractPosition(
  of: TradesContracts,
  instrument: ContractInstrument,
  side: Side | undefined,
): Lots {
  const open = openContract(of, instrument);
  return side === undefined ? worstLots(open) : lotsTowards(side, open);
}

/** Quote units that all that may come of contracts is worth; undefined without a mark price. */
export function contractsWorth(
  of: TradesContracts,
  isMeant: (instrument: InstrumentTerms) => boolean,
  venue: Venue,
): readonly (Amount | undefined)[] {
  return openContracts(of, isMeant).map((open) =>
    worthAtMark(open.instrument, worstLots(open), venue),
  );
}

/** Quote units that all contracts together may come to towards one side; likewise. */
export function netContractsWorth(
  of: TradesContracts,
  isMeant: (instrument: InstrumentTerms) => boolean,
  { venue, side }: { readonly venue: Venue; readonly side: Side },
): readonly (Amount | undefined)[] {
  return openContracts(of, isMeant).map((open) =>
    worthAtMark(open.instrument, lotsTowards(side, open), venue),
  );
}

/** What of a contract the account could sell without being short, and what sales may take of it. */
export function contractSale(of: TradesContracts, instrument: ContractInstrument): Sale {
  const { lots, sells } = openContract(of, instrument);
  return { limit: Math.max(lots, 0), used: sells + Math.max(-lots, 0) };
}

/** What an order adds, of which so much more may trade than before: less than none for less. */
export function addedInContract(
  of: TradesContracts,
  order: {
    readonly instrument: ContractInstrument;
    readonly side: Side;
    readonly lots: number;
  },
  venue: Venue,
): Added {
  const { instrument, side, lots } = order;
  const open = openContract(of, instrument);
  const towards = lotsTowards(side, open) + lots;
  const more = Math.max(towards - worstLots(open), 0);
  const notional = worthAtMark(instrument, more, venue);
  return {
    reduces: towards <= 0,
    lots,
    notional,
    netNotional: worthAtMark(instrument, lots, venue),
  };
}

function worthAtMark(
  { symbol, quoteUnitsPerTickLot }: ContractInstrument,
  lots: number,
  venue: Venue,
): Amount | undefined {
  if (lots === 0) return 0;
  const { markPrice = 0 } = venue.contractOf(symbol) ?? {};
  return markPrice === 0 ? undefined : multiply(multiply(lots, markPrice), quoteUnitsPerTickLot);
}

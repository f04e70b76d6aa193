/**
 * Positions: what one margin account has in contracts, and what its trades, funding and expiry make
 * of that in cash.
 *
 * A position's cost stands on a ledger account of its owner, `variation`: a trade moves nothing else
 * between the two parties, and whatever is realised goes from there to cash or comes out of cash.
 * Cash is never below zero: what it lacks, other positions' profit pays, and then the contract's
 * insurance fund. An isolated position has cash of its own for that (`isolated-margins.ts`).
 *
 * Invariant: variation-is-cost-of-positions.
 */
import {
  add,
  amountOf,
  assert,
  hold,
  invariant,
  MarginCause,
  minimum,
  multiply,
  PositionCause,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AnnounceContract,
  AssetId,
  InstrumentSymbol,
  Lots,
  OrderFilled,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { expectDeal } from "../ledger/asset-ledger.ts";
import { keptOf, postedToOpen } from "../margin/isolated-terms.ts";
import { closedBy, deal, fund, realise, unrealisedOf, worthOfLot } from "../margin/position.ts";
import type { Position, PositionChange } from "../margin/position.ts";
import { PositionHolders } from "../margin/position-holders.ts";
import type { Holdings } from "./holdings.ts";
import { IsolatedMargins } from "./isolated-margins.ts";

const variationIsCost = invariant("variation-is-cost-of-positions");

export interface OpenPosition {
  readonly instrument: ContractInstrument;
  position: Position;
}

/** What changes hands, of what and why: by a trade unless told. */
type PositionFill = Pick<OrderFilled, "price" | "quantity" | "fundingIndex"> & {
  readonly side: Side;
  readonly cause?: PositionCause;
};

interface Charged {
  readonly fee: Amount;
  readonly context: ActorContext;
}

/** What became of a position, after cash changed with it: by a loss when below zero. */
export interface ToldPosition {
  readonly instrument: ContractInstrument;
  readonly position: Position;
  readonly realised: Amount;
}

export interface PositionWitness {
  positionChanged(change: ToldPosition, context: ActorContext): void;
}

/** Who hears of positions: nobody unless told. */
interface Watching {
  readonly holders?: PositionHolders;
  readonly witness?: PositionWitness | undefined;
  /** Nothing is isolated unless told. */
  readonly isolated?: IsolatedMargins;
}

/** One side of a trade at a price, with the contract's funding as the book had it. */
interface Dealt {
  readonly side: Side;
  readonly quantity: Lots;
  readonly worth: Amount;
}

export class Positions {
  readonly #account: AccountId;
  readonly #holdings: Holdings;
  readonly #witness: PositionWitness | undefined;
  readonly #positions = new Map<InstrumentSymbol, OpenPosition>();
  readonly #holders: PositionHolders;
  readonly #isolated: IsolatedMargins;

  constructor(
    account: AccountId,
    holdings: Holdings,
    { holders, witness, isolated }: Watching = {},
  ) {
    this.#account = account;
    this.#holdings = holdings;
    this.#holders = holders ?? new PositionHolders();
    this.#witness = witness;
    this.#isolated = isolated ?? new IsolatedMargins(account, holdings);
  }

  get isEmpty(): boolean {
    return this.#positions.size === 0;
  }

  has(symbol: InstrumentSymbol): boolean {
    return this.#positions.has(symbol);
  }

  /** Below zero for a short one. */
  lotsOf(symbol: InstrumentSymbol): number {
    return this.#positions.get(symbol)?.position.lots ?? 0;
  }

  of(symbol: InstrumentSymbol): OpenPosition | undefined {
    return this.#positions.get(symbol);
  }

  positionIn(symbol: InstrumentSymbol): Position | undefined {
    return this.#positions.get(symbol)?.position;
  }

  /** By symbol. */
  all(): readonly OpenPosition[] {
    return [...this.#positions.values()].sort((a, b) =>
      a.instrument.symbol < b.instrument.symbol ? -1 : 1,
    );
  }

  /** Profit at the mark; 0 while there is no mark. */
  unrealised({ instrument, position }: OpenPosition, venue: Venue): Amount {
    const known = venue.contractOf(instrument.symbol);
    if (known === undefined || known.markPrice === 0) return 0;
    const { quoteUnitsPerTickLot: unit } = instrument;
    return unrealisedOf(position, worthOfLot(known.markPrice, unit, position.fundingIndex));
  }

  // ---- Trades ------------------------------------------------------------------------------

  /** A trade was made, for which a fee is due; or lots changed hands beside the book. */
  filled(instrument: ContractInstrument, fill: PositionFill, { fee, context }: Charged): void {
    const { symbol, quoteUnitsPerTickLot: unit } = instrument;
    const { price, quantity, side, fundingIndex = 0, cause = PositionCause.trade } = fill;
    const known = context.venue.contractOf(symbol);
    const open = this.#open(instrument, known?.fundingIndex ?? fundingIndex);
    const { position } = open;
    const lots = side === Side.buy ? quantity : -quantity;
    this.#deal(instrument, { side, quantity, worth: worthOfLot(price, unit, fundingIndex) });
    // What accrued since the book made the trade, or what it counted that is not known here yet.
    const accrued = multiply(-lots, subtract(position.fundingIndex, fundingIndex));
    const change = deal(position, lots, worthOfLot(price, unit, position.fundingIndex));
    open.position = change.position;
    const realised = add(change.realised, accrued);
    const closed = closedBy(position, lots);
    const posted = add(this.#isolated.postedFor(symbol), accrued);
    const kept = keptOf(posted, closed, Math.abs(position.lots));
    this.#settle(open, { realised, cause }, context);
    this.#isolated.keep(instrument, kept, context);
    this.#charge(open, fee, context);
    this.#post(instrument, { side, price, opened: quantity - closed }, context);
    if (known !== undefined && known.finalPrice > 0) this.#expire(open, known, context);
    this.#forgetFlat(open, context);
  }

  #open(instrument: ContractInstrument, fundingIndex: Amount): OpenPosition {
    const { symbol } = instrument;
    const open = this.#positions.get(symbol);
    if (open !== undefined) return open;
    const opened = { instrument, position: { lots: 0, cost: 0, fundingIndex } };
    this.#positions.set(symbol, opened);
    this.#holders.opened(symbol, this.#account);
    return opened;
  }

  #forgetFlat({ instrument, position }: OpenPosition, context: ActorContext): void {
    if (position.lots !== 0) return;
    assert(position.cost === 0, "a position that is closed costs something");
    this.#isolated.keep(instrument, 0, context);
    this.#positions.delete(instrument.symbol);
    this.#holders.closed(instrument.symbol, this.#account);
  }

  /** Against whoever is on the other side, in whichever shard. */
  #deal({ quote }: ContractInstrument, { side, quantity, worth }: Dealt): void {
    const balance = this.#holdings.balance(quote);
    expectDeal(balance.ledger, { side, quantity }, worth);
    balance.deal(multiply(side === Side.buy ? quantity : -quantity, worth));
  }

  /** What is realised becomes cash, or is paid with it; of an isolated one it is its own. */
  #settle(
    open: OpenPosition,
    { realised, cause }: { readonly realised: Amount; readonly cause: PositionCause },
    context: ActorContext,
  ): void {
    const { instrument } = open;
    const { symbol, quote } = instrument;
    const isIsolated = this.#isolated.has(symbol);
    const loss = realised < 0 ? subtract(0, realised) : 0;
    if (isIsolated) this.#raisePosted(open, { needed: loss, cause }, context);
    else this.#raise(instrument, loss, context);
    const code = cause === PositionCause.funding ? "funding" : "profit";
    if (isIsolated) this.#isolated.realise(instrument, { realised, code }, context);
    else this.#holdings.balance(quote).realise(realised, code);
    const { lots, cost } = open.position;
    const account = this.#account;
    context.emit({ kind: "position-changed", account, symbol, cause, lots, cost, realised });
    this.#witness?.positionChanged({ instrument, position: open.position, realised }, context);
  }

  #charge({ instrument }: OpenPosition, fee: Amount, context: ActorContext): void {
    if (fee > 0 && this.#isolated.has(instrument.symbol)) this.#raiseFee(instrument, fee, context);
    else if (fee > 0) this.#raise(instrument, fee, context);
    this.#holdings.balance(instrument.quote).receive(0, fee);
  }

  /** An isolated position that was opened or made larger has what it needs to itself. */
  #post(
    contract: ContractInstrument,
    dealt: { readonly side: Side; readonly price: Ticks; readonly opened: Lots },
    context: ActorContext,
  ): void {
    const { symbol, quoteUnitsPerTickLot: unitsPerTickLot } = contract;
    if (dealt.opened === 0 || !this.#isolated.has(symbol)) return;
    if (this.#isolated.isOnItsOwn(symbol)) return;
    const { markPrice: mark = 0, finalPrice = 0 } = context.venue.contractOf(symbol) ?? {};
    const markPrice = finalPrice || mark || dealt.price;
    const terms = { markPrice, unitsPerTickLot, ppm: contract.contract.initialMarginPpm };
    const amount = postedToOpen(dealt, terms);
    this.#isolated.post(contract, { amount, cause: MarginCause.opened }, context);
  }

  // ---- Funding and expiry ------------------------------------------------------------------

  /** A contract is told of: what is due for holding it is paid, and it may be over. */
  announced(symbol: InstrumentSymbol, context: ActorContext): void {
    const open = this.#positions.get(symbol);
    const known = context.venue.contractOf(symbol);
    if (open === undefined || known === undefined) return;
    this.#fund(open, known, context);
    if (known.finalPrice > 0) this.#expire(open, known, context);
    this.#forgetFlat(open, context);
  }

  /** The account came to a shard that may have heard more than the one it comes from, or less. */
  arrived(context: ActorContext): void {
    for (const { instrument } of this.all()) this.announced(instrument.symbol, context);
  }

  #fund(open: OpenPosition, { fundingIndex, fundingRound }: Known, context: ActorContext): void {
    if (open.position.fundingIndex === fundingIndex) return;
    const { position, realised } = fund(open.position, fundingIndex);
    open.position = position;
    this.#settle(open, { realised, cause: PositionCause.funding }, context);
    const [amount, round] = [subtract(0, realised), fundingRound];
    const [{ lots }, { symbol }] = [position, open.instrument];
    const account = this.#account;
    context.emit({ kind: "funding-paid", account, symbol, round, lots, amount });
  }

  /** All is closed at the final price, as the other side of it is, wherever that is. */
  #expire(open: OpenPosition, { finalPrice, fundingIndex }: Known, context: ActorContext): void {
    const { instrument, position } = open;
    const { lots } = position;
    if (lots === 0) return;
    assert(position.fundingIndex === fundingIndex, "a position expires that owes funding");
    const worth = worthOfLot(finalPrice, instrument.quoteUnitsPerTickLot, fundingIndex);
    const side = lots > 0 ? Side.sell : Side.buy;
    this.#deal(instrument, { side, quantity: Math.abs(lots), worth });
    const closed: PositionChange = deal(position, -lots, worth);
    open.position = closed.position;
    const { realised } = closed;
    this.#settle(open, { realised, cause: PositionCause.expiry }, context);
  }

  // ---- Losses beyond cash ------------------------------------------------------------------

  /** Has so much cash there: of what it lacks, profits pay first and then the contract's fund. */
  #raise(instrument: ContractInstrument, needed: Amount, context: ActorContext): void {
    const { quote } = instrument;
    const balance = this.#holdings.balance(quote);
    if (balance.available >= needed) return;
    for (const open of this.all()) {
      if (open.instrument.quote !== quote || this.#isolated.has(open.instrument.symbol)) continue;
      const missing = subtract(needed, balance.available);
      if (missing <= 0) return;
      this.#realiseProfit(open, missing, context);
    }
    const amount = subtract(needed, balance.available);
    if (amount <= 0) return;
    balance.takeCover(amount);
    this.#askForCover(instrument, amount, context);
  }

  /**
   * Likewise of what an isolated position has to itself: its own profit, and then the fund. What an
   * order of its owner has lost beyond that cash pays first.
   */
  #raisePosted(
    open: OpenPosition,
    { needed, cause }: { readonly needed: Amount; readonly cause: PositionCause },
    context: ActorContext,
  ): void {
    const { instrument } = open;
    const { symbol } = instrument;
    const missing = (): Amount => subtract(needed, this.#isolated.postedFor(symbol));
    if (missing() > 0) this.#realiseProfit(open, missing(), context);
    const isByOwner = cause === PositionCause.trade && !this.#isolated.isOnItsOwn(symbol);
    if (missing() > 0 && isByOwner) {
      const lost = { amount: missing(), cause: MarginCause.realised };
      this.#isolated.post(instrument, lost, context);
    }
    const amount = missing();
    if (amount <= 0) return;
    this.#isolated.cover(instrument, amount, context);
    this.#askForCover(instrument, amount, context);
  }

  /** Cash pays the fees of an isolated position; without any, or in its liquidation, it does. */
  #raiseFee(instrument: ContractInstrument, fee: Amount, context: ActorContext): void {
    const { symbol, quote } = instrument;
    const balance = this.#holdings.balance(quote);
    const lacking = this.#isolated.isOnItsOwn(symbol) ? fee : subtract(fee, balance.available);
    if (lacking <= 0) return;
    const taken = minimum(lacking, this.#isolated.postedFor(symbol));
    this.#isolated.release(instrument, { amount: taken, cause: MarginCause.fee }, context);
    const amount = subtract(lacking, taken);
    if (amount <= 0) return;
    balance.takeCover(amount);
    this.#askForCover(instrument, amount, context);
  }

  /** So much of a position's profit, or what there is of it. */
  #realiseProfit(open: OpenPosition, most: Amount, context: ActorContext): void {
    const realised = minimum(most, this.unrealised(open, context.venue));
    if (realised <= 0) return;
    open.position = realise(open.position, realised);
    this.#settle(open, { realised, cause: PositionCause.cover }, context);
  }

  #askForCover(
    { quote: asset, contract }: ContractInstrument,
    amount: Amount,
    context: ActorContext,
  ): void {
    const [debtor, { fundAccount: account }] = [this.#account, contract];
    context.send({ kind: "cover-deficit", account, debtor, asset, amount });
  }

  /** The account lives in another shard from now on. */
  leave(): void {
    for (const symbol of this.#positions.keys()) this.#holders.closed(symbol, this.#account);
  }

  // ---- Audit and snapshot ------------------------------------------------------------------

  /** Holds what positions cost against what stands in the ledger for it. */
  audit(): void {
    const costs = new Map<AssetId, Amount>();
    for (const { instrument, position } of this.#positions.values()) {
      assert(position.lots !== 0, "an empty position is kept");
      costs.set(instrument.quote, add(costs.get(instrument.quote) ?? 0, position.cost));
    }
    for (const [asset, { variation }] of this.#holdings.all()) {
      hold(variationIsCost, add(variation, costs.get(asset) ?? 0) === 0);
    }
  }

  /** By symbol. */
  snapshot(): SavedPositions {
    return this.all().map(({ instrument, position: { lots, cost, fundingIndex } }) => {
      return [instrument.symbol, lots, String(cost), String(fundingIndex)] as const;
    });
  }

  restore(saved: SavedPositions, venue: Venue): void {
    for (const [symbol, lots, ...sums] of saved) {
      const instrument = venue.instrument(symbol);
      assert(instrument !== undefined && isContract(instrument), "a position in no contract");
      const [cost, fundingIndex] = sums.map((digits) => amountOf(BigInt(digits))) as [
        Amount,
        Amount,
      ];
      this.#positions.set(symbol, { instrument, position: { lots, cost, fundingIndex } });
      this.#holders.opened(symbol, this.#account);
      this.#holdings.balance(instrument.quote).arriveVariation(cost);
    }
  }
}

type Known = Pick<AnnounceContract, "fundingIndex" | "fundingRound" | "finalPrice">;

export type SavedPositions = readonly (readonly [
  InstrumentSymbol,
  lots: number,
  cost: string,
  fundingIndex: string,
])[];

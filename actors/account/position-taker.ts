/**
 * Position taker: the part of an account that takes what is handed over of positions that are
 * liquidated: as an insurance fund that has enough for it, or because its own position has the
 * other side and the highest rank. It deals at once, and says so: the owner closes as much.
 */
import { assert, divideFloor, multiply, PositionCause, Side } from "../../protocols/index.ts";
import type {
  Amount,
  Deleverage,
  InstrumentSymbol,
  Lots,
  OfferPosition,
  RankedPosition,
  RankPositions,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { rankOf } from "../margin/liquidation-terms.ts";
import type { AccountState } from "./account-state.ts";
import type { OpenPosition } from "./positions.ts";

/** Which lots are asked for, and at which price. */
type Asked = Pick<RankPositions, "symbol" | "side" | "lots" | "price">;

export class PositionTaker {
  readonly #state: AccountState;

  constructor(state: AccountState) {
    this.#state = state;
  }

  // ---- A fund ------------------------------------------------------------------------------

  offered(offer: OfferPosition, context: ActorContext): void {
    const { owner, symbol, lots, price, fundingIndex } = offer;
    const instrument = contractOf(symbol, context.venue);
    const margin = this.#state.openMargin();
    const [side, quantity] = [lots > 0 ? Side.buy : Side.sell, Math.abs(lots)];
    const isTaken = margin.canTake({ side, price, remaining: quantity }, instrument, context.venue);
    if (isTaken) {
      const cause = PositionCause.takeover;
      const fill = { side, price, quantity, fundingIndex, cause };
      const told = { symbol, account: owner, taker: this.#state.id, cause, lots, price };
      context.emit({ kind: "position-handed-over", ...told });
      margin.positions.filled(instrument, fill, { fee: 0, context });
    }
    const terms = { symbol, price, fundingIndex };
    context.send({ kind: "answer-offer", account: owner, lots, isTaken, ...terms });
  }

  // ---- Whoever has the other side ----------------------------------------------------------

  /** What it could give of a position; undefined for nothing. */
  ranked(asked: Asked, venue: Venue): RankedPosition | undefined {
    const lots = this.#reducible(asked, venue);
    const { margin, id: account } = this.#state;
    const open = margin?.positions.of(asked.symbol);
    if (lots === 0 || margin === undefined || open === undefined) return undefined;
    const { position, instrument } = open;
    const { markPrice = 0 } = venue.contractOf(asked.symbol) ?? {};
    const { equity } = margin.standingOf(margin.scopeOf(instrument), venue);
    const profit = margin.positions.unrealised(open, venue);
    const value = multiply(Math.abs(position.lots), worthAt(markPrice, instrument));
    const rank = rankOf({ profit, cost: position.cost, value, equity });
    return { account, rank, lots };
  }

  /** Reduces by what is asked for, or by what there is of it now. */
  deleverage(asked: Deleverage, context: ActorContext): void {
    const { symbol, side, price, fundingIndex, owner } = asked;
    const quantity = this.#reducible(asked, context.venue);
    const { id: account } = this.#state;
    if (quantity > 0) {
      const instrument = contractOf(symbol, context.venue);
      const { margin } = this.#state;
      assert(margin !== undefined, "a position is reduced that nobody has");
      const cause = PositionCause.deleverage;
      const lots = side === Side.buy ? -quantity : quantity;
      const told = { symbol, account: owner, taker: account, cause, lots, price };
      context.emit({ kind: "position-handed-over", ...told });
      const closing = side === Side.buy ? Side.sell : Side.buy;
      const fill = { side: closing, price, quantity, fundingIndex, cause };
      margin.positions.filled(instrument, fill, { fee: 0, context });
    }
    context.send({ kind: "deleveraged", symbol, account, lots: quantity });
  }

  /** Lots on that side, up to those asked for, whose price its equity can bear. */
  #reducible({ symbol, side, lots, price }: Asked, venue: Venue): Lots {
    const { margin } = this.#state;
    const open = margin?.positions.of(symbol);
    const { markPrice = 0 } = venue.contractOf(symbol) ?? {};
    if (margin === undefined || open === undefined || markPrice === 0) return 0;
    const scope = margin.scopeOf(open.instrument);
    if (!isOnSide(open, side) || margin.liquidations.find(scope) !== undefined) return 0;
    const { equity } = margin.standingOf(scope, venue);
    if (equity <= 0) return 0;
    const most = Math.min(lots, Math.abs(open.position.lots));
    const worse = side === Side.buy ? markPrice - price : price - markPrice;
    if (worse <= 0) return most;
    const borne: Amount = divideFloor(equity, worthAt(worse, open.instrument));
    return borne < most ? (borne as Lots) : most;
  }
}

function isOnSide({ position }: OpenPosition, side: Side): boolean {
  return position.lots > 0 === (side === Side.buy);
}

function worthAt(ticks: number, { quoteUnitsPerTickLot }: ContractInstrument): Amount {
  return multiply(ticks, quoteUnitsPerTickLot);
}

function contractOf(symbol: InstrumentSymbol, venue: Venue): ContractInstrument {
  const instrument = venue.instrument(symbol);
  assert(instrument !== undefined && isContract(instrument), "it is no contract");
  return instrument;
}

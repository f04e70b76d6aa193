/** A book's part in clearing: whether a trade is settled later, and the word to the clearing house. */
import { assert, multiply, settlementOf, Side } from "../../protocols/index.ts";
import type { AccountId, CivilDate, InstrumentSymbol, Lots, Ticks } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";

interface TradeToClear {
  readonly symbol: InstrumentSymbol;
  readonly resting: AccountId;
  readonly incoming: AccountId;
  readonly incomingSide: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/**
 * Has the clearing house take a trade up, if it is not settled at once. Returns when it is settled:
 * the book decides, and says so to both accounts, so that all of them go by one date.
 */
export function clearTrade(trade: TradeToClear, context: ActorContext): CivilDate | undefined {
  const { symbol, resting, incoming, price, quantity } = trade;
  const cycle = context.venue.settlementCycleOf(symbol);
  if (cycle === undefined || cycle.days === 0) return undefined;
  const terms = context.venue.instrument(symbol);
  assert(terms !== undefined, "a trade of an instrument that is not listed");
  const isBuy = trade.incomingSide === Side.buy;
  const { date, cutOffUs } = settlementOf(cycle, context.timeUs);
  context.send({
    kind: "clear-trade",
    date,
    cutOffUs,
    buyer: isBuy ? incoming : resting,
    seller: isBuy ? resting : incoming,
    base: terms.base,
    quote: terms.quote,
    goods: multiply(quantity, terms.baseUnitsPerLot),
    money: multiply(multiply(price, terms.quoteUnitsPerTickLot), quantity),
  });
  return date;
}

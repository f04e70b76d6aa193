/** A book's part in clearing: whether a trade is settled later, and the word to the clearing house. */
import { assert, dailyCycle, multiply, settlementOf, Side } from "../../protocols/index.ts";
import type { AccountId, CivilDate, InstrumentSymbol, Lots, Ticks } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";

interface TradeToClear {
  readonly symbol: InstrumentSymbol;
  readonly resting: AccountId;
  readonly incoming: AccountId;
  readonly incomingSide: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly isRestingUncovered: boolean;
  readonly isIncomingUncovered: boolean;
}

/** When a trade is settled, and whether that is goods against money by itself. */
interface TradeSettlement {
  readonly settlementDate: CivilDate;
  readonly isOnDelivery?: true;
}

/**
 * Has the clearing house take a trade up, if it is not settled at once. Returns when it is settled:
 * the book decides, and says so to both accounts, so that all of them go by one date. An uncovered
 * order may be left over from a cycle that is over: it has nothing to settle at once with.
 */
export function clearTrade(
  trade: TradeToClear,
  context: ActorContext,
): TradeSettlement | undefined {
  const { symbol, resting, incoming, price, quantity } = trade;
  const { isRestingUncovered, isIncomingUncovered } = trade;
  const cycle = context.venue.settlementCycleOf(symbol) ?? dailyCycle;
  const isOnDelivery = isRestingUncovered || isIncomingUncovered;
  if (cycle.days === 0 && !isOnDelivery) return undefined;
  const terms = context.venue.instrument(symbol);
  assert(terms !== undefined, "a trade of an instrument that is not listed");
  const isBuy = trade.incomingSide === Side.buy;
  const uncovered = {
    isSellerUncovered: isBuy ? isRestingUncovered : isIncomingUncovered,
    isBuyerUncovered: isBuy ? isIncomingUncovered : isRestingUncovered,
  };
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
    ...(isOnDelivery && { onDelivery: { symbol, ...uncovered } }),
  });
  return isOnDelivery ? { settlementDate: date, isOnDelivery } : { settlementDate: date };
}

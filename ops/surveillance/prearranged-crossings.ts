/**
 * Pre-arranged crossing: two owners enter orders of one size and price within milliseconds, which
 * trade with each other and with nobody else.
 *
 * Commission Delegated Regulation (EU) 2016/522, Annex II, section 1, "improper matched orders";
 * Commodity Exchange Act 4c(a)(2)(A) on fictitious sales and accommodation trades; FINRA rule 6140.
 */
import { keptTrade, tradesAndOrders } from "./alert.ts";
import type { KeptTrade } from "./alert.ts";
import {
  forgetBefore,
  measureOf,
  microsPerMs,
  microsPerSecond,
  ofSymbol,
  pairOf,
} from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import type { MarketAct, TradeAct } from "./market-acts.ts";
import { areRelated } from "./owners.ts";
import type { ParametersOf } from "./rule-parameters.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "prearranged-crossing";

export class PrearrangedCrossings implements Detector {
  readonly state: BySymbol<KeptTrade[]>;
  readonly #parts: DetectorParts;

  constructor(parts: DetectorParts, state: BySymbol<KeptTrade[]> = new Map()) {
    this.#parts = parts;
    this.state = state;
  }

  hear(act: MarketAct, { symbol }: WatchedBook): void {
    if (act.kind !== "traded" || act.takerSide === undefined) return;
    const { settings, find } = this.#parts;
    const chosen = settings.of(rule, symbol);
    // Of one owner it is a wash trade.
    if (!isCrossing(act, chosen) || areRelated(act.buy, act.sell)) return;
    const byPair = ofSymbol(this.state, symbol);
    const pair = pairOf(act.buy.owner, act.sell.owner);
    const fromUs = act.at.timeUs - chosen.windowSeconds * microsPerSecond;
    const trades = forgetBefore(byPair.get(pair) ?? [], fromUs, ({ at }) => at);
    trades.push(keptTrade(act));
    byPair.set(pair, trades);
    if (trades.length < chosen.crossesMin) return;
    byPair.delete(pair);
    const apartUs = trades.map(apartUsOf);
    const times = trades.map(({ buy, sell, quantity }) => {
      return Math.floor(quantity / Math.max(1, buy.typicalQuantity, sell.typicalQuantity));
    });
    find({
      ...{ rule, symbol, at: act.at, parameters: chosen },
      owners: [act.buy.owner, act.sell.owner],
      accounts: trades.flatMap(({ buy, sell }) => [buy.account, sell.account]),
      measures: measureOf(rule, chosen, {
        crossesMin: trades.length,
        withinMs: Math.ceil(Math.max(...apartUs) / microsPerMs),
        sizeMultiple: Math.min(...times),
      }),
      evidence: tradesAndOrders(trades),
    });
  }
}

function isCrossing(trade: TradeAct, chosen: ParametersOf<typeof rule>): boolean {
  const { buy, sell, quantity } = trade;
  const typical = Math.max(buy.typicalQuantity, sell.typicalQuantity);
  return (
    buy.quantity === quantity &&
    sell.quantity === quantity &&
    buy.price === sell.price &&
    quantity >= chosen.sizeMultiple * typical &&
    apartUsOf(trade) <= chosen.withinMs * microsPerMs
  );
}

function apartUsOf({ buy, sell }: Pick<TradeAct, "buy" | "sell">): number {
  return Math.abs(buy.at.timeUs - sell.at.timeUs);
}

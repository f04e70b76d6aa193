/**
 * Wash trades: both sides of a trade are of one owner, so that nothing changes hands.
 *
 * Commission Delegated Regulation (EU) 2016/522, Annex II, section 1, "wash trades"; Commodity
 * Exchange Act, section 4c(a)(2)(A); FINRA rule 5210, supplementary material .02 on self-trades.
 */
import { tradesAndOrders } from "./alert.ts";
import type { KeptTrade } from "./alert.ts";
import { keptTrade } from "./alert.ts";
import { forgetBefore, measureOf, microsPerSecond, ofSymbol, pairOf } from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import type { MarketAct } from "./market-acts.ts";
import { areRelated } from "./owners.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "wash-trade";

export class WashTrades implements Detector {
  readonly state: BySymbol<KeptTrade[]>;
  readonly #parts: DetectorParts;

  constructor(parts: DetectorParts, state: BySymbol<KeptTrade[]> = new Map()) {
    this.#parts = parts;
    this.state = state;
  }

  hear(act: MarketAct, { symbol }: WatchedBook): void {
    if (act.kind !== "traded" || !areRelated(act.buy, act.sell)) return;
    const { settings, find } = this.#parts;
    const chosen = settings.of(rule, symbol);
    const byPair = ofSymbol(this.state, symbol);
    const pair = pairOf(act.buy.owner, act.sell.owner);
    const fromUs = act.at.timeUs - chosen.windowSeconds * microsPerSecond;
    const trades = forgetBefore(byPair.get(pair) ?? [], fromUs, ({ at }) => at);
    trades.push(keptTrade(act));
    byPair.set(pair, trades);
    const quantity = trades.reduce((sum, trade) => sum + trade.quantity, 0);
    if (trades.length < chosen.tradesMin || quantity < chosen.quantityMin) return;
    byPair.delete(pair);
    find({
      ...{ rule, symbol, at: act.at, parameters: chosen },
      owners: [act.buy.owner, act.sell.owner],
      accounts: trades.flatMap(({ buy, sell }) => [buy.account, sell.account]),
      measures: measureOf(rule, chosen, { tradesMin: trades.length, quantityMin: quantity }),
      evidence: tradesAndOrders(trades),
    });
  }
}

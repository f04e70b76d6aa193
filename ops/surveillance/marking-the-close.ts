/**
 * Marking the close: aggressive orders at the end of continuous trading, or orders at the end of
 * the closing auction's call, that move the price which positions are valued by.
 *
 * Regulation (EU) 596/2014 (MAR), article 12(2)(b), and Delegated Regulation 2016/522, Annex II,
 * section 1, "marking the close"; Commodity Exchange Act 4c(a)(5)(B), orderly execution of
 * transactions during the closing period; FINRA rule 2020.
 */
import { TradingPhase } from "../../protocols/index.ts";
import type { InstrumentSymbol, Lots, Ticks } from "../../protocols/index.ts";
import { entryEvidence, keptTrade, tradeEvidence } from "./alert.ts";
import type { Evidence, KeptTrade } from "./alert.ts";
import { markingsOf, ownMoveOf } from "./closing-stretch.ts";
import type { Marking, Stretch } from "./closing-stretch.ts";
import {
  basisPointsOf,
  entryOf,
  forgetBefore,
  measureOf,
  microsPerSecond,
  ofSymbol,
} from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import type { EntryAct, IndicationAct, LogPlace, MarketAct, PhaseAct } from "./market-acts.ts";
import type { TradeAct } from "./market-acts.ts";
import { orderOn } from "./market-acts.ts";
import type { ParametersOf } from "./rule-parameters.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "marking-the-close";
type Chosen = ParametersOf<typeof rule>;
const { closingAuction, closed, tradingAtLast } = TradingPhase;

/** Of a very busy stretch, the latest so many. */
const tradesKept = 50_000;

/** The call of a closing auction. */
interface Call {
  /** The last price before it. */
  readonly priceBefore: Ticks;
  readonly indicated: IndicationAct[];
  /** Of its last stretch. */
  readonly entered: EntryAct[];
  /** Made by the uncrossing; only once the call has ended. */
  readonly trades: KeptTrade[];
  isOver: boolean;
}

interface Session {
  /** Of the last stretch of continuous trading. */
  readonly trades: KeptTrade[];
  call: Call | undefined;
}

interface State {
  readonly sessions: Map<InstrumentSymbol, Session>;
  readonly positions: BySymbol<Lots>;
}

export class MarkingTheClose implements Detector {
  readonly state: State;
  readonly #parts: DetectorParts;

  constructor(parts: DetectorParts, state: State = { sessions: new Map(), positions: new Map() }) {
    this.#parts = parts;
    this.state = state;
  }

  hear(act: MarketAct, { symbol, saved }: WatchedBook): void {
    const chosen = this.#parts.settings.of(rule, symbol);
    const session = this.#sessionOf(symbol);
    switch (act.kind) {
      case "traded":
        this.#traded(symbol, act, chosen);
        return;
      case "entered":
        if (session.call !== undefined) {
          session.call.entered.push(act);
          this.#forgetOldEntries(session.call, act.at, chosen);
        }
        return;
      case "indicated":
        session.call?.indicated.push(act);
        return;
      case "phase":
        this.#turnTo(symbol, [act, saved.lastPrice], chosen);
        return;
      case "step-ended":
        if (session.call?.isOver === true) this.#endCall(symbol, [session.call, act.at], chosen);
        return;
      default:
    }
  }

  #sessionOf(symbol: InstrumentSymbol): Session {
    return entryOf(this.state.sessions, symbol, () => ({ trades: [], call: undefined }));
  }

  #traded(symbol: InstrumentSymbol, act: TradeAct, chosen: Chosen): void {
    const { trades, call } = this.#sessionOf(symbol);
    const positions = ofSymbol(this.state.positions, symbol);
    const { quantity, buy, sell } = act;
    positions.set(buy.owner, (positions.get(buy.owner) ?? 0) + quantity);
    positions.set(sell.owner, (positions.get(sell.owner) ?? 0) - quantity);
    if (act.takerSide === undefined) {
      call?.trades.push(keptTrade(act));
      return;
    }
    trades.push(keptTrade(act));
    // Now and then is enough: what counts is taken when the stretch ends.
    if (trades.length % 1000 === 0) forgetEarlier(trades, act.at, chosen);
  }

  #forgetOldEntries({ entered }: Call, { timeUs }: LogPlace, chosen: Chosen): void {
    const fromUs = timeUs - chosen.auctionStretchSeconds * microsPerSecond;
    forgetBefore(entered, fromUs, ({ at }) => at);
  }

  #turnTo(symbol: InstrumentSymbol, [act, lastPrice]: [PhaseAct, Ticks], chosen: Chosen): void {
    const session = this.#sessionOf(symbol);
    const { from, to, at } = act;
    if (session.call !== undefined && from === closingAuction) session.call.isOver = true;
    else if (to === closingAuction || to === closed || to === tradingAtLast) {
      this.#endContinuous(symbol, [session, at], chosen);
    }
    if (to !== closingAuction) return;
    const none = { indicated: [], entered: [], trades: [] };
    session.call = { priceBefore: lastPrice, ...none, isOver: false };
  }

  #endContinuous(
    symbol: InstrumentSymbol,
    [{ trades }, at]: readonly [Session, LogPlace],
    chosen: Chosen,
  ): void {
    forgetEarlier(trades, at, chosen);
    const [first, last] = [trades[0], trades.at(-1)];
    if (first === undefined || last === undefined) return;
    const stretch = this.#stretchOf(symbol, {
      trades: [...trades],
      isPressed: (trade, side) => trade.takerSide === side,
      priceBefore: first.priceBefore === 0 ? first.price : first.priceBefore,
      priceAfter: last.price,
    });
    trades.length = 0;
    for (const marking of markingsOf(stretch, chosen)) {
      // Others may have moved it: its own trades must have gone as far.
      const own = basisPointsOf(ownMoveOf(marking.trades, marking.side), stretch.priceBefore);
      if (own >= chosen.moveBasisPointsMin) this.#find(symbol, { marking, at, chosen });
    }
  }

  #endCall(symbol: InstrumentSymbol, [call, at]: readonly [Call, LogPlace], chosen: Chosen): void {
    this.#sessionOf(symbol).call = undefined;
    const { indicated, entered, trades, priceBefore } = call;
    this.#forgetOldEntries(call, at, chosen);
    const fromUs = at.timeUs - chosen.auctionStretchSeconds * microsPerSecond;
    const before = indicated.findLast(
      ({ at: { timeUs }, price }) => timeUs < fromUs && price !== 0,
    );
    const late = new Set(entered.map(({ order }) => order.orderId));
    const stretch = this.#stretchOf(symbol, {
      trades,
      isPressed: (trade, side) => late.has(orderOn(trade, side).orderId),
      priceBefore: before?.price ?? priceBefore,
      priceAfter: trades[0]?.price ?? 0,
    });
    const further = before === undefined ? [] : [evidenceOf(before)];
    for (const marking of markingsOf(stretch, chosen)) {
      this.#find(symbol, { marking, at, chosen, further });
    }
  }

  #stretchOf(symbol: InstrumentSymbol, stretch: Omit<Stretch, "positionOf">): Stretch {
    const positions = ofSymbol(this.state.positions, symbol);
    return { ...stretch, positionOf: (owner) => positions.get(owner) ?? 0 };
  }

  #find(symbol: InstrumentSymbol, { marking, at, chosen, further = [] }: Found): void {
    const { owner, side, trades, moveBasisPoints, sharePercent, positionPercent } = marking;
    this.#parts.find({
      ...{ rule, symbol, at, parameters: chosen, owners: [owner] },
      accounts: trades.map((trade) => orderOn(trade, side).account),
      measures: measureOf(rule, chosen, {
        moveBasisPointsMin: moveBasisPoints,
        sharePercentMin: sharePercent,
        positionPercentMin: positionPercent,
      }),
      evidence: [
        ...further,
        ...trades.flatMap((trade) => [entryEvidence(orderOn(trade, side)), tradeEvidence(trade)]),
      ],
    });
  }
}

/** What is not of the last stretch, or more than is kept of it. */
function forgetEarlier(trades: KeptTrade[], { timeUs }: LogPlace, chosen: Chosen): void {
  forgetBefore(trades, timeUs - chosen.stretchSeconds * microsPerSecond, ({ at }) => at);
  trades.splice(0, Math.max(0, trades.length - tradesKept));
}

interface Found {
  readonly marking: Marking;
  readonly at: LogPlace;
  readonly chosen: Chosen;
  readonly further?: readonly Evidence[];
}

function evidenceOf({ at, price }: IndicationAct): Evidence {
  return { act: "indicated", ...at, price };
}

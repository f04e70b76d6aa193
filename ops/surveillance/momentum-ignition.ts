/**
 * Momentum ignition: a burst of aggressive orders that moves the price well beyond what is usual,
 * and then trades of the same owner the other way, at the prices that it made.
 *
 * Delegated Regulation (EU) 2016/522, Annex II, section 1, "momentum ignition"; Regulation (EU)
 * 596/2014 (MAR), article 12(2)(c)(iii): orders likely to initiate or exacerbate a trend; the SEC's
 * concept release 34-61358 of 2010 on equity market structure, which coined the term.
 */
import { oppositeOf, Side } from "../../protocols/index.ts";
import type { InstrumentSymbol, Lots, Ticks } from "../../protocols/index.ts";
import { entryEvidence, keptTrade, tradeEvidence } from "./alert.ts";
import type { KeptTrade } from "./alert.ts";
import { ownMoveOf } from "./closing-stretch.ts";
import {
  basisPointsOf,
  entryOf,
  forgetBefore,
  measureOf,
  microsPerSecond,
  ofSymbol,
  percentOf,
} from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import type { LogPlace, MarketAct, OwnerName, TradeAct } from "./market-acts.ts";
import { orderOn } from "./market-acts.ts";
import type { ParametersOf } from "./rule-parameters.ts";
import { addToRange, noRange, stretchOf, usualRange } from "./usual-range.ts";
import type { SavedRange } from "./usual-range.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "momentum-ignition";
type Chosen = ParametersOf<typeof rule>;

/** A burst that moved the price, and what its owner traded the other way since. */
interface Ignition {
  readonly side: Side;
  readonly at: LogPlace;
  readonly trades: readonly KeptTrade[];
  readonly move: Move;
  readonly back: KeptTrade[];
}

interface Move {
  readonly basisPoints: number;
  /** 0 while nothing is usual. */
  readonly timesUsual: number;
  readonly ownPercent: number;
  readonly orders: number;
}

type Bursts = [buy: KeptTrade[], sell: KeptTrade[]];
const noBursts = (): Bursts => [[], []];

interface State {
  readonly ranges: Map<InstrumentSymbol, SavedRange>;
  /** Aggressive trades of each owner, by side. */
  readonly bursts: BySymbol<Bursts>;
  readonly ignitions: BySymbol<Ignition>;
}

export class MomentumIgnition implements Detector {
  readonly state: State;
  readonly #parts: DetectorParts;

  constructor(
    parts: DetectorParts,
    state: State = { ranges: new Map(), bursts: new Map(), ignitions: new Map() },
  ) {
    this.#parts = parts;
    this.state = state;
  }

  hear(act: MarketAct, { symbol }: WatchedBook): void {
    if (act.kind !== "traded" || act.takerSide === undefined) return;
    const chosen = this.#parts.settings.of(rule, symbol);
    const range = entryOf(this.state.ranges, symbol, noRange);
    if (act.buy.owner !== act.sell.owner) {
      for (const side of [Side.buy, Side.sell]) this.#tradeBack(symbol, [act, side], chosen);
      this.#press(symbol, [act, act.takerSide, range], chosen);
    }
    const lengthUs = chosen.burstSeconds * microsPerSecond;
    addToRange(range, act.price, stretchOf(act.at.timeUs, lengthUs));
  }

  /** One more aggressive trade. */
  #press(
    symbol: InstrumentSymbol,
    [act, side, range]: readonly [TradeAct, Side, SavedRange],
    chosen: Chosen,
  ): void {
    const { owner } = orderOn(act, side);
    const bursts = entryOf(ofSymbol(this.state.bursts, symbol), owner, noBursts);
    const burst = forgetBefore(
      bursts[side],
      act.at.timeUs - chosen.burstSeconds * microsPerSecond,
      ({ at }) => at,
    );
    burst.push(keptTrade(act));
    // Most trades move nothing.
    const distance = distanceOf(burst, side);
    if (basisPointsOf(distance, priceBefore(burst)) < chosen.moveBasisPointsMin) return;
    const move = moveOf(burst, [side, distance], usualRange(range));
    if (!isIgnition(move, chosen)) return;
    const ignition = { side, at: act.at, trades: [...burst], move, back: [] };
    ofSymbol(this.state.ignitions, symbol).set(owner, ignition);
  }

  /** A trade of whoever ignited before, the other way and at a better price than the burst's. */
  #tradeBack(
    symbol: InstrumentSymbol,
    [act, side]: readonly [TradeAct, Side],
    chosen: Chosen,
  ): void {
    const { owner } = orderOn(act, side);
    const ignitions = ofSymbol(this.state.ignitions, symbol);
    const ignition = ignitions.get(owner);
    if (ignition === undefined) return;
    if (act.at.timeUs - ignition.at.timeUs > chosen.reversalSeconds * microsPerSecond) {
      ignitions.delete(owner);
      return;
    }
    if (side !== oppositeOf(ignition.side) || !isBetter(act.price, ignition)) return;
    ignition.back.push(keptTrade(act));
    const percent = percentOf(sumOf(ignition.back), sumOf(ignition.trades));
    if (percent < chosen.reversalPercentMin) return;
    ignitions.delete(owner);
    ofSymbol(this.state.bursts, symbol).delete(owner);
    this.#find(symbol, [owner, ignition, percent], chosen);
  }

  #find(
    symbol: InstrumentSymbol,
    [owner, ignition, percent]: readonly [OwnerName, Ignition, number],
    chosen: Chosen,
  ): void {
    const { side, trades, move, back } = ignition;
    const last = back.at(-1);
    if (last === undefined) return;
    const sides = [
      ...trades.map((trade) => [trade, side] as const),
      ...back.map((trade) => [trade, oppositeOf(side)] as const),
    ];
    this.#parts.find({
      ...{ rule, symbol, at: last.at, parameters: chosen, owners: [owner] },
      accounts: sides.map(([trade, of]) => orderOn(trade, of).account),
      measures: measureOf(rule, chosen, {
        ...{ ordersMin: move.orders, moveBasisPointsMin: move.basisPoints },
        ...(move.timesUsual > 0 && { moveMultiple: move.timesUsual }),
        ...{ ownMovePercentMin: move.ownPercent, reversalPercentMin: percent },
      }),
      evidence: sides.flatMap(([trade, of]) => [
        entryEvidence(orderOn(trade, of)),
        tradeEvidence(trade),
      ]),
    });
  }
}

function priceBefore([first]: readonly KeptTrade[]): Ticks {
  if (first === undefined) return 0;
  return first.priceBefore === 0 ? first.price : first.priceBefore;
}

/** How far the price has gone since a burst began, in its direction. */
function distanceOf(burst: readonly KeptTrade[], side: Side): Ticks {
  const last = burst.at(-1)?.price ?? 0;
  return Math.max(0, (last - priceBefore(burst)) * (side === Side.buy ? 1 : -1));
}

function moveOf(
  burst: readonly KeptTrade[],
  [side, distance]: readonly [Side, Ticks],
  usual: Ticks,
): Move {
  return {
    basisPoints: basisPointsOf(distance, priceBefore(burst)),
    timesUsual: usual === 0 ? 0 : Math.floor(distance / usual),
    ownPercent: Math.min(100, percentOf(ownMoveOf(burst, side), distance)),
    orders: new Set(burst.map((trade) => orderOn(trade, side).orderId)).size,
  };
}

function isIgnition(move: Move, chosen: Chosen): boolean {
  return (
    move.orders >= chosen.ordersMin &&
    move.basisPoints >= chosen.moveBasisPointsMin &&
    (move.timesUsual === 0 || move.timesUsual >= chosen.moveMultiple) &&
    move.ownPercent >= chosen.ownMovePercentMin
  );
}

/** Than what the burst paid, or got, on average. */
function isBetter(price: Ticks, { side, trades }: Ignition): boolean {
  const notional = trades.reduce((sum, trade) => sum + trade.price * trade.quantity, 0);
  const difference = price * sumOf(trades) - notional;
  return side === Side.buy ? difference > 0 : difference < 0;
}

function sumOf(trades: readonly KeptTrade[]): Lots {
  return trades.reduce((sum, { quantity }) => sum + quantity, 0);
}

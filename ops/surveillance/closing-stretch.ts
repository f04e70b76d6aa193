/**
 * Whether somebody made the price of a last stretch of trading: who took how much of it in which
 * direction, how far the price went, and what position gains by that.
 */
import { Side } from "../../protocols/index.ts";
import type { Lots, Ticks } from "../../protocols/index.ts";
import type { KeptTrade } from "./alert.ts";
import { basisPointsOf, percentOf } from "./detector.ts";
import type { OwnerName } from "./market-acts.ts";
import { orderOn } from "./market-acts.ts";
import type { ParametersOf } from "./rule-parameters.ts";

type Chosen = ParametersOf<"marking-the-close">;

export interface Stretch {
  /** The oldest first; all that were made in it. */
  readonly trades: readonly KeptTrade[];
  /** Those of them that an order of this side pressed for. */
  readonly isPressed: (trade: KeptTrade, side: Side) => boolean;
  readonly priceBefore: Ticks;
  readonly priceAfter: Ticks;
  /** Lots that an owner holds now; less than nothing for what was sold and never bought. */
  readonly positionOf: (owner: OwnerName) => Lots;
}

export interface Marking {
  readonly owner: OwnerName;
  readonly side: Side;
  readonly trades: readonly KeptTrade[];
  readonly moveBasisPoints: number;
  readonly sharePercent: number;
  /** The position of before in the direction of the move, in percent of what was traded. */
  readonly positionPercent: number;
}

/** Everybody of whom it looks like that. */
export function markingsOf(stretch: Stretch, chosen: Chosen): readonly Marking[] {
  const { trades, priceBefore, priceAfter } = stretch;
  const moveBasisPoints = basisPointsOf(Math.abs(priceAfter - priceBefore), priceBefore);
  if (trades.length === 0 || moveBasisPoints < chosen.moveBasisPointsMin) return [];
  const side = priceAfter > priceBefore ? Side.buy : Side.sell;
  const volume = sumOf(trades);
  const pressed = trades.filter((trade) => {
    return stretch.isPressed(trade, side) && trade.buy.owner !== trade.sell.owner;
  });
  const byOwner = Map.groupBy(pressed, (trade) => orderOn(trade, side).owner);
  return [...byOwner].flatMap(([owner, own]) => {
    const quantity = sumOf(own);
    const position = positionBefore(stretch, owner) * (side === Side.buy ? 1 : -1);
    const marking: Marking = {
      ...{ owner, side, trades: own, moveBasisPoints },
      sharePercent: percentOf(quantity, volume),
      positionPercent: percentOf(Math.max(0, position), quantity),
    };
    return isEnough(marking, chosen) ? [marking] : [];
  });
}

function isEnough({ sharePercent, positionPercent }: Marking, chosen: Chosen): boolean {
  const hasGain = positionPercent >= chosen.positionPercentMin;
  return (
    sharePercent >= chosen.aloneSharePercentMin ||
    (hasGain && sharePercent >= chosen.sharePercentMin)
  );
}

function positionBefore({ trades, positionOf }: Stretch, owner: OwnerName): Lots {
  const bought = sumOf(trades.filter(({ buy }) => buy.owner === owner));
  const sold = sumOf(trades.filter(({ sell }) => sell.owner === owner));
  return positionOf(owner) - bought + sold;
}

function sumOf(trades: readonly KeptTrade[]): Lots {
  return trades.reduce((sum, { quantity }) => sum + quantity, 0);
}

/**
 * How far an owner's own aggressive trades moved the price in their direction; what others moved it
 * back in between does not count against them.
 */
export function ownMoveOf(trades: readonly KeptTrade[], side: Side): Ticks {
  const sign = side === Side.buy ? 1 : -1;
  return trades.reduce((sum, { price, priceBefore }) => {
    return sum + (priceBefore === 0 ? 0 : Math.max(0, (price - priceBefore) * sign));
  }, 0);
}

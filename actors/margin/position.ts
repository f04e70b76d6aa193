/**
 * Position: what an account has of one contract: so many lots, and what they cost.
 *
 * Knows no cash: whatever is realised here is to be added to cash as well, so that both are always
 * what the trades and the funding say. What is realised is rounded down, which is never to the
 * account's advantage; what that leaves stays with the rest of the position, and whoever closes all
 * of it has realised all of it.
 */
import { add, divideFloor, multiply, subtract } from "../../protocols/index.ts";
import type { Amount, Lots } from "../../protocols/index.ts";

export interface Position {
  /** More than none for a long position, less for a short one. */
  readonly lots: number;
  /** Quote units: of each trade its lots times what a lot was worth at the time; signed. */
  readonly cost: Amount;
  /** The contract's cumulative funding, in quote units a lot, up to which it has been paid. */
  readonly fundingIndex: Amount;
}

/** What became of a position, and what that realised: a loss when below zero. */
export interface PositionChange {
  readonly position: Position;
  readonly realised: Amount;
}

/** Quote units that its lots were entered at, as if funding had never been paid. */
export function entryOf({ lots, cost, fundingIndex }: Position): Amount {
  return add(cost, multiply(lots, fundingIndex));
}

/** Quote units that a lot is worth at a price, after the funding that was paid for it. */
export function worthOfLot(price: Amount, unitsPerTickLot: Amount, fundingIndex: Amount): Amount {
  return subtract(multiply(price, unitsPerTickLot), fundingIndex);
}

/** Profit that closing all at this worth of a lot would realise: a loss when below zero. */
export function unrealisedOf({ lots, cost }: Position, worth: Amount): Amount {
  return subtract(multiply(lots, worth), cost);
}

/** Buys so many lots, or sells them when negative, each at what it is worth. */
export function deal(position: Position, lots: number, worth: Amount): PositionChange {
  const { lots: before, cost } = position;
  const after = before + lots;
  if (before === 0 || before > 0 === lots > 0) {
    const grown = { ...position, lots: after, cost: add(cost, multiply(lots, worth)) };
    return { position: grown, realised: 0 };
  }
  const isAllClosed = after === 0 || after > 0 !== before > 0;
  const closed = isAllClosed ? -before : lots;
  const share = isAllClosed ? cost : shareOf(cost, Math.abs(closed), Math.abs(before));
  const rest = isAllClosed ? multiply(after, worth) : subtract(cost, share);
  const realised = subtract(multiply(-closed, worth), share);
  return { position: { ...position, lots: after, cost: rest }, realised };
}

/** Lots that buying so many closes, or selling them when negative. */
export function closedBy({ lots: before }: Position, lots: number): Lots {
  const isClosing = before > 0 !== lots > 0 && before !== 0;
  return isClosing ? Math.min(Math.abs(before), Math.abs(lots)) : 0;
}

/** What is realised without a trade is part of the cost from then on. */
export function realise(position: Position, amount: Amount): Position {
  return { ...position, cost: add(position.cost, amount) };
}

/** Pays or is paid what has accrued since: longs pay as the index rises. */
export function fund(position: Position, fundingIndex: Amount): PositionChange {
  const accrued = subtract(fundingIndex, position.fundingIndex);
  const realised = multiply(-position.lots, accrued);
  return { position: { ...realise(position, realised), fundingIndex }, realised };
}

/** So many parts of all, rounded up: towards more cost, which is less profit. */
function shareOf(cost: Amount, parts: number, all: number): Amount {
  const product = multiply(cost, parts);
  if (product < 0) return subtract(0, divideFloor(subtract(0, product), all));
  return divideFloor(add(product, all - 1), all);
}

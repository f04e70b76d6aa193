/**
 * What every account has bought and sold of every instrument, and what it made of that.
 *
 * Cost is that of the average: who sells a part of what he bought realizes the difference between
 * what he gets and the same part of what he paid, rounded down. Who sells what he has not bought
 * has a negative quantity, whose cost is what he got for it. Fees are counted apart.
 *
 * A position in a contract is what its account is told that it is: it has a cost below zero while
 * it is short, and funding apart from what is realized. Fills say what was bought and sold of it.
 */
import {
  add,
  divideFloor,
  multiply,
  PositionCause,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  InstrumentSymbol,
  Lots,
  PositionChanged,
  Ticks,
} from "../../protocols/index.ts";

export interface Position {
  /** In lots. */
  quantity: number;
  /** In quote units, as all amounts here. */
  cost: Amount;
  realized: Amount;
  /** What funding of a contract has brought, below zero for what it took. */
  funding: Amount;
  fees: Amount;
  /** What was paid for all purchases, and got for all sales. */
  bought: Amount;
  sold: Amount;
  fills: number;
  lastPrice: Ticks;
}

export interface PositionFill {
  readonly side: Side;
  readonly quantity: Lots;
  readonly price: Ticks;
  readonly notional: Amount;
  readonly fee: Amount;
}

export class Positions {
  readonly #positions = new Map<string, Position>();

  /** Takes up a position as it was. */
  set(account: AccountId, symbol: InstrumentSymbol, position: Position): void {
    this.#positions.set(`${account} ${symbol}`, position);
  }

  /** Counts a fill. Returns what the position is then: the same object each time. */
  fill(account: AccountId, symbol: InstrumentSymbol, fill: PositionFill): Readonly<Position> {
    const position = this.#of(account, symbol);
    count(position, fill);
    countFill(position, fill);
    return position;
  }

  /** Counts a fill in a contract, of whose position the account is told apart. */
  fillContract(
    account: AccountId,
    symbol: InstrumentSymbol,
    fill: PositionFill,
  ): Readonly<Position> {
    const position = this.#of(account, symbol);
    countFill(position, fill);
    return position;
  }

  /** A position in a contract has become another. */
  change({ account, symbol, cause, lots, cost, realised }: PositionChanged): Readonly<Position> {
    const position = this.#of(account, symbol);
    position.quantity = lots;
    position.cost = cost;
    if (cause === PositionCause.funding) position.funding = add(position.funding, realised);
    else position.realized = add(position.realized, realised);
    return position;
  }

  #of(account: AccountId, symbol: InstrumentSymbol): Position {
    const key = `${account} ${symbol}`;
    let position = this.#positions.get(key);
    if (position === undefined) {
      position = emptyPosition();
      this.#positions.set(key, position);
    }
    return position;
  }
}

function emptyPosition(): Position {
  return {
    ...{ quantity: 0, cost: 0, realized: 0, funding: 0, fees: 0 },
    ...{ bought: 0, sold: 0, fills: 0, lastPrice: 0 },
  };
}

function count(position: Position, { side, quantity, notional }: PositionFill): void {
  const isBuy = side === Side.buy;
  const held = position.quantity;
  const isMore = held === 0 || held > 0 === isBuy;
  if (isMore) {
    position.cost = add(position.cost, notional);
  } else {
    const closed = Math.min(Math.abs(held), quantity);
    const released = divideFloor(multiply(position.cost, closed), Math.abs(held));
    const part = divideFloor(multiply(notional, closed), quantity);
    const gain = isBuy ? subtract(released, part) : subtract(part, released);
    position.realized = add(position.realized, gain);
    // Beyond what there was, the other way.
    const isTurned = quantity > closed;
    position.cost = isTurned ? subtract(notional, part) : subtract(position.cost, released);
  }
  position.quantity = held + (isBuy ? quantity : -quantity);
}

function countFill(position: Position, { side, price, notional, fee }: PositionFill): void {
  position.fees = add(position.fees, fee);
  if (side === Side.buy) position.bought = add(position.bought, notional);
  else position.sold = add(position.sold, notional);
  position.fills += 1;
  position.lastPrice = price;
}

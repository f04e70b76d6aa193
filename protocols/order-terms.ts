/**
 * What an order asks for and where it stands: the closed lists that commands, events and the client
 * API share. The numbers are on the wire and in the log: never reuse or renumber one.
 */

export const Side = { buy: 0, sell: 1 } as const;
export type Side = (typeof Side)[keyof typeof Side];

export const OrderType = { limit: 0, market: 1 } as const;
export type OrderType = (typeof OrderType)[keyof typeof OrderType];

/** Good till canceled, or immediate or cancel. A market order is always immediate. */
export const TimeInForce = { GTC: 0, IOC: 1 } as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

/** FIX OrdStatus (tag 39), in words. */
export const OrderStatus = {
  pendingNew: 0,
  new: 1,
  partiallyFilled: 2,
  filled: 3,
  canceled: 4,
  rejected: 5,
  pendingReplace: 6,
  pendingCancel: 7,
  expired: 8,
} as const;
export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus];

/** FIX ExecType (tag 150), in words: what an execution report tells. */
export const ExecutionType = {
  new: 0,
  trade: 1,
  canceled: 2,
  replaced: 3,
  rejected: 4,
  expired: 5,
} as const;
export type ExecutionType = (typeof ExecutionType)[keyof typeof ExecutionType];

/** Whether a fill added liquidity (the order was resting) or removed it (it was incoming). */
export const Liquidity = { none: 0, maker: 1, taker: 2 } as const;
export type Liquidity = (typeof Liquidity)[keyof typeof Liquidity];

/**
 * The name of a member of one of these lists.
 *
 * @internal For tests that speak in words; the client API has words of its own.
 */
export function nameIn<List extends Readonly<Record<string, number>>>(
  list: List,
  value: number,
): keyof List & string {
  for (const [name, number] of Object.entries(list)) if (number === value) return name;
  return "unknown";
}

export function oppositeOf(side: Side): Side {
  return side === Side.buy ? Side.sell : Side.buy;
}

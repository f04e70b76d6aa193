/**
 * What an order asks for and where it stands: the closed lists that commands, events and the client
 * API share. The numbers are on the wire and in the log: never reuse or renumber one.
 */

export const Side = { buy: 0, sell: 1 } as const;
export type Side = (typeof Side)[keyof typeof Side];

/** FIX OrdType (tag 40), in words. What begins with a trigger price waits for it. */
export const OrderType = {
  limit: 0,
  market: 1,
  stop: 2,
  stopLimit: 3,
  takeProfit: 4,
  takeProfitLimit: 5,
  trailingStop: 6,
  pegged: 7,
} as const;
export type OrderType = (typeof OrderType)[keyof typeof OrderType];

/** FIX TimeInForce (tag 59): for how long an order may work. */
export const TimeInForce = {
  /** Good till canceled. */
  GTC: 0,
  /** Immediate or cancel. */
  IOC: 1,
  /** Fill or kill: all of it at once, or nothing. */
  FOK: 2,
  /** Until the trading day ends. */
  DAY: 3,
  /** Good till a date. */
  GTD: 4,
  /** At the open: only in the opening auction. */
  ATO: 5,
  /** At the close: only in the closing auction. */
  ATC: 6,
  /** Good for auction: only in the next one, whichever it is. */
  GFA: 7,
} as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

/** Whether an order may take liquidity when it comes in, and what happens if it would. */
export const PostOnly = { none: 0, reject: 1, slide: 2 } as const;
export type PostOnly = (typeof PostOnly)[keyof typeof PostOnly];

/** What happens when an order meets one of its own group: its own mode decides. */
export const SelfTradePrevention = {
  none: 0,
  cancelNewest: 1,
  cancelOldest: 2,
  cancelBoth: 3,
  decrement: 4,
  transfer: 5,
} as const;
export type SelfTradePrevention = (typeof SelfTradePrevention)[keyof typeof SelfTradePrevention];

/** Which price sets a waiting order off. */
export const TriggerSource = { last: 0, best: 1, mark: 2 } as const;
export type TriggerSource = (typeof TriggerSource)[keyof typeof TriggerSource];

/** Which price a pegged order follows: the best of its own side, of the other, or their middle. */
export const PegReference = { none: 0, primary: 1, market: 2, midpoint: 3 } as const;
export type PegReference = (typeof PegReference)[keyof typeof PegReference];

/** FIX ContingencyType (tag 1385): how the orders of a list depend on one another. */
export const ListType = {
  /** One cancels the other: two orders of one side. */
  OCO: 0,
  /** One triggers the other: when the first is filled, the second is placed. */
  OTO: 1,
  /** One triggers two, of which one cancels the other. */
  OTOCO: 2,
} as const;
export type ListType = (typeof ListType)[keyof typeof ListType];

/** What becomes of the order to be placed when the one before it cannot be canceled. */
export const CancelFailure = { stop: 0, place: 1 } as const;
export type CancelFailure = (typeof CancelFailure)[keyof typeof CancelFailure];

/** FIX TradingSessionSubID (tag 625), in words: what goes on in a market. */
export const TradingPhase = {
  closed: 0,
  preOpen: 1,
  openingAuction: 2,
  continuous: 3,
  volatilityAuction: 4,
  halted: 5,
  cancelOnly: 6,
  closingAuction: 7,
  tradingAtLast: 8,
} as const;
export type TradingPhase = (typeof TradingPhase)[keyof typeof TradingPhase];

/** What is done to a market from outside. */
export const Intervention = { halt: 0, restrict: 1, resume: 2 } as const;
export type Intervention = (typeof Intervention)[keyof typeof Intervention];

/** What a shard has sent the last of to another one, while actors move. */
export const ChannelMark = {
  /** Messages for an actor at the home that it leaves. */
  drained: 0,
  /** What an actor said here that has left, and its state. */
  left: 1,
  /** What could come of anything that the actor said at its old home: all of that was heard. */
  quiet: 2,
} as const;
export type ChannelMark = (typeof ChannelMark)[keyof typeof ChannelMark];

/** What a kill switch stops. */
export const KillScope = { account: 0, participant: 1, symbol: 2, venue: 3 } as const;
export type KillScope = (typeof KillScope)[keyof typeof KillScope];

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
  /** Its trigger price was reached. */
  triggered: 6,
  /** The exchange changed its price or quantity. */
  restated: 7,
} as const;
export type ExecutionType = (typeof ExecutionType)[keyof typeof ExecutionType];

/**
 * Whether a fill added liquidity (the order was resting), removed it (it was incoming), came of an
 * auction, or was a transfer between two accounts of one participant: without a fee, and no trade
 * that anybody else hears of.
 */
export const Liquidity = { none: 0, maker: 1, taker: 2, auction: 3, transfer: 4 } as const;
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

/** Whether orders of a type wait for their trigger price before they go to the market. */
export function isWaitingType(orderType: OrderType): boolean {
  return orderType >= OrderType.stop && orderType <= OrderType.trailingStop;
}

/** Whether the price of orders of a type is a limit; the others have none. */
export function hasLimit(orderType: OrderType): boolean {
  switch (orderType) {
    case OrderType.limit:
    case OrderType.stopLimit:
    case OrderType.takeProfitLimit:
    case OrderType.pegged:
      return true;
    default:
      return false;
  }
}

/** Whether an order takes part in auctions only. */
export function isForAuctions(timeInForce: TimeInForce): boolean {
  return timeInForce >= TimeInForce.ATO;
}

export function oppositeOf(side: Side): Side {
  return side === Side.buy ? Side.sell : Side.buy;
}

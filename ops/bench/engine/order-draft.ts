/**
 * What an order of the benchmark's flow is made from, and the plain order that is made of it.
 */
import type { SmallRandom } from "../../../actors/order-book/testing/small-random.ts";
import { OrderType, plainInstructions, TimeInForce } from "../../../protocols/index.ts";
import type { AccountId, InstrumentSymbol, PlaceOrder, Side } from "../../../protocols/index.ts";

/** What the flow draws an order's terms from. */
export interface OrderDraft {
  readonly random: SmallRandom;
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  /** The price that the market has about now. */
  readonly middle: number;
  /** A price for the side: mostly passive, and near the middle. */
  readonly price: number;
  readonly quantity: number;
  /** A client order id that nobody had. */
  readonly newName: () => string;
}

/** A plain good-till-canceled limit order, but for the terms given. */
export function plainOrder(
  { account, symbol, side, price, quantity, newName }: OrderDraft,
  terms: Partial<PlaceOrder> = {},
): PlaceOrder {
  return {
    kind: "place-order",
    account,
    clientOrderId: newName(),
    symbol,
    side,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price,
    quantity,
    instructions: plainInstructions,
    ...terms,
  };
}

/**
 * Orders and quotes that stand inside a command, as lists of fields of its ordinary record.
 *
 * Invariant: an order inside a command is of the command's account, which permits it.
 */
import { assert } from "./assert.ts";
import type { AccountId } from "./identifiers.ts";
import { fieldsOfInstructions, instructionsIn } from "./instruction-columns.ts";
import type { PlaceOrder, PlaceOrderList, Quote } from "./messages.ts";
import { plainInstructions, sharedIfPlain } from "./order-instructions.ts";
import type { OrderType, Side, TimeInForce } from "./order-terms.ts";
import { clientOrderIdIn, last } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";

/** One triggers two: no list holds more. */
export const listOrdersMax = 3;
export const quotesMax = 50;

/** The instructions are left out where there are none. */
export function fieldsOfOrder(order: PlaceOrder): readonly OrdinaryField[] {
  const isPlain = sharedIfPlain(order.instructions) === plainInstructions;
  return [
    order.account,
    order.clientOrderId,
    order.symbol,
    order.side,
    order.orderType,
    order.timeInForce,
    order.price,
    order.quantity,
    isPlain ? [] : fieldsOfInstructions(order.instructions),
  ];
}

/** Reads an order of this account. */
export function orderIn(fields: Fields, account: AccountId): PlaceOrder {
  if (fields.account() !== account) throw new MalformedRecords("an order of another account");
  const order: PlaceOrder = {
    kind: "place-order",
    account,
    clientOrderId: clientOrderIdIn(fields.text()),
    symbol: fields.symbol(),
    side: fields.choice(last.side) as Side,
    orderType: fields.choice(last.orderType) as OrderType,
    timeInForce: fields.choice(last.timeInForce) as TimeInForce,
    price: fields.integer(),
    quantity: fields.integer(),
    instructions: instructionsOrNone(fields.fields()),
  };
  fields.end();
  return order;
}

function instructionsOrNone(fields: Fields): PlaceOrder["instructions"] {
  if (fields.isEmpty) return plainInstructions;
  const instructions = instructionsIn(fields);
  fields.end();
  return instructions;
}

export function fieldsOfOrders({ account, orders }: PlaceOrderList): readonly OrdinaryField[] {
  assert(orders.length >= 1, "a list without orders");
  assert(orders.length <= listOrdersMax, "a list of too many orders");
  for (const order of orders) assert(order.account === account, "an order of another account");
  return orders.map(fieldsOfOrder);
}

export function ordersIn(fields: Fields, account: AccountId): readonly PlaceOrder[] {
  return fields.lists(1, listOrdersMax).map((order) => orderIn(order, account));
}

export function fieldsOfQuotes(quotes: readonly Quote[]): readonly OrdinaryField[] {
  assert(quotes.length >= 1, "a mass quote without quotes");
  assert(quotes.length <= quotesMax, "a mass quote of too many quotes");
  return quotes.map((quote) => [
    quote.symbol,
    quote.bidPrice,
    quote.bidQuantity,
    quote.askPrice,
    quote.askQuantity,
  ]);
}

export function quotesIn(fields: Fields): readonly Quote[] {
  return fields.lists(1, quotesMax).map(quoteIn);
}

function quoteIn(fields: Fields): Quote {
  const quote = {
    symbol: fields.symbol(),
    bidPrice: fields.integer(),
    bidQuantity: fields.integer(),
    askPrice: fields.integer(),
    askQuantity: fields.integer(),
  };
  fields.end();
  return quote;
}

/**
 * What an account may ask about its orders and balances: the bodies of requests on
 * `outcry.v1.acct.<account>.…`.
 *
 * The account is in the subject, where the exchange's credentials vouch for it, and never in a
 * body.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { listOrdersMax, quotesMax } from "../nested-orders.ts";
import {
  clientOrderId,
  closed,
  count,
  integer,
  limit,
  orderId,
  orderType,
  quoteId,
  revision,
  side,
  symbol,
  timeInForce,
} from "./fields.ts";
import { instructionFields, revisedFields } from "./instruction-fields.ts";
import { batchCommandsMax, listOrdersMin, openOrdersDefault, openOrdersMax } from "./limits.ts";
import { cancelFailureWords, listTypeWords, sideWords } from "./words.ts";

const placeFields = {
  symbol: symbol(),
  side,
  type: orderType,
  timeInForce: Type.Optional(
    timeInForce({
      more:
        " A market order cannot rest. An order that waits for its trigger price waits as long as " +
        "this says.",
      default: "`IOC` for a market order, else `GTC`",
    }),
  ),
  price: Type.Optional(
    integer({
      description: "The limit price.",
      unit: "ticks",
      rule:
        "1 to 2^31; required for `limit`, `stopLimit`, `takeProfitLimit` and, as the worst price " +
        "that it may have, for `pegged`; forbidden for others",
    }),
  ),
  quantity: Type.Optional(
    integer({
      description: "How much.",
      unit: "lots",
      rule: "1 to 2^40; required unless there is a `quoteBudget`",
    }),
  ),
  clientOrderId: Type.Optional(
    clientOrderId(
      "Your name for the order, unique within your account. The gateway makes one when you give " +
        "none, but then a lost answer cannot be asked for again.",
    ),
  ),
  ...instructionFields,
};

const orderByEitherId = {
  orderId: Type.Optional(orderId("The order, by the exchange's id; or give `clientOrderId`.")),
  clientOrderId: Type.Optional(clientOrderId("The order, by your name for it.")),
};

const replaceFields = {
  ...orderByEitherId,
  price: Type.Optional(
    integer({
      description: "The new limit price.",
      unit: "ticks",
      rule: "1 to 2^31; 0 or left out for an order without one",
    }),
  ),
  quantity: integer({
    description: "The new whole quantity, what has been executed included.",
    unit: "lots",
    rule: "1 to 2^40, not below what has been executed",
  }),
  revision: Type.Optional(
    revision({
      description:
        "Which revision of the order this makes (as placed it is 0): the same replace sent twice " +
        "then happens once.",
      default: "whatever is next",
    }),
  ),
  ...revisedFields,
};

export const placeRequest = Type.Object(placeFields, closed);
export const cancelRequest = Type.Object(orderByEitherId, closed);
export const replaceRequest = Type.Object(replaceFields, closed);

export const cancelAllRequest = Type.Object(
  {
    symbol: Type.Optional(symbol("Only orders in this instrument.")),
    side: Type.Optional(
      Type.Enum([...sideWords], { description: "Only orders that buy, or that sell." }),
    ),
    priceMin: Type.Optional(
      integer({ description: "Only orders with this limit price or a higher one.", unit: "ticks" }),
    ),
    priceMax: Type.Optional(
      integer({ description: "Only orders with this limit price or a lower one.", unit: "ticks" }),
    ),
  },
  closed,
);

export const placeListRequest = Type.Object(
  {
    type: Type.Enum([...listTypeWords], {
      description:
        "`OCO`: of two orders of one side, whichever trades, is triggered or ends first cancels the " +
        "other. `OTO`: when the first is filled, " +
        "the second is placed. `OTOCO`: when the first is filled, the others are placed, and one " +
        "cancels the other as in `OCO`.",
    }),
    orders: Type.Array(placeRequest, {
      minItems: listOrdersMin,
      maxItems: listOrdersMax,
      description: "Orders as `order.place` takes them, all in one instrument.",
    }),
  },
  closed,
);

export const cancelAndPlaceRequest = Type.Object(
  {
    orderId: Type.Optional(orderId("The order to cancel, by the exchange's id; or by your name.")),
    clientOrderId: Type.Optional(clientOrderId("The order to cancel, by your name for it.")),
    ifCancelFails: Type.Optional(
      Type.Enum([...cancelFailureWords], {
        description:
          "What becomes of the new order if the old one cannot be canceled: it is not placed " +
          "(`stop`), or it is (`place`).",
        default: "`stop`",
      }),
    ),
    order: Type.Object(placeFields, {
      ...closed,
      description: "The new order, as `order.place` takes it.",
    }),
  },
  closed,
);

const quoteRequest = Type.Object(
  {
    symbol: symbol(),
    bidPrice: integer({ description: "What you buy at.", unit: "ticks" }),
    bidQuantity: count({ description: "How much you buy; 0 for no bid.", unit: "lots" }),
    askPrice: integer({ description: "What you sell at.", unit: "ticks" }),
    askQuantity: count({ description: "How much you sell; 0 for no ask.", unit: "lots" }),
  },
  { ...closed, description: "One instrument's two-sided quote." },
);

export const massQuoteRequest = Type.Object(
  {
    quoteId: quoteId(
      "Your name for these quotes. New orders are called `<quoteId>-b<number>` and " +
        "`<quoteId>-a<number>`, by the quote's place in the list.",
    ),
    quotes: Type.Array(quoteRequest, {
      minItems: 1,
      maxItems: quotesMax,
      description:
        "Each takes the place of your quotes in its instrument: symbol, bidPrice, bidQuantity, " +
        "askPrice and askQuantity, a quantity of 0 for no order on that side.",
    }),
  },
  closed,
);

export const batchPlace = Type.Object({ op: Type.Literal("place"), ...placeFields }, closed);
export const batchCancel = Type.Object({ op: Type.Literal("cancel"), ...orderByEitherId }, closed);
export const batchReplace = Type.Object({ op: Type.Literal("replace"), ...replaceFields }, closed);

export const batchRequest = Type.Object(
  {
    commands: Type.Array(Type.Union([batchPlace, batchCancel, batchReplace]), {
      minItems: 1,
      maxItems: batchCommandsMax,
      description:
        "Applied in this order. Each is a place, cancel or replace request with an `op` that says " +
        "which.",
    }),
  },
  closed,
);

export const orderRequest = Type.Object(orderByEitherId, closed);

export const openOrdersRequest = Type.Object(
  {
    symbol: Type.Optional(symbol("Only orders in this instrument.")),
    after: Type.Optional(
      count({ description: "Only orders after this order id: the last one of the page before." }),
    ),
    limit: Type.Optional(
      limit(openOrdersMax, { description: "At most so many.", default: openOrdersDefault }),
    ),
  },
  closed,
);

export const balancesRequest = Type.Object({}, closed);

export type PlaceRequest = Static<typeof placeRequest>;
export type CancelRequest = Static<typeof cancelRequest>;
export type ReplaceRequest = Static<typeof replaceRequest>;
export type CancelAllRequest = Static<typeof cancelAllRequest>;
export type PlaceListRequest = Static<typeof placeListRequest>;
export type CancelAndPlaceRequest = Static<typeof cancelAndPlaceRequest>;
export type MassQuoteRequest = Static<typeof massQuoteRequest>;
export type BatchCommand =
  Static<typeof batchPlace> | Static<typeof batchCancel> | Static<typeof batchReplace>;
export interface BatchRequest {
  commands: BatchCommand[];
}
export type OrderRequest = Static<typeof orderRequest>;
export type OpenOrdersRequest = Static<typeof openOrdersRequest>;

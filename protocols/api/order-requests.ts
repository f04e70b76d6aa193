/**
 * What an account may ask about its orders and balances: the bodies of requests on
 * `outcry.v1.acct.<account>.…`.
 *
 * The account is in the subject, where the exchange's credentials vouch for it, and never in a
 * body.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import {
  clientOrderId,
  closed,
  count,
  integer,
  limit,
  orderId,
  orderType,
  revision,
  side,
  symbol,
  timeInForce,
} from "./fields.ts";
import { batchCommandsMax, openOrdersDefault, openOrdersMax } from "./limits.ts";

const placeFields = {
  symbol: symbol(),
  side,
  type: orderType,
  timeInForce: Type.Optional(
    timeInForce({
      more: " A market order is always `IOC`.",
      default: "`GTC` for a limit order, `IOC` for a market order",
    }),
  ),
  price: Type.Optional(
    integer({
      description: "The limit price.",
      unit: "ticks",
      rule: "1 to 2^31; required for `limit`, forbidden for `market`",
    }),
  ),
  quantity: integer({ description: "How much.", unit: "lots", rule: "1 to 2^40" }),
  clientOrderId: Type.Optional(
    clientOrderId(
      "Your name for the order, unique within your account. The gateway makes one when you give " +
        "none, but then a lost answer cannot be asked for again.",
    ),
  ),
};

const orderByEitherId = {
  orderId: Type.Optional(orderId("The order, by the exchange's id; or give `clientOrderId`.")),
  clientOrderId: Type.Optional(clientOrderId("The order, by your name for it.")),
};

const replaceFields = {
  ...orderByEitherId,
  price: integer({ description: "The new limit price.", unit: "ticks", rule: "1 to 2^31" }),
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
};

export const placeRequest = Type.Object(placeFields, closed);
export const cancelRequest = Type.Object(orderByEitherId, closed);
export const replaceRequest = Type.Object(replaceFields, closed);

export const cancelAllRequest = Type.Object(
  { symbol: Type.Optional(symbol("Only orders in this instrument.")) },
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
export type BatchCommand =
  Static<typeof batchPlace> | Static<typeof batchCancel> | Static<typeof batchReplace>;
export interface BatchRequest {
  commands: BatchCommand[];
}
export type OrderRequest = Static<typeof orderRequest>;
export type OpenOrdersRequest = Static<typeof openOrdersRequest>;

/**
 * Whether what a program asks for is a request at all, told before it becomes a command. A program
 * without types may say anything here, and what is not understood must not become an order.
 *
 * Each check is a few comparisons and makes nothing: this runs for every order. What the fields may
 * hold is `order-requests.ts` in `protocols/api/`; a test holds the two to each other.
 */
import { faultWithin, fieldFault } from "../../protocols/api/errors.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import type {
  CancelAndPlaceRequest,
  CancelRequest,
  PlaceListRequest,
  PlaceRequest,
  ReplaceRequest,
} from "../../protocols/api/order-requests.ts";
import {
  cancelFailureWords,
  listTypeWords,
  orderTypeWords,
  timeInForceWords,
} from "../../protocols/api/words.ts";
import { isClientOrderId, isIntegerWithin, isSymbol, RejectReason } from "../../protocols/index.ts";
import {
  faultOfInstructions,
  faultOfRevised,
  isInstructionField,
  isRevisedField,
} from "./instruction-check.ts";

const revisionMax = 0xffff_ffff;

/** A request whose fields may hold anything. */
type Unchecked<Request> = { readonly [Field in keyof Request]?: unknown };

/** But for the order's name, which may be made for it: see {@link faultOfClientOrderId}. */
export function faultOfPlace(request: Unchecked<PlaceRequest>): RequestFault | undefined {
  if (!isObject(request)) return notAnObject;
  let asksForMore = false;
  for (const field in request) {
    if (isPlaceField(field)) continue;
    if (!isInstructionField(field)) return unknownField(field);
    asksForMore = true;
  }
  const { side, timeInForce, price, quantity } = request;
  if (typeof request.symbol !== "string" || !isSymbol(request.symbol)) return noSymbol;
  if (side !== "buy" && side !== "sell") return noSide;
  if (!isOneOf(orderTypeWords, request.type)) return noType;
  if (timeInForce !== undefined && !isOneOf(timeInForceWords, timeInForce)) return noTime;
  if (price !== undefined && !Number.isSafeInteger(price)) return noPrice;
  if (quantity !== undefined && !Number.isSafeInteger(quantity)) return noQuantity;
  if (request.clientOrderId === null) return noClientOrderId;
  return asksForMore ? faultOfInstructions(request) : undefined;
}

/** What may be made for an order of it is its name. */
export function faultOfPlaceList(request: Unchecked<PlaceListRequest>): RequestFault | undefined {
  if (!isObject(request)) return notAnObject;
  for (const field in request) {
    if (field !== "type" && field !== "orders") return unknownField(field);
  }
  const { type, orders } = request;
  if (!isOneOf(listTypeWords, type)) return noListType;
  if (!Array.isArray(orders)) return noOrders;
  for (const [index, order] of orders.entries()) {
    const fault = faultOfOrder(order as Unchecked<PlaceRequest>);
    if (fault !== undefined) return faultWithin(`orders[${String(index)}]`, fault);
  }
  return undefined;
}

/** What may be made for the new order is its name. */
export function faultOfCancelAndPlace(
  request: Unchecked<CancelAndPlaceRequest>,
): RequestFault | undefined {
  if (!isObject(request)) return notAnObject;
  for (const field in request) {
    if (field !== "ifCancelFails" && field !== "order" && !isNameField(field)) {
      return unknownField(field);
    }
  }
  const { ifCancelFails, order } = request;
  if (ifCancelFails !== undefined && !isOneOf(cancelFailureWords, ifCancelFails)) return noFailure;
  const fault = faultOfOrder(order as Unchecked<PlaceRequest>);
  return fault === undefined ? faultOfName(request) : faultWithin("order", fault);
}

/** Of an order inside a command. */
function faultOfOrder(order: Unchecked<PlaceRequest>): RequestFault | undefined {
  const fault = faultOfPlace(order);
  if (fault !== undefined || order.clientOrderId === undefined) return fault;
  return faultOfClientOrderId(order.clientOrderId);
}

export function faultOfCancel(request: Unchecked<CancelRequest>): RequestFault | undefined {
  if (!isObject(request)) return notAnObject;
  for (const field in request) if (!isNameField(field)) return unknownField(field);
  return faultOfName(request);
}

export function faultOfReplace(request: Unchecked<ReplaceRequest>): RequestFault | undefined {
  if (!isObject(request)) return notAnObject;
  let revisesMore = false;
  for (const field in request) {
    if (isReplaceField(field)) continue;
    if (!isRevisedField(field)) return unknownField(field);
    revisesMore = true;
  }
  const { price, quantity, revision } = request;
  if (price !== undefined && !Number.isSafeInteger(price)) return noPrice;
  if (!Number.isSafeInteger(quantity)) return noQuantity;
  if (revision !== undefined && !isIntegerWithin(revision, 0, revisionMax)) return noRevision;
  const fault = revisesMore ? faultOfRevised(request) : undefined;
  return fault ?? faultOfName(request);
}

/** A name that a client order id can be: the caller's, or one made for it. */
export function faultOfClientOrderId(name: unknown): RequestFault | undefined {
  return typeof name === "string" && isClientOrderId(name) ? undefined : noClientOrderId;
}

/** That it is named by one of the two and not by both, the translation says. */
function faultOfName(request: Unchecked<CancelRequest>): RequestFault | undefined {
  const { orderId, clientOrderId } = request;
  if (orderId !== undefined && !(isCount(orderId) && orderId > 0)) return noOrderId;
  return clientOrderId === undefined ? undefined : faultOfClientOrderId(clientOrderId);
}

/** A field that most orders have. */
function isPlaceField(field: string): boolean {
  switch (field as keyof PlaceRequest) {
    case "symbol":
    case "side":
    case "type":
    case "timeInForce":
    case "price":
    case "quantity":
    case "clientOrderId":
      return true;
    default:
      return false;
  }
}

function isReplaceField(field: string): boolean {
  return field === "price" || field === "quantity" || field === "revision" || isNameField(field);
}

function isNameField(field: string): boolean {
  return field === "orderId" || field === "clientOrderId";
}

function isObject(request: unknown): boolean {
  return typeof request === "object" && request !== null;
}

function isOneOf(words: readonly unknown[], value: unknown): boolean {
  return words.includes(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function unknownField(field: string): RequestFault {
  return fieldFault(field, "There is no such field.");
}

const notAnObject: RequestFault = {
  reason: RejectReason["field-invalid"],
  message: "A request is an object.",
};
const noSymbol = fieldFault("symbol", "It is no symbol.");
const noSide = fieldFault("side", "It is `buy` or `sell`.");
const noType = fieldFault("type", `It is one of ${orderTypeWords.join(", ")}.`);
const noTime = fieldFault("timeInForce", `It is one of ${timeInForceWords.join(", ")}.`);
const noListType = fieldFault("type", `It is one of ${listTypeWords.join(", ")}.`);
const noOrders = fieldFault("orders", "It must be a list.");
const noFailure = fieldFault("ifCancelFails", "It is `stop` or `place`.");
const noPrice = fieldFault("price", "It must be an integer.");
const noQuantity = fieldFault("quantity", "It must be an integer.");
const noRevision = fieldFault("revision", "It is no count of 32 bits.");
const noOrderId = fieldFault("orderId", "It is no order id.");
const noClientOrderId = fieldFault(
  "clientOrderId",
  "It is 1 to 36 letters, digits, `_`, `:` or `-`.",
);

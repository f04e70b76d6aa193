/**
 * Goal: what a program without types may say is taken or refused as the schemas say, and the field
 * at fault is named.
 */
import type { TObject } from "typebox";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import {
  cancelAndPlaceRequest,
  cancelRequest,
  placeListRequest,
  placeRequest,
  replaceRequest,
} from "../../protocols/api/order-requests.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import {
  faultOfCancel,
  faultOfCancelAndPlace,
  faultOfClientOrderId,
  faultOfPlace,
  faultOfPlaceList,
  faultOfReplace,
} from "./order-check.ts";

type Fields = Readonly<Record<string, unknown>>;

const place: Fields = {
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  timeInForce: "GTC",
  price: 1,
  quantity: 1,
  clientOrderId: "a",
};

const instructed: Fields = {
  ...place,
  quoteBudget: "1",
  collarBasisPoints: 1,
  triggerPrice: 1,
  triggerBy: "best",
  trailTicks: 1,
  trailBasisPoints: 1,
  displayQuantity: 1,
  hidden: true,
  reduceOnly: true,
  minimumQuantity: 1,
  postOnly: "slide",
  pegTo: "primary",
  pegOffset: 1,
  expiresAtUs: 1,
  selfTradePrevention: "transfer",
};

const replace: Fields = { orderId: 1, clientOrderId: "a", price: 1, quantity: 1, revision: 1 };

const revised: Fields = {
  ...replace,
  triggerPrice: 1,
  trailTicks: 1,
  trailBasisPoints: 1,
  displayQuantity: 1,
  minimumQuantity: 1,
  pegOffset: 1,
  keepPriority: true,
};

/** A place's name is looked at when it has one. */
function faultOfNamedPlace(request: Fields): RequestFault | undefined {
  const fault = faultOfPlace(request);
  if (fault !== undefined || request["clientOrderId"] === undefined) return fault;
  return faultOfClientOrderId(request["clientOrderId"]);
}

const kinds: readonly [string, TObject, Fields, (request: Fields) => RequestFault | undefined][] = [
  ["place", placeRequest, place, faultOfNamedPlace],
  ["cancel", cancelRequest, { orderId: 1, clientOrderId: "a" }, faultOfCancel],
  ["place with every instruction", placeRequest, instructed, faultOfNamedPlace],
  ["replace", replaceRequest, replace, faultOfReplace],
  ["replace of everything", replaceRequest, revised, faultOfReplace],
];

const oddities: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  10_000,
  10_001,
  2 ** 32,
  2 ** 53,
  Number.NaN,
  1n,
  "",
  "1",
  "SELL",
  "sell",
  "bid",
  "constructor",
  "LIMIT",
  "market",
  "iceberg",
  "stop",
  "GTX",
  "FOK",
  "none",
  "best",
  "midpoint",
  "reject",
  "transfer",
  "ioc",
  "IOC",
  "a b",
  [],
  {},
];

describe.each(kinds)("a %s", (_, schema, request, faultOf) => {
  it("is taken with all its fields", () => {
    expect(faultOf(request)).toBeUndefined();
    expect(Check(schema, request)).toBe(true);
  });

  it.each(Object.keys(request))("is judged by its %s as the schema does", (field) => {
    for (const value of oddities) {
      const odd: Record<string, unknown> = { ...request, [field]: value };
      if (value === undefined) delete odd[field];
      const fault = faultOf(odd);
      expect([value, fault === undefined]).toEqual([value, Check(schema, odd)]);
      if (fault !== undefined) expect(fault.field).toBe(field);
    }
  });

  it("is refused with a field that it has not", () => {
    for (const field of ["iceberg", "op", "Price", "toString"]) {
      expect(faultOf({ ...request, [field]: 1 })).toMatchObject({ field });
    }
  });

  it("is an object", () => {
    for (const nothing of [null, undefined, "a", 1]) {
      expect(faultOf(nothing as unknown as Fields)).toMatchObject({ reason: 1001 });
    }
  });
});

/** What an order inside a command is said to be. */
function orderIn(list: boolean, order: unknown): RequestFault | undefined {
  const request = list
    ? { type: "OCO", orders: [place, order] }
    : { orderId: 1, ifCancelFails: "stop", order };
  const [schema, faultOf] = list
    ? [placeListRequest, faultOfPlaceList]
    : [cancelAndPlaceRequest, faultOfCancelAndPlace];
  const fault = faultOf(request);
  expect([order, fault === undefined]).toEqual([order, Check(schema, request)]);
  return fault;
}

describe.each([
  ["a list", true, "orders[1]"],
  ["a cancel and place", false, "order"],
])("the order in %s", (_, isList, field) => {
  it("is judged as one that is placed alone", () => {
    expect(orderIn(isList, place)).toBeUndefined();
    expect(orderIn(isList, instructed)).toBeUndefined();
    expect(orderIn(isList, { ...place, side: "bid" })).toMatchObject({ field: `${field}.side` });
    expect(orderIn(isList, { ...place, clientOrderId: "a b" })).toMatchObject({
      field: `${field}.clientOrderId`,
    });
    expect(orderIn(isList, { ...place, hidden: 1 })).toMatchObject({ field: `${field}.hidden` });
    expect(orderIn(isList, { ...place, pegged: 1 })).toMatchObject({ field: `${field}.pegged` });
    for (const nothing of [null, undefined, 1, "order"]) {
      expect(orderIn(isList, nothing)).toMatchObject({ field });
    }
  });
});

describe("a list", () => {
  const list = { type: "OCO", orders: [place, place] };

  it.each<[string, unknown]>([
    ["type", { ...list, type: "OOO" }],
    ["type", { orders: list.orders }],
    ["orders", { type: "OCO" }],
    ["orders", { ...list, orders: {} }],
    ["account", { ...list, account: "demo" }],
  ])("whose %s is odd is none", (field, odd) => {
    expect(faultOfPlaceList(odd as never)).toMatchObject({ field });
    expect(Check(placeListRequest, odd)).toBe(false);
  });

  it("is an object", () => {
    expect(faultOfPlaceList(null as never)).toMatchObject({ reason: 1001 });
  });
});

describe("a cancel and place", () => {
  const both = { orderId: 1, order: place };

  it.each<[string, unknown]>([
    ["ifCancelFails", { ...both, ifCancelFails: "no" }],
    ["orderId", { ...both, orderId: 0 }],
    ["clientOrderId", { order: place, clientOrderId: "a b" }],
    ["account", { ...both, account: "demo" }],
  ])("whose %s is odd is none", (field, odd) => {
    expect(faultOfCancelAndPlace(odd as never)).toMatchObject({ field });
    expect(Check(cancelAndPlaceRequest, odd)).toBe(false);
  });

  it("is an object", () => {
    expect(faultOfCancelAndPlace("a" as never)).toMatchObject({ reason: 1001 });
  });
});

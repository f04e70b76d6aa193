/**
 * Goal: what a program without types may say is taken or refused as the schemas say, and the field
 * at fault is named.
 */
import type { TObject } from "typebox";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import { cancelRequest, placeRequest, replaceRequest } from "../../protocols/api/order-requests.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import {
  faultOfCancel,
  faultOfClientOrderId,
  faultOfPlace,
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

/** A place's name is looked at when it has one. */
function faultOfNamedPlace(request: Fields): RequestFault | undefined {
  const fault = faultOfPlace(request);
  if (fault !== undefined || request["clientOrderId"] === undefined) return fault;
  return faultOfClientOrderId(request["clientOrderId"]);
}

const kinds: readonly [string, TObject, Fields, (request: Fields) => RequestFault | undefined][] = [
  ["place", placeRequest, place, faultOfNamedPlace],
  ["cancel", cancelRequest, { orderId: 1, clientOrderId: "a" }, faultOfCancel],
  [
    "replace",
    replaceRequest,
    { orderId: 1, clientOrderId: "a", price: 1, quantity: 1, revision: 1 },
    faultOfReplace,
  ],
];

const oddities: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
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
  "stop",
  "FOK",
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
    for (const field of ["postOnly", "op", "Price", "toString"]) {
      expect(faultOf({ ...request, [field]: 1 })).toMatchObject({ field });
    }
  });

  it("is an object", () => {
    for (const nothing of [null, undefined, "a", 1]) {
      expect(faultOf(nothing as unknown as Fields)).toMatchObject({ reason: 1001 });
    }
  });
});

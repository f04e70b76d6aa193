/**
 * Goal: whatever a stranger sends is answered with a number, names the field where there is one,
 * and reaches the cluster only when it is well-formed.
 *
 * Method: every field of every request is made wrong in every way its schema knows, one at a time.
 */
import type { TSchema } from "typebox";
import { describe, expect, it } from "vitest";
import { batchCommandsMax } from "../protocols/api/limits.ts";
import {
  batchCancel,
  batchPlace,
  batchReplace,
  massQuoteRequest,
  placeRequest,
} from "../protocols/api/order-requests.ts";
import { requestNames, requests } from "../protocols/api/requests.ts";
import { Gateway } from "./gateway.ts";
import type { Reply } from "./gateway.ts";
import { ScriptedCluster } from "./testing/scripted-cluster.ts";

const asker = { account: "demo", administrator: "ops" };
const cluster = new ScriptedCluster();
const gateway = new Gateway(cluster);

type Body = Record<string, unknown>;

interface ObjectSchema {
  readonly properties: Readonly<Record<string, TSchema & Body>>;
  readonly required?: readonly string[];
}

/** Values that a field of this type must not have. */
function wrongValues(schema: TSchema & Body): readonly unknown[] {
  const never = [null, [], {}, true];
  if (schema["type"] === "integer") {
    const [least, most] = [schema["minimum"] as number, schema["maximum"] as number];
    return [...never, "1", 1.5, 2 ** 53, -(2 ** 53), 1e300, least - 1, most + 1];
  }
  if (schema["enum"] !== undefined) return [...never, 0, "", "Buy", "buy ", "__proto__"];
  if (schema["type"] === "boolean") return [null, [], {}, 0, 1, "", "true"];
  if (schema["type"] === "array") {
    const wrong = [null, {}, true, "x", 1];
    return schema["minItems"] === undefined ? wrong : [...wrong, []];
  }
  if (schema["type"] === "object") return [null, [], true, "x", 1];
  return [...never, 0, "", "a.b", "*", ">", "a b", "a\tb", "a\r\nb", "ü", "A".repeat(201)];
}

/** Each way to make one field wrong: the field, what was done to it, and the body. */
function* wrongBodies(schema: ObjectSchema, right: Body): Iterable<[string, string, Body]> {
  for (const [field, fieldSchema] of Object.entries(schema.properties)) {
    if (schema.required?.includes(field) === true) {
      const { [field]: _, ...without } = right;
      yield [field, "missing", without];
    }
    for (const value of wrongValues(fieldSchema)) {
      if (isRight(fieldSchema, value)) continue;
      yield [field, JSON.stringify(value), { ...right, [field]: value }];
    }
  }
  for (const unknown of ["acount", "Symbol", "constructor", "toString"]) {
    yield [unknown, "unknown", { ...right, [unknown]: 1 }];
  }
  yield ["__proto__", "unknown", { ...right, ...JSON.parse('{"__proto__": {"ok": true}}') }];
}

/** Some texts that are wrong as ids are right as remarks or references. */
function isRight(schema: TSchema & Body, value: unknown): boolean {
  const { pattern } = schema as { pattern?: string };
  return pattern !== undefined && typeof value === "string" && new RegExp(pattern).test(value);
}

function refusalOf(reply: Reply) {
  if (reply.ok) throw new Error("it was not refused");
  return reply.error;
}

describe.each(requestNames.filter((name) => name !== "order.batch"))("%s", (name) => {
  const schema = requests[name].request as unknown as ObjectSchema;
  const right = requests[name].example.request as Body;
  const cases = [...wrongBodies(schema, right)];

  it.each(cases)("refuses %s when it is %s, by number and field", async (field, _, body) => {
    cluster.submitted.length = 0;
    const error = refusalOf(await gateway.answer(name, asker, body));
    expect(error).toMatchObject({ number: 1001, name: "field-invalid", field });
    expect(cluster.submitted).toEqual([]);
  });

  it.each([[[]], [null], ["text"], [1], [true], [undefined]])(
    "refuses %j, which is no object",
    async (body) => {
      expect(refusalOf(await gateway.answer(name, asker, body)).number).toBe(1000);
    },
  );
});

describe("order.batch", () => {
  const place = { op: "place", symbol: "A", side: "buy", type: "limit", price: 1, quantity: 1 };
  const cancel = { op: "cancel", orderId: 1 };
  const replace = { op: "replace", orderId: 1, price: 1, quantity: 1 };
  const cases = [
    ...[...wrongBodies(batchPlace as unknown as ObjectSchema, place)],
    ...[...wrongBodies(batchCancel as unknown as ObjectSchema, cancel)],
    ...[...wrongBodies(batchReplace as unknown as ObjectSchema, replace)],
  ].filter(([field]) => field !== "op");

  it.each(cases)("refuses commands[1].%s when it is %s", async (field, _, command) => {
    cluster.submitted.length = 0;
    const reply = await gateway.answer("order.batch", asker, { commands: [place, command] });
    expect(refusalOf(reply)).toMatchObject({ number: 1001, field: `commands[1].${field}` });
    expect(cluster.submitted).toEqual([]);
  });

  it.each([["jump"], [undefined], [0], [{}]])("refuses the operation %j", async (op) => {
    const reply = await gateway.answer("order.batch", asker, { commands: [{ ...place, op }] });
    expect(refusalOf(reply)).toMatchObject({ number: 1001, field: "commands[0].op" });
  });

  it.each([[[1]], [[null]], [[[]]]])("refuses the commands %j", async (commands) => {
    const reply = await gateway.answer("order.batch", asker, { commands });
    expect(refusalOf(reply)).toMatchObject({ number: 1001, field: "commands[0]" });
  });

  it("refuses an empty list and one that is too long", async () => {
    const empty = await gateway.answer("order.batch", asker, { commands: [] });
    expect(refusalOf(empty)).toMatchObject({ number: 1001, field: "commands" });
    const commands = Array.from({ length: batchCommandsMax + 1 }, () => place);
    const tooLong = await gateway.answer("order.batch", asker, { commands });
    expect(refusalOf(tooLong)).toMatchObject({ number: 1002, field: "commands" });
  });
});

describe("what a command holds", () => {
  const place = { symbol: "A", side: "buy", type: "limit", price: 1, quantity: 1 };
  const { items } = massQuoteRequest.properties.quotes;
  const quote = { symbol: "A", bidPrice: 1, bidQuantity: 1, askPrice: 2, askQuantity: 1 };
  const orders = [...wrongBodies(placeRequest as unknown as ObjectSchema, place)];
  const quotes = [...wrongBodies(items as unknown as ObjectSchema, quote)];
  const cases = [
    ...orders.map(([field, how, order]) => {
      const list = { type: "OCO", orders: [place, order] };
      return ["order.placeList", `orders[1].${field}`, how, list] as const;
    }),
    ...orders.map(([field, how, order]) => {
      return ["order.cancelAndPlace", `order.${field}`, how, { orderId: 1, order }] as const;
    }),
    ...quotes.map(([field, how, wrong]) => {
      const body = { quoteId: "q", quotes: [quote, wrong] };
      return ["order.massQuote", `quotes[1].${field}`, how, body] as const;
    }),
  ];

  it.each(cases)("%s refuses %s when it is %s", async (name, field, _, body) => {
    cluster.submitted.length = 0;
    const error = refusalOf(await gateway.answer(name, asker, body));
    expect(error).toMatchObject({ number: 1001, name: "field-invalid", field });
    expect(cluster.submitted).toEqual([]);
  });

  it("is not too much", async () => {
    const list = { type: "OTOCO", orders: [place, place, place, place] };
    const tooMany = await gateway.answer("order.placeList", asker, list);
    expect(refusalOf(tooMany)).toMatchObject({ number: 1001, field: "orders" });
    const mass = { quoteId: "q", quotes: Array.from({ length: 51 }, () => quote) };
    const tooMuch = await gateway.answer("order.massQuote", asker, mass);
    expect(refusalOf(tooMuch)).toMatchObject({ number: 1001, field: "quotes" });
  });
});

describe("fields that do not go together", () => {
  const limit = { symbol: "A", side: "buy", type: "limit", price: 1, quantity: 1 };
  const market = { symbol: "A", side: "buy", type: "market", quantity: 1 };
  const { price: _, ...limitWithoutPrice } = limit;

  it.each([
    ["order.place", limitWithoutPrice, "price"],
    ["order.place", { ...market, price: 1 }, "price"],
    ["order.place", { ...market, timeInForce: "GTC" }, "timeInForce"],
    ["order.place", { ...limit, triggerPrice: 1 }, "triggerPrice"],
    ["order.placeList", { type: "OCO", orders: [limit, limitWithoutPrice] }, "orders[1].price"],
    ["order.placeList", { type: "OTOCO", orders: [limit, limit] }, "orders"],
    ["order.cancelAndPlace", { order: limit }, "orderId"],
    ["order.cancelAndPlace", { orderId: 1, order: { ...market, price: 1 } }, "order.price"],
    ["order.cancel", {}, "orderId"],
    ["order.cancel", { orderId: 1, clientOrderId: "a" }, "clientOrderId"],
    ["order.replace", { price: 1, quantity: 1 }, "orderId"],
    ["order.get", {}, "orderId"],
    ["order.batch", { commands: [{ op: "place", ...market, price: 1 }] }, "commands[0].price"],
    ["deposit", { account: "a", asset: "A", amount: "9".repeat(19), reference: "r" }, "amount"],
    ["killSwitch.arm", { scope: "account", reason: "r" }, "target"],
    ["killSwitch.arm", { scope: "account", target: "BTC-USDT", reason: "r" }, "target"],
    ["killSwitch.arm", { scope: "participant", target: "ACME", reason: "r" }, "target"],
    ["killSwitch.arm", { scope: "symbol", target: "demo", reason: "r" }, "target"],
    ["killSwitch.arm", { scope: "venue", target: "demo", reason: "r" }, "target"],
    ["killSwitch.release", { scope: "symbol", reason: "r" }, "target"],
  ] as const)("%s of %j is refused for %s", async (name, body, field) => {
    cluster.submitted.length = 0;
    const error = refusalOf(await gateway.answer(name, asker, body));
    expect(error).toMatchObject({ number: 1001, field });
    expect(cluster.submitted).toEqual([]);
  });
});

describe("numbers that mean the same", () => {
  it("reach the log in one form: there is no minus zero in it", async () => {
    cluster.submitted.length = 0;
    const body = { symbol: "A", side: "buy", type: "limit", price: -0, quantity: -0 };
    await gateway.answer("order.place", asker, body);
    const [command] = cluster.submitted;
    expect(command).toMatchObject({ price: 0, quantity: 0 });
    expect(Object.values(command ?? {}).some((value) => Object.is(value, -0))).toBe(false);
  });
});

/**
 * Goal: what goes together in an order is told by the field at fault, before the order is sent: the
 * account finds no contradiction in what the gateway lets through.
 *
 * Method: sound orders of every type with some of their fields changed, to a gateway on a whole
 * exchange.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  orderTypeWords,
  pegReferenceWords,
  postOnlyWords,
  selfTradePreventionWords,
  timeInForceWords,
  triggerSourceWords,
  withoutNone,
} from "../protocols/api/words.ts";
import { MarketPlace } from "./testing/market-place.ts";

let place: MarketPlace;
beforeAll(async () => {
  place = await MarketPlace.open();
});
afterAll(() => place.close());

const some = fc.integer({ min: 1, max: 200 });

/** Orders with what their types need. */
const sound = [
  { type: "limit", price: 90 },
  { type: "market" },
  { type: "stop", triggerPrice: 95 },
  { type: "stopLimit", triggerPrice: 95, price: 94 },
  { type: "takeProfit", triggerPrice: 105 },
  { type: "takeProfitLimit", triggerPrice: 105, price: 104 },
  { type: "trailingStop", triggerPrice: 95, trailTicks: 5 },
  { type: "pegged", pegTo: "primary", price: 90 },
].map((terms): Record<string, unknown> => ({
  ...{ symbol: "BTC-USDT", side: "buy", quantity: 2 },
  ...terms,
}));

/** A field that is taken away, put there, or left as it is. */
const other = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant("as it is") }, { weight: 1, arbitrary: value });

const changes = fc.record({
  side: other(fc.constantFrom("buy", "sell")),
  type: other(fc.constantFrom(...orderTypeWords)),
  timeInForce: fc.constantFrom("as it is", ...timeInForceWords),
  price: other(fc.option(some)),
  quantity: other(fc.option(some)),
  quoteBudget: other(some.map(String)),
  collarBasisPoints: other(some),
  triggerPrice: other(fc.option(some)),
  triggerBy: other(fc.constantFrom(...triggerSourceWords)),
  trailTicks: other(fc.option(some)),
  trailBasisPoints: other(some),
  displayQuantity: other(some),
  hidden: other(fc.boolean()),
  reduceOnly: other(fc.boolean()),
  minimumQuantity: other(some),
  postOnly: other(fc.constantFrom(...withoutNone(postOnlyWords))),
  pegTo: other(fc.option(fc.constantFrom(...withoutNone(pegReferenceWords)))),
  pegOffset: other(fc.nat({ max: 5 })),
  expiresAtUs: other(fc.constant(Number.MAX_SAFE_INTEGER)),
  selfTradePrevention: other(fc.constantFrom(...withoutNone(selfTradePreventionWords))),
});

const requests = fc.tuple(fc.constantFrom(...sound), changes).map(([order, changed]) => {
  const request: Record<string, unknown> = { ...order };
  for (const [field, value] of Object.entries(changed)) {
    if (value === null) delete request[field];
    else if (value !== "as it is") request[field] = value;
  }
  return request;
});

describe("an order with any fields", () => {
  it("either has a field at fault or contradicts itself in nothing", async () => {
    const taken = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const reply = await place.ask("order.place", request);
        if (reply.ok) {
          taken.add(request["type"]);
          return;
        }
        expect(reply.error.name).not.toBe("terms-inconsistent");
        if (reply.error.name === "field-invalid") expect(reply.error.field).toBeDefined();
      }),
      // The sound ones come first and unchanged: that each type is taken is not left to chance.
      { numRuns: 2000, examples: sound.map((order) => [order]) },
    );
    expect([...taken].sort()).toEqual([...orderTypeWords].sort());
  });
});

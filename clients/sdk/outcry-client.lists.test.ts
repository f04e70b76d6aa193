/**
 * Goal: commands that hold several orders are sent with a name for each, are repeated unchanged,
 * and their answers are told as those of single orders.
 *
 * Method: a wire that answers as it is told, without an exchange behind it.
 */
import { beforeEach, describe, expect, it } from "vitest";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import { ExchangeUnavailable, ExecutionStatusUnknown, RequestRefused } from "./faults.ts";
import { OutcryClient } from "./outcry-client.ts";
import type { Wire, WireAnswer } from "./wire.ts";

const limit: PlaceRequest = {
  symbol: "BTC-USDT",
  side: "sell",
  type: "limit",
  price: 9,
  quantity: 1,
};
const stop: PlaceRequest = {
  symbol: "BTC-USDT",
  side: "sell",
  type: "stop",
  triggerPrice: 7,
  quantity: 1,
};
const placed = { ok: true, isDuplicate: false, order: { orderId: 5, status: "new" } };
const blocked = { number: 21, name: "account-blocked", message: "No." };

interface Sent {
  readonly subject: string;
  readonly body: unknown;
}

let sent: Sent[];
let answers: (object | "not-heard" | "no-answer")[];
let client: OutcryClient;

beforeEach(() => {
  sent = [];
  answers = [];
  const wire: Wire = {
    request: async (subject, payload): Promise<WireAnswer> => {
      sent.push({ subject, body: JSON.parse(new TextDecoder().decode(payload)) });
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (typeof answer === "string") return { kind: answer };
      return { kind: "answered", payload: new TextEncoder().encode(JSON.stringify(answer)) };
    },
    subscribe: () => ({ close: () => undefined }),
    onReconnect: () => undefined,
    close: async () => undefined,
  };
  let names = 0;
  client = new OutcryClient(wire, {
    account: "demo",
    timing: { attemptTimeoutMs: 5, deadlineMs: 100 },
    newClientOrderId: () => `n-${String(++names)}`,
  });
});

describe("a list of orders", () => {
  it("is sent with a name for each, and answered with the first", async () => {
    answers = [placed];
    const orders = [{ ...limit, clientOrderId: "mine" }, stop];
    expect(await client.placeList({ type: "OCO", orders })).toEqual(placed);
    expect(sent).toEqual([
      {
        subject: "outcry.v1.acct.demo.order.placeList",
        body: {
          type: "OCO",
          orders: [
            { ...limit, clientOrderId: "mine" },
            { ...stop, clientOrderId: "n-1" },
          ],
        },
      },
    ]);
  });

  it("is sent again unchanged", async () => {
    answers = ["no-answer", "not-heard", placed];
    expect(await client.placeList({ type: "OTO", orders: [limit, stop] })).toEqual(placed);
    expect(sent).toHaveLength(3);
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
  });

  it("that nobody knows of is of unknown status, by the first name", async () => {
    answers = ["no-answer"];
    const fault = await client
      .placeList({ type: "OCO", orders: [limit, stop] })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ExecutionStatusUnknown);
    expect(fault).toMatchObject({ clientOrderId: "n-1" });
    answers = ["not-heard"];
    await expect(client.placeList({ type: "OCO", orders: [limit, stop] })).rejects.toThrow(
      ExchangeUnavailable,
    );
  });

  it("that is refused is an answer", async () => {
    const refusal = { ok: false, error: blocked };
    answers = [refusal];
    expect(await client.placeList({ type: "OCO", orders: [limit, stop] })).toEqual(refusal);
  });

  it("that makes no sense is refused before it is sent", async () => {
    const { price: _, ...unpriced } = limit;
    const cases = [
      ["orders[1].price", [limit, unpriced]],
      ["orders", [limit]],
      ["orders[0].quantity", [{ ...limit, quantity: 0.5 }, stop]],
      ["orders[1].clientOrderId", [limit, { ...stop, clientOrderId: "a b" }]],
    ] as const;
    for (const [field, orders] of cases) {
      expect(await client.placeList({ type: "OCO", orders: [...orders] })).toMatchObject({
        ok: false,
        error: { number: 1001, field },
      });
    }
    expect(sent).toEqual([]);
  });
});

describe("a cancel and place", () => {
  it("is sent with a name for the new order", async () => {
    answers = [placed];
    const request = { clientOrderId: "old", ifCancelFails: "place", order: limit } as const;
    expect(await client.cancelAndPlace(request)).toEqual(placed);
    expect(sent).toEqual([
      {
        subject: "outcry.v1.acct.demo.order.cancelAndPlace",
        body: { ...request, order: { ...limit, clientOrderId: "n-1" } },
      },
    ]);
  });

  it("that makes no sense is refused before it is sent", async () => {
    expect(await client.cancelAndPlace({ order: limit })).toMatchObject({
      error: { field: "orderId" },
    });
    expect(await client.cancelAndPlace({ orderId: 0, order: limit })).toMatchObject({
      error: { field: "orderId" },
    });
    expect(sent).toEqual([]);
  });
});

describe("a mass quote", () => {
  const quote = { symbol: "BTC-USDT", bidPrice: 1, bidQuantity: 1, askPrice: 2, askQuantity: 1 };

  it("gives how many took effect", async () => {
    answers = [{ ok: true, quoted: 1 }];
    expect(await client.massQuote({ quoteId: "q", quotes: [quote] })).toBe(1);
    expect(sent).toEqual([
      { subject: "outcry.v1.acct.demo.order.massQuote", body: { quoteId: "q", quotes: [quote] } },
    ]);
  });

  it("that is refused is thrown, as a cancel of all", async () => {
    answers = [{ ok: false, error: blocked }];
    await expect(client.massQuote({ quoteId: "q", quotes: [quote] })).rejects.toThrow(
      RequestRefused,
    );
    await expect(client.cancelAll({ side: "buy" })).rejects.toThrow(RequestRefused);
  });
});

import { describe, expect, it } from "vitest";
import type { OrderResult, OutcryClient } from "../../clients/sdk/index.ts";
import { sendBatch } from "./order-batch.ts";
import { demoUnits } from "./testing/demo-units.ts";

const refused: OrderResult = {
  ok: false,
  error: { number: 70, name: "order-unknown", message: "" },
};

/** Notes what it is asked for; knows order 42 and refuses all. */
class NotingClient {
  readonly asked: (readonly [string, object])[] = [];

  readonly place = this.#noting("place");
  readonly cancel = this.#noting("cancel");
  readonly replace = this.#noting("replace");

  async order({ orderId }: { readonly orderId?: number }): Promise<object | undefined> {
    return orderId === 42 ? { symbol: "BTC-USDT" } : undefined;
  }

  #noting(what: string) {
    return async (request: object): Promise<OrderResult> => {
      this.asked.push([what, request]);
      return refused;
    };
  }
}

async function sent(...commands: readonly object[]) {
  const client = new NotingClient();
  const texts = commands.map((command) => JSON.stringify(command));
  const unitsOfSymbol = async () => demoUnits;
  const answers = await sendBatch(client as unknown as OutcryClient, {
    commands: texts,
    unitsOfSymbol,
  });
  return { asked: client.asked, answers };
}

const place = {
  op: "place",
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  price: "64000",
  quantity: "0.01",
  clientOrderId: "mine",
};

describe("a batch", () => {
  it("asks for its commands in their order, in ticks and lots", async () => {
    const { asked, answers } = await sent(
      { op: "cancel", orderId: 42 },
      place,
      { op: "replace", clientOrderId: "mine", revision: 1, price: "64000.5", quantity: 5 },
      { op: "replace", orderId: 42, revision: 3, price: 7, quantity: "0.001" },
    );
    const { op: _, ...placed } = place;
    expect(asked).toEqual([
      ["cancel", { orderId: 42 }],
      ["place", { ...placed, price: 6_400_000, quantity: 100 }],
      ["replace", { clientOrderId: "mine", revision: 1, price: 6_400_050, quantity: 5 }],
      ["replace", { orderId: 42, revision: 3, price: 7, quantity: 10 }],
    ]);
    const answer = { result: refused, units: demoUnits };
    expect(answers).toEqual([answer, answer, answer, answer]);
  });

  it("leaves an order that nobody knows to the exchange", async () => {
    const { asked, answers } = await sent({ op: "cancel", orderId: 43 }, { op: "cancel" });
    expect(asked).toEqual([
      ["cancel", { orderId: 43 }],
      ["cancel", {}],
    ]);
    expect(answers).toEqual([
      { result: refused, units: undefined },
      { result: refused, units: undefined },
    ]);
  });

  it.each<[object, string]>([
    [{ symbol: "BTC-USDT" }, "op undefined is not place, cancel or replace"],
    [{ op: "halt" }, 'op "halt" is not place, cancel or replace'],
    [{ op: "place" }, "every order has a symbol"],
    [{ op: "replace", orderId: 42, quantity: 1 }, "a replace in a batch has a revision"],
    [
      { op: "replace", clientOrderId: "none", revision: 1, quantity: "0.01" },
      "there is no such order",
    ],
  ])("of which one is not understood is not sent: %j", async (command, words) => {
    const client = new NotingClient();
    const commands = [JSON.stringify(place), JSON.stringify(command)];
    const sending = sendBatch(client as unknown as OutcryClient, {
      commands,
      unitsOfSymbol: async () => demoUnits,
    });
    await expect(sending).rejects.toThrow(words);
    expect(client.asked).toEqual([]);
  });
});

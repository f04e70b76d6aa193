/** Goal: a request becomes exactly the command that it says, and a word on no list becomes none. */
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../assert.ts";
import { OrderType, Side, TimeInForce } from "../order-terms.ts";
import { OrderCommands } from "./order-commands.ts";
import type { BatchCommand, PlaceRequest } from "./order-requests.ts";

const commands = new OrderCommands(() => "made");
const sell: PlaceRequest = {
  symbol: "BTC-USDT",
  side: "sell",
  type: "limit",
  price: 9,
  quantity: 1,
};

describe("a place request", () => {
  it("becomes a command with the numbers of its words", () => {
    expect(commands.place("demo", sell)).toMatchObject({
      side: Side.sell,
      orderType: OrderType.limit,
      timeInForce: TimeInForce.GTC,
    });
    expect(commands.place("demo", { ...sell, side: "buy", timeInForce: "IOC" })).toMatchObject({
      side: Side.buy,
      timeInForce: TimeInForce.IOC,
    });
    const { price: _, ...unpriced } = sell;
    expect(commands.place("demo", { ...unpriced, type: "market" })).toMatchObject({
      orderType: OrderType.market,
      timeInForce: TimeInForce.IOC,
    });
  });

  it.each<[string, unknown]>([
    ["side", "SELL"],
    ["side", "bid"],
    ["side", "constructor"],
    ["side", undefined],
    ["type", "LIMIT"],
    ["type", "stop"],
    ["type", undefined],
    ["timeInForce", "FOK"],
    ["timeInForce", "ioc"],
    ["timeInForce", null],
  ])("whose %s is %j becomes no command", (field, word) => {
    const odd = { ...sell, [field]: word };
    expect(() => commands.place("demo", odd)).toThrow(InvariantViolation);
  });
});

describe("a command of a batch", () => {
  it("with an op on no list becomes no command", () => {
    const odd = { ...sell, op: "PLACE" } as unknown as BatchCommand;
    expect(() => commands.batched("demo", odd)).toThrow(InvariantViolation);
  });
});

/**
 * Goal: a request becomes exactly the command that it says, one whose fields contradict each other
 * becomes a fault that names the field, and a word on no list becomes nothing.
 */
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../assert.ts";
import { anySide } from "../messages.ts";
import { asItIs, plainInstructions, unrevised } from "../order-instructions.ts";
import {
  CancelFailure,
  ListType,
  OrderType,
  PegReference,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TriggerSource,
} from "../order-terms.ts";
import { ticksMax } from "../units.ts";
import { recordBytesMax, OrderBatchWriter } from "./order-batch.ts";
import type { BatchedCommand } from "./order-batch.ts";
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
const { price: _price, ...unpriced } = sell;
const market: PlaceRequest = { ...unpriced, type: "market" };
const stop: PlaceRequest = { ...unpriced, type: "stop", triggerPrice: 8 };
const trailing: PlaceRequest = { ...stop, type: "trailingStop", trailTicks: 2 };
const pegged: PlaceRequest = { ...sell, type: "pegged", pegTo: "primary" };

function placed(request: PlaceRequest) {
  const command = commands.place("demo", request);
  if (command.kind === "fault") throw new Error(JSON.stringify(command.fault));
  return command;
}

describe("a place request", () => {
  it("becomes a command with the numbers of its words", () => {
    expect(placed(sell)).toMatchObject({
      side: Side.sell,
      orderType: OrderType.limit,
      timeInForce: TimeInForce.GTC,
    });
    expect(placed({ ...sell, side: "buy", timeInForce: "IOC" })).toMatchObject({
      side: Side.buy,
      timeInForce: TimeInForce.IOC,
    });
    expect(placed(market)).toMatchObject({
      orderType: OrderType.market,
      timeInForce: TimeInForce.IOC,
      price: 0,
    });
    expect(placed(stop)).toMatchObject({
      orderType: OrderType.stop,
      timeInForce: TimeInForce.GTC,
    });
  });

  it("that asks for nothing more has the plain instructions", () => {
    expect(placed(sell).instructions).toBe(plainInstructions);
    expect(placed({ ...sell, hidden: false, pegOffset: undefined as never }).instructions).toBe(
      plainInstructions,
    );
  });

  it("has every instruction that it asks for", () => {
    const iceberg = {
      displayQuantity: 2,
      postOnly: "slide",
      timeInForce: "GTD",
      expiresAtUs: 1_795_000_000_000_000,
      selfTradePrevention: "decrement",
    } as const;
    expect(placed({ ...sell, ...iceberg })).toMatchObject({
      timeInForce: TimeInForce.GTD,
      instructions: {
        ...plainInstructions,
        displayQuantity: 2,
        postOnly: PostOnly.slide,
        expiresAtUs: 1_795_000_000_000_000,
        selfTradePrevention: SelfTradePrevention.decrement,
      },
    });
    expect(placed({ ...trailing, triggerBy: "mark", collarBasisPoints: 50 })).toMatchObject({
      instructions: {
        ...plainInstructions,
        triggerPrice: 8,
        triggerSource: TriggerSource.mark,
        trailTicks: 2,
        collarBasisPoints: 50,
      },
    });
    expect(placed({ ...sell, hidden: true })).toMatchObject({
      instructions: { ...plainInstructions, isHidden: true },
    });
    expect(placed({ ...pegged, pegOffset: 1, minimumQuantity: 3, price: 7 })).toMatchObject({
      price: 7,
      instructions: {
        ...plainInstructions,
        pegReference: PegReference.primary,
        pegOffset: 1,
        minimumQuantity: 3,
      },
    });
    const { quantity: _, ...unmeasured } = market;
    expect(placed({ ...unmeasured, quoteBudget: "9223372036854775807" })).toMatchObject({
      quantity: 0,
      instructions: { ...plainInstructions, quoteBudget: 9_223_372_036_854_775_807n },
    });
  });

  it("holds no minus zero", () => {
    const command = placed({ ...pegged, pegOffset: -0, quantity: -0 });
    expect(Object.is(command.quantity, 0)).toBe(true);
    expect(Object.is(command.instructions.pegOffset, 0)).toBe(true);
  });

  it.each<[string, PlaceRequest]>([
    ["price", unpriced],
    ["price", { ...market, price: 1 }],
    ["price", { ...stop, price: 1 }],
    ["price", { ...stop, type: "takeProfit", price: 1 }],
    ["price", { ...trailing, price: 1 }],
    ["price", { ...stop, type: "stopLimit" }],
    ["price", { ...unpriced, type: "pegged", pegTo: "primary" }],
    ["price", { ...stop, type: "takeProfitLimit" }],
    ["quantity", { ...sell, quantity: undefined as never }],
    ["quoteBudget", { ...market, quoteBudget: "5" }],
    ["quoteBudget", { ...sell, quoteBudget: "5" }],
    ["quoteBudget", { ...market, quantity: undefined as never, quoteBudget: "9".repeat(19) }],
    ["quoteBudget", { ...stop, quantity: undefined as never, quoteBudget: "5" }],
    [
      "timeInForce",
      { ...market, quantity: undefined as never, quoteBudget: "5", timeInForce: "FOK" },
    ],
    ["collarBasisPoints", { ...sell, collarBasisPoints: 5 }],
    ["timeInForce", { ...stop, timeInForce: "IOC" }],
    ["timeInForce", { ...trailing, timeInForce: "FOK" }],
    ["timeInForce", { ...stop, timeInForce: "ATO" }],
    ["timeInForce", { ...stop, type: "stopLimit", price: 1, timeInForce: "GFA" }],
    ["timeInForce", { ...pegged, timeInForce: "IOC" }],
    ["timeInForce", { ...pegged, timeInForce: "ATC" }],
    ["timeInForce", { ...market, timeInForce: "GTC" }],
    ["timeInForce", { ...market, timeInForce: "DAY" }],
    ["timeInForce", { ...market, timeInForce: "GTD", expiresAtUs: 1 }],
    ["triggerPrice", { ...unpriced, type: "stop" }],
    ["triggerPrice", { ...sell, type: "stopLimit" }],
    ["triggerPrice", { ...unpriced, type: "takeProfit" }],
    ["triggerPrice", { ...sell, type: "takeProfitLimit" }],
    ["triggerPrice", { ...unpriced, type: "trailingStop", trailTicks: 1 }],
    ["triggerPrice", { ...sell, triggerPrice: 1 }],
    ["triggerBy", { ...sell, triggerBy: "last" }],
    ["trailTicks", { ...stop, trailTicks: 1 }],
    ["trailBasisPoints", { ...stop, trailBasisPoints: 1 }],
    ["trailTicks", { ...trailing, trailTicks: undefined as never }],
    ["trailBasisPoints", { ...trailing, trailBasisPoints: 1 }],
    ["pegTo", { ...sell, type: "pegged" }],
    ["pegTo", { ...sell, pegTo: "market" }],
    ["pegOffset", { ...sell, pegOffset: 1 }],
    ["displayQuantity", { ...market, displayQuantity: 1 }],
    ["displayQuantity", { ...sell, displayQuantity: 1, hidden: true }],
    ["displayQuantity", { ...pegged, displayQuantity: 1 }],
    ["displayQuantity", { ...sell, timeInForce: "FOK", displayQuantity: 1 }],
    ["hidden", { ...stop, hidden: true }],
    ["hidden", { ...pegged, hidden: true }],
    ["hidden", { ...sell, timeInForce: "IOC", hidden: true }],
    ["minimumQuantity", { ...sell, minimumQuantity: 1 }],
    ["minimumQuantity", { ...market, timeInForce: "FOK", minimumQuantity: 1 }],
    ["selfTradePrevention", { ...market, selfTradePrevention: "transfer" }],
    ["expiresAtUs", { ...sell, timeInForce: "GTD" }],
    ["expiresAtUs", { ...sell, expiresAtUs: 1 }],
    ["postOnly", { ...pegged, postOnly: "reject" }],
    ["postOnly", { ...sell, timeInForce: "IOC", postOnly: "reject" }],
    ["postOnly", { ...sell, timeInForce: "ATO", postOnly: "slide" }],
  ])("whose %s does not go with the rest is refused: %j", (field, request) => {
    expect(commands.place("demo", request)).toMatchObject({
      kind: "fault",
      fault: { reason: 1001, field },
    });
  });

  it.each<PlaceRequest>([
    { ...market, timeInForce: "FOK", collarBasisPoints: 10 },
    { ...market, timeInForce: "ATC" },
    { ...stop, type: "takeProfit", timeInForce: "DAY" },
    { ...stop, type: "stopLimit", price: 7, displayQuantity: 1 },
    { ...trailing, trailTicks: undefined as never, trailBasisPoints: 5 },
    { ...sell, postOnly: "reject", timeInForce: "DAY" },
    { ...sell, hidden: true, minimumQuantity: 1 },
    { ...sell, hidden: true, timeInForce: "ATC" },
    { ...sell, timeInForce: "IOC", minimumQuantity: 1, selfTradePrevention: "transfer" },
    { ...stop, type: "takeProfitLimit", price: 7, timeInForce: "IOC" },
    { ...market, selfTradePrevention: "cancelBoth", minimumQuantity: 1 },
    pegged,
  ])("whose fields go together becomes a command: %j", (request) => {
    expect(commands.place("demo", request).kind).toBe("place-order");
  });

  it.each<[string, unknown]>([
    ["side", "SELL"],
    ["side", "bid"],
    ["side", "constructor"],
    ["side", undefined],
    ["type", "LIMIT"],
    ["type", "iceberg"],
    ["type", undefined],
    ["timeInForce", "GTX"],
    ["timeInForce", "ioc"],
    ["timeInForce", null],
    ["selfTradePrevention", "all"],
    ["selfTradePrevention", null],
    ["postOnly", "yes"],
  ])("whose %s is %j becomes no command", (field, word) => {
    const odd = { ...sell, [field]: word };
    expect(() => commands.place("demo", odd)).toThrow(InvariantViolation);
  });
});

describe("a list of orders", () => {
  it("becomes one command, each order with a name", () => {
    const list = commands.placeList("demo", {
      type: "OTOCO",
      orders: [{ ...sell, clientOrderId: "first" }, stop, sell],
    });
    expect(list).toMatchObject({
      kind: "place-order-list",
      account: "demo",
      listType: ListType.OTOCO,
      orders: [{ clientOrderId: "first" }, { clientOrderId: "made" }, { orderType: 0 }],
    });
  });

  it("that holds too few or too many for its type is refused", () => {
    const fault = { kind: "fault", fault: { field: "orders" } };
    expect(commands.placeList("demo", { type: "OCO", orders: [sell] })).toMatchObject(fault);
    expect(commands.placeList("demo", { type: "OTO", orders: [sell, sell, sell] })).toMatchObject(
      fault,
    );
    expect(commands.placeList("demo", { type: "OTOCO", orders: [sell, sell] })).toMatchObject(
      fault,
    );
  });

  it("is refused for a fault of one order, by its place", () => {
    const list = commands.placeList("demo", { type: "OCO", orders: [sell, unpriced] });
    expect(list).toMatchObject({ kind: "fault", fault: { field: "orders[1].price" } });
  });
});

describe("a cancel and place", () => {
  it("becomes one command that stops when the cancel fails, unless it says otherwise", () => {
    const request = { orderId: 7, order: sell };
    expect(commands.cancelAndPlace("demo", request)).toMatchObject({
      kind: "cancel-and-place",
      orderId: 7,
      clientOrderId: "",
      ifCancelFails: CancelFailure.stop,
      order: { kind: "place-order", account: "demo", price: 9 },
    });
    expect(commands.cancelAndPlace("demo", { ...request, ifCancelFails: "place" })).toMatchObject({
      ifCancelFails: CancelFailure.place,
    });
  });

  it("names the order once, and holds a sound one", () => {
    const neither = commands.cancelAndPlace("demo", { order: sell });
    expect(neither).toMatchObject({ fault: { field: "orderId" } });
    const unsound = commands.cancelAndPlace("demo", { orderId: 7, order: unpriced });
    expect(unsound).toMatchObject({ fault: { field: "order.price" } });
  });
});

describe("a replace request", () => {
  it("that changes price and quantity only leaves all else as it is", () => {
    const replace = commands.replace("demo", { orderId: 7, price: 8, quantity: 2 });
    expect(replace).toMatchObject({ price: 8, quantity: 2, revision: 0 });
    expect((replace as { revised: unknown }).revised).toBe(unrevised);
    const keeping = commands.replace("demo", { orderId: 7, quantity: 2, keepPriority: false });
    expect(keeping).toMatchObject({ price: 0 });
    expect((keeping as { revised: unknown }).revised).toBe(unrevised);
  });

  it("changes what it names", () => {
    const more = { displayQuantity: 0, pegOffset: 3, keepPriority: true };
    expect(commands.replace("demo", { orderId: 7, price: 8, quantity: 2, ...more })).toMatchObject({
      revised: { ...unrevised, displayQuantity: 0, pegOffset: 3, mustKeepPriority: true },
    });
    const trigger = { triggerPrice: 5, trailTicks: 6, trailBasisPoints: 7, minimumQuantity: 8 };
    expect(commands.replace("demo", { orderId: 7, quantity: 2, ...trigger })).toMatchObject({
      revised: { ...trigger, displayQuantity: asItIs, pegOffset: asItIs },
    });
  });
});

describe("a cancel of all", () => {
  it("is of every working order unless it says otherwise", () => {
    expect(commands.cancelAll("demo", {})).toEqual({
      kind: "cancel-all-orders",
      account: "demo",
      symbol: "",
      side: anySide,
      priceMin: 0,
      priceMax: ticksMax,
    });
    const some = { symbol: "BTC-USDT", side: "sell", priceMin: 5, priceMax: 6 } as const;
    expect(commands.cancelAll("demo", some)).toMatchObject({ ...some, side: Side.sell });
  });
});

describe("a mass quote", () => {
  it("becomes one command", () => {
    const quote = {
      symbol: "BTC-USDT",
      bidPrice: 1,
      bidQuantity: 2,
      askPrice: 3,
      askQuantity: -0,
    };
    const command = commands.massQuote("demo", { quoteId: "q", quotes: [quote] });
    expect(command).toStrictEqual({
      kind: "mass-quote",
      account: "demo",
      quoteId: "q",
      quotes: [{ ...quote, askQuantity: 0 }],
    });
  });
});

describe("a command of a batch", () => {
  it("with an op on no list becomes no command", () => {
    const odd = { ...sell, op: "PLACE" } as unknown as BatchCommand;
    expect(() => commands.batched("demo", odd)).toThrow(InvariantViolation);
  });

  it("takes no more bytes than it is said to", () => {
    const empty = new OrderBatchWriter().finish().length;
    const clientOrderId = "x".repeat(36);
    const symbol = "A".repeat(24);
    const some: BatchedCommand[] = [
      placed({ ...sell, clientOrderId, symbol }),
      placed({ ...trailing, clientOrderId, symbol }),
      commands.cancel("demo", { clientOrderId }) as BatchedCommand,
      commands.replace("demo", { clientOrderId, price: 1, quantity: 1 }) as BatchedCommand,
      commands.replace("demo", {
        clientOrderId,
        quantity: 1,
        pegOffset: 5,
        keepPriority: true,
      }) as BatchedCommand,
    ];
    for (const command of some) {
      const writer = new OrderBatchWriter();
      writer.add(command);
      // The account's name stands in the batch once.
      const bytes = writer.finish().length - empty - "demo".length - 1;
      expect(bytes).toBeLessThanOrEqual(recordBytesMax(command));
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { CancelAndPlaceRequest, PlaceRequest } from "../../protocols/api/order-requests.ts";
import { cancelMany, withCancelAllOptions } from "./order-cancel-all.ts";
import type { CancelAllOptions } from "./order-cancel-all.ts";
import { cancelAndPlaceRequestOf, withCancelAndPlaceOptions } from "./order-cancel-and-place.ts";
import type { CancelAndPlaceOptions } from "./order-cancel-and-place.ts";
import { countedIn, objectsIn } from "./order-json.ts";
import { placeList } from "./order-list.ts";
import { placeRequestOf, withPlaceOptions } from "./place-options.ts";
import type { PlaceOptions, SideWord } from "./place-options.ts";
import { demoUnits as units } from "./testing/demo-units.ts";

const unitsOfSymbol = async () => units;

function parsed(command: Command, args: string): Command {
  const silent = { writeErr: () => undefined };
  return command.exitOverride().configureOutput(silent).parse(args.split(" "), { from: "user" });
}

/** What a command line asks for. */
function requestOf(args: string): PlaceRequest {
  const command = parsed(withPlaceOptions(new Command()), args);
  const [symbol, side, quantity, price] = command.processedArgs as [
    string,
    SideWord,
    string,
    string,
  ];
  return placeRequestOf({ symbol, side, quantity, price }, command.opts<PlaceOptions>(), units);
}

const ordinary = { symbol: "BTC-USDT", side: "buy" };

describe("the arguments of order place", () => {
  it.each<[string, object]>([
    ["BTC-USDT buy 0.01 64000", { type: "limit", price: 6_400_000, quantity: 100 }],
    ["BTC-USDT BUY 0.01 market", { type: "market", quantity: 100 }],
    [
      "BTC-USDT buy 0.01 64000 --tif FOK --client-id mine",
      { type: "limit", price: 6_400_000, quantity: 100, timeInForce: "FOK", clientOrderId: "mine" },
    ],
    [
      "BTC-USDT buy - market --budget 500.5 --collar 50",
      { type: "market", quoteBudget: "500500000", collarBasisPoints: 50 },
    ],
    [
      "BTC-USDT buy 0.01 - --type trailingStop --trigger 65000 --trigger-by mark --trail 100",
      {
        type: "trailingStop",
        quantity: 100,
        triggerPrice: 6_500_000,
        triggerBy: "mark",
        trailTicks: 10_000,
      },
    ],
    [
      "BTC-USDT buy 0.01 64000 --display 0.001 --minimum 0.0002 --post-only --self-trade transfer",
      {
        type: "limit",
        price: 6_400_000,
        quantity: 100,
        displayQuantity: 10,
        minimumQuantity: 2,
        postOnly: "reject",
        selfTradePrevention: "transfer",
      },
    ],
    [
      "BTC-USDT buy 0.01 - --type pegged --peg midpoint --peg-offset 0.02 --hidden --reduce-only",
      {
        type: "pegged",
        quantity: 100,
        pegTo: "midpoint",
        pegOffset: 2,
        hidden: true,
        reduceOnly: true,
      },
    ],
    [
      "BTC-USDT buy 0.01 64000 --expires 2026-12-31T17:00:00Z --post-only slide",
      {
        type: "limit",
        price: 6_400_000,
        quantity: 100,
        timeInForce: "GTD",
        expiresAtUs: Date.UTC(2026, 11, 31, 17) * 1000,
        postOnly: "slide",
      },
    ],
    [
      "BTC-USDT buy 0.01 - --type stop --trigger 65000 --trail-bps 25",
      { type: "stop", quantity: 100, triggerPrice: 6_500_000, trailBasisPoints: 25 },
    ],
  ])("%s", (args, request) => {
    expect(requestOf(args)).toStrictEqual({ ...ordinary, ...request });
  });

  it.each([
    ["BTC-USDT hold 0.01 64000", "A side is buy or sell."],
    ["BTC-USDT buy 0.01 64000 --type iceberg", "Allowed choices are limit, market"],
    ["BTC-USDT buy 0.01 64000 --expires soon", "It is a time such as"],
    ["BTC-USDT buy 0.01 64000 --expires 5", "It is a time such as"],
    ["BTC-USDT buy 0.01 64000 --expires 2026-12-31T17:00", "It is a time such as"],
    ["BTC-USDT buy 0.01 64000 --trail-bps 1.5", "It is a whole number."],
    ["BTC-USDT buy 0.00001 64000", "quantity"],
    ["BTC-USDT buy - market --budget lots", "amount"],
  ])("%s are not understood", (args, words) => {
    expect(() => requestOf(args)).toThrow(words);
  });
});

describe("the arguments of order cancel-and-place", () => {
  function bothOf(args: string): CancelAndPlaceRequest {
    const command = parsed(withCancelAndPlaceOptions(new Command()), args);
    const [canceled, symbol, side, quantity, price] = command.processedArgs as [
      string,
      string,
      SideWord,
      string,
      string,
    ];
    const options = command.opts<CancelAndPlaceOptions>();
    const order = placeRequestOf({ symbol, side, quantity, price }, options, units);
    return cancelAndPlaceRequestOf({ canceled, order }, options);
  }
  const order = { ...ordinary, type: "limit", price: 6_400_000, quantity: 100 };

  it.each<[string, object]>([
    ["42 BTC-USDT buy 0.01 64000", { orderId: 42, order }],
    ["mine BTC-USDT buy 0.01 64000", { clientOrderId: "mine", order }],
    [
      "42 BTC-USDT buy 0.01 64000 --by-client-id --client-id 43 --if-cancel-fails place",
      { clientOrderId: "42", ifCancelFails: "place", order: { ...order, clientOrderId: "43" } },
    ],
  ])("%s", (args, request) => {
    expect(bothOf(args)).toStrictEqual(request);
  });

  it.each([
    ["42 BTC-USDT buy 0.01", "missing required argument 'price'"],
    ["42 BTC-USDT buy 0.01 64000 --if-cancel-fails wait", "Allowed choices are stop, place."],
  ])("%s are not understood", (args, words) => {
    expect(() => bothOf(args)).toThrow(words);
  });
});

describe("an order in JSON", () => {
  it("has decimal numbers where it has text, and counts where it has numbers", () => {
    const natural = { ...ordinary, type: "limit", price: "64000", quantity: "0.01" };
    expect(countedIn({ ...natural, displayQuantity: 5, pegOffset: "0.01" }, units)).toEqual({
      ...ordinary,
      type: "limit",
      price: 6_400_000,
      quantity: 100,
      displayQuantity: 5,
      pegOffset: 1,
    });
  });
});

describe("the orders of a list", () => {
  const folder = mkdtempSync(join(tmpdir(), "outcry-orders-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const order = { symbol: "BTC-USDT", side: "sell", type: "limit", price: "64000", quantity: "1" };

  it("are arguments, or in a file", () => {
    const json = JSON.stringify(order);
    expect(objectsIn([json, json])).toEqual([order, order]);
    const file = join(folder, "orders.json");
    writeFileSync(file, JSON.stringify([order, order]));
    expect(objectsIn([file])).toEqual([order, order]);
  });

  it("are told from what is none", () => {
    expect(() => objectsIn(["{"])).toThrow("is no JSON");
    expect(() => objectsIn([join(folder, "none.json")])).toThrow("cannot be read");
    const file = join(folder, "numbers.json");
    writeFileSync(file, "[1]");
    expect(() => objectsIn([file])).toThrow("holds no orders");
  });

  it("are placed in ticks and lots", async () => {
    const asked: unknown[] = [];
    const client = { placeList: async (list: unknown) => asked.push(list) };
    await placeList(client as unknown as OutcryClient, {
      type: "OCO",
      orders: [JSON.stringify(order), JSON.stringify({ ...order, price: 5 })],
      unitsOfSymbol,
    });
    const counted = { ...order, quantity: 10_000 };
    expect(asked).toEqual([
      {
        type: "OCO",
        orders: [
          { ...counted, price: 6_400_000 },
          { ...counted, price: 5 },
        ],
      },
    ]);
    const nameless = { type: "OCO", orders: ["{}"], unitsOfSymbol } as const;
    await expect(placeList(client as unknown as OutcryClient, nameless)).rejects.toThrow("symbol");
  });
});

describe("order cancel --all", () => {
  async function asked(args: string): Promise<unknown> {
    let request: unknown;
    const cancelAll = async (asked: unknown): Promise<number> => {
      request = asked;
      return 3;
    };
    const command = parsed(withCancelAllOptions(new Command()), args);
    const client = { cancelAll } as unknown as OutcryClient;
    expect(await cancelMany(client, command.opts<CancelAllOptions>(), unitsOfSymbol)).toBe(3);
    return request;
  }

  it("cancels what is said, in ticks", async () => {
    expect(await asked("--side sell")).toEqual({ side: "sell" });
    expect(await asked("--symbol BTC-USDT --price-min 64000 --price-max 65000")).toEqual({
      symbol: "BTC-USDT",
      priceMin: 6_400_000,
      priceMax: 6_500_000,
    });
    expect(await asked("--symbol BTC-USDT --price-max 1")).toEqual({
      symbol: "BTC-USDT",
      priceMax: 100,
    });
  });

  it("knows no price without an instrument", async () => {
    await expect(asked("--price-min 1")).rejects.toThrow("say --symbol");
  });
});

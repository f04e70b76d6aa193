/**
 * Orders that wait for a price, at one book: what sets them off, and in which order.
 *
 * The book has twins that come from snapshots; see the lone book.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { OrderType, Side, TimeInForce, TriggerSource } from "../../protocols/index.ts";
import type { BookMessage, SubmitOrder, Ticks } from "../../protocols/index.ts";
import { buys, cancel, ioc, LoneBook, replace, sells, submit } from "./testing/lone-book.ts";

let book: LoneBook;

beforeEach(() => {
  book = new LoneBook();
});

type Asked = NonNullable<Parameters<typeof submit>[1]>["asks"];

/** Alice's stop to sell ten. */
function stop(orderId: number, triggerPrice: Ticks, asks: Asked = {}): SubmitOrder {
  return submit(orderId, {
    ...{ side: Side.sell, orderType: OrderType.stop, price: 0 },
    asks: { triggerPrice, collarBasisPoints: 1000, ...asks },
  });
}

/** Alice's stop to buy ten: up to a tenth above its trigger price. */
function buyStop(orderId: number, triggerPrice: Ticks, asks: Asked = {}): SubmitOrder {
  const price = triggerPrice + Math.floor(triggerPrice / 10);
  return { ...stop(orderId, triggerPrice, asks), side: Side.buy, price };
}

/** Bob and carol trade one lot at a price, where nobody else stands. */
function tradeAt(price: Ticks): string[] {
  book.hear(submit(20_000, { ...sells, price, quantity: 1 }));
  return book
    .hear(submit(20_001, { ...buys, ...ioc, account: "carol", price, quantity: 1 }))
    .slice(2);
}

/** Somebody who takes what stops sell. */
function bid(orderId: number, price: Ticks, quantity = 10): string[] {
  return book.hear(submit(orderId, { ...buys, price, quantity }));
}

function ask(orderId: number, price: Ticks, quantity = 10): string[] {
  return book.hear(submit(orderId, { ...sells, price, quantity }));
}

/** What is told when alice's order trades all of its ten with an order of bob's. */
function traded(orderId: number, [price, other]: [price: Ticks, other: number]): string[] {
  return [
    `bob #${String(other)} filled 10 @ ${String(price)} as maker, 0 left`,
    `alice #${String(orderId)} filled 10 @ ${String(price)} as taker, 0 left`,
  ];
}

describe("a stop", () => {
  it("waits until the last price has fallen to its trigger price, then sells at market", () => {
    bid(1, 90);
    expect(book.hear(stop(2, 95))).toEqual(["alice #2 rests"]);
    expect(tradeAt(96)).toEqual([]);
    expect(tradeAt(95)).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
    expect(book.hear(cancel(2))).toEqual(["alice #2 not changed, order-unknown"]);
  });

  it("to buy waits for a rise", () => {
    ask(1, 110);
    book.hear(buyStop(2, 105));
    expect(tradeAt(104)).toEqual([]);
    expect(tradeAt(106)).toEqual(["alice #2 triggered", ...traded(2, [110, 1])]);
  });

  it("goes to the market at once when its price is reached already", () => {
    tradeAt(95);
    bid(1, 90);
    expect(book.hear(stop(2, 95))).toEqual([
      "alice #2 rests",
      "alice #2 triggered",
      ...traded(2, [90, 1]),
    ]);
  });

  it("waits while nothing has traded yet", () => {
    bid(1, 90);
    expect(book.hear(stop(2, 95))).toEqual(["alice #2 rests"]);
  });

  it("goes no further than its collar, counted from its trigger price", () => {
    bid(1, 86, 4);
    bid(2, 85, 4);
    book.hear(stop(3, 95));
    // A tenth of 95 is 9 whole ticks.
    expect(tradeAt(95)).toEqual([
      "alice #3 triggered",
      "bob #1 filled 4 @ 86 as maker, 0 left",
      "alice #3 filled 4 @ 86 as taker, 6 left",
      "alice #3 removed, 6 left, collar reached",
    ]);
    ask(4, 106, 4);
    book.hear(buyStop(5, 96));
    expect(tradeAt(96).slice(1)).toEqual(["alice #5 removed, 10 left, collar reached"]);
  });

  it("to buy goes no further than its account has reserved for, be its collar wider", () => {
    ask(1, 105, 4);
    ask(2, 106, 4);
    book.hear({ ...buyStop(3, 100), price: 105 });
    expect(tradeAt(100)).toEqual([
      "alice #3 triggered",
      "bob #1 filled 4 @ 105 as maker, 0 left",
      "alice #3 filled 4 @ 105 as taker, 6 left",
      "alice #3 removed, 6 left, collar reached",
    ]);
  });

  it("that finds nobody is over", () => {
    book.hear(stop(1, 95));
    expect(tradeAt(95)).toEqual([
      "alice #1 triggered",
      "alice #1 removed, 10 left, immediate remainder",
    ]);
  });

  it("with a limit rests at it", () => {
    book.hear({ ...stop(1, 95), orderType: OrderType.stopLimit, price: 97 });
    expect(tradeAt(95)).toEqual(["alice #1 triggered", "alice #1 rests"]);
    expect(book.book.depth(9).asks).toEqual([[97, 10, 1]]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 10 left, requested"]);
  });

  it("is not seen while it waits, and may be canceled", () => {
    expect(book.feedOf(stop(1, 95))).toEqual([]);
    expect(book.hear(cancel(1, "bob"))).toEqual(["bob #1 not changed, order-unknown"]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 10 left, requested"]);
    expect(tradeAt(90)).toEqual([]);
  });
});

describe("a take-profit order", () => {
  const profit = { orderType: OrderType.takeProfit } as const;

  it("sells when the price has risen, and buys when it has fallen", () => {
    bid(1, 100);
    book.hear({ ...stop(2, 105), ...profit });
    book.hear({ ...buyStop(3, 95), ...profit });
    expect(tradeAt(104)).toEqual([]);
    expect(tradeAt(105)).toEqual(["alice #2 triggered", ...traded(2, [100, 1])]);
    // The trade at 100 is the last one now.
    ask(4, 99);
    expect(tradeAt(95)).toEqual(["alice #3 triggered", ...traded(3, [99, 4])]);
  });

  it("with a limit rests at it", () => {
    book.hear({ ...stop(1, 105), orderType: OrderType.takeProfitLimit, price: 107 });
    expect(tradeAt(106)).toEqual(["alice #1 triggered", "alice #1 rests"]);
  });
});

describe("what sets off", () => {
  const byBest = { triggerSource: TriggerSource.best };
  const byMark = { triggerSource: TriggerSource.mark };

  it("may be the best bid, for who sells", () => {
    bid(1, 97);
    bid(2, 94);
    book.hear(stop(3, 95, byBest));
    expect(tradeAt(98)).toEqual([]);
    expect(book.hear(cancel(1, "bob"))).toEqual([
      "bob #1 removed, 10 left, requested",
      "alice #3 triggered",
      ...traded(3, [94, 2]),
    ]);
  });

  it("may be the best ask, for who buys", () => {
    ask(1, 103);
    ask(2, 106);
    book.hear(buyStop(3, 105, byBest));
    expect(book.hear(cancel(1, "bob"))).toEqual([
      "bob #1 removed, 10 left, requested",
      "alice #3 triggered",
      ...traded(3, [106, 2]),
    ]);
  });

  it("is not that a side is empty", () => {
    bid(1, 97);
    book.hear(stop(2, 95, byBest));
    expect(book.hear(cancel(1, "bob"))).toEqual(["bob #1 removed, 10 left, requested"]);
    expect(bid(3, 96)).toEqual(["bob #3 rests"]);
    book.hear(cancel(3, "bob"));
    expect(bid(4, 95)).toEqual(["bob #4 rests", "alice #2 triggered", ...traded(2, [95, 4])]);
  });

  it("may be the mark price, whatever trades", () => {
    bid(1, 90);
    book.hear(stop(2, 95, byMark));
    expect(tradeAt(91)).toEqual([]);
    expect(book.mark(96)).toEqual([]);
    expect(book.mark(95)).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
  });

  it("is the mark price as it was last told", () => {
    book.mark(95);
    bid(1, 90);
    expect(book.hear(stop(2, 95, byMark)).slice(1)).toEqual([
      "alice #2 triggered",
      ...traded(2, [90, 1]),
    ]);
  });

  it("is nothing while there is no continuous trading, and is looked for once there is", () => {
    bid(1, 90);
    book.hear(stop(2, 95, byMark));
    book.enter("halted");
    expect(book.mark(94)).toEqual([]);
    expect(book.enter("continuous")).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
  });

  it("is nothing while the venue is halted, and is looked for after it", () => {
    bid(1, 97);
    bid(2, 94);
    book.hear(stop(3, 95, byBest));
    book.isVenueHalted = true;
    expect(book.hear(cancel(1, "bob"))).toEqual(["bob #1 removed, 10 left, requested"]);
    book.isVenueHalted = false;
    expect(book.enter("continuous")).toEqual(["alice #3 triggered", ...traded(3, [94, 2])]);
  });
});

describe("a trailing stop", () => {
  function trailing(orderId: number, triggerPrice: Ticks, asks: Asked): SubmitOrder {
    return { ...stop(orderId, triggerPrice, asks), orderType: OrderType.trailingStop };
  }

  it("follows the price up by ticks and never down", () => {
    bid(1, 90);
    book.hear(trailing(2, 95, { trailTicks: 5 }));
    for (const price of [98, 104, 100]) expect(tradeAt(price)).toEqual([]);
    expect(tradeAt(99)).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
  });

  it("follows by basis points of the price, in whole ticks", () => {
    bid(1, 1010);
    book.hear(trailing(2, 900, { trailBasisPoints: 250 }));
    // 2.5 % of 1055 are 26 whole ticks.
    expect(tradeAt(1055)).toEqual([]);
    expect(tradeAt(1030)).toEqual([]);
    expect(tradeAt(1029)).toEqual(["alice #2 triggered", ...traded(2, [1010, 1])]);
  });

  it("to buy follows the price down and never up", () => {
    ask(1, 105);
    book.hear({
      ...buyStop(2, 110, { trailTicks: 5 }),
      orderType: OrderType.trailingStop,
    });
    for (const price of [104, 98, 102]) expect(tradeAt(price)).toEqual([]);
    expect(tradeAt(103)).toEqual(["alice #2 triggered", ...traded(2, [105, 1])]);
  });

  it("has its collar from where its trigger price has gone to", () => {
    bid(1, 91, 4);
    bid(2, 90, 4);
    book.hear(trailing(3, 50, { trailTicks: 5 }));
    expect(tradeAt(106)).toEqual([]);
    // It is at 101 now, and a tenth of it is 10.
    expect(tradeAt(101)).toEqual([
      "alice #3 triggered",
      "bob #1 filled 4 @ 91 as maker, 0 left",
      "alice #3 filled 4 @ 91 as taker, 6 left",
      "alice #3 removed, 6 left, collar reached",
    ]);
  });

  it("begins where the market is when it comes", () => {
    tradeAt(104);
    bid(1, 98);
    book.hear(trailing(2, 90, { trailTicks: 5 }));
    expect(tradeAt(100)).toEqual([]);
    expect(tradeAt(99)).toEqual(["alice #2 triggered", ...traded(2, [98, 1])]);
  });

  it("follows the best price where it is told to", () => {
    bid(1, 100);
    const byBest = { trailTicks: 3, triggerSource: TriggerSource.best };
    book.hear(trailing(2, 80, byBest));
    bid(3, 104);
    expect(book.hear(cancel(3, "bob"))).toEqual([
      "bob #3 removed, 10 left, requested",
      "alice #2 triggered",
      ...traded(2, [100, 1]),
    ]);
  });

  it("that is reached while nothing can trade is set off once, when it can be", () => {
    bid(1, 90);
    book.hear(trailing(2, 95, { trailTicks: 5, triggerSource: TriggerSource.mark }));
    book.isVenueHalted = true;
    for (const price of [101, 96, 95]) expect(book.mark(price)).toEqual([]);
    book.isVenueHalted = false;
    expect(book.enter("continuous")).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
    expect(book.mark(94)).toEqual([]);
  });

  it("follows nothing any more once it is canceled", () => {
    book.hear(trailing(2, 95, { trailTicks: 5, triggerSource: TriggerSource.mark }));
    book.isVenueHalted = true;
    book.hear(cancel(2));
    expect(book.mark(95)).toEqual([]);
  });

  it("may be given another trail, and another trigger price, as often as one likes", () => {
    bid(1, 90);
    tradeAt(100);
    book.hear(trailing(2, 90, { trailTicks: 5 }));
    expect(book.hear(replace(2, [10, 0], { trailTicks: 3 }))).toEqual([
      "alice #2 replaced: 10 @ 0",
      "alice #2 rests",
    ]);
    book.hear(replace(2, [10, 0], { triggerPrice: 96 }));
    book.hear(replace(2, [10, 0], { triggerPrice: 97 }));
    expect(tradeAt(101)).toEqual([]);
    expect(tradeAt(98)).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
  });
});

describe("orders that are set off together", () => {
  it("go one after the other, the nearest trigger first, then by arrival", () => {
    bid(1, 80, 60);
    for (const [orderId, trigger] of [
      [2, 93],
      [3, 95],
      [4, 93],
      [5, 95],
      [6, 92],
    ] as const) {
      book.hear(stop(orderId, trigger, { collarBasisPoints: 5000 }));
    }
    const told = tradeAt(93).filter((text) => text.startsWith("alice"));
    expect(told.map((text) => text.split(",")[0])).toEqual([
      "alice #3 triggered",
      "alice #3 filled 10 @ 80 as taker",
      "alice #5 triggered",
      "alice #5 filled 10 @ 80 as taker",
      "alice #2 triggered",
      "alice #2 filled 10 @ 80 as taker",
      "alice #4 triggered",
      "alice #4 filled 10 @ 80 as taker",
      // The trades at 80 are what sets it off.
      "alice #6 triggered",
      "alice #6 filled 10 @ 80 as taker",
    ]);
  });

  it("may each set off others, which go after those that were set off before", () => {
    bid(1, 94, 10);
    bid(2, 92, 10);
    bid(3, 90, 10);
    bid(4, 88, 10);
    for (const [orderId, trigger] of [
      [5, 95],
      [6, 95],
      [7, 94],
      [8, 91],
    ] as const) {
      book.hear(stop(orderId, trigger));
    }
    expect(tradeAt(95)).toEqual([
      "alice #5 triggered",
      ...traded(5, [94, 1]),
      "alice #6 triggered",
      ...traded(6, [92, 2]),
      "alice #7 triggered",
      ...traded(7, [90, 3]),
      "alice #8 triggered",
      ...traded(8, [88, 4]),
    ]);
  });

  it("are set off by any price that was traded at within a command, the first and the last", () => {
    bid(1, 96, 1);
    bid(2, 92, 1);
    ask(3, 120);
    book.hear(stop(4, 93));
    book.hear({ ...stop(5, 96), orderType: OrderType.takeProfit });
    expect(
      book
        .hear(submit(6, { ...sells, ...ioc, price: 92, quantity: 2 }))
        .slice(4)
        .filter((text) => {
          return text.endsWith("triggered");
        }),
    ).toEqual(["alice #5 triggered", "alice #4 triggered"]);
  });

  it("keep their turns by arrival when their trigger prices are changed", () => {
    bid(1, 80, 30);
    const far = { collarBasisPoints: 5000 };
    for (const [orderId, trigger] of [
      [2, 90],
      [3, 95],
      [4, 95],
    ] as const) {
      book.hear(stop(orderId, trigger, far));
    }
    book.hear(replace(2, [10, 0], { triggerPrice: 95 }));
    book.hear(replace(3, [10, 0], { triggerPrice: 94 }));
    book.hear(replace(3, [10, 0], { triggerPrice: 95 }));
    const told = tradeAt(95).filter((text) => text.endsWith("triggered"));
    expect(told).toEqual(["alice #2 triggered", "alice #3 triggered", "alice #4 triggered"]);
  });

  it("are so many at a command, and the others at the next moment", () => {
    book.hasTwins = false;
    const count = 10_002;
    for (let orderId = 1; orderId <= count; orderId++) book.hear(stop(orderId, 95));
    book.hasTwins = true;
    const triggered = (told: readonly string[]): number =>
      told.filter((text) => text.endsWith("triggered")).length;
    expect(triggered(tradeAt(95))).toBe(10_000);
    expect(triggered(book.passTo(book.timeUs + 1))).toBe(2);
    expect(book.passTo(book.timeUs + 1)).toEqual([]);
  });

  it("and that were too many for a command wait where trading is interrupted", () => {
    book.hasTwins = false;
    const count = 10_001;
    for (let orderId = 1; orderId <= count; orderId++) book.hear(stop(orderId, 95));
    tradeAt(95);
    expect(book.enter("halted")).toEqual([]);
    expect(book.passTo(book.timeUs + 1)).toEqual([]);
    expect(book.enter("continuous")).toEqual([
      `alice #${String(count)} triggered`,
      `alice #${String(count)} removed, 10 left, immediate remainder`,
    ]);
  });
});

describe("an order whose trigger price was reached while nothing could trade", () => {
  const asks = { triggerPrice: 95, triggerSource: TriggerSource.mark };
  const limited = { side: Side.sell, orderType: OrderType.stopLimit, price: 90, asks } as const;

  beforeEach(() => {
    bid(1, 90, 20);
    book.hear(submit(2, limited));
    book.isVenueHalted = true;
    expect([book.mark(95), book.mark(94), book.mark(99)]).toEqual([[], [], []]);
    book.isVenueHalted = false;
  });

  it("leaves nothing behind when it is canceled, in no snapshot either", () => {
    book.isVenueHalted = true;
    expect(book.hear(cancel(2))).toEqual(["alice #2 removed, 10 left, requested"]);
    book.isVenueHalted = false;
    expect(book.enter("continuous")).toEqual([]);
  });

  it("is set off once, when it can be, wherever prices are then", () => {
    expect(book.enter("continuous")).toEqual([
      "alice #2 triggered",
      "bob #1 filled 10 @ 90 as maker, 10 left",
      "alice #2 filled 10 @ 90 as taker, 0 left",
    ]);
    expect(book.mark(95)).toEqual([]);
  });

  it("may be replaced, but has no trigger price any more", () => {
    book.market.phase = "volatilityAuction";
    expect(book.hear(replace(2, [10, 90], { triggerPrice: 80 }))).toEqual([
      "alice #2 not changed, terms-inconsistent",
    ]);
    expect(book.hear(replace(2, [4, 91], { triggerPrice: 95 }))).toEqual([
      "alice #2 replaced: 4 @ 91",
      "alice #2 rests",
    ]);
    expect(book.enter("continuous")).toEqual(["alice #2 triggered", "alice #2 rests"]);
    expect(book.book.depth(9).asks).toEqual([[91, 4, 1]]);
  });
});

describe("an order outside of the order book is replaced where one that rests would be", () => {
  it.each([
    ["halted", "instrument-halted", "instrument-halted"],
    ["closed", "phase-forbids", "phase-forbids"],
    ["cancelOnly", "phase-forbids", undefined],
    ["tradingAtLast", "phase-forbids", undefined],
    ["preOpen", undefined, undefined],
  ] as const)("in %s: %s, if it is made smaller: %s", (phase, otherwise, smaller) => {
    const auctioned = { timeInForce: TimeInForce.ATC } as const;
    // An order for the closing auction does not outlive its day.
    const others = phase === "closed" ? [] : [submit(1, auctioned)];
    for (const order of [stop(1, 95), ...others]) {
      book = new LoneBook();
      book.hear(order);
      book.market.phase = phase;
      const { price } = order;
      const why = (message: BookMessage): string | undefined =>
        /not changed, (.*)/.exec(book.hear(message)[0]!)?.[1];
      expect(why(replace(1, [11, price]))).toBe(otherwise);
      expect(why(replace(1, [10, price + 1]))).toBe(otherwise);
      if (price === 0) expect(why(replace(1, [9, 0], { triggerPrice: 94 }))).toBe(otherwise);
      expect(why(replace(1, [8, price]))).toBe(phase === "preOpen" ? undefined : smaller);
    }
  });

  it("but for the collar, which is for those that do not wait for a price", () => {
    book.hear(submit(1, { orderType: OrderType.stopLimit, asks: { triggerPrice: 120 } }));
    book.hear(submit(2, { timeInForce: TimeInForce.ATC }));
    book.market.collar = { low: 95, high: 105 };
    expect(book.hear(replace(1, [10, 130]))).toHaveLength(2);
    expect(book.hear(replace(2, [10, 130]))).toEqual(["alice #2 not changed, price-beyond-collar"]);
    expect(book.hear(replace(2, [10, 105]))).toHaveLength(2);
  });
});

describe("an order that is set off", () => {
  it("waits no more, so that its limit may not be replaced by one beyond the market's collar", () => {
    book.hear(submit(1, { orderType: OrderType.stopLimit, asks: { triggerPrice: 99 } }));
    expect(tradeAt(99)).toEqual(["alice #1 triggered", "alice #1 rests"]);
    book.market.collar = { low: 95, high: 105 };
    expect(book.hear(replace(1, [10, 94]))).toEqual(["alice #1 not changed, price-beyond-collar"]);
    expect(book.hear(replace(1, [10, 95]))).toHaveLength(2);
  });

  it("ends where its limit lies beyond the market's collar by then", () => {
    bid(1, 80);
    ask(2, 130);
    book.hear(
      submit(3, { orderType: OrderType.stopLimit, price: 110, asks: { triggerPrice: 99 } }),
    );
    book.hear(
      submit(4, { orderType: OrderType.stopLimit, price: 120, asks: { triggerPrice: 99 } }),
    );
    book.hear(stop(5, 99, { collarBasisPoints: 5000 }));
    book.market.collar = { low: 95, high: 110 };
    expect(tradeAt(99)).toEqual([
      "alice #3 triggered",
      "alice #3 rests",
      "alice #4 triggered",
      "alice #4 removed, 10 left, collar reached",
      // It has no limit.
      "alice #5 triggered",
      "alice #3 filled 10 @ 110 as maker, 0 left",
      "alice #5 filled 10 @ 110 as taker, 0 left",
    ]);
  });
});

describe("an order that waits", () => {
  it("may be replaced: by a trigger price that is reached it is set off", () => {
    tradeAt(95);
    bid(1, 90);
    book.hear(stop(2, 93));
    expect(book.hear(replace(2, [7, 0], { triggerPrice: 94 }))).toEqual([
      "alice #2 replaced: 7 @ 0",
      "alice #2 rests",
    ]);
    expect(book.hear(replace(2, [7, 0], { triggerPrice: 95 }))).toEqual([
      "alice #2 replaced: 7 @ 0",
      "alice #2 rests",
      "alice #2 triggered",
      "bob #1 filled 7 @ 90 as maker, 3 left",
      "alice #2 filled 7 @ 90 as taker, 0 left",
    ]);
  });

  it("has no priority to keep, and is not changed while the venue is halted", () => {
    book.hear(stop(1, 95));
    expect(book.hear(replace(1, [7, 0], { mustKeepPriority: true }))).toEqual([
      "alice #1 not changed, priority-would-be-lost",
    ]);
    book.isVenueHalted = true;
    expect(book.hear(replace(1, [7, 0]))).toEqual(["alice #1 not changed, venue-halted"]);
    expect(book.hear(stop(2, 95))).toEqual(["alice #2 refused, venue-halted"]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 10 left, requested"]);
  });

  it("may come in a call phase, and is not set off before trading goes on", () => {
    tradeAt(90);
    bid(1, 90);
    book.enter("volatilityAuction");
    expect(book.hear(stop(2, 95))).toEqual(["alice #2 rests"]);
    expect(book.enter("continuous")).toEqual(["alice #2 triggered", ...traded(2, [90, 1])]);
  });

  it("is set off by the price of an auction", () => {
    book.enter("preOpen");
    bid(1, 94, 20);
    ask(2, 94, 10);
    book.hear(stop(3, 95));
    expect(book.enter("continuous")).toEqual([
      "bob #1 filled 10 @ 94 as auction, 10 left",
      "bob #2 filled 10 @ 94 as auction, 0 left",
      "alice #3 triggered",
      ...traded(3, [94, 1]),
    ]);
  });
});

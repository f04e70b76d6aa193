/**
 * When orders begin and end, at one book: dates, days, auctions and the phases of the market.
 *
 * The book has twins that come from snapshots; see the lone book. Its days have a thousand
 * microseconds.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  OrderType,
  PegReference,
  PostOnly,
  Side,
  TimeInForce,
  TriggerSource,
} from "../../protocols/index.ts";
import type { SubmitOrder } from "../../protocols/index.ts";
import { buys, cancel, ioc, LoneBook, replace, sells, submit } from "./testing/lone-book.ts";

let book: LoneBook;

beforeEach(() => {
  book = new LoneBook();
});

const { GTD, DAY, ATO, ATC, GFA, FOK } = TimeInForce;

function until(
  orderId: number,
  expiresAtUs: number,
  terms: Partial<SubmitOrder> = {},
): SubmitOrder {
  return submit(orderId, { timeInForce: GTD, ...terms, asks: { expiresAtUs } });
}

describe("an order until a date", () => {
  it("ends as it comes where that is too late", () => {
    book.timeUs = 50;
    book.hear(submit(1, { ...sells, price: 100 }));
    expect(book.hear(until(2, 50))).toEqual(["alice #2 removed, 10 left, time reached"]);
    expect(book.hear(until(3, 51, { linkedOrderId: 4, price: 99 }))).toEqual(["alice #3 rests"]);
    expect(book.hear(until(4, 49, { linkedOrderId: 3 }))).toEqual([
      "alice #4 removed, 10 left, time reached",
      "alice #3 removed, 10 left, linked order",
    ]);
  });

  it("ends at that moment and not before", () => {
    expect(book.hear(until(1, 50))).toEqual(["alice #1 rests"]);
    expect(book.passTo(49)).toEqual([]);
    expect(book.passTo(50)).toEqual(["alice #1 removed, 10 left, time reached"]);
    expect(book.book.depth(9).bids).toEqual([]);
  });

  it("asks to be called then", () => {
    book.hear(until(1, 50));
    book.hear(until(2, 40));
    expect(book.nextDueUs).toBe(40);
    book.passTo(45);
    expect(book.nextDueUs).toBe(50);
    book.passTo(50);
    expect(book.nextDueUs).toBeUndefined();
  });

  it("ends with what is left of it", () => {
    book.hear(until(1, 50));
    book.hear(submit(2, { ...sells, ...ioc, quantity: 4 }));
    expect(book.passTo(60)).toEqual(["alice #1 removed, 6 left, time reached"]);
  });

  it("ends once, and not at all when it is over before", () => {
    book.hear(until(1, 50));
    book.hear(until(2, 50));
    book.hear(until(3, 50));
    book.hear(submit(4, { ...sells, ...ioc }));
    expect(book.hear(cancel(2))).toEqual(["alice #2 removed, 10 left, requested"]);
    expect(book.passTo(50)).toEqual(["alice #3 removed, 10 left, time reached"]);
    expect(book.passTo(51)).toEqual([]);
  });

  it("ends in the order of their times, then as they came, wherever they stand", () => {
    book.hear(until(1, 60, { price: 99 }));
    book.hear(until(2, 50, { price: 98 }));
    book.hear({
      ...until(3, 50, { ...sells, orderType: OrderType.stop, price: 0 }),
      instructions: { ...until(3, 50).instructions, triggerPrice: 90, collarBasisPoints: 100 },
    });
    book.hear(until(4, 50, { price: 97 }));
    expect(book.passTo(70)).toEqual([
      "alice #2 removed, 10 left, time reached",
      "bob #3 removed, 10 left, time reached",
      "alice #4 removed, 10 left, time reached",
      "alice #1 removed, 10 left, time reached",
    ]);
  });

  it("keeps its date when it is replaced", () => {
    book.hear(until(1, 50));
    book.hear(replace(1, [12, 101]));
    expect(book.passTo(50)).toEqual(["alice #1 removed, 12 left, time reached"]);
  });

  it("sets others off when it goes", () => {
    book.hear(until(1, 50, { ...sells, price: 105 }));
    book.hear(submit(2, { ...sells, price: 108 }));
    book.hear(
      submit(3, {
        ...{ orderType: OrderType.stop, price: 118 },
        asks: { triggerPrice: 108, collarBasisPoints: 1000, triggerSource: TriggerSource.best },
      }),
    );
    expect(book.passTo(50)).toEqual([
      "bob #1 removed, 10 left, time reached",
      "alice #3 triggered",
      "bob #2 filled 10 @ 108 as maker, 0 left",
      "alice #3 filled 10 @ 108 as taker, 0 left",
    ]);
  });
});

describe("an order for the day", () => {
  it("ends with the day that it came in", () => {
    book.timeUs = 1500;
    book.hear(submit(1, { timeInForce: DAY }));
    expect(book.nextDueUs).toBe(2000);
    expect(book.passTo(1999)).toEqual([]);
    expect(book.passTo(2000)).toEqual(["alice #1 removed, 10 left, day ended"]);
  });

  it("ends when the market closes", () => {
    book.hear(submit(1, { timeInForce: DAY }));
    book.hear(submit(2, {}));
    expect(book.enter("closed")).toEqual(["alice #1 removed, 10 left, day ended"]);
    expect(book.passTo(2000)).toEqual([]);
    expect(book.hear(submit(3, {}))).toEqual(["alice #3 refused, phase-forbids"]);
    expect(book.hear(replace(2, [5, 100]))).toEqual(["alice #2 not changed, phase-forbids"]);
    expect(book.hear(cancel(2))).toEqual(["alice #2 removed, 10 left, requested"]);
  });
});

describe("in a call phase", () => {
  beforeEach(() => {
    book.enter("preOpen");
  });

  it("orders gather, cross, and trade at one price when it ends", () => {
    expect(book.hear(submit(1, { price: 105 }))).toEqual(["alice #1 rests"]);
    expect(book.hear(submit(2, { ...sells, price: 95, quantity: 4 }))).toEqual(["bob #2 rests"]);
    expect(book.enter("openingAuction")).toEqual([]);
    expect(book.enter("continuous")).toEqual([
      "alice #1 filled 4 @ 105 as auction, 6 left",
      "bob #2 filled 4 @ 105 as auction, 0 left",
    ]);
    expect(book.market.referencePrice).toBe(105);
    expect(book.book.depth(9)).toMatchObject({ bids: [[105, 6, 1]], asks: [] });
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 6 left, requested"]);
  });

  it("what is immediate finds nobody", () => {
    expect(book.hear(submit(1, ioc))).toEqual(["alice #1 refused, phase-forbids"]);
    expect(book.hear(submit(1, { timeInForce: FOK }))).toEqual(["alice #1 refused, phase-forbids"]);
  });

  it("a replace moves an order without a trade, and keeps what it executed", () => {
    book.enter("continuous");
    book.hear(submit(1, { price: 100 }));
    book.hear(submit(2, { ...sells, ...ioc, quantity: 3 }));
    book.enter("volatilityAuction");
    book.hear(submit(3, { ...sells, price: 101, quantity: 2 }));
    expect(book.hear(replace(1, [10, 104]))).toEqual([
      "alice #1 replaced: 10 @ 104",
      "alice #1 rests",
    ]);
    expect(book.hear(replace(1, [12, 104]))).toHaveLength(2);
    expect(book.hear(replace(1, [3, 104]))).toEqual([
      "alice #1 not changed, quantity-below-executed",
    ]);
    expect(book.enter("continuous")).toEqual([
      "alice #1 filled 2 @ 104 as auction, 7 left",
      "bob #3 filled 2 @ 104 as auction, 0 left",
    ]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 7 left, requested"]);
  });

  it("an iceberg may show another slice without a trade", () => {
    book.hear(submit(1, { price: 104, asks: { displayQuantity: 4 } }));
    book.hear(submit(2, { ...sells, price: 101, quantity: 2 }));
    expect(book.hear(replace(1, [10, 104], { displayQuantity: 5 }))).toEqual([
      "alice #1 replaced: 10 @ 104",
      "alice #1 rests",
    ]);
    expect(book.book.depth(9).bids).toEqual([[104, 5, 1]]);
    expect(book.enter("continuous")).toHaveLength(2);
  });

  it("a market order for the auction stands before all limits and is not seen", () => {
    const atOpen = { orderType: OrderType.market, timeInForce: ATO, price: 0 } as const;
    book.hear(submit(1, { price: 105, quantity: 4 }));
    expect(book.feedOf(submit(2, { ...atOpen, account: "carol", quantity: 3 }))).toEqual([]);
    book.hear(submit(3, { ...sells, price: 95, quantity: 5 }));
    expect(book.book.depth(9).bids).toEqual([[105, 4, 1]]);
    expect(book.enter("continuous")).toEqual([
      "carol #2 filled 3 @ 105 as auction, 0 left",
      "bob #3 filled 3 @ 105 as auction, 2 left",
      "alice #1 filled 2 @ 105 as auction, 2 left",
      "bob #3 filled 2 @ 105 as auction, 0 left",
    ]);
  });

  it("a market buy that could not pay the auction's price goes before it is held", () => {
    const atOpen = { orderType: OrderType.market, timeInForce: ATO, price: 0 } as const;
    expect(book.hear(submit(1, { ...atOpen, quantity: 10, budget: 1009 }))).toEqual([
      "alice #1 rests",
    ]);
    book.hear(submit(2, { ...sells, price: 101 }));
    book.hear(submit(3, { account: "carol", price: 102, quantity: 4 }));
    expect(book.enter("continuous")).toEqual([
      "alice #1 removed, 10 left, budget exhausted",
      "carol #3 filled 4 @ 101 as auction, 0 left",
      "bob #2 filled 4 @ 101 as auction, 6 left",
    ]);
  });

  it("a market buy that can just pay the auction's price is there when it is held", () => {
    const atOpen = { orderType: OrderType.market, timeInForce: ATO, price: 0 } as const;
    book.hear(submit(1, { ...atOpen, quantity: 10, budget: 1010 }));
    book.hear(submit(2, { ...sells, price: 101 }));
    expect(book.enter("continuous")).toEqual([
      "alice #1 filled 10 @ 101 as auction, 0 left",
      "bob #2 filled 10 @ 101 as auction, 0 left",
    ]);
  });
});

describe("an auction that the close cuts short", () => {
  it.each([
    ["openingAuction", true],
    ["volatilityAuction", true],
    ["closingAuction", true],
    ["preOpen", false],
  ] as const)("after %s: is it held? %s", (phase, isHeld) => {
    book.enter(phase);
    book.hear(submit(1, { price: 105, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 104, quantity: 4 }));
    const fills = [
      "alice #1 filled 4 @ 104 as auction, 0 left",
      "bob #2 filled 4 @ 104 as auction, 0 left",
    ];
    expect(book.enter("closed")).toEqual(isHeld ? fills : []);
  });
});

describe("an order for an auction", () => {
  it("waits for the next one, takes part and is over with it", () => {
    expect(book.hear(submit(1, { timeInForce: GFA, price: 105 }))).toEqual(["alice #1 rests"]);
    expect(book.book.depth(9).bids).toEqual([]);
    book.hear(submit(2, { ...sells, price: 104, quantity: 4 }));
    book.enter("volatilityAuction");
    expect(book.book.depth(9).bids).toEqual([[105, 10, 1]]);
    expect(book.enter("continuous")).toEqual([
      "alice #1 filled 4 @ 105 as auction, 6 left",
      "bob #2 filled 4 @ 105 as auction, 0 left",
      "alice #1 removed, 6 left, auction ended",
    ]);
  });

  it("at the close stays out of all others", () => {
    book.hear(submit(1, { timeInForce: ATC }));
    book.hear(submit(2, { timeInForce: ATO, price: 99 }));
    book.enter("volatilityAuction");
    expect(book.book.depth(9).bids).toEqual([]);
    expect(book.enter("continuous")).toEqual([]);
    book.enter("closingAuction");
    expect(book.book.depth(9).bids).toEqual([[100, 10, 1]]);
    expect(book.enter("closed")).toEqual(["alice #1 removed, 10 left, auction ended"]);
    book.enter("preOpen");
    expect(book.book.depth(9).bids).toEqual([[99, 10, 1]]);
    expect(book.enter("openingAuction")).toEqual([]);
    expect(book.enter("continuous")).toEqual(["alice #2 removed, 10 left, auction ended"]);
  });

  it("may be canceled and replaced while it waits", () => {
    book.hear(submit(1, { timeInForce: ATC }));
    expect(book.hear(replace(1, [7, 98]))).toEqual(["alice #1 replaced: 7 @ 98", "alice #1 rests"]);
    book.enter("closingAuction");
    expect(book.book.depth(9).bids).toEqual([[98, 7, 1]]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 7 left, requested"]);
  });

  it("has a market order among them that comes in for the close", () => {
    const atClose = { orderType: OrderType.market, timeInForce: ATC, price: 0 } as const;
    book.hear(submit(1, { ...atClose, side: Side.sell, quantity: 4 }));
    book.hear(submit(2, { ...buys, price: 97 }));
    book.enter("closingAuction");
    expect(book.enter("tradingAtLast")).toEqual([
      "bob #2 filled 4 @ 97 as auction, 6 left",
      "alice #1 filled 4 @ 97 as auction, 0 left",
    ]);
  });
});

describe("trading at the last price", () => {
  beforeEach(() => {
    book.hear(submit(1, { ...buys, price: 100, quantity: 4 }));
    book.hear(submit(2, { ...sells, ...ioc, price: 100, quantity: 1 }));
    book.enter("closingAuction");
    book.enter("tradingAtLast");
  });

  it("is at that price and at no other", () => {
    expect(book.hear(submit(3, { ...sells, price: 101 }))).toEqual([
      "bob #3 refused, phase-forbids",
    ]);
    expect(book.hear(submit(4, { side: Side.sell, price: 100, quantity: 2 }))).toEqual([
      "bob #1 filled 2 @ 100 as maker, 1 left",
      "alice #4 filled 2 @ 100 as taker, 0 left",
    ]);
    const atMarket = { orderType: OrderType.market, price: 0 } as const;
    expect(book.hear(submit(5, { ...atMarket, ...ioc, side: Side.sell }))).toEqual([
      "bob #1 filled 1 @ 100 as maker, 0 left",
      "alice #5 filled 1 @ 100 as taker, 9 left",
      "alice #5 removed, 9 left, immediate remainder",
    ]);
    expect(book.hear(submit(6, { price: 100 }))).toEqual(["alice #6 rests"]);
    expect(book.hear(submit(7, { timeInForce: DAY, price: 100 }))).toEqual(["alice #7 rests"]);
  });

  it("is not to be had while nothing has traded", () => {
    book = new LoneBook();
    book.enter("tradingAtLast");
    const atMarket = { orderType: OrderType.market, price: 0 } as const;
    for (const side of [Side.buy, Side.sell]) {
      expect(book.hear(submit(1, { ...atMarket, ...ioc, side }))).toEqual([
        "alice #1 refused, phase-forbids",
      ]);
    }
  });

  it("lets orders be made smaller, and nothing else be changed", () => {
    book.hear(submit(3, { price: 100 }));
    expect(book.hear(replace(3, [9, 100]))).toHaveLength(2);
    expect(book.hear(replace(3, [10, 100]))).toEqual(["alice #3 not changed, phase-forbids"]);
    expect(book.hear(replace(3, [9, 99]))).toEqual(["alice #3 not changed, phase-forbids"]);
  });
});

describe("a post-only order that slides", () => {
  it("does not slide away from the last price where that alone is traded at", () => {
    book.hear(submit(1, { ...buys, price: 100, quantity: 4 }));
    book.hear(submit(2, { ...sells, ...ioc, price: 100, quantity: 1 }));
    book.enter("closingAuction");
    book.enter("tradingAtLast");
    const asks = { postOnly: PostOnly.slide };
    expect(book.hear(submit(3, { side: Side.sell, asks }))).toEqual([
      "alice #3 refused, post-only-would-take",
    ]);
    expect(book.hear(submit(4, { asks }))).toEqual(["alice #4 rests"]);
    expect(book.book.depth(9)).toMatchObject({ bids: [[100, 13, 2]], asks: [] });
  });
});

describe("a price band", () => {
  it("stops an order, and what it kept from trading takes part in the auction", () => {
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(1, { ...sells, price: 108, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 112, quantity: 4 }));
    expect(book.hear(submit(3, { price: 115 }))).toEqual([
      "bob #1 filled 4 @ 108 as maker, 0 left",
      "alice #3 filled 4 @ 108 as taker, 6 left",
      "alice #3 rests",
    ]);
    expect(book.market.phase).toBe("volatilityAuction");
    expect(book.book.depth(9)).toMatchObject({ bids: [[115, 6, 1]], asks: [[112, 4, 1]] });
    expect(book.enter("continuous")).toEqual([
      "alice #3 filled 4 @ 115 as auction, 2 left",
      "bob #2 filled 4 @ 115 as auction, 0 left",
    ]);
    expect(book.hear(cancel(3))).toEqual(["alice #3 removed, 2 left, requested"]);
  });

  it("stops one that is more than plain as well, which keeps what it is", () => {
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(1, { ...sells, price: 108, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 112, quantity: 4 }));
    book.hear(until(3, 50, { price: 115 }));
    book.hear(until(4, 50, { price: 90 }));
    expect(book.passTo(50)).toEqual([
      "alice #3 removed, 6 left, time reached",
      "alice #4 removed, 10 left, time reached",
    ]);
  });

  it("leaves those that end at one time in the order of their arrival", () => {
    const stop = { orderType: OrderType.stopLimit, price: 115 } as const;
    const triggered = until(1, 50, stop);
    book.hear({ ...triggered, instructions: { ...triggered.instructions, triggerPrice: 108 } });
    book.hear(until(2, 50, { price: 80 }));
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(3, { ...sells, price: 108, quantity: 1 }));
    book.hear(submit(4, { ...sells, price: 112, quantity: 4 }));
    expect(book.hear(submit(5, { ...buys, price: 108, quantity: 1 })).slice(2)).toEqual([
      "alice #1 triggered",
      "alice #1 rests",
    ]);
    expect(book.market.phase).toBe("volatilityAuction");
    expect(book.passTo(50)).toEqual([
      "alice #1 removed, 10 left, time reached",
      "alice #2 removed, 10 left, time reached",
    ]);
  });

  it("stops one that is replaced, which takes part with all that is left of it", () => {
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(1, { ...sells, price: 108, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 112, quantity: 4 }));
    book.hear(submit(3, { price: 90 }));
    expect(book.hear(replace(3, [12, 115]))).toEqual([
      "alice #3 replaced: 12 @ 115",
      "bob #1 filled 4 @ 108 as maker, 0 left",
      "alice #3 filled 4 @ 108 as taker, 8 left",
      "alice #3 rests",
    ]);
    expect(book.market.phase).toBe("volatilityAuction");
    expect(book.book.depth(9)).toMatchObject({ bids: [[115, 8, 1]], asks: [[112, 4, 1]] });
    book.enter("continuous");
    book.hear(submit(4, { price: 91, asks: { displayQuantity: 3 } }));
    book.hear(submit(5, { ...sells, ...ioc, price: 91, quantity: 1 }));
    book.hear(submit(6, { ...sells, price: 112, quantity: 4 }));
    expect(book.hear(replace(4, [9, 115]))).toEqual([
      "alice #4 replaced: 9 @ 115",
      "alice #4 rests",
    ]);
    expect(book.hear(cancel(4))).toEqual(["alice #4 removed, 9 left, requested"]);
  });

  it("stops one that follows a price, which is parked until trading goes on", () => {
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(1, { ...sells, price: 108, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 112, quantity: 4 }));
    const asks = { pegReference: PegReference.market };
    expect(book.hear(submit(3, { orderType: OrderType.pegged, price: 200, asks }))).toEqual([
      "alice #3 rests",
      "bob #1 filled 4 @ 108 as maker, 0 left",
      "alice #3 filled 4 @ 108 as taker, 6 left",
      "alice #3 rests",
    ]);
    expect(book.market.phase).toBe("volatilityAuction");
    expect(book.hear(submit(4, { ...sells, price: 90, quantity: 1 }))).toEqual(["bob #4 rests"]);
    book.market.band = undefined;
    expect(book.enter("continuous")).toEqual([
      "bob #4 filled 1 @ 90 as maker, 0 left",
      "alice #3 filled 1 @ 90 as taker, 5 left",
      "bob #2 filled 4 @ 112 as maker, 0 left",
      "alice #3 filled 4 @ 112 as taker, 1 left",
    ]);
    expect(book.hear(cancel(3))).toEqual(["alice #3 removed, 1 left, requested"]);
  });

  it("removes what may not rest", () => {
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(1, { ...sells, price: 112, quantity: 4 }));
    expect(book.hear(submit(2, { ...ioc, price: 115 }))).toEqual([
      "alice #2 removed, 10 left, band reached",
    ]);
  });

  it("stops one that is replaced, which goes on with its terms in the auction", () => {
    book.market.band = { low: 90, high: 110 };
    book.hear(submit(1, { ...sells, price: 108, quantity: 4 }));
    book.hear(submit(2, { ...sells, price: 112, quantity: 4 }));
    book.hear(submit(3, { price: 100 }));
    book.hear(until(4, 50, { price: 99 }));
    book.hear(submit(5, { ...sells, price: 100, quantity: 2 }));
    expect(book.hear(replace(3, [12, 115]))).toEqual([
      "alice #3 replaced: 12 @ 115",
      "bob #1 filled 4 @ 108 as maker, 0 left",
      "alice #3 filled 4 @ 108 as taker, 6 left",
      "alice #3 rests",
    ]);
    expect(book.market.phase).toBe("volatilityAuction");
    expect(book.book.depth(9)).toMatchObject({
      bids: [
        [115, 6, 1],
        [99, 10, 1],
      ],
      asks: [[112, 4, 1]],
    });
    book.enter("continuous");
    expect(book.hear(replace(4, [10, 115]))).toEqual([
      "alice #4 replaced: 10 @ 115",
      "alice #4 rests",
    ]);
    expect(book.passTo(50)).toEqual(["alice #4 removed, 10 left, time reached"]);
    expect(book.hear(cancel(3))).toEqual(["alice #3 removed, 2 left, requested"]);
  });

  it("interrupts a cascade, which goes on when trading does", () => {
    book.hear(submit(1, { ...buys, price: 94, quantity: 11 }));
    book.hear(submit(2, { ...buys, price: 89, quantity: 20 }));
    const stop = { orderType: OrderType.stop, side: Side.sell, price: 0 } as const;
    const asks = { triggerPrice: 94, collarBasisPoints: 2000 };
    for (const orderId of [3, 4, 5]) book.hear(submit(orderId, { ...stop, asks }));
    book.market.band = { low: 90, high: 110 };
    expect(book.hear(submit(6, { ...sells, ...ioc, price: 94, quantity: 1 })).slice(2)).toEqual([
      "alice #3 triggered",
      "bob #1 filled 10 @ 94 as maker, 0 left",
      "alice #3 filled 10 @ 94 as taker, 0 left",
      "alice #4 triggered",
      "alice #4 removed, 10 left, band reached",
    ]);
    expect(book.passTo(60)).toEqual([]);
    book.market.band = undefined;
    expect(book.enter("continuous")).toEqual([
      "alice #5 triggered",
      "bob #2 filled 10 @ 89 as maker, 10 left",
      "alice #5 filled 10 @ 89 as taker, 0 left",
    ]);
  });
});

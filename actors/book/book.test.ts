/**
 * One book alone: what it says to accounts and to the market-data feed. How orders match is the
 * order book's own matter; here it is what is made of it.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  CloseReason,
  InvariantViolation,
  lotsMax,
  OrderType,
  PegReference,
  plainInstructions,
  Side,
  TimeInForce,
  TriggerSource,
  unrevised,
} from "../../protocols/index.ts";
import type { BookMessage, SubmitOrder } from "../../protocols/index.ts";
import { eventText, messageText } from "../testing/plain-words.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Book } from "./book.ts";
import { MatchingDesk, restingLotsMax } from "./matching-desk.ts";
import { isOfPrices, LoneBook, SetMarket, submit as loneSubmit } from "./testing/lone-book.ts";
import { priceTime } from "../order-book/book-terms.ts";

const symbol = "APPLE-COIN";
let context: RecordingContext;
let book: Book;

beforeEach(() => {
  context = new RecordingContext();
  book = new Book(symbol);
});

function submit(orderId: number, terms: Partial<SubmitOrder>): SubmitOrder {
  return {
    kind: "submit-order",
    symbol,
    account: "alice",
    participant: terms.account ?? "alice",
    orderId,
    side: Side.buy,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price: 100,
    quantity: 10,
    budget: Number.MAX_SAFE_INTEGER,
    instructions: plainInstructions,
    linkedOrderId: 0,
    ...terms,
  };
}

const sells = { side: Side.sell, account: "bob" } as const;
const ioc = { timeInForce: TimeInForce.IOC } as const;
const atMarket = { orderType: OrderType.market, ...ioc, price: 0 } as const;

function cancel(orderId: number, account = "alice"): BookMessage {
  return { kind: "submit-cancel", symbol, account, orderId, reason: CloseReason.requested };
}

function replace(orderId: number, [quantity, price]: [number, number]): BookMessage {
  const terms = { quantity, price, revised: unrevised };
  return { kind: "submit-replace", symbol, account: "alice", orderId, ...terms };
}

function haltedMarket(): SetMarket {
  return Object.assign(new SetMarket(), { phase: "halted" });
}

/** What the accounts are told. */
function hear(message: BookMessage): string[] {
  book.receive(message, context);
  return context.takeSent().map(messageText);
}

/** What the market-data feed is told of prices. */
function feedOf(message: BookMessage): string[] {
  context.takeEmitted();
  hear(message);
  return context.takeEmitted().filter(isOfPrices).map(eventText);
}

describe("an order", () => {
  it("rests when nothing meets it", () => {
    expect(hear(submit(1, {}))).toEqual(["alice #1 rests"]);
  });

  it("trades with what rests: both sides are told, then what becomes of the rest", () => {
    hear(submit(1, { quantity: 4 }));
    hear(submit(2, { quantity: 3, price: 99 }));
    expect(hear(submit(3, { ...sells, price: 99, quantity: 9 }))).toEqual([
      "alice #1 filled 4 @ 100 as maker, 0 left",
      "bob #3 filled 4 @ 100 as taker, 5 left",
      "alice #2 filled 3 @ 99 as maker, 0 left",
      "bob #3 filled 3 @ 99 as taker, 2 left",
      "bob #3 rests",
    ]);
  });

  it("has a trade id of its own for each fill, the same for both sides", () => {
    hear(submit(1, { quantity: 4 }));
    hear(submit(2, { quantity: 4 }));
    book.receive(submit(3, { ...sells, quantity: 8 }), context);
    const ids = context.sent.flatMap((message) =>
      message.kind === "order-filled" ? [message.tradeId] : [],
    );
    expect(ids).toEqual([1, 1, 2, 2]);
  });

  it("is removed when it is immediate and something is left", () => {
    hear(submit(1, { quantity: 4 }));
    expect(hear(submit(2, { ...sells, ...ioc, quantity: 6 }))).toEqual([
      "alice #1 filled 4 @ 100 as maker, 0 left",
      "bob #2 filled 4 @ 100 as taker, 2 left",
      "bob #2 removed, 2 left, immediate remainder",
    ]);
    expect(hear(submit(3, { ...ioc }))).toEqual(["alice #3 removed, 10 left, immediate remainder"]);
  });

  it("at market is removed when the other side or its budget is exhausted, and told which", () => {
    hear(submit(1, { ...sells, quantity: 4 }));
    hear(submit(2, { ...sells, quantity: 4, price: 110 }));
    expect(hear(submit(3, { ...atMarket, quantity: 6, budget: 619 })).slice(-3)).toEqual([
      "bob #2 filled 1 @ 110 as maker, 3 left",
      "alice #3 filled 1 @ 110 as taker, 1 left",
      "alice #3 removed, 1 left, budget exhausted",
    ]);
    expect(hear(submit(4, { ...atMarket, quantity: 6 })).slice(-1)).toEqual([
      "alice #4 removed, 3 left, immediate remainder",
    ]);
    hear(submit(5, { quantity: 2 }));
    expect(hear(submit(6, { ...atMarket, ...sells, quantity: 5 })).slice(-1)).toEqual([
      "bob #6 removed, 3 left, immediate remainder",
    ]);
  });

  it("may meet its own account's", () => {
    hear(submit(1, { quantity: 4 }));
    expect(hear(submit(2, { side: Side.sell, quantity: 4 }))).toEqual([
      "alice #1 filled 4 @ 100 as maker, 0 left",
      "alice #2 filled 4 @ 100 as taker, 0 left",
    ]);
  });
});

describe("a cancel", () => {
  it("removes what rests", () => {
    hear(submit(1, {}));
    hear(submit(2, { ...sells, ...ioc, quantity: 3 }));
    expect(hear(cancel(1))).toEqual(["alice #1 removed, 7 left, requested"]);
    expect(hear(cancel(1))).toEqual(["alice #1 not changed, order-unknown"]);
  });

  it("removes only the account's own", () => {
    hear(submit(1, {}));
    expect(hear(cancel(1, "bob"))).toEqual(["bob #1 not changed, order-unknown"]);
    expect(hear(cancel(2, "bob"))).toEqual(["bob #2 not changed, order-unknown"]);
  });
});

describe("a replace", () => {
  beforeEach(() => {
    hear(submit(1, { quantity: 5 }));
    hear(submit(2, { quantity: 5 }));
  });

  const whoTradesFirst = (): string =>
    hear(submit(9, { ...sells, ...ioc, quantity: 1 }))[0] ?? "nobody";

  it("keeps the order's place for less at the same price", () => {
    expect(hear(replace(1, [3, 100]))).toEqual(["alice #1 replaced: 3 @ 100", "alice #1 rests"]);
    expect(whoTradesFirst()).toBe("alice #1 filled 1 @ 100 as maker, 2 left");
  });

  it("sends the order behind the others for more", () => {
    hear(replace(1, [6, 100]));
    expect(whoTradesFirst()).toBe("alice #2 filled 1 @ 100 as maker, 4 left");
  });

  it("sends the order behind the others at a new price, and back at the old one", () => {
    hear(replace(1, [5, 99]));
    hear(replace(1, [5, 100]));
    expect(whoTradesFirst()).toBe("alice #2 filled 1 @ 100 as maker, 4 left");
  });

  it("counts what has been executed in the quantity, however often", () => {
    hear(submit(3, { ...sells, ...ioc, quantity: 3 }));
    expect(hear(replace(1, [3, 100]))).toEqual(["alice #1 not changed, quantity-below-executed"]);
    hear(replace(1, [8, 100]));
    // Five are left of eight. They are behind order 2 now.
    hear(submit(4, { ...sells, ...ioc, quantity: 6 }));
    expect(hear(replace(1, [4, 100]))).toEqual(["alice #1 not changed, quantity-below-executed"]);
    hear(replace(1, [5, 100]));
    expect(hear(cancel(1))).toEqual(["alice #1 removed, 1 left, requested"]);
  });

  it("trades at once when the new price meets the other side, told after its new terms", () => {
    hear(submit(3, { ...sells, price: 105, quantity: 4 }));
    expect(hear(replace(1, [6, 106]))).toEqual([
      "alice #1 replaced: 6 @ 106",
      "bob #3 filled 4 @ 105 as maker, 0 left",
      "alice #1 filled 4 @ 105 as taker, 2 left",
      "alice #1 rests",
    ]);
    hear(submit(4, { ...sells, price: 105, quantity: 1, timeInForce: TimeInForce.IOC }));
    expect(hear(replace(1, [5, 106]))).toEqual(["alice #1 not changed, quantity-below-executed"]);
  });

  it("may be the order's end", () => {
    hear(submit(3, { ...sells, price: 105, quantity: 9 }));
    expect(hear(replace(1, [5, 105])).slice(1)).toEqual([
      "bob #3 filled 5 @ 105 as maker, 4 left",
      "alice #1 filled 5 @ 105 as taker, 0 left",
    ]);
    expect(hear(replace(1, [6, 105]))).toEqual(["alice #1 not changed, order-unknown"]);
  });
});

describe("a halt", () => {
  beforeEach(() => {
    hear(submit(1, { quantity: 5 }));
  });

  it("of the instrument refuses what is new and changed, and lets everybody leave", () => {
    context.market = haltedMarket();
    expect(hear(submit(2, sells))).toEqual(["bob #2 refused, instrument-halted"]);
    expect(hear(replace(1, [4, 100]))).toEqual(["alice #1 not changed, instrument-halted"]);
    expect(hear(cancel(1))).toEqual(["alice #1 removed, 5 left, requested"]);
  });

  it("of the venue holds for what was under way when the accounts heard of it", () => {
    context.venue.isHalted = true;
    expect(hear(submit(2, sells))).toEqual(["bob #2 refused, venue-halted"]);
    expect(hear(replace(1, [4, 100]))).toEqual(["alice #1 not changed, venue-halted"]);
    expect(hear(cancel(1))).toEqual(["alice #1 removed, 5 left, requested"]);
  });

  it("comes last among the reasons that only a book can give", () => {
    hear(submit(2, { ...sells, ...ioc, quantity: 2 }));
    context.market = haltedMarket();
    expect(hear(replace(1, [2, 100]))).toEqual(["alice #1 not changed, quantity-below-executed"]);
    expect(hear(replace(7, [2, 100]))).toEqual(["alice #7 not changed, order-unknown"]);
    context.venue.isHalted = true;
    expect(hear(replace(7, [2, 100]))).toEqual(["alice #7 not changed, venue-halted"]);
  });

  it("is told by a market, which every book has", () => {
    context.market = undefined;
    expect(() => hear(submit(2, {}))).toThrow(InvariantViolation);
  });
});

describe("more lots than can be counted", () => {
  /** Orders of the largest size until no other fits. Returns the next order id. */
  function fill(): number {
    const count = Math.floor(restingLotsMax / lotsMax);
    for (let orderId = 1; orderId <= count; orderId++) {
      book.receive(submit(orderId, { quantity: lotsMax }), context);
    }
    context.takeSent();
    context.takeEmitted();
    return count + 1;
  }

  it("are not taken, wherever they would rest", () => {
    const next = fill();
    const room = restingLotsMax % lotsMax;
    expect(hear(submit(next, { quantity: room + 1, price: 50 }))).toEqual([
      `alice #${String(next)} refused, book-full`,
    ]);
    expect(hear(submit(next, { quantity: room, price: 50 }))).toEqual([
      `alice #${String(next)} rests`,
    ]);
    expect(hear(submit(next + 1, { ...sells, quantity: 1, price: 200 }))).toEqual([
      `bob #${String(next + 1)} refused, book-full`,
    ]);
    expect(hear(replace(next, [room + 1, 50]))).toEqual([
      `alice #${String(next)} not changed, book-full`,
    ]);
    expect(hear(replace(next, [room, 51]))).toHaveLength(2);
  });

  it("are room again when orders trade, are canceled or made smaller", () => {
    const next = fill();
    const room = restingLotsMax % lotsMax;
    const rests = [`alice #${String(next)} rests`];
    hear(cancel(1));
    expect(hear(submit(next, { quantity: lotsMax + room }))).toEqual(rests);
    hear(submit(next + 1, { ...sells, ...ioc, quantity: 5 }));
    expect(hear(submit(next + 2, { quantity: 6 }))[0]).toMatch(/book-full$/);
    expect(hear(submit(next + 2, { quantity: 5 }))[0]).toMatch(/rests$/);
    hear(replace(3, [lotsMax - 7, 100]));
    expect(hear(submit(next + 3, { quantity: 8 }))[0]).toMatch(/book-full$/);
    expect(hear(submit(next + 3, { quantity: 7 }))[0]).toMatch(/rests$/);
    expect(Book.restore(book.snapshot()).snapshot()).toEqual(book.snapshot());
    book = Book.restore(book.snapshot());
    expect(hear(submit(next + 4, { quantity: 1 }))[0]).toMatch(/book-full$/);
  });

  it("are not let in from outside of the order book either: such an order ends", () => {
    const lone = new LoneBook();
    lone.hasTwins = false;
    const waits = { triggerPrice: 120, triggerSource: TriggerSource.mark };
    const follows = { pegReference: PegReference.primary, pegOffset: 95 };
    const { stopLimit, stop, pegged } = OrderType;
    const ids = { stopLimit: 10_001, stop: 10_002, atClose: 10_003, pegged: 10_004, allOr: 10_005 };
    const outside = [
      loneSubmit(ids.stopLimit, { orderType: stopLimit, asks: waits }),
      loneSubmit(ids.stop, { orderType: stop, asks: waits }),
      loneSubmit(ids.atClose, { timeInForce: TimeInForce.ATC }),
      loneSubmit(ids.pegged, { orderType: pegged, asks: follows }),
      loneSubmit(ids.allOr, { orderType: stopLimit, timeInForce: TimeInForce.FOK, asks: waits }),
    ];
    for (const order of outside) expect(lone.hear(order)).toHaveLength(1);
    const count = Math.floor(restingLotsMax / lotsMax);
    for (let orderId = 1; orderId <= count; orderId++) {
      lone.hear(loneSubmit(orderId, { quantity: lotsMax, price: 90 }));
    }
    lone.hear(loneSubmit(9000, { quantity: restingLotsMax % lotsMax, price: 90 }));
    expect(lone.mark(120)).toEqual([
      "alice #10001 triggered",
      "alice #10001 removed, 10 left, book full",
      "alice #10002 triggered",
      // These two never rest.
      "alice #10002 removed, 10 left, immediate remainder",
      "alice #10005 triggered",
      "alice #10005 removed, 10 left, unfillable",
    ]);
    lone.hear(cancel(1));
    expect(lone.hear(loneSubmit(9001, { quantity: lotsMax, price: 100 }))).toEqual([
      "alice #9001 rests",
      "alice #10004 removed, 10 left, book full",
    ]);
    expect(lone.enter("closingAuction")).toEqual(["alice #10003 removed, 10 left, book full"]);
  });

  it("are not what is left of a pegged order that comes back into its room", () => {
    const lone = new LoneBook();
    const asks = { pegReference: PegReference.primary };
    lone.hear(loneSubmit(1, { orderType: OrderType.pegged, asks }));
    lone.hear(loneSubmit(2, { account: "bob" }));
    lone.hear(loneSubmit(3, { ...sells, ...ioc, account: "carol", quantity: 14 }));
    lone.hear(loneSubmit(4, { ...sells, price: 200, quantity: restingLotsMax - 7 }));
    expect(lone.hear(loneSubmit(5, { account: "bob", quantity: 1 }))).toEqual(["bob #5 rests"]);
    expect(lone.hear(loneSubmit(6, { account: "bob", quantity: 1 }))).toEqual([
      "bob #6 refused, book-full",
    ]);
    expect(lone.hear(cancel(1))).toEqual(["alice #1 removed, 6 left, requested"]);
  });

  it("are not what a pegged order has that moves in a full book", () => {
    const lone = new LoneBook();
    const asks = { pegReference: PegReference.primary };
    lone.hear(loneSubmit(1, { account: "bob" }));
    lone.hear(loneSubmit(2, { orderType: OrderType.pegged, price: 102, asks }));
    lone.hear(loneSubmit(3, { ...sells, price: 200, quantity: restingLotsMax - 21 }));
    const better = { account: "bob", price: 101, quantity: 1 };
    expect(lone.hear(loneSubmit(4, better))).toEqual(["bob #4 rests"]);
    expect(lone.hear(loneSubmit(5, { ...sells, ...ioc, price: 101, quantity: 2 }))[2]).toBe(
      "alice #2 filled 1 @ 101 as maker, 9 left",
    );
  });

  it("may be offered by orders that never rest", () => {
    const next = fill();
    expect(hear(submit(next, { ...sells, ...ioc, quantity: lotsMax }))).toHaveLength(2);
    expect(hear(submit(next + 1, { ...atMarket, ...sells, quantity: lotsMax }))).toHaveLength(2);
  });
});

describe("market data", () => {
  it("tells each level that changed, after the trades there, and the best prices last", () => {
    expect(feedOf(submit(1, {}))).toEqual([
      "APPLE-COIN bid 10 @ 100",
      "APPLE-COIN best 10 @ 100 | -",
    ]);
    expect(feedOf(submit(2, { price: 99 }))).toEqual(["APPLE-COIN bid 10 @ 99"]);
    expect(feedOf(submit(3, { ...sells, price: 99, quantity: 12 }))).toEqual([
      "APPLE-COIN sold 10 @ 100",
      "APPLE-COIN bid 0 @ 100",
      "APPLE-COIN sold 2 @ 99",
      "APPLE-COIN bid 8 @ 99",
      "APPLE-COIN best 8 @ 99 | -",
    ]);
  });

  it("tells of the best quantity too, and of a side that is empty", () => {
    feedOf(submit(1, {}));
    expect(feedOf(replace(1, [4, 100]))).toEqual([
      "APPLE-COIN bid 4 @ 100",
      "APPLE-COIN best 4 @ 100 | -",
    ]);
    expect(feedOf(cancel(1))).toEqual(["APPLE-COIN bid 0 @ 100", "APPLE-COIN best - | -"]);
  });

  it("tells nothing when nothing changed", () => {
    feedOf(submit(1, {}));
    expect(feedOf(replace(1, [10, 100]))).toEqual([]);
    expect(feedOf(cancel(7))).toEqual([]);
    expect(feedOf(submit(2, { ...ioc }))).toEqual([]);
    expect(feedOf(submit(3, { ...sells, ...ioc, price: 101 }))).toEqual([]);
  });

  it("numbers its changes without a gap, and trades by the change before them", () => {
    for (const message of [
      submit(1, { quantity: 5 }),
      submit(2, { quantity: 5, price: 99 }),
      submit(3, { ...sells, price: 99, quantity: 7 }),
      cancel(2),
    ]) {
      book.receive(message, context);
    }
    const numbered = context.emitted
      .filter(isOfPrices)
      .map((event) =>
        "updateId" in event ? `${event.kind} ${String(event.updateId)}` : event.kind,
      );
    expect(numbered).toEqual([
      "level-changed 1",
      "best-changed 1",
      "level-changed 2",
      "traded 2",
      "level-changed 3",
      "traded 3",
      "level-changed 4",
      "best-changed 4",
      "level-changed 5",
      "best-changed 5",
    ]);
  });

  it("gives accounts the number of their command's last change", () => {
    for (const message of [
      submit(1, { quantity: 5 }),
      submit(2, { quantity: 5, price: 99 }),
      submit(3, { ...sells, price: 99, quantity: 7 }),
      submit(4, { ...ioc, price: 1 }),
      replace(2, [4, 99]),
      cancel(7),
      cancel(2),
    ]) {
      book.receive(message, context);
    }
    const numbers = context.sent.map((message) => {
      return "updateId" in message ? `${message.kind} ${String(message.updateId)}` : message.kind;
    });
    expect(numbers).toEqual([
      "order-rested 1",
      "order-rested 2",
      ...Array.from({ length: 4 }, () => "order-filled 4"),
      "order-removed 4",
      "order-replaced 5",
      "order-rested 5",
      "change-refused 5",
      "order-removed 6",
    ]);
  });
});

describe("asking a book", () => {
  it("gives its depth, best first", () => {
    hear(submit(1, {}));
    hear(submit(2, { price: 99 }));
    hear(submit(3, { price: 99, quantity: 5 }));
    hear(submit(4, { ...sells, price: 101 }));
    expect(book.depth(10)).toEqual({
      symbol,
      updateId: 4,
      bids: [
        [100, 10, 1],
        [99, 15, 2],
      ],
      asks: [[101, 10, 1]],
    });
    expect(book.depth(1).bids).toEqual([[100, 10, 1]]);
  });

  it("gives its displayed orders, the first to trade first", () => {
    hear(submit(1, { price: 99 }));
    hear(submit(2, { price: 99, quantity: 5 }));
    hear(submit(3, {}));
    hear(submit(4, { price: 101, instructions: { ...plainInstructions, isHidden: true } }));
    const iceberg = { ...plainInstructions, displayQuantity: 4 };
    hear(submit(5, { ...sells, price: 103, quantity: 9, instructions: iceberg }));
    expect(book.displayedOrders(10)).toEqual({
      symbol,
      updateId: 4,
      depthUpdateId: 4,
      bids: [
        [3, 100, 10],
        [1, 99, 10],
        [2, 99, 5],
      ],
      asks: [[4, 103, 4]],
    });
    expect(book.displayedOrders(2).bids).toEqual([
      [3, 100, 10],
      [1, 99, 10],
    ]);
  });

  it("gives its latest trades", () => {
    hear(submit(1, {}));
    context.timeUs = 7_000_000;
    hear(submit(2, { ...sells, quantity: 4 }));
    hear(submit(3, { ...sells, quantity: 1 }));
    expect(book.trades(1)).toEqual([
      { tradeId: 2, price: 100, quantity: 1, takerSide: Side.sell, timeUs: 7_000_000 },
    ]);
    expect(book.trades(9)).toHaveLength(2);
  });
});

describe("a snapshot", () => {
  it("holds everything: the book goes on as if nothing had happened", () => {
    hear(submit(1, { quantity: 5 }));
    hear(submit(2, { quantity: 5 }));
    hear(submit(3, { ...sells, ...ioc, quantity: 3 }));
    hear(submit(4, { ...sells, price: 105 }));
    const saved = book.snapshot();
    const story = (): string[] => {
      context = new RecordingContext();
      // The one that was made before.
      context.nextTradeId();
      const told = [
        ...hear(replace(1, [3, 100])),
        ...hear(replace(1, [4, 100])),
        ...hear(cancel(1)),
        ...hear(submit(5, { price: 106, quantity: 12 })),
      ];
      return [
        ...told,
        ...context.takeEmitted().filter(isOfPrices).map(eventText),
        JSON.stringify(book.trades(9)),
      ];
    };
    const told = story();
    const end = book.snapshot();
    book = Book.restore(structuredClone(saved));
    expect(book.snapshot()).toEqual(saved);
    expect(story()).toEqual(told);
    expect(book.snapshot()).toEqual(end);
  });
});

describe("a defect", () => {
  it("is a message that no book takes", () => {
    const stranger = { ...cancel(1), kind: "tick" } as unknown as BookMessage;
    expect(() => hear(stranger)).toThrow(InvariantViolation);
  });

  it("is a book that is called while it is answering", () => {
    context.emit = () => {
      book.receive(cancel(1), context);
    };
    expect(() => hear(submit(1, {}))).toThrow("called from within itself");
  });

  it("is a trade or a change outside of a command", () => {
    const desk = new MatchingDesk(symbol, priceTime);
    const fill = { price: 1, quantity: 1 } as Parameters<MatchingDesk["traded"]>[0];
    expect(() => desk.traded(fill)).toThrow(InvariantViolation);
    expect(() => desk.levelChanged(Side.buy, 1, 1)).toThrow(InvariantViolation);
  });

  it("is a fill of somebody who never came", () => {
    const desk = new MatchingDesk(symbol, priceTime);
    desk.begin(new SetMarket(), context);
    const resting = { restingOrderId: 1, restingOwner: 7, restingRemaining: 0 };
    const incoming = { incomingOrderId: 2, incomingOwner: 0, incomingRemaining: 0 };
    const fill = { ...resting, ...incoming, incomingSide: Side.buy, price: 1, quantity: 1 };
    expect(() => desk.traded(fill)).toThrow("trades-take-what-rests");
    expect(() => desk.removed(1, 7, 1)).toThrow("an order's owner is not known");
  });

  it("is something that happened and was not told", () => {
    const desk = new MatchingDesk(symbol, priceTime);
    desk.begin(new SetMarket(), context);
    desk.reports.removedLater({ account: "alice", orderId: 1 }, 5, CloseReason["self-trade"]);
    expect(() => desk.end()).toThrow("was not told");
    desk.reports.tell();
    expect(context.takeSent().map(messageText)).toEqual(["alice #1 removed, 5 left, self trade"]);
    desk.end();
  });
});

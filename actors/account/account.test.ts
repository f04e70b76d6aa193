/**
 * One account alone, with a book that says what the test makes it say, and when: so also what
 * happens when the book lives in another shard and its answers are late.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  anySide,
  CloseReason,
  InvariantViolation,
  Liquidity,
  OrderType,
  plainInstructions,
  RejectReason,
  Side,
  ticksMax,
  TimeInForce,
  unrevised,
} from "../../protocols/index.ts";
import type {
  AccountMessage,
  CancelOrder,
  InstrumentTerms,
  OrderCommand,
  PlaceOrder,
  ReplaceOrder,
} from "../../protocols/index.ts";
import { apples, gold, pears } from "../testing/instruments.ts";
import { eventText, messageText } from "../testing/plain-words.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { logicOf } from "../logic-versions.ts";
import { Account } from "./account.ts";
import { KnownOrders } from "./known-orders.ts";
import { closedOrderRetentionUs } from "./known-orders.ts";
import { unlimitedBudget } from "./reservation.ts";
import { unlimitedBudget as unlimitedBudgetOfBook } from "../order-book/book-terms.ts";

let context: RecordingContext;
let account: Account;

beforeEach(() => {
  context = new RecordingContext([apples, pears, gold]);
  account = new Account("alice", new KnownOrders("alice"), context);
  fund("COIN", 1000);
  fund("APPLE", 50);
  fund("PEAR", 5000);
});

function fund(asset: string, amount: number | bigint): void {
  account.receive({ kind: "credit-deposit", account: "alice", asset, amount, ticket: 1 }, context);
  context.takeSent();
  context.takeEmitted();
}

/** Receives a command of its own, or an answer of the book, and tells what followed. */
function hear(message: OrderCommand | AccountMessage): string[] {
  context.nextCommand();
  account.receive(message, context);
  return [...context.takeSent().map(messageText), ...context.takeEmitted().map(eventText)];
}

function place(clientOrderId: string, terms: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    kind: "place-order",
    account: "alice",
    clientOrderId,
    symbol: "APPLE-COIN",
    side: Side.buy,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price: 10,
    quantity: 5,
    instructions: plainInstructions,
    ...terms,
  };
}

const atMarket = { orderType: OrderType.market, timeInForce: TimeInForce.IOC, price: 0 } as const;
const sell = { side: Side.sell } as const;

function cancel(clientOrderId: string, orderId = 0): CancelOrder {
  return { kind: "cancel-order", account: "alice", orderId, clientOrderId };
}

function replace(clientOrderId: string, terms: Partial<ReplaceOrder> = {}): ReplaceOrder {
  return {
    kind: "replace-order",
    account: "alice",
    orderId: 0,
    clientOrderId,
    price: 10,
    quantity: 5,
    revision: 0,
    revised: unrevised,
    ...terms,
  };
}

/** Cancels all, or all of one instrument. */
function cancelAll(symbol = ""): OrderCommand {
  const anyPrice = { priceMin: 0, priceMax: ticksMax };
  return { kind: "cancel-all-orders", account: "alice", symbol, side: anySide, ...anyPrice };
}

/** What a book says of an order. */
const book = {
  rests: (orderId: number): AccountMessage => ({
    kind: "order-rested",
    account: "alice",
    orderId,
    updateId: 1,
  }),
  fills: (
    orderId: number,
    [quantity, price, remaining]: [number, number, number],
    isTaker = false,
  ): AccountMessage => ({
    kind: "order-filled",
    account: "alice",
    orderId,
    tradeId: 1,
    price,
    quantity,
    remaining,
    liquidity: isTaker ? Liquidity.taker : Liquidity.maker,
    updateId: 2,
  }),
  removes: (
    orderId: number,
    canceled: number,
    reason: CloseReason = CloseReason.requested,
  ): AccountMessage => ({
    kind: "order-removed",
    account: "alice",
    orderId,
    canceled,
    reason,
    updateId: 3,
  }),
  refuses: (orderId: number): AccountMessage => ({
    kind: "order-refused",
    account: "alice",
    orderId,
    reason: RejectReason["instrument-halted"],
  }),
  replaces: (orderId: number, [quantity, price]: [number, number]): AccountMessage => ({
    kind: "order-replaced",
    account: "alice",
    orderId,
    price,
    quantity,
    updateId: 4,
  }),
  refusesChange: (
    orderId: number,
    reason: RejectReason = RejectReason["instrument-halted"],
  ): AccountMessage => ({
    kind: "change-refused",
    account: "alice",
    orderId,
    reason,
    updateId: 5,
  }),
};

/** For example `COIN 950+50`: available and reserved. */
function balances(): string {
  return account
    .balances()
    .map(({ asset, available, reserved }) => {
      return `${asset} ${String(available)}${reserved === 0 ? "" : `+${String(reserved)}`}`;
    })
    .join(", ");
}

describe("placing", () => {
  it("reserves what a buy may cost and submits it to the book", () => {
    expect(hear(place("A"))).toEqual(["submit #1: buy 5 @ 10"]);
    expect(balances()).toBe("APPLE 50, COIN 950+50, PEAR 5000");
  });

  it("reserves the goods of a sell", () => {
    expect(hear(place("A", sell))).toEqual(["submit #1: sell 5 @ 10"]);
    expect(balances()).toBe("APPLE 45+5, COIN 1000, PEAR 5000");
  });

  it("reserves the fee of a buy at the dearer rate, whichever it will be", () => {
    // 10 ticks * 2 lots * 3 units = 60, and 2 % of it, rounded up: 2.
    hear(place("A", { symbol: "PEAR-COIN", quantity: 2 }));
    expect(balances()).toBe("APPLE 50, COIN 938+62, PEAR 5000");
  });

  it("is answered when the book has finished with it", () => {
    hear(place("A"));
    expect(hear(book.rests(1))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "reply: new 0 of 5 @ 10",
    ]);
  });

  it("is answered once, after all of its fills, when it rests with what is left", () => {
    hear(place("A"));
    expect(hear(book.fills(1, [2, 9, 3], true))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "alice A: buys 2 @ 9 as taker, 3 of 5 left",
    ]);
    expect(hear(book.rests(1))).toEqual(["reply: partially filled 2 of 5 @ 10"]);
  });

  it("is answered by its last fill when nothing is left", () => {
    hear(place("A"));
    expect(hear(book.fills(1, [5, 9, 0], true))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "alice A: buys 5 @ 9 as taker, 0 of 5 left",
      "reply: filled 5 of 5 @ 10",
    ]);
    expect(balances()).toBe("APPLE 55, COIN 955, PEAR 5000");
  });

  it("is answered with the book's refusal, and funds are free again", () => {
    hear(place("A"));
    expect(hear(book.refuses(1))).toEqual([
      "alice A: rejected, instrument-halted",
      "reply: rejected, instrument-halted; rejected 0 of 5 @ 10",
    ]);
    expect(balances()).toBe("APPLE 50, COIN 1000, PEAR 5000");
  });

  it("is answered when an immediate order's remainder is removed", () => {
    hear(place("A", { timeInForce: TimeInForce.IOC }));
    expect(hear(book.removes(1, 5, CloseReason["immediate-remainder"]))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "alice A: canceled, immediate remainder",
      "reply: canceled 0 of 5 @ 10",
    ]);
    expect(balances()).toBe("APPLE 50, COIN 1000, PEAR 5000");
  });

  it("needs the funds, to the last unit", () => {
    expect(hear(place("A", { price: 201 }))).toEqual(["reply: rejected, funds-insufficient"]);
    expect(hear(place("B", { price: 200 }))).toEqual(["submit #1: buy 5 @ 200"]);
    expect(hear(place("C", { ...sell, quantity: 51 }))).toEqual([
      "reply: rejected, funds-insufficient",
    ]);
    expect(hear(place("D", { ...sell, quantity: 50 }))).toEqual(["submit #2: sell 50 @ 10"]);
    expect(balances()).toBe("APPLE 0+50, COIN 0+1000, PEAR 5000");
  });

  it("changes nothing when it is rejected for what it is", () => {
    const before = account.snapshot();
    for (const terms of [{ quantity: 0 }, { price: 0 }, { symbol: "NO-SUCH" }]) {
      expect(hear(place("A", terms))[0]).toMatch(/^reply: rejected/);
    }
    expect(account.snapshot()).toEqual(before);
  });

  it("is refused for good: the same that comes late finds no better day", () => {
    expect(hear(place("A", { price: 201 }))).toEqual(["reply: rejected, funds-insufficient"]);
    fund("COIN", 1000);
    expect(hear(place("A", { price: 201 }))).toEqual([
      "reply: again, rejected, funds-insufficient",
    ]);
    expect(hear(place("A", { price: 200 }))).toEqual(["reply: rejected, client-order-id-reused"]);
    context.venue.isHalted = true;
    expect(hear(place("B"))).toEqual(["reply: rejected, venue-halted"]);
    context.venue.isHalted = false;
    expect(hear(place("B"))[0]).toMatch(/again, rejected, venue-halted/);
    expect(balances()).toBe("APPLE 50, COIN 2000, PEAR 5000");
    context.timeUs += closedOrderRetentionUs + 1;
    expect(hear(place("A", { price: 201 }))).toEqual(["submit #1: buy 5 @ 201"]);
  });

  it("that was refused is no order that could be asked for, canceled or replaced", () => {
    hear(place("A", { price: 201 }));
    expect(account.order(0, "A")).toBeUndefined();
    expect(hear(cancel("A"))).toEqual(["reply: rejected, order-unknown"]);
    expect(hear(replace("A"))).toEqual(["reply: rejected, order-unknown"]);
  });
});

describe("a market order", () => {
  it("to buy reserves all there is and may spend what that pays for, fee included", () => {
    hear(place("A", { ...atMarket, symbol: "PEAR-COIN", quantity: 1000 }));
    expect(balances()).toBe("APPLE 50, COIN 0+1000, PEAR 5000");
    account = new Account("alice", new KnownOrders("alice"), context);
    fund("COIN", 1000);
    account.receive(place("B", { ...atMarket, symbol: "PEAR-COIN" }), context);
    // 326 tick-lots cost 978 and a fee of 19.56: 998. One more would cost 1001.
    expect(context.sent.at(-1)).toMatchObject({ kind: "submit-order", budget: 326 });
  });

  it("to buy needs to be able to pay for one tick-lot", () => {
    account = new Account("alice", new KnownOrders("alice"), context);
    fund("COIN", 3);
    expect(hear(place("A", { ...atMarket, symbol: "PEAR-COIN" }))).toEqual([
      "reply: rejected, funds-insufficient",
    ]);
    fund("COIN", 1);
    expect(hear(place("B", { ...atMarket, symbol: "PEAR-COIN" }))).toEqual([
      "submit #1: buy 5 at market",
    ]);
  });

  it("to buy keeps its whole reservation until the book has finished", () => {
    hear(place("A", { ...atMarket, quantity: 20 }));
    hear(book.fills(1, [4, 30, 16], true));
    expect(balances()).toBe("APPLE 54, COIN 0+880, PEAR 5000");
    expect(hear(book.removes(1, 16, CloseReason["budget-exhausted"]))).toEqual([
      "alice A: canceled, budget exhausted",
      "reply: canceled 4 of 20 @ 0",
    ]);
    expect(balances()).toBe("APPLE 54, COIN 880, PEAR 5000");
  });

  it("to buy is limited even by more funds than a number counts", () => {
    expect(unlimitedBudget).toBe(unlimitedBudgetOfBook);
    fund("COIN", 2n ** 62n);
    account.receive(place("A", atMarket), context);
    expect(context.sent.at(-1)).toMatchObject({ budget: unlimitedBudget - 1 });
  });

  it("to sell reserves its goods, and a limit order has no budget but its price", () => {
    account.receive(place("A", { ...atMarket, ...sell }), context);
    expect(context.sent.at(-1)).toMatchObject({ budget: unlimitedBudget });
    expect(balances()).toBe("APPLE 45+5, COIN 1000, PEAR 5000");
    account.receive(place("B"), context);
    expect(context.sent.at(-1)).toMatchObject({ budget: unlimitedBudget });
  });

  it("cannot be replaced", () => {
    hear(place("A", { ...atMarket, ...sell }));
    expect(hear(replace("A"))).toEqual([
      "reply: rejected, terms-inconsistent; pending new 0 of 5 @ 0",
    ]);
  });
});

describe("a fill", () => {
  const pearBuy = place("A", { symbol: "PEAR-COIN", price: 10, quantity: 10 });

  it("moves goods and money, and frees what a better price did not need", () => {
    hear(place("A"));
    hear(book.fills(1, [2, 7, 3], true));
    expect(balances()).toBe("APPLE 52, COIN 956+30, PEAR 5000");
  });

  it("charges a buyer beside the notional", () => {
    hear(pearBuy);
    hear(book.rests(1));
    // Reserved: 300 and 6. As maker: 4 lots * 10 * 3 = 120 and 1.2, rounded up to 2.
    expect(hear(book.fills(1, [4, 10, 6]))).toEqual([
      "alice A: buys 4 @ 10 as maker for a fee of 2, 6 of 10 left",
    ]);
    expect(context.ledgerOf("COIN").fees.balance).toBe(2);
    // 180 remain, and at most 3.6 - 0.8 of fee: 183.
    expect(balances()).toBe("APPLE 50, COIN 695+183, PEAR 5400");
  });

  it("charges a seller out of the proceeds", () => {
    hear(place("A", { ...sell, symbol: "PEAR-COIN", quantity: 10 }));
    expect(hear(book.fills(1, [10, 10, 0], true)).slice(1)).toEqual([
      "alice A: sells 10 @ 10 as taker for a fee of 6, 0 of 10 left",
      "reply: filled 10 of 10 @ 10",
    ]);
    expect(context.ledgerOf("COIN").fees.balance).toBe(6);
    expect(balances()).toBe("APPLE 50, COIN 1294, PEAR 4000");
  });

  it("collects no fee where there is none", () => {
    hear(place("A"));
    hear(book.fills(1, [5, 10, 0]));
    expect(context.ledgerOf("COIN").fees.balance).toBe(0);
  });

  it("tells who made and who took liquidity, and what was paid so far", () => {
    account.receive(pearBuy, context);
    account.receive(book.fills(1, [4, 9, 6], true), context);
    account.receive(book.fills(1, [6, 10, 0]), context);
    const reports = context.emitted.filter((event) => event.kind === "execution-report");
    expect(
      reports.map(({ liquidity, executed, executedNotional, fee, lastPrice, lastQuantity }) => [
        liquidity,
        executed,
        executedNotional,
        fee,
        lastPrice,
        lastQuantity,
      ]),
    ).toEqual([
      [0, 0, 0, 0, 0, 0],
      [2, 4, 108, 3, 9, 4],
      // 108 * 2 % and 180 * 1 % are 3.96: 4 in all.
      [1, 10, 288, 1, 10, 6],
    ]);
    expect(context.emitted.at(-1)).toMatchObject({ kind: "order-replied", fees: 4 });
  });
});

describe("canceling", () => {
  it("asks the book and is answered when the order is out", () => {
    hear(place("A"));
    hear(book.rests(1));
    expect(hear(cancel("A"))).toEqual(["cancel #1"]);
    expect(hear(book.removes(1, 5))).toEqual([
      "alice A: canceled, requested",
      "reply: canceled 0 of 5 @ 10",
    ]);
    expect(balances()).toBe("APPLE 50, COIN 1000, PEAR 5000");
  });

  it("finds the order by our id as well", () => {
    hear(place("A"));
    expect(hear(cancel("", 1))).toEqual(["cancel #1"]);
    expect(hear(cancel("", 2))).toEqual(["reply: rejected, order-unknown"]);
  });

  it("is refused when there is no such order or it is over", () => {
    expect(hear(cancel("A"))).toEqual(["reply: rejected, order-unknown"]);
    hear(place("A"));
    hear(book.fills(1, [5, 10, 0]));
    expect(hear(cancel("A"))).toEqual(["reply: rejected, order-closed; filled 5 of 5 @ 10"]);
  });

  it("asks the book once, however often it is asked, and answers everybody", () => {
    hear(place("A"));
    hear(book.rests(1));
    expect([hear(cancel("A")), hear(cancel("A")), hear(cancel("", 1))]).toEqual([
      ["cancel #1"],
      [],
      [],
    ]);
    expect(hear(book.removes(1, 5))).toEqual([
      "alice A: canceled, requested",
      "reply: canceled 0 of 5 @ 10",
      "reply: again, canceled 0 of 5 @ 10",
      "reply: again, canceled 0 of 5 @ 10",
    ]);
  });

  it("may come before the book has taken the order", () => {
    hear(place("A"));
    expect(hear(cancel("A"))).toEqual(["cancel #1"]);
    expect(hear(book.rests(1))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "reply: pending cancel 0 of 5 @ 10",
    ]);
    expect(hear(book.removes(1, 5)).at(-1)).toBe("reply: canceled 0 of 5 @ 10");
  });

  it("may come too late", () => {
    hear(place("A"));
    hear(book.rests(1));
    hear(cancel("A"));
    hear(book.fills(1, [5, 10, 0]));
    expect(hear(book.refusesChange(1, RejectReason["order-unknown"]))).toEqual([
      "reply: rejected, order-closed; filled 5 of 5 @ 10",
    ]);
  });
});

describe("canceling all", () => {
  beforeEach(() => {
    hear(place("A"));
    hear(place("B", { symbol: "PEAR-COIN" }));
    hear(place("C", sell));
    for (const orderId of [1, 2, 3]) hear(book.rests(orderId));
  });

  it("asks for every working order, oldest first, and says how many", () => {
    expect(hear(cancelAll())).toEqual([
      "cancel #1",
      "cancel #2",
      "cancel #3",
      "reply: done, 3 of them",
    ]);
  });

  it("may be of one instrument", () => {
    expect(hear(cancelAll("APPLE-COIN"))).toEqual([
      "cancel #1",
      "cancel #3",
      "reply: done, 2 of them",
    ]);
    expect(hear(cancelAll("GOLD-APPLE"))).toEqual(["reply: done"]);
  });

  it("leaves alone what is over, and asks once for what is on its way out", () => {
    hear(book.fills(1, [5, 10, 0]));
    expect(hear(cancel("B"))).toEqual(["cancel #2"]);
    expect(hear(cancelAll())).toEqual(["cancel #3", "reply: done, 2 of them"]);
    expect(hear(cancelAll())).toEqual(["reply: done, 2 of them"]);
    expect(hear(book.removes(3, 5))).toEqual(["alice C: canceled, requested"]);
  });

  it("lets a later cancel wait with it", () => {
    hear(cancelAll());
    expect(hear(cancel("A"))).toEqual([]);
    expect(hear(book.removes(1, 5))).toEqual([
      "alice A: canceled, requested",
      "reply: canceled 0 of 5 @ 10",
    ]);
  });
});

describe("replacing", () => {
  beforeEach(() => {
    hear(place("A"));
    hear(book.rests(1));
  });

  it("reserves for the worse of both terms until the book has answered", () => {
    expect(hear(replace("A", { price: 12, quantity: 4 }))).toEqual(["replace #1: 4 @ 12"]);
    // The old quantity at the new price: the book may still do either.
    expect(balances()).toBe("APPLE 50, COIN 940+60, PEAR 5000");
    expect(hear(book.replaces(1, [4, 12]))).toEqual(["alice A: replaced, 4 of 4 left @ 12"]);
    expect(balances()).toBe("APPLE 50, COIN 952+48, PEAR 5000");
    expect(hear(book.rests(1))).toEqual(["reply: new 0 of 4 @ 12, revision 1"]);
  });

  it("is answered after the fills that the new price caused", () => {
    hear(replace("A", { price: 12 }));
    hear(book.replaces(1, [5, 12]));
    expect(hear(book.fills(1, [5, 11, 0], true))).toEqual([
      "alice A: buys 5 @ 11 as taker, 0 of 5 left",
      "reply: filled 5 of 5 @ 12, revision 1",
    ]);
  });

  it("counts what has been executed in the quantity", () => {
    hear(book.fills(1, [3, 10, 2]));
    expect(hear(replace("A", { quantity: 3 }))).toEqual([
      "reply: rejected, quantity-below-executed; partially filled 3 of 5 @ 10",
    ]);
    expect(hear(replace("A", { quantity: 4 }))).toEqual(["replace #1: 4 @ 10"]);
    hear(book.replaces(1, [4, 10]));
    expect(balances()).toBe("APPLE 53, COIN 960+10, PEAR 5000");
  });

  it("needs the funds that it adds", () => {
    expect(hear(replace("A", { price: 201 }))).toEqual([
      "reply: rejected, funds-insufficient; new 0 of 5 @ 10",
    ]);
    expect(hear(replace("A", { price: 200 }))).toEqual(["replace #1: 5 @ 200"]);
    expect(balances()).toBe("APPLE 50, COIN 0+1000, PEAR 5000");
  });

  it("may be refused by the book, and the order is as it was", () => {
    hear(replace("A", { price: 12 }));
    expect(hear(book.refusesChange(1))).toEqual([
      "reply: rejected, instrument-halted; new 0 of 5 @ 10, revision 1",
    ]);
    expect(balances()).toBe("APPLE 50, COIN 950+50, PEAR 5000");
  });

  it("is refused when the order is over or there is none", () => {
    expect(hear(replace("B"))).toEqual(["reply: rejected, order-unknown"]);
    hear(book.fills(1, [5, 10, 0]));
    expect(hear(replace("A"))).toEqual(["reply: rejected, order-closed; filled 5 of 5 @ 10"]);
  });

  it("of a sell moves goods between reserved and available", () => {
    hear(place("S", sell));
    hear(book.rests(2));
    hear(replace("S", { quantity: 20 }));
    expect(balances()).toBe("APPLE 30+20, COIN 950+50, PEAR 5000");
    hear(book.replaces(2, [20, 10]));
    hear(book.rests(2));
    hear(replace("S", { quantity: 2 }));
    expect(balances()).toBe("APPLE 30+20, COIN 950+50, PEAR 5000");
    hear(book.replaces(2, [2, 10]));
    expect(balances()).toBe("APPLE 48+2, COIN 950+50, PEAR 5000");
  });
});

describe("changes that follow each other before the book has answered", () => {
  beforeEach(() => {
    hear(place("A"));
    hear(book.rests(1));
  });

  it("keep reserved what any of them may still cost", () => {
    hear(replace("A", { price: 20, quantity: 5 }));
    hear(replace("A", { price: 5, quantity: 10 }));
    // The dearest price for the largest quantity: their order at the book does not matter.
    expect(balances()).toBe("APPLE 50, COIN 800+200, PEAR 5000");
    hear(book.replaces(1, [5, 20]));
    expect(balances()).toBe("APPLE 50, COIN 800+200, PEAR 5000");
    hear(book.rests(1));
    hear(book.replaces(1, [10, 5]));
    expect(balances()).toBe("APPLE 50, COIN 950+50, PEAR 5000");
  });

  it("are answered in turn, a cancel last or not", () => {
    hear(replace("A", { price: 11 }));
    hear(cancel("A"));
    hear(replace("A", { price: 12 }));
    hear(book.replaces(1, [5, 11]));
    expect(hear(book.rests(1))).toEqual(["reply: pending cancel 0 of 5 @ 11, revision 2"]);
    expect(hear(book.removes(1, 5))).toEqual([
      "alice A: canceled, requested",
      "reply: canceled 0 of 5 @ 11, revision 2",
    ]);
    expect(hear(book.refusesChange(1, RejectReason["order-unknown"]))).toEqual([
      "reply: rejected, order-closed; canceled 0 of 5 @ 11, revision 2",
    ]);
    expect(balances()).toBe("APPLE 50, COIN 1000, PEAR 5000");
  });

  it("keep what fills meanwhile leave over", () => {
    hear(replace("A", { price: 20 }));
    hear(book.fills(1, [3, 10, 2]));
    expect(balances()).toBe("APPLE 53, COIN 930+40, PEAR 5000");
    hear(book.replaces(1, [5, 20]));
    hear(book.fills(1, [2, 20, 0], true));
    expect(balances()).toBe("APPLE 55, COIN 930, PEAR 5000");
  });
});

describe("the same command once more", () => {
  it("places one order, and tells what became of it", () => {
    hear(place("A"));
    expect(hear(place("A"))).toEqual([]);
    expect(hear(book.rests(1))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "reply: new 0 of 5 @ 10",
      "reply: again, new 0 of 5 @ 10",
    ]);
    hear(book.fills(1, [5, 10, 0]));
    expect(hear(place("A"))).toEqual(["reply: again, filled 5 of 5 @ 10"]);
  });

  it("is told of the book's refusal too", () => {
    hear(place("A"));
    hear(book.refuses(1));
    expect(hear(place("A"))).toEqual([
      "reply: again, rejected, instrument-halted; rejected 0 of 5 @ 10",
    ]);
  });

  it.each([
    ["symbol", { symbol: "PEAR-COIN" }],
    ["side", sell],
    ["price", { price: 11 }],
    ["quantity", { quantity: 6 }],
    ["time in force", { timeInForce: TimeInForce.IOC }],
    ["type", { orderType: OrderType.market }],
  ] as const)("is another order when its %s differs, and needs a name of its own", (_, terms) => {
    hear(place("A"));
    expect(hear(place("A", terms))).toEqual(["reply: rejected, client-order-id-reused"]);
  });

  it("is the same after a replace: its terms are those it was placed with", () => {
    hear(place("A"));
    hear(book.rests(1));
    hear(replace("A", { price: 12 }));
    hear(book.replaces(1, [5, 12]));
    expect(hear(place("A"))).toEqual([]);
    expect(hear(book.rests(1))).toEqual([
      "reply: new 0 of 5 @ 12, revision 1",
      "reply: again, new 0 of 5 @ 12, revision 1",
    ]);
    expect(hear(place("A", { price: 12 }))).toEqual(["reply: rejected, client-order-id-reused"]);
  });

  it("replaces once", () => {
    hear(place("A"));
    hear(book.rests(1));
    expect(hear(replace("A", { price: 12, revision: 1 }))).toEqual(["replace #1: 5 @ 12"]);
    expect(hear(replace("A", { price: 12, revision: 1 }))).toEqual([]);
    hear(book.replaces(1, [5, 12]));
    expect(hear(book.rests(1))).toEqual([
      "reply: new 0 of 5 @ 12, revision 1",
      "reply: again, new 0 of 5 @ 12, revision 1",
    ]);
    expect(hear(replace("A", { price: 12, revision: 1 }))).toEqual([
      "reply: again, new 0 of 5 @ 12, revision 1",
    ]);
  });

  it("tells of a replace that was refused that it was", () => {
    hear(place("A"));
    hear(book.rests(1));
    hear(replace("A", { price: 12, revision: 1 }));
    hear(replace("A", { price: 12, revision: 1 }));
    expect(hear(book.refusesChange(1))).toEqual([
      "reply: rejected, instrument-halted; new 0 of 5 @ 10, revision 1",
      "reply: again, rejected, instrument-halted; new 0 of 5 @ 10, revision 1",
    ]);
    expect(hear(replace("A", { price: 12, revision: 1 }))).toEqual([
      "reply: again, rejected, instrument-halted; new 0 of 5 @ 10, revision 1",
    ]);
  });

  it("is answered even when the order is over", () => {
    hear(place("A"));
    hear(book.rests(1));
    hear(replace("A", { price: 12, revision: 1 }));
    hear(book.replaces(1, [5, 12]));
    hear(book.fills(1, [5, 12, 0], true));
    expect(hear(replace("A", { price: 12, revision: 1 }))).toEqual([
      "reply: again, filled 5 of 5 @ 12, revision 1",
    ]);
  });

  it("is refused once more when it comes again, though by then it could be done", () => {
    hear(place("A", { price: 10 }));
    hear(book.rests(1));
    const dear = replace("A", { price: 900, revision: 1 });
    const refused = "reply: rejected, funds-insufficient; new 0 of 5 @ 10, revision 1";
    expect(hear(dear)).toEqual([refused]);
    fund("COIN", 100_000);
    expect(hear(dear)).toEqual([refused.replace("reply: ", "reply: again, ")]);
    expect(hear(replace("A", { price: 901, revision: 1 }))).toEqual([
      "reply: rejected, revision-out-of-turn; new 0 of 5 @ 10, revision 1",
    ]);
    expect(hear({ ...dear, revision: 2 })).toEqual(["replace #1: 5 @ 900"]);
  });

  it("that is refused uses up no revision but the next one, and by the first logic none", () => {
    hear(place("A", { price: 10 }));
    hear(book.rests(1));
    const dear = replace("A", { price: 900 });
    for (const revision of [0, 2]) {
      expect(hear({ ...dear, revision }).join()).toMatch(/new 0 of 5 @ 10$/);
    }
    context.logic = logicOf(1);
    expect(hear({ ...dear, revision: 1 }).join()).toMatch(/new 0 of 5 @ 10$/);
  });

  it("is no replace any more when its revision was made by other terms", () => {
    hear(place("A"));
    hear(book.rests(1));
    hear(replace("A", { price: 12 }));
    const late = "reply: rejected, revision-out-of-turn; pending replace 0 of 5 @ 10, revision 1";
    expect(hear(replace("A", { price: 13, revision: 1 }))).toEqual([late]);
    expect(hear(replace("A", { price: 12, revision: 3 }))).toEqual([late]);
    expect(hear(replace("A", { price: 13, revision: 2 }))).toEqual(["replace #1: 5 @ 13"]);
  });

  it("is recognised among the order's last eight replaces", () => {
    hear(place("A"));
    hear(book.rests(1));
    for (let revision = 1; revision <= 9; revision++) {
      hear(replace("A", { price: 10 + revision, revision }));
      hear(book.replaces(1, [5, 10 + revision]));
      hear(book.rests(1));
    }
    expect(hear(replace("A", { price: 12, revision: 2 }))).toEqual([
      "reply: again, new 0 of 5 @ 19, revision 9",
    ]);
    expect(hear(replace("A", { price: 11, revision: 1 }))).toEqual([
      "reply: rejected, revision-out-of-turn; new 0 of 5 @ 19, revision 9",
    ]);
  });
});

describe("governance", () => {
  it("credits a deposit and serves its ticket", () => {
    const deposit = { account: "alice", asset: "GOLD", amount: 7, ticket: 9 } as const;
    expect(hear({ kind: "credit-deposit", ...deposit })).toEqual([
      "ticket 9 served",
      "alice: 7 GOLD available",
    ]);
  });

  it("serves the ticket of its own opening", () => {
    const creation = { account: "alice", participant: "ann", ticket: 4 } as const;
    expect(hear({ kind: "create-account", ...creation })).toEqual(["ticket 4 served"]);
  });
});

describe("asking an account", () => {
  beforeEach(() => {
    hear(place("A"));
    hear(place("B", { symbol: "PEAR-COIN" }));
    hear(place("C"));
    hear(book.rests(1));
    hear(book.fills(3, [5, 10, 0]));
  });

  it("finds an order by either name, working or not", () => {
    expect(account.order(0, "A")).toMatchObject({ orderId: 1, account: "alice", status: 1 });
    expect(account.order(3, "")).toMatchObject({ clientOrderId: "C", status: 3 });
    expect(account.order(0, "Z")).toBeUndefined();
    expect(account.order(9, "A")).toBeUndefined();
  });

  it("lists working orders from any point on, oldest first", () => {
    const ids = (filter: { symbol: string; after: number; limit: number }): number[] =>
      account.openOrders(filter).map(({ orderId }) => orderId);
    expect(ids({ symbol: "", after: 0, limit: 10 })).toEqual([1, 2]);
    expect(ids({ symbol: "", after: 1, limit: 10 })).toEqual([2]);
    expect(ids({ symbol: "", after: 0, limit: 1 })).toEqual([1]);
    expect(ids({ symbol: "PEAR-COIN", after: 0, limit: 10 })).toEqual([2]);
  });

  it("sums what its working orders reserve", () => {
    // A: 50. B: 150 and a fee of 3.
    expect([...account.reservations()]).toEqual([["COIN", 203]]);
  });
});

describe("a snapshot", () => {
  it("holds everything: the account goes on as if nothing had happened", () => {
    hear(place("A"));
    hear(place("A"));
    hear(place("B", sell));
    hear(book.rests(2));
    hear(replace("B", { price: 11, revision: 1 }));
    hear(book.refusesChange(2));
    hear(replace("B", { price: 12, revision: 2 }));
    hear(cancel("B"));
    hear(place("C"));
    hear(book.refuses(3));
    const saved = account.snapshot();
    const story = (): string[] => [
      ...hear(place("C")),
      ...hear(book.rests(1)),
      ...hear(replace("B", { price: 11, revision: 1 })),
      ...hear(book.replaces(2, [5, 12])),
      ...hear(book.rests(2)),
      ...hear(cancel("B")),
      ...hear(book.removes(2, 5)),
      ...hear(cancelAll()),
      ...hear(book.removes(1, 5)),
      balances(),
    ];
    const told = story();
    expect(told).toHaveLength(14);
    const end = account.snapshot();
    account = Account.restore(structuredClone(saved), context.venue);
    expect(account.snapshot()).toEqual(saved);
    expect(story()).toEqual(told);
    expect(account.snapshot()).toEqual(end);
  });

  it("of an order needs its instrument", () => {
    hear(place("A"));
    const venue = new RecordingContext([]).venue;
    expect(() => Account.restore(account.snapshot(), venue)).toThrow(InvariantViolation);
  });
});

describe("a book that is not ours", () => {
  beforeEach(() => {
    hear(place("A"));
    hear(book.rests(1));
  });

  it.each<[string, AccountMessage]>([
    ["an order that the account does not know", book.rests(2)],
    ["a fill beyond the quantity", book.fills(1, [6, 10, 0])],
    ["a fill that leaves something else than we count", book.fills(1, [2, 10, 1])],
    ["a fill above the limit", book.fills(1, [5, 11, 0])],
    ["a removal of another quantity", book.removes(1, 4)],
    ["a cancel that nobody asked for", book.removes(1, 5)],
    ["a replace that nobody asked for", book.replaces(1, [5, 11])],
    ["a refusal of what nobody asked", book.refusesChange(1)],
    ["a refusal of what it had taken", book.refuses(1)],
  ])("is a defect when it tells of %s", (_, message) => {
    expect(() => hear(message)).toThrow(InvariantViolation);
  });

  it("is a defect when it answers out of turn or with other terms", () => {
    hear(replace("A", { price: 12 }));
    expect(() => hear(book.removes(1, 5))).toThrow("answers-in-turn");
    hear(place("B"));
    hear(book.rests(2));
    hear(cancel("B"));
    expect(() => hear(book.replaces(2, [5, 10]))).toThrow("answers-in-turn");
    hear(place("C"));
    hear(book.rests(3));
    hear(replace("C", { price: 12 }));
    expect(() => hear(book.replaces(3, [5, 13]))).toThrow(InvariantViolation);
  });

  it("is a defect when it sends what an account cannot take", () => {
    const stranger = { kind: "tick" } as unknown as OrderCommand;
    expect(() => hear(stranger)).toThrow(InvariantViolation);
  });
});

describe("instruments of other sizes", () => {
  it("have amounts beyond what a number counts, exactly", () => {
    const terms: InstrumentTerms = gold;
    fund("APPLE", 2n ** 62n);
    hear(place("A", { symbol: terms.symbol, price: 1_000_000, quantity: 1000 }));
    const notional = 1_000_000n * 1000n * 999_983n;
    const fee = (notional * 7n + 9999n) / 10_000n;
    expect([...account.reservations()]).toEqual([["APPLE", Number(notional + fee)]]);
    hear(book.fills(1, [1000, 1_000_000, 0]));
    expect(account.balances().find(({ asset }) => asset === "GOLD")?.available).toBe(
      1000 * 1_000_000_007,
    );
    expect(account.balances().find(({ asset }) => asset === "APPLE")?.available).toBe(
      2n ** 62n + 50n - notional - fee,
    );
  });
});

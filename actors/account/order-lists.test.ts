/**
 * One account alone with orders that depend on one another, with quotes, and with what a book tells
 * of orders that wait, slide or meet their own.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  CancelFailure,
  CloseReason,
  Liquidity,
  ListType,
  OrderType,
  plainInstructions,
  PostOnly,
  RejectReason,
  Side,
  TimeInForce,
  unrevised,
} from "../../protocols/index.ts";
import type {
  AccountMessage,
  CancelAndPlace,
  OrderCommand,
  OrderInstructions,
  PlaceOrder,
  PlaceOrderList,
  Quote,
  ReplaceOrder,
} from "../../protocols/index.ts";
import { apples, pears } from "../testing/instruments.ts";
import { eventText, messageText } from "../testing/plain-words.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Account } from "./account.ts";

let context: RecordingContext;
let account: Account;

beforeEach(() => {
  context = new RecordingContext([apples, pears]);
  account = new Account("alice");
  for (const [asset, amount] of [
    ["COIN", 1000],
    ["APPLE", 50],
  ] as const) {
    hear({ kind: "credit-deposit", account: "alice", asset, amount, ticket: 1 });
  }
});

/** What follows from a message; after it, the account is written down and read back. */
function hear(message: OrderCommand | AccountMessage): string[] {
  context.nextCommand();
  account.receive(message, context);
  const saved = account.snapshot();
  account = Account.restore(structuredClone(saved), context.venue);
  expect(account.snapshot()).toEqual(saved);
  expectReserved();
  return [...context.takeSent().map(messageText), ...context.takeEmitted().map(eventText)];
}

/** What is reserved is what working orders have reserved. */
function expectReserved(): void {
  const held = account.balances().filter(({ reserved }) => reserved !== 0);
  const owed = [...account.reservations()].filter(([, amount]) => amount !== 0);
  expect(held.map(({ asset, reserved }) => [asset, reserved]).sort()).toEqual(owed.sort());
}

function reserved(asset = "APPLE"): unknown {
  return account.balances().find((balance) => balance.asset === asset)?.reserved;
}

type Asked = Partial<OrderInstructions>;

function place(
  clientOrderId: string,
  { asks, ...terms }: Partial<PlaceOrder> & { asks?: Asked } = {},
): PlaceOrder {
  return {
    ...{ kind: "place-order", account: "alice", clientOrderId, symbol: "APPLE-COIN" },
    ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 10, quantity: 5 },
    instructions: asks === undefined ? plainInstructions : { ...plainInstructions, ...asks },
    ...terms,
  };
}

function stop(
  clientOrderId: string,
  triggerPrice: number,
  terms: Partial<PlaceOrder> = {},
): PlaceOrder {
  const stops = { side: Side.sell, orderType: OrderType.stop, price: 0 } as const;
  return place(clientOrderId, { ...stops, ...terms, asks: { triggerPrice } });
}

const told = { account: "alice", updateId: 1 } as const;
const rests = (orderId: number): AccountMessage => ({ kind: "order-rested", ...told, orderId });
const triggers = (orderId: number): AccountMessage => ({
  kind: "order-triggered",
  ...told,
  orderId,
});
const fills = (
  orderId: number,
  [quantity, price, remaining]: readonly [number, number, number],
): AccountMessage => ({
  ...{ kind: "order-filled", ...told, orderId, tradeId: 1, price, quantity, remaining },
  liquidity: Liquidity.taker,
});
const removes = (
  orderId: number,
  canceled: number,
  reason: CloseReason = CloseReason["linked-order"],
): AccountMessage => ({ kind: "order-removed", ...told, orderId, canceled, reason });
const refuses = (orderId: number): AccountMessage => ({
  ...{ kind: "order-refused", account: "alice", orderId },
  reason: RejectReason["post-only-would-take"],
});

describe("two orders of which one may trade", () => {
  const pair: PlaceOrderList = {
    ...{ kind: "place-order-list", account: "alice", listType: ListType.OCO },
    orders: [place("A", { side: Side.sell, price: 12 }), stop("B", 8)],
  };

  it("reserve once what the dearer one needs", () => {
    expect(hear(pair)).toEqual(["submit #1: sell 5 @ 12", "submit #2: sell 5 at market"]);
    expect(reserved()).toBe(5);
    const buying = {
      ...pair,
      orders: [place("C", { price: 9 }), stop("D", 12, { side: Side.buy })],
    };
    hear(buying);
    // Up to a tenth above twelve: 13 ticks, for five lots.
    expect(reserved("COIN")).toBe(65);
  });

  it("are answered by the first", () => {
    hear(pair);
    expect(hear(rests(1))).toEqual(["alice A: new, 5 of 5 left @ 12", "reply: new 0 of 5 @ 12"]);
    expect(hear(rests(2))).toEqual(["alice B: new, 5 of 5 left @ 0"]);
  });

  it("leave the first its reservation when the second goes", () => {
    hear(pair);
    for (const orderId of [1, 2]) hear(rests(orderId));
    hear(removes(2, 5));
    expect(reserved()).toBe(5);
    hear(fills(1, [5, 12, 0]));
    expect(reserved()).toBe(0);
  });

  it("hand it over to the second when the first goes", () => {
    hear(pair);
    for (const orderId of [1, 2]) hear(rests(orderId));
    expect(hear(removes(1, 5))).toEqual(["alice A: canceled, linked order"]);
    expect(reserved()).toBe(5);
    hear(triggers(2));
    hear(fills(2, [5, 8, 0]));
    expect(reserved()).toBe(0);
  });

  it("hand it over as far as the second needs it", () => {
    hear({ ...pair, orders: [place("C", { price: 20 }), stop("D", 10, { side: Side.buy })] });
    for (const orderId of [1, 2]) hear(rests(orderId));
    expect(reserved("COIN")).toBe(100);
    hear(removes(1, 5));
    expect(reserved("COIN")).toBe(55);
  });

  it("hand it over to the second when the book would not have the first", () => {
    hear(pair);
    expect(hear(refuses(1))[0]).toBe("alice A: rejected, post-only-would-take");
    expect(reserved()).toBe(5);
    hear(rests(2));
    hear(triggers(2));
    expect(hear(fills(2, [5, 8, 0]))[0]).toBe("alice B: sells 5 @ 8 as taker, 0 of 5 left");
    expect(reserved()).toBe(0);
  });

  it("leave the first alone when the book would not have the second", () => {
    hear(pair);
    hear(rests(1));
    hear(refuses(2));
    expect(reserved()).toBe(5);
    hear(fills(1, [5, 12, 0]));
    expect(reserved()).toBe(0);
  });

  it("are both refused without funds, and with an order that may not be", () => {
    const dear = [place("A", { side: Side.sell, quantity: 51 }), stop("B", 8, { quantity: 51 })];
    expect(hear({ ...pair, orders: dear })).toEqual(["reply: rejected, funds-insufficient"]);
    const odd = [place("C", { side: Side.sell }), stop("D", -1)];
    expect(hear({ ...pair, orders: odd })).toEqual(["reply: rejected, trigger-price-invalid"]);
    hear(place("E"));
    expect(hear({ ...pair, orders: [place("F", { side: Side.sell }), stop("E", 8)] })).toEqual([
      "reply: rejected, client-order-id-reused",
    ]);
  });

  it("are the same list when they come again", () => {
    hear(pair);
    hear(rests(1));
    expect(hear(pair)).toEqual(["reply: again, new 0 of 5 @ 12"]);
  });

  it("cannot be replaced", () => {
    hear(pair);
    hear(rests(1));
    const replace = {
      kind: "replace-order",
      account: "alice",
      orderId: 1,
      clientOrderId: "",
    } as const;
    expect(hear({ ...replace, price: 13, quantity: 5, revision: 0, revised: unrevised })).toEqual([
      "reply: rejected, terms-inconsistent; new 0 of 5 @ 12",
    ]);
  });
});

describe("an order that follows another", () => {
  const list: PlaceOrderList = {
    ...{ kind: "place-order-list", account: "alice", listType: ListType.OTO },
    orders: [place("A"), stop("B", 8)],
  };

  it("is placed when that is filled wholly", () => {
    expect(hear(list)).toEqual(["submit #1: buy 5 @ 10"]);
    expect(hear(fills(1, [2, 10, 3])).filter((text) => text.startsWith("submit"))).toEqual([]);
    expect(hear(fills(1, [3, 10, 0]))[0]).toBe("submit #2: sell 5 at market");
  });

  it("is not placed when that is removed", () => {
    hear(list);
    hear(rests(1));
    expect(hear(removes(1, 5, CloseReason["day-ended"]))).toEqual([
      "alice A: expired, 0 of 5 left @ 10",
    ]);
    expect(account.order(0, "B")).toBeUndefined();
  });

  it("may be two, of which one may trade", () => {
    const pair = [place("B", { side: Side.sell, price: 12 }), stop("C", 8)];
    hear({ ...list, listType: ListType.OTOCO, orders: [place("A"), ...pair] });
    expect(hear(fills(1, [5, 10, 0])).slice(0, 2)).toEqual([
      "submit #2: sell 5 @ 12",
      "submit #3: sell 5 at market",
    ]);
    expect(reserved()).toBe(5);
  });

  it("is refused, and told so, when its time has come and it cannot be paid for", () => {
    hear({ ...list, orders: [place("A"), stop("B", 8, { quantity: 56 })] });
    expect(hear(fills(1, [5, 10, 0]))).toContain("alice B: rejected, funds-insufficient");
    expect(account.order(0, "B")).toMatchObject({ status: 5 });
    expect(hear(stop("B", 8, { quantity: 56 }))).toEqual([
      "reply: again, rejected, funds-insufficient; rejected 0 of 56 @ 0",
    ]);
  });

  it("is not placed under a name that was given away meanwhile", () => {
    hear(list);
    hear(place("B"));
    expect(hear(fills(1, [5, 10, 0]))).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "alice A: buys 5 @ 10 as taker, 0 of 5 left",
      "reply: filled 5 of 5 @ 10",
    ]);
  });
});

describe("an order in the place of another", () => {
  const swap = (ifCancelFails: CancelFailure, clientOrderId = "A"): CancelAndPlace => ({
    ...{ kind: "cancel-and-place", account: "alice", orderId: 0, clientOrderId, ifCancelFails },
    order: place("B", { price: 11 }),
  });

  beforeEach(() => {
    hear(place("A"));
    hear(rests(1));
  });

  it("is placed when that is canceled", () => {
    expect(hear(swap(CancelFailure.stop))).toEqual(["cancel #1"]);
    expect(hear(removes(1, 5, CloseReason.requested))).toEqual([
      "submit #2: buy 5 @ 11",
      "alice A: canceled, requested",
    ]);
    expect(hear(rests(2)).at(-1)).toBe("reply: new 0 of 5 @ 11");
  });

  it("is placed or not when that cannot be canceled any more, as one likes", () => {
    const refused: AccountMessage = {
      ...{ kind: "change-refused", ...told, orderId: 1 },
      reason: RejectReason["order-unknown"],
    };
    hear(swap(CancelFailure.stop));
    hear(fills(1, [5, 10, 0]));
    expect(hear(refused)).toEqual(["reply: rejected, order-closed; filled 5 of 5 @ 10"]);
    expect(hear(swap(CancelFailure.stop))).toEqual([
      "reply: rejected, order-closed; filled 5 of 5 @ 10",
    ]);
    expect(hear(swap(CancelFailure.stop, "Z"))).toEqual(["reply: rejected, order-unknown"]);
    expect(hear(swap(CancelFailure.place, "Z"))).toEqual(["submit #2: buy 5 @ 11"]);
  });

  it("is placed after a late refusal when it is to be", () => {
    hear(swap(CancelFailure.place));
    hear(fills(1, [5, 10, 0]));
    expect(
      hear({
        ...{ kind: "change-refused", ...told, orderId: 1 },
        reason: RejectReason["order-unknown"],
      }),
    ).toEqual(["submit #2: buy 5 @ 11"]);
  });

  it("is known when it comes again", () => {
    hear(swap(CancelFailure.stop));
    hear(removes(1, 5, CloseReason.requested));
    hear(rests(2));
    expect(hear(swap(CancelFailure.stop))).toEqual(["reply: again, new 0 of 5 @ 11"]);
  });
});

describe("a mass quote", () => {
  const quote = (terms: Partial<Quote> = {}): Quote => ({
    ...{ symbol: "APPLE-COIN", bidPrice: 9, bidQuantity: 5, askPrice: 11, askQuantity: 4 },
    ...terms,
  });
  const mass = (quoteId: string, ...quotes: readonly Quote[]): OrderCommand => ({
    ...{ kind: "mass-quote", account: "alice", quoteId },
    quotes,
  });

  it("places both sides, replaces them, and takes a side away", () => {
    expect(hear(mass("q1", quote()))).toEqual([
      "submit #1: buy 5 @ 9",
      "submit #2: sell 4 @ 11",
      "reply: done, 1 of them",
    ]);
    for (const orderId of [1, 2]) hear(rests(orderId));
    expect(hear(mass("q2", quote({ bidPrice: 8, askQuantity: 0 })))).toEqual([
      "replace #1: 5 @ 8",
      "cancel #2",
      "reply: done, 1 of them",
    ]);
    expect(account.order(0, "q1-b1")?.orderId).toBe(1);
  });

  it("is refused for an instrument as a whole, and tells the first reason", () => {
    expect(hear(mass("q1", quote({ askQuantity: 51 }), quote({ symbol: "PEAR-COIN" })))).toEqual([
      "reply: rejected, funds-insufficient",
    ]);
    expect(reserved("COIN")).toBe(0);
    expect(hear(mass("q2", quote({ symbol: "NO-SUCH" }), quote()))).toEqual([
      "submit #1: buy 5 @ 9",
      "submit #2: sell 4 @ 11",
      "reply: rejected, instrument-unknown, 1 of them",
    ]);
  });
});

describe("what a book tells of an order", () => {
  it("that waits: it is new, triggered, and then as any other", () => {
    hear(stop("A", 8));
    expect(hear(rests(1))).toEqual(["alice A: new, 5 of 5 left @ 0", "reply: new 0 of 5 @ 0"]);
    expect(account.order(1, "")).toMatchObject({ isWaiting: true });
    expect(hear(triggers(1))).toEqual(["alice A: triggered, 5 of 5 left @ 0"]);
    expect(account.order(1, "")).toMatchObject({ isWaiting: false });
    expect(hear(fills(1, [5, 7, 0]))[0]).toBe("alice A: sells 5 @ 7 as taker, 0 of 5 left");
  });

  it("that slides: it has another price, and what that frees", () => {
    hear(place("A", { asks: { postOnly: PostOnly.slide } }));
    expect(reserved("COIN")).toBe(50);
    expect(hear({ kind: "order-repriced", ...told, orderId: 1, price: 8 })).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "alice A: restated, 5 of 5 left @ 8",
    ]);
    expect(reserved("COIN")).toBe(40);
    hear(rests(1));
    // The same placing is still the same.
    expect(hear(place("A", { asks: { postOnly: PostOnly.slide } }))).toEqual([
      "reply: again, new 0 of 5 @ 8",
    ]);
  });

  it("that slides to sell: it keeps its goods", () => {
    hear(place("A", { side: Side.sell, asks: { postOnly: PostOnly.slide } }));
    hear({ kind: "order-repriced", ...told, orderId: 1, price: 14 });
    expect(reserved()).toBe(5);
  });

  it("that met its own: less is left of it, or nothing", () => {
    hear(place("A"));
    const prevents = { kind: "order-prevented", ...told, orderId: 1, price: 10 } as const;
    const shared = { ...prevents, isTransfer: false };
    expect(hear({ ...shared, quantity: 2, remaining: 3 })).toEqual([
      "alice A: new, 5 of 5 left @ 10",
      "alice A: restated, 3 of 3 left @ 10",
    ]);
    expect(reserved("COIN")).toBe(30);
    expect(hear({ ...shared, quantity: 3, remaining: 0 })).toEqual([
      "alice A: canceled, self trade",
      "reply: canceled 0 of 0 @ 10",
    ]);
    expect(reserved("COIN")).toBe(0);
  });

  it("whose time is over: it is expired, whatever was under way", () => {
    hear(place("A"));
    hear(rests(1));
    hear({ kind: "cancel-order", account: "alice", orderId: 1, clientOrderId: "" });
    expect(hear(removes(1, 5, CloseReason["time-reached"]))).toEqual([
      "alice A: expired, 0 of 5 left @ 10",
    ]);
    expect(
      hear({
        ...{ kind: "change-refused", ...told, orderId: 1 },
        reason: RejectReason["order-unknown"],
      }),
    ).toEqual(["reply: rejected, order-closed; expired 0 of 5 @ 10"]);
  });
});

describe("a buy that waits without a limit", () => {
  const buying = stop("A", 100, { side: Side.buy, quantity: 2 });

  it("reserves up to its collar, a tenth if it says none", () => {
    hear(buying);
    expect(reserved("COIN")).toBe(220);
    const instructions = { ...buying.instructions, collarBasisPoints: 500 };
    hear({ ...buying, clientOrderId: "B", instructions });
    expect(reserved("COIN")).toBe(430);
  });

  it("tells the book how far it may go", () => {
    account.receive(buying, context);
    expect(context.sent.at(-1)).toMatchObject({ kind: "submit-order", price: 110 });
  });

  it("may be replaced by another quantity and not by another trigger price", () => {
    hear(buying);
    hear(rests(1));
    const replace: ReplaceOrder = {
      ...{ kind: "replace-order", account: "alice", orderId: 1, clientOrderId: "" },
      ...{ price: 0, quantity: 3, revision: 0, revised: unrevised },
    };
    expect(hear({ ...replace, revised: { ...unrevised, triggerPrice: 99 } })).toEqual([
      "reply: rejected, terms-inconsistent; new 0 of 2 @ 0",
    ]);
    expect(hear(replace)).toEqual(["replace #1: 3 @ 0"]);
    expect(reserved("COIN")).toBe(330);
  });

  it("pays for what it gets and frees the rest", () => {
    hear(buying);
    hear(rests(1));
    hear(triggers(1));
    hear(fills(1, [1, 104, 1]));
    expect(reserved("COIN")).toBe(110);
    hear(removes(1, 1, CloseReason["collar-reached"]));
    expect(reserved("COIN")).toBe(0);
  });
});

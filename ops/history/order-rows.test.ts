/** What is written of orders besides what their accounts are told: asked for, linked, refused. */
import { beforeEach, expect, it } from "vitest";
import { apples } from "../../actors/testing/instruments.ts";
import { orderIn } from "../../actors/testing/order-words.ts";
import { TestVenue } from "../../actors/testing/test-venue.ts";
import {
  addressOfAccount,
  addressOfBook,
  CancelFailure,
  ListType,
  traceIdOfOrder,
  unrevised,
} from "../../protocols/index.ts";
import type { PlaceOrder } from "../../protocols/index.ts";
import { batchOf, rowsIn } from "./testing/batch-rows.ts";
import type { BatchRow } from "./testing/batch-rows.ts";

const { symbol } = apples;
let venue: TestVenue;

/** The book lives in another shard than the accounts. */
beforeEach(() => {
  venue = new TestVenue(2).list(apples);
  const funds = { COIN: 100_000, APPLE: 1000 };
  for (const account of ["alice", "bob"]) venue.open(account, funds);
  for (const actor of [addressOfAccount("alice"), addressOfAccount("bob"), addressOfBook(symbol)]) {
    const shard = actor === addressOfBook(symbol) ? 1 : 0;
    // Where it lives already it may stay.
    venue.ask({ kind: "place-actor", actor, shard, author: "ops", reason: "test" });
  }
});

function order(words: string, account = "alice"): PlaceOrder {
  const placing = orderIn(words, { account, symbol, timeUs: venue.timeUs });
  if (placing === undefined) throw new Error(`no order: ${words}`);
  return placing;
}

/** By name. */
function ordersOf(): Readonly<Record<string, BatchRow>> {
  const rows = rowsIn(batchOf(venue), "orders");
  return Object.fromEntries(rows.map((row) => [row["client_order_id"], row]));
}

it("says what an order asks for, and what a replace has made of that", () => {
  venue.do(order("buys 5 @ 90 as plain"));
  venue.do(order("buys 5 @ 91 GTD 60 s, shows 2, post only, cancels both as iceberg"));
  venue.do(order("sells 5 trailing 5 from 80 as trailing"));
  const revised = { ...unrevised, displayQuantity: 3 };
  const named = { account: "alice", orderId: 0, clientOrderId: "iceberg" };
  const terms = { price: 91, quantity: 6, revision: 1, revised };
  venue.do({ kind: "replace-order", ...named, ...terms });
  const { plain, iceberg, trailing } = ordersOf();
  expect(plain).toMatchObject({ instructions: String.raw`\N`, gateway: "gw" });
  expect(iceberg).toMatchObject({ quantity: "6", revision: "1", status: "new" });
  expect(JSON.parse(iceberg!["instructions"]!)).toEqual({
    ...{ displayQuantity: 3, postOnly: "reject", selfTradePrevention: "cancelBoth" },
    expiresAtUs: venue.timeUs + 60_000_000,
  });
  expect(JSON.parse(trailing!["instructions"]!)).toMatchObject({ triggerPrice: 80, trailTicks: 5 });
  expect(plain!["trace_id"]).toBe(traceIdOfOrder("test", Number(plain!["order_id"])));
});

it("says when an order was placed, whenever its book has told of it first", () => {
  venue.send(order("buys 5 @ 90 as early"));
  const nowText = () => new Date(Math.floor(venue.timeUs / 1000)).toISOString().slice(0, -1);
  const placed = nowText();
  expect(ordersOf()["early"]).toMatchObject({ status: "pendingNew" });
  venue.timeUs += 3_000_000;
  venue.drain();
  const { early } = ordersOf();
  expect(early).toMatchObject({ status: "new", gateway: "gw" });
  expect(early!["placed_at"]).toContain(placed);
  expect(early!["updated_at"]).toContain(nowText());
  venue.timeUs += 3_000_000;
  const named = { account: "alice", orderId: 0, clientOrderId: "early" };
  venue.send({ kind: "cancel-order", ...named });
  const canceling = ordersOf()["early"];
  expect(canceling).toMatchObject({ status: "pendingCancel", placed_at: early!["placed_at"] });
  expect(canceling!["updated_at"]).toContain(nowText());
});

it("says which orders belong together", () => {
  const pair = [order("sells 5 @ 120 as profit"), order("sells 5 stop 80 as loss")];
  const orders = [order("buys 5 @ 100 as entry"), ...pair];
  venue.do({ kind: "place-order-list", account: "alice", listType: ListType.OTOCO, orders });
  expect(Object.keys(ordersOf())).toEqual(["entry"]);
  venue.do(order("sells 5 @ 100 as filling", "bob"));
  const { entry, profit, loss } = ordersOf();
  expect(entry).toMatchObject({ parent_order_id: "0", linked_order_id: "0", status: "filled" });
  const [first, second] = [profit!["order_id"], loss!["order_id"]];
  const parent = entry!["order_id"];
  expect(profit).toMatchObject({ parent_order_id: parent, linked_order_id: second, gateway: "" });
  expect(loss).toMatchObject({ parent_order_id: parent, linked_order_id: first, gateway: "" });
  // They stay a pair when one of them is out.
  venue.do({ kind: "cancel-order", account: "alice", orderId: 0, clientOrderId: "profit" });
  expect(ordersOf()["loss"]).toMatchObject({ linked_order_id: first, parent_order_id: parent });
});

it("says which order another one came after, and why that was refused", () => {
  venue.do(order("buys 5 @ 90 as before"));
  const next = order("buys 5 @ 91 as after");
  const named = { account: "alice", orderId: 0, clientOrderId: "before" };
  const ifCancelFails = CancelFailure.stop;
  venue.do({ kind: "cancel-and-place", ...named, ifCancelFails, order: next });
  const orders = [order("buys 5 @ 92 as entry"), order("sells 50 stop 80 as loss")];
  venue.do({ kind: "place-order-list", account: "alice", listType: ListType.OTO, orders });
  venue.do(order("sells 1000 @ 500 as all"));
  venue.do(order("sells 5 @ 92 as filling", "bob"));
  const { before, after, entry, loss } = ordersOf();
  expect(before).toMatchObject({ status: "canceled" });
  expect(after).toMatchObject({ parent_order_id: before!["order_id"], status: "new" });
  const why = { status: "rejected", reject_reason: "funds-insufficient" };
  expect(loss).toMatchObject({ parent_order_id: entry!["order_id"], ...why });
});

it("has commands that were refused, also those about orders that there are", () => {
  const cancel = { kind: "cancel-order", account: "alice", orderId: 0 } as const;
  venue.do(order("buys 5 @ 90 as mine"));
  venue.do({ ...cancel, clientOrderId: "mine" });
  venue.ask({ ...cancel, clientOrderId: "mine" });
  venue.ask({ ...cancel, clientOrderId: "nobody" });
  venue.ask(order("buys 5 @ 9000000 as dear"));
  const quote = { symbol, bidPrice: 100, bidQuantity: 1, askPrice: 99, askQuantity: 1 };
  venue.ask({ kind: "mass-quote", account: "alice", quoteId: "q", quotes: [quote] });
  // Whoever is told by a report is told of it there.
  venue.do(order("sells 1 @ 95 as other", "bob"));
  venue.ask(order("buys 1 @ 95, post only as taker"));
  const batch = batchOf(venue);
  const refusals = rowsIn(batch, "refusals").map(({ command, order_id, order_name, reason }) =>
    [command, order_id, order_name, reason].join(" "),
  );
  const id = ordersOf()["mine"]!["order_id"];
  expect(refusals).toEqual([
    `cancel-order ${id} mine order-closed`,
    "cancel-order 0 nobody order-unknown",
    "place-order 0 dear funds-insufficient",
    "mass-quote 0  quote-crossed",
  ]);
  expect(ordersOf()["taker"]).toMatchObject({ status: "rejected" });
});

it("has what a book of another shard refuses later, without a command that nobody knows", () => {
  venue.do(order("buys 5 @ 90 as mine"));
  // It is filled before its book hears of the cancel.
  const cancel = { kind: "cancel-order", account: "alice", orderId: 0 } as const;
  venue.send(order("sells 5 @ 90 as theirs", "bob"));
  venue.send({ ...cancel, clientOrderId: "mine" });
  venue.drain();
  const [refusal, ...others] = rowsIn(batchOf(venue), "refusals");
  expect(refusal).toMatchObject({ account: "alice", command: "change-order", symbol: "" });
  expect(refusal).toMatchObject({ order_id: ordersOf()["mine"]!["order_id"] });
  expect(others).toEqual([]);
});

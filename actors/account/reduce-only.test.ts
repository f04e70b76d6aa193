/**
 * Goal: orders that only reduce close what there is and open nothing, all of a side together; they
 * shrink and end with the position, and what is refused changes nothing. Alice is long ten lots.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  ListType,
  OrderType,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
  unrevised,
} from "../../protocols/index.ts";
import type { Command, OrderInstructions, PlaceOrder } from "../../protocols/index.ts";
import { appleFuture } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { assertMargins, assertSettled } from "../testing/invariants.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
const future = appleFuture(2e15);
const { symbol } = future;
const { buy, sell } = Side;
let names = 0;
let venue: TestVenue;

function order(
  account: string,
  side: Side,
  [quantity, price]: readonly [number, number],
  more: Partial<OrderInstructions> = {},
): PlaceOrder {
  names += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o${String(names)}`, symbol, side },
    ...{ quantity, price, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    instructions:
      Object.keys(more).length === 0 ? plainInstructions : { ...plainInstructions, ...more },
  };
}

const reducing = (side: Side, terms: readonly [number, number]): PlaceOrder =>
  order("alice", side, terms, { isReduceOnly: true });
const reasonOf = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);
const alice = () => venue.shards.find((shard) => shard.account("alice") !== undefined)!;

/** What is left of each of her orders, oldest first. */
function left(): number[] {
  const orders = alice().answer("open-orders", {
    account: "alice",
    symbol: "",
    afterOrderId: 0,
    limit: 9,
  });
  return (orders ?? []).map(({ quantity, executed }) => quantity - executed);
}

const lots = (): number => alice().answer("positions", { account: "alice" })?.[0]?.lots ?? 0;

function open(shards: number): void {
  venue = new TestVenue(shards).list(apples).open("fund");
  for (const account of ["alice", "bob"]) venue.open(account, { COIN: 100_000, APPLE: 100 });
  venue.list(future);
  for (const account of ["alice", "bob"]) {
    venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
  }
  venue.do({ kind: "publish-index-price", symbol, price: 100, ...why });
  venue.do(order("bob", sell, [10, 100]));
  venue.do(order("alice", buy, [10, 100]));
}

describe.each([1, 3])("an order that only reduces, on %i shards", (shards) => {
  beforeEach(() => open(shards));

  it("is for no more than there is to close, with all others of its side", () => {
    venue.do(reducing(sell, [4, 110]));
    venue.do(reducing(sell, [25, 111]));
    expect(left()).toEqual([4, 6]);
    expect(reasonOf(reducing(sell, [1, 112]))).toBe("reduce-only-would-open");
    expect(left()).toEqual([4, 6]);
    assertSettled(venue);
  });

  it("is refused on the side that would add, and where there is nothing", () => {
    expect(reasonOf(reducing(buy, [1, 90]))).toBe("reduce-only-would-open");
    venue.do(order("bob", buy, [10, 100]));
    venue.do(order("alice", sell, [10, 100]));
    for (const side of [buy, sell]) {
      expect(reasonOf(reducing(side, [1, 100]))).toBe("reduce-only-would-open");
    }
    expect(left()).toEqual([]);
  });

  it("shrinks as the position falls by other orders, the newest first, and ends with it", () => {
    venue.do(reducing(sell, [6, 110]));
    venue.do(reducing(sell, [4, 111]));
    venue.do(order("bob", buy, [10, 100]));
    venue.do(order("alice", sell, [3, 100]));
    expect(left()).toEqual([6, 1]);
    venue.do(order("alice", sell, [2, 100]));
    expect(left()).toEqual([5]);
    venue.do(order("alice", sell, [5, 100]));
    expect([left(), lots()]).toEqual([[], 0]);
    assertSettled(venue);
  });

  it("keeps what the others have when it trades itself", () => {
    venue.do(reducing(sell, [4, 110]));
    venue.do(reducing(sell, [6, 111]));
    venue.do(order("bob", buy, [7, 111]));
    expect([left(), lots()]).toEqual([[3], 3]);
  });

  it("is the same order when it comes again, whatever it was cut to", () => {
    const command = reducing(sell, [25, 110]);
    venue.do(command);
    const again = venue.ask(command);
    expect([again.rejectReason, again.kind === "order-replied" && again.isDuplicate]).toEqual([
      0,
      true,
    ]);
    expect(left()).toEqual([10]);
  });

  it("is replaced within what there is to close", () => {
    const placed = reducing(sell, [4, 110]);
    venue.do(placed);
    const replace = (quantity: number): Command => ({
      ...{ kind: "replace-order", account: "alice", orderId: 0, price: 109, quantity, revision: 0 },
      clientOrderId: placed.clientOrderId,
      revised: unrevised,
    });
    expect(reasonOf(replace(11))).toBe("reduce-only-would-open");
    expect(reasonOf(replace(10))).toBe("none");
    expect(left()).toEqual([10]);
  });

  it("is for contracts, by itself, and of a quantity that stands for itself", () => {
    const [first, second] = [reducing(sell, [1, 110]), reducing(sell, [1, 111])];
    const orders = [first, second];
    const list: Command = {
      kind: "place-order-list",
      account: "alice",
      listType: ListType.OTO,
      orders,
    };
    expect(reasonOf(list)).toBe("reduce-only-would-open");
    expect(reasonOf({ ...reducing(sell, [1, 110]), symbol: apples.symbol })).toBe(
      "reduce-only-would-open",
    );
    const sliced = order("alice", sell, [4, 110], { isReduceOnly: true, displayQuantity: 2 });
    expect(reasonOf(sliced)).toBe("terms-inconsistent");
    expect(left()).toEqual([]);
  });
});

it("that trades before its book has heard that it is to end is a fill as any other", () => {
  open(3);
  const { placement } = venue.first;
  const away = [0, 1, 2].find((shard) => shard !== placement.shardOfInstrument(symbol))!;
  venue.ask({ kind: "place-actor", actor: addressOfAccount("alice"), shard: away, ...why });
  venue.ask({
    kind: "place-actor",
    actor: addressOfAccount("bob"),
    shard: placement.shardOfInstrument(symbol),
    ...why,
  });
  venue.do(reducing(sell, [10, 110]));
  venue.do(order("bob", buy, [10, 100]));
  venue.send(order("alice", sell, [10, 100]));
  // Her order reaches the book; then, before she hears of it, somebody takes the other one.
  for (const channel of venue.underWay) if (channel.from === away) venue.deliver(channel);
  venue.send(order("bob", buy, [10, 110]));
  venue.drain();
  expect([left(), lots()]).toEqual([[], -10]);
  assertSettled(venue);
  assertMargins(venue);
});

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

  it("is for contracts, and of a quantity that stands for itself", () => {
    expect(reasonOf({ ...reducing(sell, [1, 110]), symbol: apples.symbol })).toBe(
      "reduce-only-would-open",
    );
    const sliced = order("alice", sell, [4, 110], { isReduceOnly: true, displayQuantity: 2 });
    expect(reasonOf(sliced)).toBe("terms-inconsistent");
    expect(left()).toEqual([]);
  });
});

const list = (listType: ListType, orders: readonly PlaceOrder[]): Command => ({
  ...{ kind: "place-order-list", account: "alice", listType, orders },
});

/** Sells at a loss once the price has fallen so far. */
function stopping(quantity: number, triggerPrice: number): PlaceOrder {
  const stops = { orderType: OrderType.stop, price: 0 } as const;
  const more = { isReduceOnly: true, triggerPrice };
  return { ...order("alice", sell, [quantity, 0], more), ...stops };
}

const pair = (quantity: number): Command =>
  list(ListType.OCO, [reducing(sell, [quantity, 120]), stopping(quantity, 80)]);

describe.each([1, 3])(
  "two orders that only reduce, of which one may trade, on %i shards",
  (shards) => {
    beforeEach(() => open(shards));

    it("count once, and are for no more than there is to close", () => {
      venue.do(reducing(sell, [4, 110]));
      expect(reasonOf(pair(25))).toBe("none");
      expect(left()).toEqual([4, 6, 6]);
      expect(reasonOf(pair(1))).toBe("reduce-only-would-open");
      expect(reasonOf(reducing(sell, [1, 112]))).toBe("reduce-only-would-open");
      assertSettled(venue);
    });

    it("are taken again as they were asked, whatever they were cut to", () => {
      const command = pair(25);
      venue.do(command);
      expect(venue.ask(command)).toMatchObject({ rejectReason: 0, isDuplicate: true });
      expect(left()).toEqual([10, 10]);
    });

    it("shrink together as the position falls, and end with it", () => {
      venue.do(pair(6));
      venue.do(reducing(sell, [4, 111]));
      venue.do(order("bob", buy, [10, 100]));
      venue.do(order("alice", sell, [5, 100]));
      expect(left()).toEqual([5, 5]);
      venue.do(order("alice", sell, [2, 100]));
      expect(left()).toEqual([3, 3]);
      venue.do(order("alice", sell, [3, 100]));
      expect([left(), lots()]).toEqual([[], 0]);
      assertSettled(venue);
    });

    it("leave the others what they have when one of them trades, and the other ends", () => {
      venue.do(pair(6));
      venue.do(reducing(sell, [4, 121]));
      venue.do(order("bob", buy, [2, 120]));
      expect([left(), lots()]).toEqual([[4, 4], 8]);
      assertSettled(venue);
    });

    it("go with the price when that has fallen, as far as they were cut to", () => {
      venue.do(pair(10));
      venue.do(order("bob", buy, [4, 100]));
      venue.do(order("alice", sell, [4, 100]));
      expect(left()).toEqual([6, 6]);
      venue.do(order("bob", buy, [7, 79]));
      venue.do(order("bob", buy, [1, 80]));
      venue.do(order("bob", sell, [1, 80]));
      expect([left(), lots()]).toEqual([[], 0]);
      assertSettled(venue);
      assertMargins(venue);
    });

    it("follow the order that opens what they close", () => {
      const orders = [order("alice", buy, [5, 101]), reducing(sell, [15, 120]), stopping(15, 80)];
      expect(reasonOf(list(ListType.OTOCO, orders))).toBe("none");
      expect(left()).toEqual([5]);
      venue.do(order("bob", sell, [5, 101]));
      expect([left(), lots()]).toEqual([[15, 15], 15]);
      venue.do(order("bob", buy, [15, 120]));
      expect([left(), lots()]).toEqual([[], 0]);
      assertSettled(venue);
    });

    it("are refused, and told so, where nothing is left once it is their turn", () => {
      const orders = [order("alice", sell, [10, 101]), reducing(sell, [5, 120])];
      expect(reasonOf(list(ListType.OTO, orders))).toBe("none");
      const from = venue.events.length;
      venue.do(order("bob", buy, [10, 101]));
      const reasons = venue.events.slice(from).flatMap((event) => {
        return event.kind === "execution-report" ? [rejectReasonName(event.rejectReason)] : [];
      });
      expect(reasons).toContain("reduce-only-would-open");
      expect([left(), lots()]).toEqual([[], 0]);
    });

    it("are for contracts", () => {
      const { symbol } = apples;
      const ofGoods = (): PlaceOrder[] => {
        return [reducing(sell, [1, 120]), stopping(1, 80)].map((one) => ({ ...one, symbol }));
      };
      expect(reasonOf(list(ListType.OCO, ofGoods()))).toBe("reduce-only-would-open");
      const followed = [{ ...order("alice", buy, [1, 90]), symbol }, ...ofGoods()];
      expect(reasonOf(list(ListType.OTOCO, followed))).toBe("reduce-only-would-open");
    });
  },
);

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

/**
 * Goal: fees that differ from order to order, and instruments without end, stop no shard: what
 * could not be told apart is refused, and goes when orders are over.
 */
import { expect, it } from "vitest";
import {
  OrderType,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type { Command } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import { apples } from "../testing/instruments.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { feeCombinationsMax, OrderRows } from "./order-rows.ts";
import { Order } from "./order.ts";

const chargedAt = (takerPpm: number, symbol = apples.symbol) => {
  return { ...apples, symbol, fees: { makerPpm: 0, takerPpm, minimum: 0 } };
};

it("rows have no room for one more combination, and have it again when one is over", () => {
  const rows = new OrderRows();
  for (let at = 0; at < feeCombinationsMax; at++) {
    expect(rows.hasRoomFor(chargedAt(at))).toBe(true);
    new Order("alice", rows).at(rows.take()).instrument = chargedAt(at);
  }
  expect(rows.hasRoomFor(chargedAt(feeCombinationsMax))).toBe(false);
  expect(rows.hasRoomFor(chargedAt(7))).toBe(true);
  expect(rows.hasRoomFor(apples)).toBe(true);
  rows.give(5);
  expect(rows.hasRoomFor(chargedAt(feeCombinationsMax))).toBe(true);
});

it("a number that is free is taken for another instrument, and is no other's meanwhile", () => {
  const rows = new OrderRows();
  const order = new Order("alice", rows);
  const slot = rows.take();
  order.at(slot).instrument = chargedAt(1);
  const number = order.instrumentNumber;
  rows.give(slot);
  order.at(rows.take()).instrument = chargedAt(1, "PEAR-COIN");
  expect(order.instrumentNumber).toBe(number);
  expect(order.instrument.symbol).toBe("PEAR-COIN");
});

it("no more instruments are listed than orders can be told apart by", () => {
  const venue = new TestVenue(1).list(apples);
  const saved = venue.first.snapshot();
  const governor = Array.from(saved.governor as readonly unknown[]);
  governor[2] = Array.from({ length: 32_768 }, (_, at) => `S${String(at)}-COIN`);
  venue.shards[0] = Shard.restore({ ...saved, governor });
  const terms = { ...apples, symbol: "ONE-MORE" };
  const command = { kind: "list-instrument", terms, author: "ops", reason: "test" } as const;
  expect(rejectReasonName(venue.ask(command).rejectReason)).toBe("fee-combinations-too-many");
});

it("an order under one more combination is refused, and stops nobody", () => {
  const accounts = Array.from({ length: 40 }, (_, at) => `t-${String(at)}`);
  const venue = new TestVenue(1).list(apples);
  for (const account of accounts) venue.open(account, { COIN: 1_000_000 });
  let asked = 0;
  const place = (account: string): Command => ({
    ...{ kind: "place-order", account, clientOrderId: `o-${String(++asked)}`, side: Side.buy },
    ...{ symbol: apples.symbol, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 1, quantity: 1, instructions: plainInstructions },
  });
  const setRate = (account: string, takerPpm: number): Command => {
    const rates = { makerPpm: 1 + (takerPpm % 1000), takerPpm };
    const why = { author: "ops", reason: "test" };
    return { kind: "set-account-fees", account, symbol: apples.symbol, rates, ...why };
  };
  for (let at = 0; at < feeCombinationsMax; at++) {
    const account = accounts[at % accounts.length] ?? "";
    venue.do(setRate(account, at));
    venue.do(place(account));
  }
  const reasonOf = (command: Command) => rejectReasonName(venue.ask(command).rejectReason);
  const [first = "", second = ""] = accounts;
  venue.do(setRate(first, 99_999));
  expect(reasonOf(place(first))).toBe("fee-combinations-too-many");
  // Whoever is under fees that orders are under already goes on.
  expect(reasonOf(place(second))).toBe("none");
  venue.first.audit();
});

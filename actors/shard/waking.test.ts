/**
 * Goal: books that are called because their time has come tell the same on a replica that has seen
 * everything and on one that began from a snapshot. The first is also called for what has been
 * taken back since.
 */
import { describe, expect, it } from "vitest";
import { pack, plainInstructions, Side, TimeInForce, unpack } from "../../protocols/index.ts";
import type { PlaceOrder } from "../../protocols/index.ts";
import { eventText } from "../testing/plain-words.ts";
import { apples } from "../testing/instruments.ts";
import { eventsOf, TestVenue } from "../testing/test-venue.ts";
import { Shard } from "./shard.ts";
import type { SavedShard } from "./shard.ts";

const second = 1_000_000;

function order(account: string, symbol: string, terms: Partial<PlaceOrder>): PlaceOrder {
  return {
    ...{ kind: "place-order", account, symbol, clientOrderId: `${account}-${symbol}` },
    ...{ side: Side.buy, orderType: 0, timeInForce: TimeInForce.GTC, price: 10, quantity: 1 },
    quoteBudget: 0,
    instructions: plainInstructions,
    ...terms,
  } as PlaceOrder;
}

describe("books whose time has come", () => {
  it("tell the same in the same turns, whoever was called in vain before", () => {
    const venue = new TestVenue();
    const symbols = ["APPLE-COIN", "ZEBRA-COIN"];
    venue.list(apples, { ...apples, symbol: "ZEBRA-COIN", base: "ZEBRA" });
    venue.open("alice", { COIN: 1000 });
    venue.open("bob", { APPLE: 10, ZEBRA: 10 });
    for (const symbol of symbols) {
      venue.do(order("alice", symbol, {}));
      venue.do(order("bob", symbol, { side: Side.sell }));
    }
    const expiresAtUs = venue.timeUs + 10 * second;
    const instructions = { ...plainInstructions, expiresAtUs };
    const inVain = { timeInForce: TimeInForce.GTD, instructions, clientOrderId: "vain", price: 5 };
    venue.do(order("alice", "ZEBRA-COIN", inVain));
    venue.do({ kind: "cancel-order", account: "alice", orderId: 0, clientOrderId: "vain" });
    const saved = unpack(pack(venue.first.snapshot())) as SavedShard;
    const other = Shard.restore(saved);
    venue.timeUs += 3600 * second;
    const step = venue.append(0, "node-e1", [{ kind: "tick" }]);
    const { events } = other.apply(venue.logs[0]!.at(-1)!);
    expect([...events]).toEqual([...step.events]);
    expect(other.snapshot()).toEqual(venue.first.snapshot());
    const told = eventsOf(step).filter(({ kind }) => kind === "candle-closed");
    expect(told.map((event) => eventText(event).split(":")[0])).toEqual(
      symbols.flatMap((symbol) =>
        ["1m", "5m", "15m", "1h"].map((interval) => `${symbol} candle of ${interval}`),
      ),
    );
  });
});

/**
 * Accounts and books that move from shard to shard, one step after the other. What must hold
 * whatever happens meanwhile is in `shard.fuzz.ts`.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  addressOfBook,
  frameBytesMax,
  plainInstructions,
  rejectReasonName,
  Side,
  OrderType,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  ActorAddress,
  Command,
  OrderReplied,
  PlaceOrder,
  ShardId,
} from "../../protocols/index.ts";
import { assertSettled } from "../testing/invariants.ts";
import { apples, pears } from "../testing/instruments.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { Shard } from "./shard.ts";

const shards = 3;
const account = addressOfAccount("alice");
const book = addressOfBook(apples.symbol);
let venue: TestVenue;

beforeEach(() => {
  venue = new TestVenue(shards).list(apples);
  for (const name of ["alice", "bob"]) venue.open(name, { APPLE: 1_000_000, COIN: 90_000_000 });
});

function moving(actor: ActorAddress, shard: ShardId): Command {
  return { kind: "place-actor", actor, shard, author: "ops", reason: "test" };
}

const homeOf = (actor: ActorAddress): ShardId => venue.first.placement.shardOf(actor);
const elsewhere = (actor: ActorAddress): ShardId => (homeOf(actor) + 1) % shards;
const reasonOf = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

let orders = 0;
function order(name: string, side: Side, change: Partial<PlaceOrder> = {}): PlaceOrder {
  orders += 1;
  return {
    kind: "place-order",
    account: name,
    clientOrderId: `o-${String(orders)}`,
    symbol: apples.symbol,
    side,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price: 50,
    quantity: 10,
    instructions: plainInstructions,
    ...change,
  };
}

/** Delivers all that is under way on channels that are not among those to wait. */
function deliverBut(...waiting: readonly (readonly [from: ShardId, to: ShardId])[]): void {
  const mayGo = () =>
    venue.underWay.find(({ from, to }) => !waiting.some(([f, t]) => f === from && t === to));
  for (let next = mayGo(); next !== undefined; next = mayGo()) venue.deliver(next);
}

describe("a move", () => {
  it("takes an account along with all that it has, and it trades on", () => {
    venue.ask(order("alice", Side.buy));
    const [before] = venue.shards.flatMap((shard) => [
      ...(shard.account("alice")?.balances() ?? []),
    ]);
    const target = elsewhere(account);
    expect(reasonOf(moving(account, target))).toBe("none");
    expect(venue.shards.map((shard) => shard.account("alice") !== undefined)).toEqual(
      venue.shards.map(({ shard }) => shard === target),
    );
    expect(venue.shards[target]?.account("alice")?.balances()).toContainEqual(before);
    expect((venue.ask(order("bob", Side.sell)) as OrderReplied).executed).toBe(10);
    expect(reasonOf(order("alice", Side.sell))).toBe("none");
    assertSettled(venue);
  });

  it("takes a book along with its market, and both trade on", () => {
    venue.ask(order("alice", Side.buy));
    const target = elsewhere(book);
    expect(reasonOf(moving(book, target))).toBe("none");
    expect(venue.shards.map((shard) => shard.market(apples.symbol) !== undefined)).toEqual(
      venue.shards.map(({ shard }) => shard === target),
    );
    expect((venue.ask(order("bob", Side.sell)) as OrderReplied).executed).toBe(10);
    expect(reasonOf({ kind: "publish-mark-price", symbol: apples.symbol, price: 51 })).toBe("none");
    assertSettled(venue);
  });

  it("leaves nothing behind: no moment to be called at, no money, no memory of orders", () => {
    venue.ask(order("alice", Side.buy));
    venue.ask(order("bob", Side.sell, { quantity: 3 }));
    const home = homeOf(book);
    expect(venue.shards[home]?.nextDueUs).toBeGreaterThan(venue.timeUs);
    venue.ask(moving(book, elsewhere(book)));
    expect(venue.shards[home]?.nextDueUs).toBeUndefined();
    expect(venue.shards[homeOf(book)]?.nextDueUs).toBeGreaterThan(venue.timeUs);
    const [from, to] = [homeOf(account), elsewhere(account)];
    for (const shard of [to, from, to]) venue.ask(moving(account, shard));
    // Whatever each has on its accounts is what has moved there.
    for (const shard of venue.shards) shard.audit();
    assertSettled(venue);
  });

  it("lets the actor hear what came for it before what follows from that", () => {
    const target = homeOf(book);
    if (homeOf(account) === target) venue.ask(moving(account, elsewhere(account)));
    const home = homeOf(account);
    const resting = order("alice", Side.buy);
    venue.ask(resting);
    venue.send(moving(account, target));
    deliverBut([home, target]);
    // On its way, it is asked to cancel an order that is filled before it can hear of that.
    const { clientOrderId } = resting;
    const cancel: Command = { kind: "cancel-order", account: "alice", orderId: 0, clientOrderId };
    const sent = venue.send(cancel);
    expect(sent.shard).toBe(target);
    venue.ask(order("bob", Side.sell));
    venue.drain();
    expect(venue.repliesTo(sent)).toMatchObject([{ kind: "order-replied", executed: 10 }]);
    assertSettled(venue);
  });

  it("goes to and fro, and ends with everybody where they were", () => {
    const home = homeOf(account);
    for (const shard of [elsewhere(account), home]) venue.ask(moving(account, shard));
    expect(venue.shards[home]?.account("alice")).toBeDefined();
    expect(venue.first.answer("placement", {})).toEqual({
      ...{ epoch: 2, shards, founded: shards, moving: "" },
      pins: [[account, home]],
    });
    assertSettled(venue);
  });

  it("is told as it is under way, and by the shards that have a part in it", () => {
    venue.send(moving(account, elsewhere(account)));
    expect(venue.first.answer("placement", {})).toMatchObject({ epoch: 1, moving: account });
    venue.drain();
    expect(venue.shards.map((shard) => shard.answer("placement", {}).moving)).toEqual(["", "", ""]);
  });

  it("lets the actor go on at its old home until nothing more can come for it there", () => {
    const [home, target] = [homeOf(account), elsewhere(account)];
    const witness = 3 - home - target;
    venue.send(moving(account, target));
    deliverBut([witness, home]);
    expect(venue.shards[home]?.account("alice")).toBeDefined();
    const sent = venue.send(order("alice", Side.buy));
    expect(sent.shard).toBe(home);
    venue.drain();
    expect(venue.repliesTo(sent)).toHaveLength(1);
    assertSettled(venue);
  });

  it("has the answer to what was asked before come from the shard that was asked", () => {
    const bookHome = homeOf(book);
    const home = (bookHome + 1) % shards;
    if (homeOf(account) !== home) venue.ask(moving(account, home));
    const target = (bookHome + 2) % shards;
    // The book's answer is under way to where the account lived.
    const sent = venue.send(order("alice", Side.buy));
    venue.send(moving(account, target));
    deliverBut([bookHome, home]);
    expect(venue.repliesTo(sent)).toEqual([]);
    venue.drain();
    expect(sent.shard).toBe(home);
    expect(venue.repliesTo(sent).map(({ rejectReason }) => rejectReason)).toEqual([0]);
    assertSettled(venue);
  });

  it("keeps time from going back for the actor, whatever the new home's log says", () => {
    const target = elsewhere(account);
    const [now, later] = [venue.timeUs, venue.timeUs + 5_000_000];
    venue.timeUs = later;
    venue.append(homeOf(account), "node-e1", [{ kind: "tick" }]);
    venue.timeUs = now;
    venue.ask(moving(account, target));
    expect(venue.shards[target]?.timeUs).toBe(later);
  });
});

describe("a command for an actor that has left", () => {
  it("is refused by its old home, which says where it lives, and has changed nothing", () => {
    const [home, target] = [homeOf(account), elsewhere(account)];
    venue.ask(moving(account, target));
    const before = venue.shards[home]?.snapshot();
    const step = venue.append(home, "gw-2", [order("alice", Side.buy)]);
    expect(step.eventCount).toBe(0);
    const replies = [...venue.replies.values()].flat();
    expect(replies.at(-1)).toMatchObject({
      kind: "command-replied",
      rejectReason: 11,
      detail: 512 + target,
    });
    const after = venue.shards[home]?.snapshot();
    expect([after?.accounts, after?.books]).toEqual([before?.accounts, before?.books]);
    venue.commands.pop();
  });

  it("waits at its new home until it is there", () => {
    const [home, target] = [homeOf(account), elsewhere(account)];
    venue.send(moving(account, target));
    deliverBut([home, target]);
    const sent = venue.send(order("alice", Side.buy));
    expect(sent.shard).toBe(target);
    expect(venue.repliesTo(sent)).toEqual([]);
    venue.drain();
    expect(venue.repliesTo(sent)).toHaveLength(1);
    assertSettled(venue);
  });
});

describe("an actor is not moved", () => {
  it("that there is not, or that never moves", () => {
    expect(reasonOf(moving("account/nobody", 1))).toBe("account-unknown");
    expect(reasonOf(moving("account/fees-0", 1))).toBe("account-unknown");
    expect(reasonOf(moving("book/NONE", 1))).toBe("instrument-unknown");
  });

  it("to a shard that there is not, or where it lives", () => {
    expect(reasonOf(moving(account, shards))).toBe("shard-unknown");
    expect(reasonOf(moving(account, -1))).toBe("shard-unknown");
    expect(reasonOf(moving(account, homeOf(account)))).toBe("actor-already-there");
    expect(venue.first.placement.epoch).toBe(0);
  });

  it("while another one moves, and no instrument is listed meanwhile", () => {
    venue.send({ kind: "add-asset", asset: "PEAR", decimals: 0 });
    venue.send(moving(account, elsewhere(account)));
    const second = venue.send(moving(book, elsewhere(book)));
    const listing = venue.send({ kind: "list-instrument", terms: pears });
    venue.drain();
    for (const sent of [second, listing]) {
      const [reply] = venue.repliesTo(sent);
      expect(rejectReasonName(reply!.rejectReason)).toBe("placement-under-way");
    }
    expect(reasonOf({ kind: "list-instrument", terms: pears })).toBe("none");
    expect(reasonOf(moving(book, elsewhere(book)))).toBe("none");
  });

  it("while an instrument is being listed", () => {
    venue.ask({ kind: "add-asset", asset: "PEAR", decimals: 0 });
    venue.send({ kind: "list-instrument", terms: pears });
    const sent = venue.send(moving(account, elsewhere(account)));
    venue.drain();
    expect(rejectReasonName(venue.repliesTo(sent)[0]!.rejectReason)).toBe("placement-under-way");
  });

  it("by the first version of the logic", () => {
    venue = new TestVenue(shards, { logic: 1 }).list(apples).open("alice");
    expect(reasonOf(moving(account, elsewhere(account)))).toBe("command-not-permitted");
    const step = venue.append(elsewhere(account), "gw-2", [order("alice", Side.buy)]);
    expect(step.replies).toHaveLength(1);
    expect([...venue.replies.values()].flat().at(-1)?.rejectReason).toBe(10);
  });
});

describe("a book of many orders", () => {
  const orderCount = 25_000;

  it("goes in parts that fit into frames, and lets others speak between them", () => {
    for (let count = 0; count < orderCount; count += 500) {
      venue.sendAll(Array.from({ length: 500 }, () => order("alice", Side.buy, { quantity: 1 })));
      venue.drain();
    }
    const [home, target] = [homeOf(book), elsewhere(book)];
    const before = venue.shards[home]?.answer("displayed-orders", {
      symbol: apples.symbol,
      limit: 9,
    });
    venue.send(moving(book, target));
    let steps = 0;
    let inOneStep = 0;
    while (venue.underWay.length > 0) {
      const step = venue.deliver(venue.underWay[steps % venue.underWay.length]!);
      steps += 1;
      for (const { bytes } of step.outbound)
        expect(bytes.length).toBeLessThanOrEqual(frameBytesMax);
      inOneStep = Math.max(inOneStep, step.outbound.length);
    }
    expect(inOneStep).toBeGreaterThan(8);
    expect(inOneStep).toBeLessThan(16);
    const after = venue.shards[target]?.answer("displayed-orders", {
      symbol: apples.symbol,
      limit: 9,
    });
    expect(after).toEqual(before);
    expect((venue.ask(order("bob", Side.sell)) as OrderReplied).executed).toBe(10);
    // Every shard's log leads to the same state again.
    for (const [shard, log] of venue.logs.entries()) {
      const replica = new Shard(shard, shards);
      for (const entry of log) replica.apply(entry);
      expect(replica.snapshot()).toEqual(venue.shards[shard]?.snapshot());
    }
  });
});

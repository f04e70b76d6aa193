/**
 * Goal: who is permitted to may trade what he does not have; at the cut-off as much is paid as is
 * delivered, the oldest first, and the rest is due again, at a penalty; and bad input is refused
 * with its number and changes nothing.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { ListType, pack, rejectReasonName, unpack, unrevised } from "../../protocols/index.ts";
import type { Command, SetFailPermission, SetSettlementCycle } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { deliveryTexts } from "../testing/clearing-words.ts";
import { apples } from "../testing/instruments.ts";
import { assertSettled } from "../testing/invariants.ts";
import { orderIn } from "../testing/order-words.ts";
import { TestVenue } from "../testing/test-venue.ts";

const { symbol } = apples;
const why = { author: "ops", reason: "test" };
const dayUs = 86_400_000_000;
/** The venue's clocks begin on Tuesday, 2023-11-14, 22:13 UTC. */
const cycle: SetSettlementCycle = {
  ...{ kind: "set-settlement-cycle", cycle: "spot", symbols: [symbol], days: 1 },
  ...{ offsetMinutes: 0, cutOffMinute: 23 * 60, weekend: [5, 6], holidays: [] },
  ...why,
};
const permission: SetFailPermission = {
  ...{ kind: "set-fail-permission", account: "bob", asset: "APPLE", limit: 20 },
  ...{ penaltyBasisPoints: 100, buyInDays: 2, ...why },
};

let venue: TestVenue;
let names = 0;

const reasonOf = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

function order(account: string, text: string): Command {
  names += 1;
  const where = { account, symbol, timeUs: venue.timeUs };
  const placed = orderIn(`${text} as o${String(names)}`, where);
  if (placed === undefined) throw new Error(text);
  return placed;
}

/** Lets so many cut-offs pass. */
function wait(days: number): void {
  for (let day = 0; day < days; day++) {
    venue.timeUs += dayUs;
    for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
    venue.drain();
  }
}

function available(account: string, asset: string): number | bigint {
  const views = venue.shards.flatMap((shard) => shard.answer("balances", { account }) ?? []);
  return views.find((view) => view.asset === asset)?.available ?? 0;
}

const owings = (account: string) =>
  venue.shards.flatMap((shard) => shard.answer("owings", { account }) ?? []);
const asked = { account: "", after: 0, limit: 100, isFailed: false };
const deliveries = () => deliveryTexts(venue.first.answer("deliveries", asked));
const kinds = (kind: string) => venue.events.filter((event) => event.kind === kind);

function open(fees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 }): void {
  names = 0;
  venue = new TestVenue(3).list({ ...apples, ...fees });
  venue.open("alice", { COIN: 1000 });
  venue.open("bob", { APPLE: 4 });
  venue.open("carol", { COIN: 1000 });
  venue.do(cycle);
  venue.do(permission);
}

beforeEach(() => {
  open();
});

describe("an uncovered sale", () => {
  it("brings nothing before it is delivered, and takes nothing that is there", () => {
    venue.do(order("bob", "sells 10 @ 10, uncovered"));
    venue.do(order("alice", "buys 10 @ 10"));
    expect([available("bob", "APPLE"), available("bob", "COIN")]).toEqual([4, 0]);
    expect([available("alice", "APPLE"), available("alice", "COIN")]).toEqual([0, 900]);
    expect(owings("bob")).toMatchObject([{ asset: "APPLE", limit: "20", owed: "10", given: "0" }]);
    expect(owings("alice")).toMatchObject([{ asset: "COIN", owed: "0", given: "100" }]);
    for (const shard of venue.shards) shard.audit();
    assertSettled(venue);
  });

  it("is settled in full where all of it is there at the cut-off", () => {
    venue.do(order("bob", "sells 4 @ 10, uncovered"));
    venue.do(order("alice", "buys 4 @ 10"));
    wait(3);
    expect([available("bob", "COIN"), available("alice", "APPLE")]).toEqual([40, 4]);
    expect([deliveries(), kinds("delivery-failed")]).toEqual([[], []]);
  });

  it("is delivered out of what is settled on the same day", () => {
    venue.open("dora", { APPLE: 10 });
    venue.do(order("bob", "sells 4 @ 10"));
    venue.do(order("carol", "buys 4 @ 10"));
    venue.do(order("dora", "sells 10 @ 4"));
    venue.do(order("bob", "buys 10 @ 4"));
    venue.do(order("bob", "sells 10 @ 10, uncovered"));
    venue.do(order("alice", "buys 10 @ 10"));
    wait(3);
    expect([available("bob", "COIN"), available("alice", "APPLE")]).toEqual([100, 10]);
    expect(kinds("delivery-failed")).toEqual([]);
  });

  it("counts against the permission until it is delivered or canceled", () => {
    venue.do(order("bob", "sells 20 @ 10, uncovered"));
    expect(reasonOf(order("bob", "sells 1 @ 10, uncovered"))).toBe("uncovered-limit-exceeded");
    venue.do(order("alice", "buys 10 @ 10"));
    venue.do({ kind: "cancel-order", account: "bob", orderId: 0, clientOrderId: "o1" });
    expect(owings("bob")).toMatchObject([{ ordered: "0", owed: "10" }]);
    expect(reasonOf(order("bob", "sells 11 @ 10, uncovered"))).toBe("uncovered-limit-exceeded");
    expect(reasonOf(order("bob", "sells 10 @ 10, uncovered"))).toBe("none");
  });

  it("keeps what it owes from being withdrawn, and pays its fee once there is money", () => {
    open({ makerFeeBasisPoints: 100, takerFeeBasisPoints: 100 });
    venue.do(order("bob", "sells 10 @ 10, uncovered"));
    venue.do(order("alice", "buys 10 @ 10"));
    expect(owings("bob")).toMatchObject([{ asset: "APPLE" }, { asset: "COIN", dues: "1" }]);
    wait(2);
    // Four were delivered for forty: a coin of that is the fee, and one the penalty.
    expect(available("bob", "COIN")).toBe(38);
    expect(owings("bob").map(({ asset, dues }) => [asset, dues])).toEqual([["APPLE", "0"]]);
  });
});

describe("a delivery that fails", () => {
  it("is paid for in part, is due again, and costs a penalty for every day", () => {
    venue.do(order("bob", "sells 10 @ 10, uncovered"));
    venue.do(order("alice", "buys 10 @ 10"));
    wait(2);
    expect([available("alice", "APPLE"), available("bob", "COIN")]).toEqual([4, 39]);
    expect(kinds("penalty-charged")).toMatchObject([
      { account: "bob", penalty: 1, outstanding: 0 },
    ]);
    expect(deliveries()).toEqual([
      "delivery 1 of bob to alice, due 20231116: 0 of 6 goods and 60 of 60 money given, " +
        "failed for 1 days",
    ]);
    expect(kinds("buy-in-flagged")).toEqual([]);
    wait(1);
    expect(kinds("buy-in-flagged")).toMatchObject([
      { account: "bob", asset: "APPLE", units: 6, counterparty: "alice", since: 2023_11_15 },
    ]);
    wait(3);
    expect(kinds("delivery-failed")).toHaveLength(3);
    expect(kinds("buy-in-flagged")).toHaveLength(1);
    assertSettled(venue);
  });

  it("goes to the oldest first, and then by name", () => {
    venue.do(order("bob", "sells 6 @ 10, uncovered"));
    venue.do(order("carol", "buys 3 @ 10"));
    venue.do(order("alice", "buys 3 @ 10"));
    wait(2);
    expect([available("alice", "APPLE"), available("carol", "APPLE")]).toEqual([3, 1]);
    venue.open("dora", { APPLE: 10 });
    venue.do(order("bob", "sells 3 @ 10, uncovered"));
    venue.do(order("alice", "buys 3 @ 10"));
    venue.do(order("dora", "sells 3 @ 10"));
    venue.do(order("bob", "buys 3 @ 10"));
    wait(5);
    expect([available("alice", "APPLE"), available("carol", "APPLE")]).toEqual([4, 3]);
  });

  it("may be for want of money: the goods wait as long", () => {
    venue.open("zoe", { COIN: 30 });
    expect(reasonOf({ ...permission, account: "zoe", asset: "COIN", limit: 100 })).toBe("none");
    venue.do(order("zoe", "buys 4 @ 10, uncovered"));
    venue.do(order("bob", "sells 4 @ 10"));
    expect(available("bob", "APPLE")).toBe(0);
    wait(2);
    expect([available("zoe", "APPLE"), available("bob", "COIN")]).toEqual([3, 30]);
    expect(deliveries()).toEqual([
      "delivery 1 of bob to zoe, due 20231116: 1 of 1 goods and 0 of 10 money given, " +
        "failed for 1 days",
    ]);
    expect(kinds("penalty-charged")).toMatchObject([{ account: "zoe", outstanding: 1 }]);
  });

  it("is known wherever its account moves, and to a shard that is restored", () => {
    venue.do(order("bob", "sells 10 @ 10, uncovered"));
    venue.do(order("alice", "buys 10 @ 10"));
    for (const shard of [0, 1, 2]) {
      for (const account of ["alice", "bob"]) {
        venue.ask({ kind: "place-actor", actor: `account/${account}`, shard, ...why });
      }
    }
    for (const shard of venue.shards) shard.audit();
    wait(2);
    expect([available("alice", "APPLE"), deliveries().length]).toEqual([4, 1]);
    venue.logs.forEach((log, number) => {
      for (let cut = 1; cut < log.length; cut += 5) {
        const first = new Shard(number, 3);
        for (const entry of log.slice(0, cut)) first.apply(entry);
        const restored = Shard.restore(unpack(pack(first.snapshot())) as SavedShard);
        for (const entry of log.slice(cut)) restored.apply(entry);
        restored.audit();
        expect(pack(restored.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
      }
    });
  });

  it("is due every day at midnight once its cycle is over", () => {
    venue.do(order("bob", "sells 10 @ 10, uncovered"));
    venue.do({ ...cycle, symbols: [] });
    venue.do(order("alice", "buys 10 @ 10"));
    expect(deliveries()).toEqual([
      "delivery 1 of bob to alice, due 20231115: 0 of 10 goods and 100 of 100 money given",
    ]);
    wait(1);
    expect(available("alice", "APPLE")).toBe(4);
    expect(deliveries()[0]).toContain("due 20231116");
  });
});

describe("bad input", () => {
  it.each<readonly [string, string, Partial<SetFailPermission>]>([
    ["of an account that there is not", "account-unknown", { account: "nobody" }],
    ["of an asset that there is not", "asset-unknown", { asset: "NOTHING" }],
    ["of less than nothing", "fail-permission-invalid", { limit: -1 }],
    ["at more than all of it", "fail-permission-invalid", { penaltyBasisPoints: 10_001 }],
    ["after less than no days", "fail-permission-invalid", { buyInDays: -1 }],
  ])("is refused and changes nothing: a permission %s", (_, reason, change) => {
    const before = venue.first.answer("failPermissions", {});
    expect(reasonOf({ ...permission, ...change })).toBe(reason);
    expect(venue.first.answer("failPermissions", {})).toEqual(before);
  });

  it.each<readonly [string, string, string, string]>([
    ["of who is not permitted to", "uncovered-not-permitted", "alice", "sells 1 @ 10, uncovered"],
    ["of another asset", "uncovered-not-permitted", "bob", "buys 1 @ 10, uncovered"],
    ["without a price", "uncovered-not-permitted", "bob", "sells 1 at market, uncovered"],
    ["of too much", "uncovered-limit-exceeded", "bob", "sells 21 @ 10, uncovered"],
  ])("is refused and changes nothing: an uncovered order %s", (_, reason, account, text) => {
    const before = [owings(account), available(account, "APPLE")];
    expect(reasonOf(order(account, text))).toBe(reason);
    expect([owings(account), available(account, "APPLE")]).toEqual(before);
  });

  it("is refused: an uncovered order of what is settled at once, or in a list", () => {
    const uncovered = order("bob", "sells 1 @ 10, uncovered");
    const other = order("bob", "sells 1 @ 11");
    if (uncovered.kind !== "place-order" || other.kind !== "place-order") throw new Error();
    const list = { kind: "place-order-list", account: "bob", listType: ListType.OTO } as const;
    expect(reasonOf({ ...list, orders: [uncovered, other] })).toBe("uncovered-not-permitted");
    venue.do({ ...cycle, symbols: [] });
    expect(reasonOf(order("bob", "sells 1 @ 10, uncovered"))).toBe("uncovered-not-permitted");
  });

  it("is refused: a replace to more than may be owed", () => {
    const placed = order("bob", "sells 10 @ 10, uncovered");
    if (placed.kind !== "place-order") throw new Error();
    venue.do(placed);
    const replace = {
      ...({ kind: "replace-order", account: "bob", orderId: 0, price: 11 } as const),
      ...{ revision: 0, clientOrderId: placed.clientOrderId },
    };
    expect(reasonOf({ ...replace, quantity: 21, revised: unrevised })).toBe("funds-insufficient");
    expect(reasonOf({ ...replace, quantity: 20, revised: unrevised })).toBe("none");
    expect(owings("bob")).toMatchObject([{ ordered: "20" }]);
  });

  it("is refused by a logic that knows no cycles", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples);
    venue.open("bob", { APPLE: 4 });
    expect(reasonOf(permission)).toBe("command-not-permitted");
    expect(reasonOf(order("bob", "sells 1 @ 10, uncovered"))).toBe("uncovered-not-permitted");
  });
});

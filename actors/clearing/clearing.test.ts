/**
 * Goal: trades under a cycle are settled when and as the cycle says, delivery against payment; what
 * is not settled may be sold and not withdrawn; and bad input is refused with its number and
 * changes nothing.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { rejectReasonName, pack, unpack } from "../../protocols/index.ts";
import type { Command, SetSettlementCycle, SettlementFinal } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { Approvers } from "../testing/approving.ts";
import { apples } from "../testing/instruments.ts";
import { assertSettled } from "../testing/invariants.ts";
import { orderIn } from "../testing/order-words.ts";
import { TestVenue } from "../testing/test-venue.ts";

const { symbol } = apples;
const why = { author: "ops", reason: "test" };
const made = new Approvers();
const hourUs = 3_600_000_000;
/** The venue's clocks begin on Tuesday, 2023-11-14, 22:13 UTC. */
const cycle: SetSettlementCycle = {
  ...{ kind: "set-settlement-cycle", cycle: "spot", symbols: [symbol], days: 2 },
  ...{ offsetMinutes: 0, cutOffMinute: 23 * 60, weekend: [5, 6], holidays: [2023_11_16] },
  ...why,
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

function trade(seller: string, buyer: string, quantity: number, price = 10): void {
  venue.do(order(seller, `sells ${String(quantity)} @ ${String(price)}`));
  venue.do(order(buyer, `buys ${String(quantity)} @ ${String(price)}`));
}

/** Lets so many hours pass, one after the other. */
function wait(hours: number): void {
  for (let hour = 0; hour < hours; hour++) {
    venue.timeUs += hourUs;
    for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
    venue.drain();
  }
}

const balance = (account: string, asset: string) => {
  const shard = venue.shards.find((candidate) => candidate.account(account) !== undefined);
  const views = shard?.answer("balances", { account }) ?? [];
  const { available = 0, unsettled = 0 } = views.find((view) => view.asset === asset) ?? {};
  return [available, unsettled];
};
const obligations = (account: string): string[] =>
  venue.shards.flatMap((shard) =>
    (shard.answer("obligations", { account }) ?? []).map(({ asset, date, deliver, receive }) => {
      return `${String(date)} ${asset} -${deliver} +${receive}`;
    }),
  );
const finals = () =>
  venue.events.filter((event): event is SettlementFinal => event.kind === "settlement-final");

beforeEach(() => {
  names = 0;
  venue = new TestVenue(3).list({ ...apples, makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 });
  venue.open("alice", { COIN: 1000 });
  venue.open("bob", { APPLE: 100 });
  venue.open("carol", { COIN: 1000 });
  venue.do(cycle);
});

describe("a trade under a cycle", () => {
  it("is owed at once, and settled at the cut-off of its date", () => {
    trade("bob", "alice", 10);
    expect(obligations("alice")).toEqual(["20231117 APPLE -0 +10", "20231117 COIN -100 +0"]);
    expect([balance("alice", "APPLE"), balance("alice", "COIN")]).toEqual([
      [10, 10],
      [900, 0],
    ]);
    // Wednesday, Thursday's holiday, and most of Friday.
    wait(72);
    expect(finals()).toEqual([]);
    wait(1);
    expect(finals()).toMatchObject([{ round: 1, date: 2023_11_17, trades: 1, accounts: 2 }]);
    expect(obligations("alice")).toEqual([]);
    expect(balance("alice", "APPLE")).toEqual([10, 0]);
    expect(balance("bob", "COIN")).toEqual([100, 0]);
    for (const shard of venue.shards) shard.audit();
    assertSettled(venue);
  });

  it("is netted with the others of its account, asset and date", () => {
    trade("bob", "alice", 10);
    trade("alice", "carol", 6);
    trade("bob", "carol", 4);
    wait(73);
    expect(finals()).toMatchObject([
      {
        trades: 3,
        assets: [
          { asset: "APPLE", traded: 20, netted: 14 },
          { asset: "COIN", traded: 200, netted: 140 },
        ],
      },
    ]);
    expect(venue.first.answer("settlements", { date: 2023_11_17 })).toHaveLength(1);
    expect(venue.first.answer("settlements", { date: 2023_11_18 })).toEqual([]);
  });

  it("lets what was bought be sold by the same day, but not at once", () => {
    trade("bob", "alice", 10);
    const plain = { ...apples, symbol: "APPLE-GOLD", quote: "GOLD" };
    venue.list(plain);
    const atOnce = orderIn("sells 10 @ 10 as now", {
      ...{ account: "alice", symbol: plain.symbol, timeUs: venue.timeUs },
    });
    expect(atOnce && reasonOf(atOnce)).toBe("funds-insufficient");
    trade("alice", "carol", 10);
    expect(balance("alice", "APPLE")).toEqual([0, 0]);
    wait(73);
    expect([balance("alice", "APPLE"), balance("carol", "APPLE")]).toEqual([
      [0, 0],
      [10, 0],
    ]);
    assertSettled(venue);
  });

  it("is settled as ever where its cycle is over", () => {
    trade("bob", "alice", 1);
    venue.do({ ...cycle, symbols: [] });
    trade("bob", "alice", 1);
    expect(balance("alice", "APPLE")).toEqual([2, 1]);
    wait(73);
    expect(balance("alice", "APPLE")).toEqual([2, 0]);
  });

  it("is owed by its account wherever that moves", () => {
    trade("bob", "alice", 10);
    for (const shard of [0, 1, 2]) {
      venue.do({ kind: "place-actor", actor: "account/alice", shard, ...why });
    }
    expect(obligations("alice")).toHaveLength(2);
    wait(73);
    expect([finals().length, obligations("alice")]).toEqual([1, []]);
    for (const shard of venue.shards) shard.audit();
  });

  it("is known to a shard that is added", () => {
    venue.formShard();
    venue.do({ kind: "add-shard", shards: 4, ...why });
    expect(venue.shards[3]?.answer("settlementCycles", {})).toHaveLength(1);
  });
});

describe("a round of settlement", () => {
  it("changes nothing before all its accounts have heard of their trades", () => {
    trade("bob", "alice", 10);
    const words = order("bob", "sells 5 @ 10");
    venue.do(words);
    // The word of the trade stays between the shards while the cut-off comes.
    venue.send(order("alice", "buys 5 @ 10"));
    venue.timeUs += 73 * hourUs;
    for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
    expect(finals()).toEqual([]);
    venue.drain();
    wait(1);
    const trades = finals().map((final) => final.trades);
    expect(trades.reduce((sum, count) => sum + count)).toBe(2);
    expect(balance("alice", "APPLE")).toEqual([15, 0]);
    assertSettled(venue);
  });

  it("is the same after any entry where a shard is restored", () => {
    trade("bob", "alice", 10);
    wait(73);
    venue.logs.forEach((log, number) => {
      for (let cut = 1; cut < log.length; cut += 7) {
        const first = new Shard(number, 3);
        for (const entry of log.slice(0, cut)) first.apply(entry);
        const restored = Shard.restore(unpack(pack(first.snapshot())) as SavedShard);
        for (const entry of log.slice(cut)) restored.apply(entry);
        restored.audit();
        expect(pack(restored.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
      }
    });
  });
});

describe("a withdrawal", () => {
  it("is of what is settled, and of no more", () => {
    const rules = {
      kind: "set-custody-policy",
      ...{ asset: "APPLE", custodian: "custodian" },
      ...{
        approvers: ["ann", "ben"],
        quorum: 2,
        withdrawalMin: 1,
        withdrawalMax: 500,
        dailyMax: 1000,
      },
      ...{ coolOffSeconds: 1, confirmations: 1, depositMin: 1, tiers: [{ from: 0, needed: 0 }] },
      ...why,
    } as const;
    const by = ["ann", "ben"].map((name) => made.approval(name, venue.timeUs + hourUs));
    venue.do({ ...rules, approvals: by });
    const where = { account: "alice", asset: "APPLE", address: "cold-1" };
    venue.do({ kind: "allow-address", ...where });
    venue.timeUs += 1_000_000;
    trade("bob", "alice", 10);
    venue.do({
      ...{ kind: "deposit", account: "alice", asset: "APPLE", amount: 5 },
      ...{ reference: "five", ...why },
    });
    const asked = { kind: "request-withdrawal", ...where } as const;
    expect(reasonOf({ ...asked, reference: "a", amount: 6 })).toBe("funds-unsettled");
    expect(reasonOf({ ...asked, reference: "b", amount: 5 })).toBe("none");
    wait(73);
    expect(reasonOf({ ...asked, reference: "c", amount: 10 })).toBe("none");
  });
});

describe("bad input", () => {
  it.each<readonly [string, string, Partial<SetSettlementCycle>]>([
    ["of an instrument that there is not", "instrument-unknown", { symbols: ["NO-SUCH"] }],
    ["of three days", "settlement-cycle-invalid", { days: 3 }],
    ["of an instrument twice", "settlement-cycle-invalid", { symbols: [symbol, symbol] }],
    [
      "with no day of the week left",
      "settlement-cycle-invalid",
      { weekend: [0, 1, 2, 3, 4, 5, 6] },
    ],
    ["with a day that there is not", "settlement-cycle-invalid", { holidays: [2023_02_29] }],
  ])("is refused and changes nothing: a cycle %s", (_, reason, change) => {
    const before = venue.shards.map((shard) => pack(shard.directory.snapshot()));
    expect(reasonOf({ ...cycle, ...change })).toBe(reason);
    expect(venue.shards.map((shard) => pack(shard.directory.snapshot()))).toEqual(before);
  });

  it("is refused by a logic that knows no cycles", () => {
    const old = new TestVenue(1, { logic: 2 }).list(apples);
    expect(rejectReasonName(old.ask(cycle).rejectReason)).toBe("command-not-permitted");
  });
});

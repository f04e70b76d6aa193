/**
 * Goal: what accounts pay changes as administrators say, in every shard, for orders that are placed
 * afterwards; what cannot be is refused and changes nothing.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  lotsMax,
  OrderType,
  pack,
  plainInstructions,
  rejectReasonName,
  Side,
  ticksMax,
  TimeInForce,
  unpack,
} from "../../protocols/index.ts";
import type {
  Command,
  FeeTier,
  PlaceOrder,
  SetAccountFees,
  SetFeeSchedule,
  RejectReason,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { apples, gold, pears } from "../testing/instruments.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { grow } from "../testing/trading-day.ts";

const why = { author: "ops", reason: "test" };
const tier = (volume: number, makerPpm: number, takerPpm: number): FeeTier => {
  return { volume, makerPpm, takerPpm };
};

const spot: SetFeeSchedule = {
  ...{ kind: "set-fee-schedule", schedule: "spot", symbols: [apples.symbol], minimum: 0 },
  ...{ tiers: [tier(0, 10_000, 20_000), tier(1000, -5000, 10_000)], ...why },
};
const own: SetAccountFees = {
  ...{ kind: "set-account-fees", account: "alice", symbol: "", ...why },
  rates: { makerPpm: 0, takerPpm: 6000 },
};

let venue: TestVenue;

beforeEach(() => {
  venue = new TestVenue(3).list(apples, pears, gold);
  for (const account of ["alice", "bob"]) venue.open(account, { APPLE: 10_000, COIN: 100_000 });
});

const outcome = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

function stateOf(): Uint8Array {
  return pack(
    venue.shards.map((shard) => {
      const { governor, directory, accounts } = shard.snapshot();
      return [governor, directory, accounts];
    }),
  );
}

describe("fees that cannot be", () => {
  it.each<[string, Command, keyof typeof RejectReason]>([
    ["a tier from nowhere", { ...spot, tiers: [tier(1, 0, 0)] }, "fees-invalid"],
    ["no tier", { ...spot, tiers: [] }, "fees-invalid"],
    ["tiers out of order", { ...spot, tiers: [tier(0, 0, 0), tier(0, 0, 0)] }, "fees-invalid"],
    ["a taker's rebate", { ...spot, tiers: [tier(0, 0, -1)] }, "fees-invalid"],
    ["too dear", { ...spot, tiers: [tier(0, 0, 100_001)] }, "fees-invalid"],
    ["too dear for makers", { ...spot, tiers: [tier(0, 100_001, 0)] }, "fees-invalid"],
    ["a rebate above all bounds", { ...spot, tiers: [tier(0, -10_001, 100_000)] }, "fees-invalid"],
    [
      "a rebate above what a taker of another tier pays",
      { ...spot, tiers: [tier(0, -1000, 5000), tier(10, 0, 999)] },
      "fees-invalid",
    ],
    ["less than no minimum", { ...spot, minimum: -1 }, "fees-invalid"],
    ["one instrument twice", { ...spot, symbols: ["APPLE-COIN", "APPLE-COIN"] }, "fees-invalid"],
    ["two quote assets", { ...spot, symbols: [apples.symbol, gold.symbol] }, "fees-invalid"],
    ["a name that is none", { ...spot, schedule: "Spot fees" }, "fees-invalid"],
    ["nothing for nobody, at a minimum", { ...spot, symbols: [], minimum: 1 }, "fees-invalid"],
    ["an instrument nobody knows", { ...spot, symbols: ["FIG-COIN"] }, "instrument-unknown"],
    ["an account nobody knows", { ...own, account: "zoe" }, "account-unknown"],
    ["of an account in nothing", { ...own, symbol: "FIG-COIN" }, "instrument-unknown"],
    [
      "of an account beyond bounds",
      { ...own, rates: { makerPpm: 0, takerPpm: -1 } },
      "fees-invalid",
    ],
  ])("are refused: %s", (_, command, reason) => {
    const before = stateOf();
    expect(outcome(command)).toBe(reason);
    expect(stateOf()).toEqual(before);
  });

  it("are all fees to logic 2", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples).open("alice");
    expect([outcome(spot), outcome(own)]).toEqual(Array(2).fill("command-not-permitted"));
  });
});

describe("a preview of fees", () => {
  it("is refused of what no ledger could hold", () => {
    const home = venue.shards.find((shard) => shard.account("alice") !== undefined);
    const asked = { account: "alice", symbol: apples.symbol, side: Side.buy, price: ticksMax };
    const view = home?.answer("fees", { ...asked, quantity: lotsMax });
    expect(typeof view === "number" && rejectReasonName(view)).toBe("notional-too-large");
    expect(home?.answer("fees", { ...asked, quantity: 1 })).toMatchObject({ notional: ticksMax });
  });
});

let placed = 0;

function place(account: string, side: Side, quantity: number): PlaceOrder {
  placed += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o-${placed}`, symbol: apples.symbol, side },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price: 10, quantity },
    instructions: plainInstructions,
  };
}

/** What all fills were charged, in the order of telling. */
const fees = (): number[] =>
  venue.events.flatMap((event) => {
    return event.kind === "execution-report" && event.tradeId !== 0 ? [Number(event.fee)] : [];
  });

/** What bob, who rests, and alice, who takes, are charged for ten apples at ten coins. */
function charged(quantity = 10): readonly [maker: number, taker: number] {
  const from = venue.events.length;
  venue.do(place("bob", Side.sell, quantity));
  venue.do(place("alice", Side.buy, quantity));
  venue.drain();
  const feeOf = (account: string): number => {
    const fill = venue.events.slice(from).find((event) => {
      return event.kind === "execution-report" && event.tradeId !== 0 && event.account === account;
    });
    return fill?.kind === "execution-report" ? Number(fill.fee) : NaN;
  };
  return [feeOf("bob"), feeOf("alice")];
}

describe("a fee schedule", () => {
  it("is for orders that come after it, in whichever shard", () => {
    expect(charged()).toEqual([0, 0]);
    expect(outcome(spot)).toBe("none");
    expect(charged()).toEqual([1, 2]);
  });

  it("lets those who trade much pay less, or nothing and be given some", () => {
    venue.do(spot);
    charged(100);
    expect(charged(100)).toEqual([-5, 10]);
    const settled = venue.shards.map((shard) => shard.ledger.of("COIN").rebates.balance);
    expect(settled.reduce((sum, amount) => Number(sum) + Number(amount), 0)).toBe(-5);
  });

  it("leaves an order what it was placed under", () => {
    venue.do(place("bob", Side.sell, 10));
    venue.do({ ...spot, tiers: [tier(0, 50_000, 50_000)] });
    venue.do(place("alice", Side.buy, 10));
    venue.drain();
    expect(fees().sort()).toEqual([0, 5]);
  });

  it("has a minimum for an order that trades", () => {
    venue.do({ ...spot, minimum: 7 });
    expect(charged()).toEqual([7, 7]);
  });

  it("is over when it has no instruments, or another has them all", () => {
    // Of one that gave a rebate, what is left has to pay for it: rebate-bounds.test.ts.
    venue.do({ ...spot, tiers: [tier(0, 10_000, 20_000)] });
    venue.do({ ...spot, schedule: "other", tiers: [tier(0, 30_000, 40_000)] });
    expect(charged()).toEqual([3, 4]);
    expect(venue.first.directory.feeSchedules().map(({ schedule }) => schedule)).toEqual(["other"]);
    venue.do({ ...spot, schedule: "other", symbols: [], tiers: [] });
    expect(charged()).toEqual([0, 0]);
    expect(venue.first.directory.feeSchedules()).toEqual([]);
  });

  it("is known to a shard that is added", () => {
    venue.do(spot);
    grow(venue);
    venue.drain();
    const known = venue.shards.map((shard) => shard.directory.feeSchedules());
    expect(known[3]).toEqual(known[0]);
    expect(known[3]).toHaveLength(1);
  });
});

describe("an account's own rates", () => {
  it("are for it alone, until they are taken back", () => {
    venue.do(spot);
    venue.do(own);
    expect(charged(1000)).toEqual([100, 60]);
    expect(outcome({ ...own, rates: undefined })).toBe("none");
    expect(charged(100)).toEqual([-5, 10]);
  });

  it("and all else about fees are the same after a snapshot", () => {
    venue.do(spot);
    venue.do(own);
    charged(100);
    charged(100);
    for (const shard of venue.shards) {
      const saved = unpack(pack(shard.snapshot())) as SavedShard;
      const restored = Shard.restore(saved);
      expect(pack(restored.snapshot())).toEqual(pack(shard.snapshot()));
      restored.audit();
    }
  });
});

/**
 * Goal: limits of risk and groups of accounts hold in every shard from the command that sets them
 * on; what cannot be is refused and changes nothing.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  OrderType,
  pack,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
  unpack,
} from "../../protocols/index.ts";
import type {
  Command,
  MassQuote,
  PlaceOrder,
  RejectReason,
  RiskLimits,
  RiskScope,
  SetRiskGroup,
  SetRiskLimits,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { applePerpetual } from "../testing/contracts.ts";
import { apples, gold, pears } from "../testing/instruments.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { grow } from "../testing/trading-day.ts";

const why = { author: "ops", reason: "test" };
const everybody: RiskScope = { account: "", group: "", quote: "", symbol: "" };

function limits(scope: Partial<RiskScope>, values: RiskLimits): SetRiskLimits {
  return { kind: "set-risk-limits", scope: { ...everybody, ...scope }, limits: values, ...why };
}

function joins(account: string, group: string): SetRiskGroup {
  return { kind: "set-risk-group", account, group, ...why };
}

let venue: TestVenue;
let placed = 0;

beforeEach(() => {
  venue = new TestVenue(3).list(apples, pears, gold);
  for (const account of ["alice", "bob"]) {
    venue.open(account, { APPLE: 100_000, COIN: 1_000_000, PEAR: 100_000 });
  }
});

const outcome = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

function place(account: string, change: Partial<PlaceOrder> = {}): PlaceOrder {
  placed += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o-${placed}`, symbol: apples.symbol },
    ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 10, quantity: 5, instructions: plainInstructions },
    ...change,
  };
}

function stateOf(): Uint8Array {
  return pack(
    venue.shards.map((shard) => {
      const { governor, directory, accounts } = shard.snapshot();
      return [governor, directory, accounts];
    }),
  );
}

describe("limits of a contract", () => {
  const { symbol } = applePerpetual;
  beforeEach(() => void venue.open("fund").list(applePerpetual));

  it.each<RiskLimits>([{ positionQuantity: 5 }, { exposure: 5 }, { dailyLoss: 5 }])(
    "may be of what there is in it: %j",
    (values) => {
      expect(outcome(limits({ symbol }, values))).toBe("none");
      expect(outcome(limits({ symbol }, { ...values, openOrders: 1 }))).toBe("none");
    },
  );

  it("may be of its orders", () => {
    expect(outcome(limits({ symbol }, { orderQuantity: 4, openOrders: 1 }))).toBe("none");
    expect(outcome(place("alice", { symbol }))).toBe("order-quantity-above-limit");
  });
});

describe("limits that cannot be", () => {
  const one = { openOrders: 1 };
  it.each<[string, Command, keyof typeof RejectReason]>([
    [
      "of an account and a group",
      limits({ account: "bob", group: "g" }, one),
      "risk-limits-invalid",
    ],
    [
      "of a quote asset and an instrument",
      limits({ quote: "COIN", symbol: apples.symbol }, one),
      "risk-limits-invalid",
    ],
    ["lots of nothing", limits({}, { orderQuantity: 5 }), "risk-limits-invalid"],
    ["lots of many", limits({ quote: "COIN" }, { orderQuantity: 5 }), "risk-limits-invalid"],
    ["units of nothing", limits({}, { orderNotional: 5 }), "risk-limits-invalid"],
    ["fewer than none", limits({}, { openOrders: -1 }), "risk-limits-invalid"],
    ["no rate", limits({}, { orderRate: 0 }), "risk-limits-invalid"],
    ["too high a rate", limits({}, { orderRate: 50_001 }), "risk-limits-invalid"],
    ["a burst of no rate", limits({}, { orderBurst: 5 }), "risk-limits-invalid"],
    ["free orders of no ratio", limits({}, { ordersFree: 5 }), "risk-limits-invalid"],
    ["too long a time", limits({}, { repeatMs: 10_001 }), "risk-limits-invalid"],
    ["a worth of nothing", limits({}, { exposure: 1 }), "risk-limits-invalid"],
    [
      "a position in nothing",
      limits({ quote: "COIN" }, { positionQuantity: 1 }),
      "risk-limits-invalid",
    ],
    ["of an account nobody knows", limits({ account: "zoe" }, one), "account-unknown"],
    ["of an instrument nobody knows", limits({ symbol: "FIG-COIN" }, one), "instrument-unknown"],
    ["of an asset nobody knows", limits({ quote: "FIG" }, one), "asset-unknown"],
    ["a group for nobody", joins("zoe", "g"), "account-unknown"],
  ])("are refused: %s", (_, command, reason) => {
    const before = stateOf();
    expect(outcome(command)).toBe(reason);
    expect(stateOf()).toEqual(before);
  });

  it("are all limits to logic 2", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples).open("alice");
    expect([outcome(limits({}, {})), outcome(joins("alice", "g"))]).toEqual(
      Array(2).fill("command-not-permitted"),
    );
  });
});

describe("limits that ask for prices", () => {
  const trade = (price: number) => {
    venue.do(place("bob", { side: Side.sell, price, quantity: 1 }));
    venue.do(place("alice", { price, quantity: 1 }));
    venue.drain();
  };
  const known = () => venue.shards.map(({ directory }) => directory.lastPriceOf(apples.symbol));

  it("have every shard know them, from what there was before and a new shard, too", () => {
    trade(100);
    expect(known()).toEqual(Array(3).fill(undefined));
    venue.do(limits({ quote: "COIN" }, { exposure: 10_000_000 }));
    venue.drain();
    expect(known()).toEqual(Array(3).fill(100));
    grow(venue);
    venue.drain();
    expect(known()).toEqual(Array(4).fill(100));
  });

  it("hear of small moves once a second, and of a thousandth at once", () => {
    venue.do(limits({ account: "bob", quote: "COIN" }, { exposure: 10_000_000 }));
    trade(5000);
    trade(5004);
    expect(known()).toEqual(Array(3).fill(5000));
    trade(5005);
    expect(known()).toEqual(Array(3).fill(5005));
    trade(5004);
    expect(known()).toEqual(Array(3).fill(5005));
    venue.timeUs += 1_000_000;
    trade(5004);
    expect(known()).toEqual(Array(3).fill(5004));
  });

  it("value a market order by them", () => {
    venue.do(limits({ account: "alice", symbol: apples.symbol }, { orderNotional: 300 }));
    trade(100);
    const market = { orderType: OrderType.market, timeInForce: TimeInForce.IOC, price: 0 } as const;
    const reply = venue.ask(place("alice", { ...market, quantity: 4 }));
    expect(reply).toMatchObject({ figures: { limit: 300, used: 0, asked: 400 } });
    expect(outcome(place("alice", { ...market, quantity: 3 }))).toBe("none");
  });

  it("are the same after a snapshot, prices included", () => {
    trade(100);
    const priced = { exposure: 10_000_000, priceBasisPoints: 100 };
    venue.do(limits({ account: "bob", quote: "COIN" }, priced));
    trade(100);
    for (const shard of venue.shards) {
      const saved = unpack(pack(shard.snapshot())) as SavedShard;
      const restored = Shard.restore(saved);
      expect(pack(restored.snapshot())).toEqual(pack(shard.snapshot()));
      expect(restored.directory.lastPriceOf(apples.symbol)).toBe(100);
    }
  });
});

describe("limits", () => {
  it("hold from the next command, in whichever shard, until they are taken back", () => {
    expect(outcome(limits({ symbol: apples.symbol }, { orderQuantity: 4 }))).toBe("none");
    for (const account of ["alice", "bob"]) {
      expect(outcome(place(account))).toBe("order-quantity-above-limit");
      expect(outcome(place(account, { symbol: pears.symbol }))).toBe("none");
    }
    venue.do(limits({ symbol: apples.symbol }, {}));
    expect(outcome(place("alice"))).toBe("none");
    expect(venue.shards.map(({ directory }) => directory.risk)).toEqual(Array(3).fill(undefined));
  });

  it("are of each account of a group by itself, and the tightest holds", () => {
    venue.do(limits({ group: "retail" }, { openOrders: 1 }));
    venue.do(limits({ account: "alice" }, { openOrders: 5 }));
    for (const account of ["alice", "bob"]) venue.do(joins(account, "retail"));
    for (const account of ["alice", "bob"]) {
      expect(outcome(place(account))).toBe("none");
      expect(outcome(place(account))).toBe("open-orders-above-limit");
    }
    venue.do(joins("alice", ""));
    expect(outcome(place("alice"))).toBe("none");
    venue.do(joins("bob", "makers"));
    expect(outcome(place("bob"))).toBe("none");
  });

  it("say by how much they were exceeded", () => {
    venue.do(limits({ quote: "COIN" }, { orderNotional: 49 }));
    const reply = venue.ask(place("alice"));
    expect(reply).toMatchObject({ figures: { limit: 49, used: 0, asked: 50 } });
    const sent = place("alice");
    venue.ask(sent);
    // It may pass another day: the same order that comes again is told the same, without figures.
    venue.do(limits({ quote: "COIN" }, {}));
    const again = venue.ask(sent);
    expect(rejectReasonName(again.rejectReason)).toBe("order-notional-above-limit");
    expect(again).toMatchObject({ isDuplicate: true });
    expect("figures" in again).toBe(false);
  });

  it("count the orders that were there before anybody asked, of all instruments of a quote", () => {
    venue.do(place("alice"));
    venue.do(place("alice", { symbol: pears.symbol }));
    venue.do(limits({ quote: "COIN" }, { openOrders: 2 }));
    const reply = venue.ask(place("alice"));
    expect(reply).toMatchObject({ figures: { limit: 2, used: 2, asked: 1 } });
    venue.do({
      kind: "cancel-order",
      account: "alice",
      orderId: 0,
      clientOrderId: `o-${placed - 2}`,
    });
    expect(outcome(place("alice"))).toBe("none");
  });

  it("are kept by both sides of a quote together", () => {
    const quote = (quoteId: string): MassQuote => ({
      ...{ kind: "mass-quote", account: "bob", quoteId },
      quotes: [
        {
          ...{ symbol: apples.symbol, bidPrice: 9, bidQuantity: 1 },
          ...{ askPrice: 11, askQuantity: 1 },
        },
      ],
    });
    venue.do(limits({ account: "bob" }, { orderRate: 1, orderBurst: 3, openOrders: 2 }));
    expect(outcome(quote("q1"))).toBe("none");
    expect(outcome(quote("q2"))).toBe("order-rate-above-limit");
    venue.timeUs += 1_000_000;
    expect(outcome(quote("q3"))).toBe("none");
  });

  it("are known to a shard that is added, and so are groups", () => {
    venue.do(limits({ group: "retail" }, { openOrders: 1 }));
    venue.do(joins("alice", "retail"));
    grow(venue);
    venue.drain();
    const known = venue.shards.map(({ directory }) => directory.risk?.snapshot());
    expect(known).toHaveLength(4);
    expect(known[3]).toEqual(known[0]);
    expect(known[3]).toBeDefined();
  });

  it("and what is used of them are the same after a snapshot", () => {
    venue.do(limits({}, { orderRate: 2, ordersPerTrade: 5, ordersFree: 5, repeatMs: 5000 }));
    venue.do(joins("bob", "retail"));
    for (const account of ["alice", "bob"]) venue.do(place(account));
    for (const shard of venue.shards) {
      const saved = unpack(pack(shard.snapshot())) as SavedShard;
      const restored = Shard.restore(saved);
      expect(pack(restored.snapshot())).toEqual(pack(shard.snapshot()));
      restored.audit();
    }
  });
});

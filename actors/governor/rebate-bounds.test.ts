/**
 * Goal: no maker is ever given more than the taker pays who trades with him, whichever rates are
 * set and in which order; what would allow it is refused and changes nothing.
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
  FeeTier,
  InstrumentTerms,
  SetAccountFees,
  SetFeeSchedule,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { apples, pears } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
/** As everybody pays for it: nothing as maker, and 2 % as taker. */
const dear: InstrumentTerms = { ...pears, makerFeeBasisPoints: 0 };
const { symbol } = dear;
const tier = (makerPpm: number, takerPpm: number): FeeTier => ({ volume: 0, makerPpm, takerPpm });
const schedule = (change: Partial<SetFeeSchedule> = {}): SetFeeSchedule => ({
  ...{ kind: "set-fee-schedule", schedule: "spot", symbols: [symbol], minimum: 0 },
  ...{ tiers: [tier(-5000, 10_000)], ...why, ...change },
});
const own = (
  makerPpm: number,
  takerPpm: number,
  change: Partial<SetAccountFees> = {},
): SetAccountFees => ({
  ...{ kind: "set-account-fees", account: "alice", symbol, ...why },
  ...{ rates: { makerPpm, takerPpm }, ...change },
});
const list = (terms: InstrumentTerms): Command => ({ kind: "list-instrument", terms, ...why });

let venue: TestVenue;
const ask = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

beforeEach(() => {
  venue = new TestVenue(2).list(apples, dear);
  for (const account of ["alice", "bob"]) venue.open(account, { PEAR: 10_000, COIN: 1_000_000 });
});

function stateOf(): Uint8Array {
  return pack(
    venue.shards.map((shard) => {
      const { governor, directory, accounts } = shard.snapshot();
      return [governor, directory, accounts];
    }),
  );
}

describe("a rebate", () => {
  it.each<readonly [what: string, before: readonly Command[], refused: Command]>([
    ["of an account above what all pay", [], own(-10_000, 20_000, { symbol: apples.symbol })],
    ["of an account for all, above what all pay for one", [], own(-1, 20_000, { symbol: "" })],
    ["above what the account itself pays", [], own(-6000, 5999)],
    ["above what another account pays", [own(0, 4999, { account: "bob" })], own(-5000, 20_000)],
    ["above what another account pays for all", [own(0, 4999, { symbol: "" })], schedule()],
    ["of a schedule, above what an account pays", [own(0, 4999)], schedule()],
    [
      "of an account above what takers pay by the schedule",
      [schedule({ tiers: [tier(0, 9000)] })],
      own(-9001, 20_000),
    ],
  ])("is refused that would be paid out of nothing: %s", (_, before, refused) => {
    for (const command of before) venue.do(command);
    const state = stateOf();
    expect(ask(refused)).toBe("rebate-above-fee");
    expect(stateOf()).toEqual(state);
  });

  it.each<readonly [what: string, after: Command]>([
    ["a schedule", schedule({ tiers: [tier(0, 4999)] })],
    ["another schedule", schedule({ schedule: "other", tiers: [tier(0, 4999)] })],
    ["an account", own(0, 4999)],
    ["an account for all", own(0, 4999, { symbol: "" })],
  ])("binds what takers are asked for afterwards: by %s", (_, after) => {
    venue.do(schedule());
    // Who rests was promised it, and keeps it.
    venue.do(schedule({ tiers: [tier(0, 10_000)] }));
    const state = stateOf();
    expect(ask(after)).toBe("rebate-above-fee");
    expect(stateOf()).toEqual(state);
  });

  it("binds what a schedule leaves behind, which everybody pays then", () => {
    const cheap = { ...dear, symbol: "FIG-COIN", base: "APPLE", takerFeeBasisPoints: 10 };
    venue.list(cheap);
    venue.do(schedule({ symbols: [cheap.symbol] }));
    expect(ask(schedule({ symbols: [], tiers: [] }))).toBe("rebate-above-fee");
    expect(ask(schedule({ symbols: [symbol] }))).toBe("rebate-above-fee");
    expect(ask(schedule({ schedule: "other", symbols: [cheap.symbol] }))).toBe("none");
  });

  it("of an account for all instruments binds those that are listed later", () => {
    venue = new TestVenue(2).list(dear);
    venue.open("alice", {});
    venue.do(own(-5000, 20_000, { symbol: "" }));
    expect(ask(list({ ...dear, symbol: "P-COIN", takerFeeBasisPoints: 49 }))).toBe(
      "rebate-above-fee",
    );
    expect(ask(list({ ...dear, symbol: "P-COIN", takerFeeBasisPoints: 50 }))).toBe("none");
  });

  it("is bounded by an account's rates only until they are taken back", () => {
    venue.do(own(0, 4999));
    expect(ask(schedule())).toBe("rebate-above-fee");
    venue.do(own(0, 0, { rates: undefined }));
    expect(ask(schedule())).toBe("none");
  });

  it("is bounded after a restart as before it", () => {
    venue.do(schedule());
    venue.do(own(-100, 20_000));
    venue.do(schedule({ tiers: [tier(0, 10_000)] }));
    const before = stateOf();
    venue.shards[0] = Shard.restore(unpack(pack(venue.first.snapshot())) as SavedShard);
    expect(stateOf()).toEqual(before);
    expect(ask(schedule({ tiers: [tier(0, 4999)] }))).toBe("rebate-above-fee");
  });
});

let placed = 0;
function order(account: string, side: Side): Command {
  placed += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o-${String(placed)}`, symbol, side },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price: 100, quantity: 3 },
    instructions: plainInstructions,
  };
}

it.each([1, 2, 3, 4, 5, 6])("no trade costs the exchange anything (seed %i)", (seed) => {
  const random = new Random(seed);
  let rebates = 0;
  const takes = (): void => {
    const from = venue.events.length;
    const isAlices = random.isOneOf(50);
    const [maker, taker] = isAlices ? (["alice", "bob"] as const) : (["bob", "alice"] as const);
    venue.do(order(maker, Side.sell));
    for (let changes = random.below(3); changes > 0; changes--) venue.ask(change());
    venue.do(order(taker, Side.buy));
    venue.drain();
    const fees = venue.events.slice(from).flatMap((event) => {
      return event.kind === "execution-report" && event.tradeId !== 0 ? [Number(event.fee)] : [];
    });
    rebates += fees.filter((fee) => fee < 0).length;
    expect(fees).toHaveLength(2);
    expect(fees.reduce((sum, fee) => sum + fee, 0)).toBeGreaterThanOrEqual(0);
  };
  const change = (): Command => {
    const rates = tier(random.below(15_000) - 10_000, random.below(15_000));
    const account = random.isOneOf(50) ? "alice" : "bob";
    if (random.isOneOf(30)) return own(rates.makerPpm, rates.takerPpm, { account });
    if (random.isOneOf(20)) return own(0, 0, { account, rates: undefined });
    if (random.isOneOf(10)) return schedule({ symbols: [], tiers: [] });
    return schedule({ tiers: [rates] });
  };
  for (let step = 0; step < 150; step++) takes();
  expect(rebates).toBeGreaterThan(0);
});

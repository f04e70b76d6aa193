/**
 * Goal: agents make a market on the real thing: two sides, trades, no refusals in a loop, and
 * nothing left resting when they go; and they come back from lost answers and halts.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OutcryClient } from "../sdk/index.ts";
import { ManualClock } from "../sdk/testing/manual-clock.ts";
import { MemoryExchange } from "../sdk/testing/memory-exchange.ts";
import { TradingFloor } from "./trading-floor.ts";

let exchange: MemoryExchange;
beforeEach(async () => {
  exchange = await openExchange();
});
afterEach(async () => {
  await exchange.close();
});

/** With BTC-USDT and funded agents. */
async function openExchange(): Promise<MemoryExchange> {
  const opened = await MemoryExchange.open({ shards: 3, nodes: 2 });
  const { place } = opened;
  await place.mustAdmin("instrument.list", {
    symbol: "BTC-USDT-R1A",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 1,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 0,
    takerFeeBasisPoints: 0,
  });
  for (const account of ["maker-1", "taker-1", "taker-2", "poor"]) {
    await place.mustAdmin("account.open", { account });
    if (account === "poor") continue;
    for (const asset of ["BTC", "USDT"]) {
      const reference = `${account}-${asset}`;
      await place.mustAdmin("deposit", { account, asset, amount: "1000000000000", reference });
    }
  }
  return opened;
}

interface Company {
  readonly floor: TradingFloor;
  readonly maker: OutcryClient;
  readonly taker: OutcryClient;
}

async function openFloor(seed = 1): Promise<Company> {
  const [maker, taker, other] = ["maker-1", "taker-1", "taker-2"].map((account) =>
    exchange.client(account),
  );
  if (maker === undefined || taker === undefined || other === undefined) throw new Error("nobody");
  const floor = new TradingFloor({ makers: [maker], takers: [taker, other], seed });
  await floor.lookAround();
  return { floor, maker, taker };
}

async function ticks(floor: TradingFloor, count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await floor.tick();
}

describe("the trading floor", () => {
  it("makes a market with two sides in which trades happen", async () => {
    const { floor, maker } = await openFloor();
    await ticks(floor, 400);
    const { bids, asks } = await maker.depth({ symbol: "BTC-USDT", levels: 20 });
    expect(bids.length).toBeGreaterThanOrEqual(5);
    expect(asks.length).toBeGreaterThanOrEqual(5);
    const trades = await maker.trades({ symbol: "BTC-USDT" });
    expect(trades.length).toBeGreaterThan(20);
    expect(floor.counts).toMatchObject({ refused: 0, unanswered: 0 });
    expect(floor.counts.done).toBeGreaterThan(300);
  });

  it("does the same again from the same seed", async () => {
    const story = async (): Promise<unknown> => {
      const { floor, maker } = await openFloor(7);
      await ticks(floor, 150);
      const { bids, asks } = await maker.depth({ symbol: "BTC-USDT", levels: 20 });
      const trades = await maker.trades({ symbol: "BTC-USDT" });
      return [
        bids,
        asks,
        trades.map(({ price, quantity, takerSide }) => [price, quantity, takerSide]),
      ];
    };
    const first = await story();
    await exchange.close();
    exchange = await openExchange();
    expect(await story()).toEqual(first);
  });

  it("leaves the instruments of runs alone, and those that nobody can pay for", async () => {
    const { floor } = await openFloor();
    expect(floor.symbols).toEqual(["BTC-USDT"]);
    const poor = new TradingFloor({
      makers: [exchange.client("poor")],
      takers: [],
      seed: 1,
    });
    await poor.lookAround();
    await poor.tick();
    expect(poor.symbols).toEqual([]);
  });

  it("takes its orders back when it closes", async () => {
    const { floor, maker } = await openFloor();
    await ticks(floor, 100);
    expect((await maker.openOrders()).length).toBeGreaterThan(0);
    await floor.close();
    expect(await maker.openOrders()).toEqual([]);
  });

  it("begins anew when it is not known what became of an order", async () => {
    const wire = exchange.wire();
    const timing = { attemptTimeoutMs: 10, deadlineMs: 100 };
    const clock = new ManualClock();
    const maker = new OutcryClient(wire, { account: "maker-1", timing, clock });
    const floor = new TradingFloor({ makers: [maker], takers: [], seed: 3 });
    await floor.lookAround();
    await ticks(floor, 60);
    wire.fateOf = () => "answer-lost";
    await ticks(floor, 5);
    expect(floor.counts.unanswered).toBeGreaterThan(0);
    wire.fateOf = () => "delivered";
    await ticks(floor, 100);
    const open = await maker.openOrders();
    const levels = new Set(open.map(({ side, price }) => `${side} ${price}`));
    expect(open.length).toBeLessThanOrEqual(16);
    expect(levels.size).toBeGreaterThan(5);
    await maker.close();
  });

  it("asks ever less while trading is halted, and goes on when it resumes", async () => {
    const { floor, maker } = await openFloor();
    await ticks(floor, 100);
    await exchange.place.mustAdmin("halt", { reason: "a drill" });
    const before = floor.counts.refused;
    await ticks(floor, 500);
    expect(floor.counts.refused - before).toBeGreaterThan(3);
    expect(floor.counts.refused - before).toBeLessThan(40);
    await exchange.place.mustAdmin("resume", { reason: "the drill is over" });
    const [last] = await maker.trades({ symbol: "BTC-USDT" });
    await ticks(floor, 500);
    const [newest] = await maker.trades({ symbol: "BTC-USDT" });
    expect(newest?.tradeId).toBeGreaterThan(last?.tradeId ?? 0);
  });
});

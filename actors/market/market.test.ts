import { beforeEach, describe, expect, it } from "vitest";
import { Intervention, OrderType, Side, TimeInForce, TradingPhase } from "../../protocols/index.ts";
import type { SetPhase } from "../../protocols/index.ts";
import { unboundedFor } from "../order-book/book-terms.ts";
import { expectTableToBeMachine, tableText } from "../testing/machine-equality.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Market, tradingPhase } from "./market.ts";
import { tradingPhaseMachine } from "./trading-phase.machine.ts";

describe("the trading phases", () => {
  it("are in the table what they are in the machine, for every state and event", () => {
    expectTableToBeMachine(tradingPhase, tradingPhaseMachine);
  });

  it("are these", () => {
    const label = (state: number): string => JSON.parse(tradingPhase.nameOf(state)) as string;
    expect(`\n${tableText(tradingPhase, label)}\n`).toMatchInlineSnapshot(`
      "
      closed
        preOpen > preOpen
        callOpening > openingAuction
        open > continuous
        halt > halted
        restrict > cancelOnly
      preOpen
        callOpening > openingAuction
        open > continuous
        close > closed
        halt > halted
        restrict > cancelOnly
      openingAuction
        open > continuous
        close > closed
        extend > openingAuction
        halt > halted
        restrict > cancelOnly
      continuous
        callClosing > closingAuction
        close > closed
        interrupt > volatilityAuction
        halt > halted
        restrict > cancelOnly
      halted
        preOpen > preOpen
        callOpening > openingAuction
        callClosing > closingAuction
        tradeAtLast > tradingAtLast
        close > closed
        restrict > cancelOnly
        resume > continuous
        reopen > volatilityAuction
      cancelOnly
        preOpen > preOpen
        callOpening > openingAuction
        callClosing > closingAuction
        tradeAtLast > tradingAtLast
        close > closed
        halt > halted
        resume > continuous
        reopen > volatilityAuction
      closingAuction
        tradeAtLast > tradingAtLast
        close > closed
        extend > closingAuction
        halt > halted
        restrict > cancelOnly
      volatilityAuction
        open > continuous
        callClosing > closingAuction
        close > closed
        extend > volatilityAuction
        halt > halted
        restrict > cancelOnly
      tradingAtLast
        close > closed
        halt > halted
        restrict > cancelOnly
      "
    `);
  });
});

describe("a market", () => {
  const context = new RecordingContext();
  const setPhase = (intervention: Intervention, ticket: number): SetPhase => ({
    ...{ kind: "set-phase", symbol: "APPLE-COIN", intervention, isPurged: false, ticket },
  });
  const { halt, resume } = Intervention;

  beforeEach(() => {
    context.takeSent();
    context.takeEmitted();
  });

  it("trades continuously until it is halted, and again when it is resumed", () => {
    const market = new Market("APPLE-COIN");
    const phases = [market.phase];
    for (const intervention of [halt, resume]) {
      market.receive(setPhase(intervention, 1), context);
      phases.push(market.phase);
    }
    expect(phases).toEqual(["continuous", "halted", "continuous"]);
    expect(context.emitted).toEqual([
      { kind: "phase-changed", symbol: "APPLE-COIN", phase: TradingPhase.halted },
      { kind: "phase-changed", symbol: "APPLE-COIN", phase: TradingPhase.continuous },
    ]);
  });

  it("tells of a change once and serves every ticket", () => {
    const market = new Market("APPLE-COIN");
    market.receive(setPhase(resume, 1), context);
    market.receive(setPhase(halt, 2), context);
    market.receive(setPhase(halt, 3), context);
    expect(context.emitted).toHaveLength(1);
    expect(context.sent).toEqual([1, 2, 3].map((ticket) => ({ kind: "ticket-served", ticket })));
  });

  it("comes back from a snapshot in the same phase, and goes on from there", () => {
    const market = new Market("APPLE-COIN");
    expect(Market.restore(market.snapshot()).phase).toBe("continuous");
    market.receive(setPhase(halt, 1), context);
    market.traded(104, context);
    const restored = Market.restore(market.snapshot());
    expect([restored.phase, restored.referencePrice]).toEqual(["halted", 104]);
    expect(restored.snapshot()).toEqual(market.snapshot());
    restored.receive(setPhase(resume, 2), context);
    expect(restored.phase).toBe("continuous");
  });

  it("without a calendar has days that end at midnight, and no bounds", () => {
    const market = new Market("APPLE-COIN");
    const dayUs = 86_400_000_000;
    expect(market.dayEndUs(0)).toBe(dayUs);
    expect(market.dayEndUs(dayUs - 1)).toBe(dayUs);
    expect(market.dayEndUs(dayUs)).toBe(2 * dayUs);
    expect(market.boundFor(Side.buy)).toBe(unboundedFor(Side.buy));
    expect(market.boundFor(Side.sell)).toBe(unboundedFor(Side.sell));
    expect([market.phase, market.referencePrice]).toEqual(["continuous", undefined]);
    market.traded(99, context);
    expect(market.referencePrice).toBe(99);
  });

  it("asks its phase what becomes of an order", () => {
    const market = new Market("APPLE-COIN");
    const limit = { orderType: OrderType.limit, timeInForce: TimeInForce.GTC };
    expect(market.admission(limit)).toBe("trades");
    // It holds no auctions.
    expect(market.admission({ ...limit, timeInForce: TimeInForce.GFA })).toBe("rejected");
    market.receive(setPhase(halt, 1), context);
    expect(market.admission(limit)).toBe("rejected");
  });
});

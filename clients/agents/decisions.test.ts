/**
 * Goal: agents decide the same from the same seed and answers, keep two sides in the book, and stop
 * leaning further when they hold too much.
 */
import { describe, expect, it } from "vitest";
import { MarketMaker } from "./market-maker.ts";
import type { MakerDecision } from "./market-maker.ts";
import { RandomTaker } from "./random-taker.ts";
import { SeededRandom } from "./seeded-random.ts";

function maker(seed: number): MarketMaker {
  return new MarketMaker({ seed, symbol: "BTC-USDT", startPrice: 6_500_000 });
}

/** Ticks through an exchange that takes everything. */
function makerDecisions(seed: number, ticks: number, agent = maker(seed)): MakerDecision[] {
  return Array.from({ length: ticks }, () => {
    const decision = agent.decide();
    agent.answered(decision, {
      kind: decision.kind === "withdraw" ? "gone" : "working",
      executed: 0,
    });
    return decision;
  });
}

describe("a market maker", () => {
  it("decides the same from the same seed, and otherwise from another", () => {
    expect(makerDecisions(7, 500)).toEqual(makerDecisions(7, 500));
    expect(makerDecisions(7, 500)).not.toEqual(makerDecisions(8, 500));
  });

  it("quotes several levels on both sides and never crosses its own quotes", () => {
    const agent = maker(3);
    const quotes = new Map<string, Extract<MakerDecision, { price: number }>>();
    for (const decision of makerDecisions(3, 5000, agent)) {
      if (decision.kind === "wait") continue;
      const name = JSON.stringify(decision.quote);
      if (decision.kind === "withdraw") quotes.delete(name);
      else quotes.set(name, decision);
      const prices = { buy: [0], sell: [Infinity] };
      for (const { quote, price } of quotes.values()) prices[quote.side].push(price);
      expect(Math.max(...prices.buy)).toBeLessThan(Math.min(...prices.sell));
    }
    expect(agent.quoteCount).toBeGreaterThanOrEqual(8);
  });

  it("stops buying when it has bought too much, and starts again when it has sold", () => {
    const agent = maker(5);
    const sides = (executedSide: "buy" | "sell"): Set<string> => {
      const placed = new Set<string>();
      for (let tick = 0; tick < 400; tick++) {
        const decision = agent.decide();
        if (decision.kind === "wait") continue;
        if (decision.kind === "withdraw") {
          agent.answered(decision, { kind: "gone", executed: 0 });
          continue;
        }
        placed.add(decision.quote.side);
        const isMet = decision.quote.side === executedSide;
        agent.answered(
          decision,
          isMet ? { kind: "gone", executed: decision.quantity } : { kind: "working", executed: 0 },
        );
      }
      return placed;
    };
    sides("buy");
    expect(agent.inventory).toBeGreaterThanOrEqual(1000);
    expect(agent.inventory).toBeLessThan(1100);
    sides("sell");
    expect(agent.inventory).toBeLessThanOrEqual(-1000);
    expect(sides("sell")).toEqual(new Set(["buy"]));
  });

  it("asks ever less often while it is refused", () => {
    const agent = maker(1);
    let asked = 0;
    for (let tick = 0; tick < 1000; tick++) {
      const decision = agent.decide();
      if (decision.kind === "wait") continue;
      asked += 1;
      agent.answered(decision, { kind: "refused", executed: 0 });
    }
    expect(asked).toBeLessThan(30);
  });
});

describe("a random taker", () => {
  const taker = (seed: number, name: string): RandomTaker =>
    new RandomTaker({ seed, symbol: "BTC-USDT", name });

  it("decides the same from the same seed, and otherwise under another name", () => {
    const decisions = (seed: number, name: string): unknown[] => {
      const agent = taker(seed, name);
      return Array.from({ length: 200 }, () => {
        const decision = agent.decide(6_500_000);
        agent.answered(decision, decision.kind === "wait" ? 0 : decision.quantity);
        return decision;
      });
    };
    expect(decisions(7, "taker-1")).toEqual(decisions(7, "taker-1"));
    expect(decisions(7, "taker-1")).not.toEqual(decisions(7, "taker-2"));
  });

  it("comes back to where it began", () => {
    const agent = taker(2, "taker-1");
    let furthest = 0;
    for (let tick = 0; tick < 20_000; tick++) {
      const decision = agent.decide(6_500_000);
      agent.answered(decision, decision.kind === "wait" ? 0 : decision.quantity);
      furthest = Math.max(furthest, Math.abs(agent.inventory));
    }
    expect(furthest).toBeLessThan(1000);
  });
});

describe("seeded chance", () => {
  it("is the same for ever", () => {
    const random = new SeededRandom(42, "example");
    expect(Array.from({ length: 4 }, () => random.between(0, 999))).toMatchInlineSnapshot(`
      [
        224,
        26,
        396,
        44,
      ]
    `);
  });
});

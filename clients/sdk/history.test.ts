/** Goal: questions about the past end soon where nobody keeps any, and pages are walked in turn. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ExchangeUnavailable, HistoryUnavailable } from "./faults.ts";
import { historyPages } from "./history.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { MemoryExchange } from "./testing/memory-exchange.ts";
import type { Fate } from "./testing/memory-exchange.ts";

let exchange: MemoryExchange;
beforeEach(async () => {
  exchange = await MemoryExchange.open();
});
afterEach(() => exchange.close());

/** What a question comes to whose attempts meet these fates, the last one again and again. */
async function faultOf(fates: readonly Fate[], deadlineMs: number) {
  const clock = new ManualClock();
  const wire = exchange.wire();
  let attempts = 0;
  wire.fateOf = () => fates[Math.min(attempts++, fates.length - 1)]!;
  const timing = { attemptTimeoutMs: 100, deadlineMs };
  const client = exchange.clientOn(wire, "demo", { clock, timing });
  const fault = await client.fillHistory().catch((error: unknown) => error);
  return { fault, ms: clock.nowMs() };
}

describe("a question about the past", () => {
  it("that nobody hears is given up long before its deadline", async () => {
    const { fault, ms } = await faultOf(["not-heard"], 20_000);
    expect(fault).toBeInstanceOf(HistoryUnavailable);
    expect(ms).toBeGreaterThanOrEqual(3000);
    expect(ms).toBeLessThan(4000);
  });

  it("that nobody hears within a short deadline says the same", async () => {
    const { fault } = await faultOf(["not-heard"], 500);
    expect(fault).toBeInstanceOf(HistoryUnavailable);
  });

  it("that somebody heard is another matter", async () => {
    const { fault } = await faultOf(["lost", "not-heard"], 500);
    expect(fault).toBeInstanceOf(ExchangeUnavailable);
  });
});

describe("pages", () => {
  it("are asked for one after the other, each when the one before was taken", async () => {
    const asked: object[] = [];
    const nexts = ["a", "b", undefined];
    const ask = (request: object) => {
      asked.push(request);
      const next = nexts[asked.length - 1];
      return Promise.resolve(next === undefined ? {} : { next });
    };
    let taken = 0;
    for await (const page of historyPages(ask, { limit: 2 })) {
      taken += 1;
      expect(asked.length).toBe(taken);
      expect("next" in page).toBe(taken < 3);
    }
    expect(asked).toEqual([{ limit: 2 }, { limit: 2, after: "a" }, { limit: 2, after: "b" }]);
  });
});

import { describe, expect, it } from "vitest";
import type { Report, ReportsMessage } from "../../protocols/api/market-data.ts";
import { ReportFilter } from "./reports.ts";

function message(shard: number, sequence: number, ...indexes: number[]): ReportsMessage {
  const reports = indexes.map((index) => ({ index }) as Report);
  return { account: "demo", shard, sequence, timeUs: 1, reports };
}

/** What a filter tells of messages, as shard/sequence/index. */
function told(...messages: ReportsMessage[]): string[] {
  const filter = new ReportFilter();
  return messages
    .flatMap((one) => filter.fresh(one))
    .map(({ shard, sequence, index }) => [shard, sequence, index].join("/"));
}

describe("news of contracts", () => {
  it("are told once each, and apart from reports", () => {
    const filter = new ReportFilter();
    const news = { index: 2, about: "funding", symbol: "BTC-USDT-PERP", amount: "5" } as const;
    const heard = { ...message(0, 7), news: [news] };
    expect(filter.freshNews(heard)).toEqual([
      { account: "demo", shard: 0, sequence: 7, timeUs: 1, ...news },
    ]);
    expect(filter.freshNews(heard)).toEqual([]);
    expect([filter.fresh(heard), filter.freshNews(message(0, 8, 1))]).toEqual([[], []]);
  });
});

describe("reports", () => {
  it("are told once, however often they are sent", () => {
    const first = message(0, 5, 1, 4);
    expect(told(first, message(0, 6, 0), first, message(0, 6, 0), message(0, 7, 2))).toEqual([
      "0/5/1",
      "0/5/4",
      "0/6/0",
      "0/7/2",
    ]);
  });

  it("of one step may come in several messages", () => {
    expect(told(message(0, 5, 1), message(0, 5, 2), message(0, 5, 1))).toEqual(["0/5/1", "0/5/2"]);
  });

  it("of different shards are different", () => {
    expect(told(message(0, 5, 1), message(1, 5, 1))).toEqual(["0/5/1", "1/5/1"]);
  });

  it("that were missed are told when they are repeated", () => {
    expect(told(message(0, 5, 1), message(0, 9, 1), message(0, 7, 1))).toEqual([
      "0/5/1",
      "0/9/1",
      "0/7/1",
    ]);
  });

  it("of steps long gone count as told", () => {
    const messages = Array.from({ length: 30_000 }, (_, step) => message(0, step + 1, 0));
    expect(told(...messages, message(0, 5, 0), message(0, 5, 1))).toHaveLength(30_000);
  });
});

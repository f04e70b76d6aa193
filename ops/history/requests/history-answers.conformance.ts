/**
 * What is answered about the past, whichever database it is in: all that the venue told, each row
 * once and in order, page by page, while further rows are written; and of an account its own rows.
 */
import { Errors } from "typebox/value";
import { expect, it } from "vitest";
import { traders } from "../../../actors/testing/trading-day.ts";
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import type { HistoryRequestName } from "../../../protocols/api/history.ts";
import { historyRequests } from "../../../protocols/api/history.ts";
import { candleIntervalWords } from "../../../protocols/api/market-summaries.ts";
import type { Database } from "../database.ts";
import type { Projector } from "../projector.ts";
import { findingsOf } from "../testing/venue-history.ts";
import { HistoryAnswers } from "./history-answers.ts";
import { beginWalk, endWalk, okay, rowsIn } from "./testing/walked-rows.ts";
import type { Row } from "./testing/walked-rows.ts";

/** What the suite of the history has at hand. */
export interface HistoryKit {
  readonly venue: () => TestVenue;
  readonly database: () => Database;
  /** A projector that has begun to write what there is up to these entries, and goes on. */
  readonly begun: (ends: readonly number[]) => Promise<Projector>;
  /** Resolves once all of the logs is written. */
  readonly hasWrittenAll: (projector: Projector) => Promise<void>;
}

const sorts = ["newestFirst", "oldestFirst"] as const;
const ofAccounts = ["history.orders", "history.fills", "history.ledger"] as const;

export function historyAnswersConformance(kit: HistoryKit): void {
  const wholeLogs = (): number[] => kit.venue().logs.map((log) => log.length);

  async function projected(): Promise<Projector> {
    const projector = await kit.begun(wholeLogs());
    await kit.hasWrittenAll(projector);
    return projector;
  }

  function answersOf(projector: Projector): HistoryAnswers {
    return new HistoryAnswers({
      database: kit.database(),
      status: () => ({ written: projector.status().written, heads: wholeLogs() }),
      report: (error) => {
        throw error;
      },
    });
  }

  /** All rows that are told, from pages of that many. */
  async function told(
    answers: HistoryAnswers,
    [name, account]: readonly [HistoryRequestName, string],
    body: object,
  ): Promise<readonly Row[]> {
    return await endWalk(answers, await beginWalk(answers, { name, account }, body));
  }

  it("answers accounts with what they were told, and with nothing of others", async () => {
    const answers = answersOf(await projected());
    const found = { fills: [] as string[], orders: [] as string[] };
    for (const account of traders) {
      for (const fill of await told(answers, ["history.fills", account], { limit: 97 })) {
        const { orderId, tradeId, side, liquidity, price, quantity, fee } = fill;
        const fields = [account, orderId, tradeId, side, liquidity, price, quantity, fee];
        found.fills.push(fields.join(" "));
      }
      for (const order of await told(answers, ["history.orders", account], { limit: 97 })) {
        const { orderId, symbol, clientOrderId, side, status, price, quantity, executed } = order;
        const { executedNotional, revision, fees, rejectReason = "none", closeReason } = order;
        const fields = [orderId, account, symbol, clientOrderId, side, status, price, quantity];
        const ends = [executed, executedNotional, revision, fees, rejectReason, closeReason];
        found.orders.push([...fields, ...ends].join(" "));
      }
    }
    const { fills, orders } = findingsOf(kit.venue());
    expect(found.fills.toSorted()).toEqual(fills);
    expect(found.orders.toSorted()).toEqual(orders);
    expect(fills!.length).toBeGreaterThan(100);
  });

  it("answers with a ledger that comes to what the accounts have", async () => {
    const answers = answersOf(await projected());
    const balances = findingsOf(kit.venue())["balances"]!.map((line) => line.split(" "));
    for (const account of traders) {
      const sums = new Map<string, bigint>();
      for (const { asset, amount } of await told(answers, ["history.ledger", account], {})) {
        sums.set(String(asset), (sums.get(String(asset)) ?? 0n) + BigInt(String(amount)));
      }
      for (const [, asset = "", available = "", reserved = ""] of balances.filter(
        ([of]) => of === account,
      )) {
        expect(sums.get(asset)).toBe(BigInt(available) + BigInt(reserved));
      }
    }
  });

  it("answers anybody with trades and candles, and not between whom they were", async () => {
    const answers = answersOf(await projected());
    const venue = kit.venue();
    const symbols = [
      ...new Set(venue.events.flatMap((e) => (e.kind === "traded" ? e.symbol : []))),
    ];
    const trades: string[] = [];
    const candles: string[] = [];
    for (const symbol of symbols) {
      for (const trade of await told(answers, ["history.trades", ""], { symbol, limit: 50 })) {
        const { tradeId, price, quantity, takerSide, ...rest } = trade;
        trades.push([tradeId, symbol, price, quantity, takerSide].join(" "));
        expect(Object.keys(rest).sort()).toEqual(["index", "sequence", "shard", "timeUs"]);
      }
      for (const interval of candleIntervalWords) {
        const body = { symbol, interval, limit: 20 };
        for (const candle of await told(answers, ["history.candles", ""], body)) {
          const { open, high, low, close, volume, notional, trades: count } = candle;
          const fields = [symbol, interval, open, high, low, close, volume, notional, count];
          candles.push(fields.join(" "));
        }
      }
    }
    const expected = findingsOf(venue);
    const withoutParties = expected["trades"]!.map((line) => line.split(" ").slice(0, 5).join(" "));
    expect(trades.toSorted()).toEqual(withoutParties);
    expect(candles.toSorted()).toEqual(expected["candles"]);
    expect(candles.length).toBeGreaterThan(0);
  });

  it("tells each row once and in order while rows are added between and behind", async () => {
    // One shard is far behind the others: what it brings later lies before what is there.
    const ends = wholeLogs().map((length, shard) => Math.ceil(length * (shard === 0 ? 0.3 : 0.8)));
    const projector = await kit.begun(ends);
    const answers = answersOf(projector);
    const all = ofAccounts.flatMap((name) =>
      traders.slice(0, 2).flatMap((account) => sorts.map((sort) => ({ name, account, sort }))),
    );
    const begun = await Promise.all(
      all.map(async ({ name, account, sort }) => ({
        before: await told(answers, [name, account], { sort, limit: 1000 }),
        walk: await beginWalk(answers, { name, account }, { sort, limit: 7 }),
      })),
    );
    ends.splice(0, ends.length, ...wholeLogs());
    await kit.hasWrittenAll(projector);
    let later = 0;
    for (const { before, walk } of begun) {
      const rows = await endWalk(answers, walk);
      const { name, account } = walk.asked;
      const now = await told(answers, [name, account], { ...walk.body, limit: 1000 });
      later += now.length - rows.length;
      if (name !== "history.orders") {
        const { asOf } = walk;
        expect(rows).toEqual(
          now.filter((row) => Number(row["sequence"]) <= (asOf[Number(row["shard"])] ?? 0)),
        );
        expect(rows.length).toBeGreaterThanOrEqual(before.length);
        continue;
      }
      // Orders go on meanwhile: each that was there is told once, in its place.
      const ids = rows.map(({ orderId }) => orderId);
      const known = before.map(({ orderId }) => orderId);
      expect(ids.filter((id) => known.includes(id))).toEqual(known);
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(later).toBeGreaterThan(100);
  });

  it("keeps to the time, the instrument and the asset that are asked for", async () => {
    const answers = answersOf(await projected());
    const of = ["history.ledger", traders[0]!] as const;
    const all = await told(answers, of, { sort: "oldestFirst", limit: 1000 });
    const asset = all[Math.floor(all.length / 2)]!["asset"] as string;
    const ofAsset = all.filter((row) => row["asset"] === asset);
    const timeAt = (share: number): number =>
      ofAsset[Math.floor(ofAsset.length * share)]!["timeUs"] as number;
    const [fromUs, toUs] = [timeAt(0.3), timeAt(0.7)];
    const some = await told(answers, of, { sort: "oldestFirst", fromUs, toUs, asset, limit: 5 });
    const expected = ofAsset.filter((row) => {
      const timeUs = row["timeUs"] as number;
      return timeUs >= fromUs && timeUs < toUs;
    });
    expect(some).toEqual(expected);
    expect(expected.length).toBeGreaterThan(5);
  });

  it("answers as its schemas say, and as of where it is", async () => {
    const projector = await projected();
    const answers = answersOf(projector);
    for (const name of [...ofAccounts, "history.trades", "history.candles"] as const) {
      const symbol = "APPLE-COIN";
      const account = ofAccounts.some((of) => of === name) ? traders[0]! : "";
      const body = account === "" ? { symbol, limit: 3 } : { limit: 3 };
      const page = okay(await answers.answer({ name, account }, body));
      expect(Errors(historyRequests[name].reply, page)).toEqual([]);
      expect(page).toMatchObject({ asOf: projector.status().written, entriesBehind: 0 });
      expect(rowsIn(page).length).toBeLessThanOrEqual(3);
    }
    // The pages before came from one that is further.
    const ahead = wholeLogs().map((length) => length + 1);
    const after = `1795000000000000-0-1-0_${ahead.join("-")}`;
    const asked = { name: "history.fills", account: traders[0]! } as const;
    expect(await answers.answer(asked, { after })).toMatchObject({ error: { number: 1030 } });
  });
}

/**
 * Goal: a record has every report of every order and every refusal, each with how the order stood
 * before, wherever its account lives.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { Shard } from "../../actors/index.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { executionTypeWords, wordOf } from "../../protocols/api/words.ts";
import { RejectReason } from "../../protocols/index.ts";
import { toldOf } from "../audit/testing/venue-traces.ts";
import type { Told } from "../audit/testing/venue-traces.ts";
import { columns } from "./columns.ts";
import { EntryRows } from "./entry-rows.ts";
import type { RecordRow } from "./record-row.ts";
import { tradedVenue } from "./testing/recorded-venue.ts";

let venue: TestVenue;
/** By order, those of all shards, in the order in which things happened. */
let byOrder: ReadonlyMap<number, readonly RecordRow[]>;
let rows: readonly RecordRow[];

beforeAll(() => {
  venue = tradedVenue({ seed: 5, shards: 3, moves: 1500 });
  rows = rowsOf(venue);
  const named = rows.filter(({ order_id }) => order_id !== undefined);
  byOrder = new Map(
    [...Map.groupBy(named, ({ order_id }) => Number(order_id))].map(([id, of]) => [
      id,
      of.toSorted((a, b) => Number(a.time) - Number(b.time) || progressOf(a) - progressOf(b)),
    ]),
  );
});

function rowsOf({ logs }: TestVenue): readonly RecordRow[] {
  return logs.flatMap((log, shard) => {
    const hashed = new HashedShard(new Shard(shard, logs.length));
    const entryRows = new EntryRows(hashed.shard);
    return log.flatMap((entry) => {
      hashed.apply(entry);
      return entryRows.take();
    });
  });
}

/** At one moment one shard's log may be ahead of another's. */
function progressOf({ executed }: RecordRow): number {
  return Number(executed ?? 0);
}

const words: readonly string[] = executionTypeWords;
const isChange = ({ event }: RecordRow): boolean => words.includes(String(event));
const before = (row: RecordRow) => [
  ...[row.status_before, row.price_before, row.quantity_before],
  ...[row.executed_before, row.remaining_before],
];
const after = (row: RecordRow) => [
  ...[row.status, row.price, row.quantity, row.executed, row.remaining],
];

describe("the rows of an order", () => {
  it("are those of its reports, and of its commands that were refused or repeated", () => {
    const wordsTold = (told: readonly Told[]) => {
      const isRejected = told.some((of) => "executionType" in of && of.rejectReason !== 0);
      return told.flatMap((of) => {
        if (of.kind === "execution-report") return [wordOf(executionTypeWords, of.executionType)];
        if (of.rejectReason !== RejectReason.none) {
          return isRejected && of.rejectReason < 200 && !of.isDuplicate ? [] : ["refused"];
        }
        return of.isDuplicate ? ["repeated"] : [];
      });
    };
    for (const [order, told] of toldOf(venue)) {
      const changes = (byOrder.get(order) ?? []).filter(isChange).map(({ event }) => event);
      const expected = wordsTold(told).filter((word) => words.includes(word));
      expect(changes.toSorted()).toEqual(expected.toSorted());
    }
    const refusals = rows.filter(({ event }) => event === "refused" || event === "repeated");
    expect(refusals.length).toBeGreaterThan(50);
  });

  it("begin with the command that it came with, and what that asked for", () => {
    let received = 0;
    for (const of of byOrder.values()) {
      const created = of.find(({ event }) => event === "new" || event === "rejected");
      const command = of.find(({ event }) => event === "received");
      if (created === undefined || command?.command !== "place-order") continue;
      received += 1;
      expect(Number(command.time)).toBeLessThanOrEqual(Number(created.time));
      const asked = ["account", "participant", "symbol", "side", "order_type", "client_order_id"];
      for (const name of asked) expect(command[name as "side"]).toBe(created[name as "side"]);
    }
    expect(received).toBeGreaterThan(200);
  });

  it("follow on one another: each is before what the last one left, in whichever shard", () => {
    let moved = 0;
    for (const of of byOrder.values()) {
      const changes = of.filter(isChange);
      for (const [index, row] of changes.entries()) {
        if (index === 0) {
          expect(before(row)).toEqual(Array(5).fill(undefined));
          continue;
        }
        const last = changes[index - 1]!;
        if (last.shard !== row.shard) moved += 1;
        expect(before(row)).toEqual(after(last));
      }
    }
    expect(moved).toBeGreaterThan(3);
  });

  it("have both sides of each trade under one id", () => {
    const trades = rows.filter(({ event }) => event === "trade");
    const byTrade = Map.groupBy(trades, ({ trade_id }) => trade_id);
    for (const sides of byTrade.values()) {
      expect(sides.map(({ side }) => side).toSorted()).toEqual(["buy", "sell"]);
      const [one, other] = sides;
      expect([one!.last_price, one!.last_quantity]).toEqual([
        other!.last_price,
        other!.last_quantity,
      ]);
      if (one!.counterparty_order_id === undefined) continue;
      expect(one!.counterparty_order_id).toBe(other!.order_id);
    }
    expect(byTrade.size).toBeGreaterThan(50);
  });

  it("keep their place in the queue unless they lose it", () => {
    let lost = 0;
    for (const of of byOrder.values()) {
      for (const row of of.filter(isChange)) {
        const { event, order_type, time_in_force, priority_time: since } = row;
        const isImmediate = time_in_force === "IOC" || time_in_force === "FOK";
        if (order_type === "market" || isImmediate) expect(since).toBeUndefined();
        if (since !== undefined) expect(Number(since)).toBeLessThanOrEqual(Number(row.time));
        if (event === "replaced" && since === row.time) lost += 1;
      }
    }
    expect(lost).toBeGreaterThan(3);
  });

  it("fill every column some time", () => {
    const empty = columns.filter(({ name }) => rows.every((row) => row[name] === undefined));
    expect(empty.map(({ name }) => name)).toEqual([]);
  });
});

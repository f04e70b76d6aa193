/**
 * Goal: a cursor tells of every event what reading it whole tells. Method: both go through the same
 * batches, and each field is read where the cursor and the offsets say that it is.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ordinaryEventIn } from "./event-codec.ts";
import { EventCursor } from "./event-cursor.ts";
import {
  bestChangedAt,
  entryAddedAt,
  entryCanceledAt,
  entryExecutedAt,
  EventRow,
  executionReportAt,
  levelChangedAt,
  tradedAt,
} from "./event-rows.ts";
import type {
  BestChanged,
  EntryAdded,
  EntryCanceled,
  EntryExecuted,
  ExecutionReport,
  LevelChanged,
  ShardEvent,
  Traded,
} from "./events.ts";
import { MalformedRecords, pack, unpack } from "./records.ts";
import { anyEvent, eventExamples, eventKinds, recordsOf } from "./testing/events.ts";
import { amountOf } from "./units.ts";

const rowOfKind: Partial<Record<ShardEvent["kind"], number>> = {
  "order-replied": EventRow.orderReplied,
  "command-replied": EventRow.commandReplied,
  "execution-report": EventRow.executionReport,
  "level-changed": EventRow.levelChanged,
  traded: EventRow.traded,
  "best-changed": EventRow.bestChanged,
  "entry-added": EventRow.entryAdded,
  "entry-executed": EventRow.entryExecuted,
  "entry-canceled": EventRow.entryCanceled,
};

/** What can be read in place of the event that the cursor stands on. */
function readInPlace(cursor: EventCursor): object {
  const { names, rows, at } = cursor;
  const integer = (offset: number) => rows.getFloat64(at + offset, true) + 0;
  const amount = (offset: number) => amountOf(rows.getBigInt64(at + offset, true));
  const symbol = names[cursor.symbol];
  switch (cursor.kind) {
    case EventRow.executionReport: {
      const field = executionReportAt;
      const textAt = at + field.clientOrderId;
      const text = new Uint8Array(rows.buffer, rows.byteOffset + textAt + 1, rows.getUint8(textAt));
      return {
        kind: "execution-report",
        account: names[cursor.account],
        symbol,
        executionType: rows.getUint8(at + field.executionType),
        status: rows.getUint8(at + field.status),
        side: rows.getUint8(at + field.side),
        orderType: rows.getUint8(at + field.orderType),
        timeInForce: rows.getUint8(at + field.timeInForce),
        liquidity: rows.getUint8(at + field.liquidity),
        rejectReason: rows.getUint16(at + field.rejectReason, true),
        closeReason: rows.getUint16(at + field.closeReason, true),
        orderId: integer(field.orderId),
        price: integer(field.price),
        quantity: integer(field.quantity),
        executed: integer(field.executed),
        remaining: integer(field.remaining),
        executedNotional: amount(field.executedNotional),
        revision: rows.getUint32(at + field.revision, true),
        tradeId: integer(field.tradeId),
        lastPrice: integer(field.lastPrice),
        lastQuantity: integer(field.lastQuantity),
        fee: amount(field.fee),
        clientOrderId: String.fromCharCode(...text),
      } satisfies Record<keyof ExecutionReport, unknown>;
    }
    case EventRow.levelChanged:
      return {
        kind: "level-changed",
        symbol,
        updateId: integer(levelChangedAt.updateId),
        side: rows.getUint8(at + levelChangedAt.side),
        price: integer(levelChangedAt.price),
        quantity: integer(levelChangedAt.quantity),
      } satisfies Record<keyof LevelChanged, unknown>;
    case EventRow.traded:
      return {
        kind: "traded",
        symbol,
        tradeId: integer(tradedAt.tradeId),
        price: integer(tradedAt.price),
        quantity: integer(tradedAt.quantity),
        takerSide: rows.getUint8(at + tradedAt.takerSide),
        updateId: integer(tradedAt.updateId),
      } satisfies Record<keyof Traded, unknown>;
    case EventRow.bestChanged:
      return {
        kind: "best-changed",
        symbol,
        updateId: integer(bestChangedAt.updateId),
        bidPrice: integer(bestChangedAt.bidPrice),
        bidQuantity: integer(bestChangedAt.bidQuantity),
        askPrice: integer(bestChangedAt.askPrice),
        askQuantity: integer(bestChangedAt.askQuantity),
      } satisfies Record<keyof BestChanged, unknown>;
    case EventRow.entryAdded:
      return {
        kind: "entry-added",
        symbol,
        updateId: integer(entryAddedAt.updateId),
        entryId: integer(entryAddedAt.entryId),
        side: rows.getUint8(at + entryAddedAt.side),
        price: integer(entryAddedAt.price),
        quantity: integer(entryAddedAt.quantity),
      } satisfies Record<keyof EntryAdded, unknown>;
    case EventRow.entryExecuted:
      return {
        kind: "entry-executed",
        symbol,
        updateId: integer(entryExecutedAt.updateId),
        entryId: integer(entryExecutedAt.entryId),
        quantity: integer(entryExecutedAt.quantity),
        tradeId: integer(entryExecutedAt.tradeId),
      } satisfies Record<keyof EntryExecuted, unknown>;
    case EventRow.entryCanceled:
      return {
        kind: "entry-canceled",
        symbol,
        updateId: integer(entryCanceledAt.updateId),
        entryId: integer(entryCanceledAt.entryId),
        quantity: integer(entryCanceledAt.quantity),
      } satisfies Record<keyof EntryCanceled, unknown>;
    default:
      return { row: cursor.kind };
  }
}

function walk(batch: Uint8Array): object[] {
  const cursor = new EventCursor(batch);
  const found: object[] = [];
  while (cursor.next()) {
    expect(cursor.index).toBe(found.length);
    found.push(readInPlace(cursor));
  }
  return found;
}

function expected(event: ShardEvent): object {
  const row = rowOfKind[event.kind] ?? EventRow.ordinary;
  const isLimited = event.kind === "order-replied" && event.figures !== undefined;
  if (isLimited) return { row: EventRow.orderLimited };
  return row >= EventRow.executionReport ? event : { row };
}

describe("a cursor", () => {
  it("finds the fields of every kind that participants are told of", () => {
    const events = eventKinds.map((kind) => eventExamples[kind]);
    expect(walk(recordsOf(events))).toEqual(events.map(expected));
  });

  it("finds the fields of the events of any step, in order", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        expect(walk(recordsOf(events))).toEqual(events.map(expected));
      }),
    );
  });

  it("finds the fields behind names whose numbers take more than 16 bits", () => {
    const example = eventExamples["level-changed"];
    const events = Array.from({ length: 65_600 }, (_, n) => ({ ...example, symbol: `S${n}` }));
    const last = events.slice(-1).concat({ ...example, symbol: "S0" });
    expect(walk(recordsOf([...events, ...last])).slice(-2)).toEqual(last);
  });
});

describe("an ordinary event", () => {
  it("can be read where the cursor stands on it", () => {
    const events = eventKinds.map((kind) => eventExamples[kind]);
    const cursor = new EventCursor(recordsOf(events));
    for (const event of events) {
      cursor.next();
      if (cursor.kind === EventRow.ordinary) {
        expect(ordinaryEventIn(cursor.ordinary)).toEqual(event);
      }
    }
  });

  it("is a list", () => {
    const cursor = new EventCursor(pack([[], Uint8Array.of(0), ["text"]]));
    cursor.next();
    expect(() => cursor.ordinary).toThrow(MalformedRecords);
  });
});

describe("a cursor on malformed bytes", () => {
  const [names, rows, ordinary] = unpack(
    recordsOf(eventKinds.map((kind) => eventExamples[kind])),
  ) as [string[], Uint8Array, unknown[]];

  function expectMalformed(parts: unknown): void {
    expect(() => walk(pack(parts))).toThrow(MalformedRecords);
  }

  it("refuses rows that end too early, wherever they are cut", () => {
    for (const kind of eventKinds) {
      const [name, row, list] = unpack(recordsOf([eventExamples[kind]])) as [
        unknown,
        Uint8Array,
        [],
      ];
      for (let length = 1; length < row.length; length++) {
        expectMalformed([name, row.subarray(0, length), list]);
      }
    }
  });

  it("refuses a kind and a name that do not exist, and text too long for a row", () => {
    expectMalformed([names, Uint8Array.of(7), []]);
    expectMalformed([[], rows, ordinary]);
    const report = unpack(recordsOf([eventExamples["execution-report"]])) as [[], Uint8Array, []];
    const lengthAt = 1 + 2 + 2 + executionReportAt.clientOrderId;
    const tooLong = new Uint8Array(lengthAt + 1 + 65);
    tooLong.set(report[1].subarray(0, lengthAt));
    tooLong[lengthAt] = 65;
    expectMalformed([report[0], tooLong, []]);
  });

  it("refuses more or fewer ordinary records than rows that point at them", () => {
    expectMalformed([names, rows, ordinary.slice(1)]);
    expectMalformed([names, rows, [...ordinary, []]]);
  });

  it("walks to the end of any bytes, or refuses them", () => {
    const anyRows = fc.uint8Array({ maxLength: 300 });
    const kinds = fc.constantFrom(...Object.values(EventRow));
    fc.assert(
      fc.property(anyRows, kinds, (bytes, kind) => {
        bytes[0] = kind;
        try {
          walk(pack([["a", "b"], bytes, []]));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRecords);
        }
      }),
    );
  });
});

/**
 * Golden bytes: `codec.golden/events.txt` holds every kind of event as one batch. They are hashed on
 * every replica, so a kind whose bytes change takes a new number and leaves these as they are.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "./assert.ts";
import { readEvent, writeEvent } from "./event-codec.ts";
import type { ShardEvent } from "./events.ts";
import { MalformedRecords, pack, RecordReader, RecordWriter, unpack } from "./records.ts";
import { anyEvent, eventExamples, eventKinds, eventsOf } from "./testing/events.ts";
import { expectGolden, hexDocument, readHexDocument } from "./testing/golden-file.ts";

const golden = new URL("codec.golden/events.txt", import.meta.url);

function encode(events: readonly ShardEvent[]): Uint8Array {
  const writer = new RecordWriter();
  for (const event of events) writeEvent(writer, event);
  return writer.finish();
}

function decode(bytes: Uint8Array): ShardEvent[] {
  const reader = RecordReader.of(bytes);
  const events: ShardEvent[] = [];
  while (reader.hasMore) events.push(readEvent(reader));
  return events;
}

describe("the bytes of events", () => {
  it("are frozen for every kind", () => {
    const pieces = eventKinds.map((kind) => [kind, encode([eventExamples[kind]])]);
    expectGolden(golden, hexDocument(Object.fromEntries(pieces) as Record<string, Uint8Array>));
  });

  it("are read as they have been since they were frozen", () => {
    const pieces = readHexDocument(golden);
    expect([...pieces.keys()]).toEqual(eventKinds);
    for (const kind of eventKinds) {
      expect(decode(pieces.get(kind)!)).toEqual([eventExamples[kind]]);
    }
  });

  it.each(eventKinds)("give back any %s", (kind) => {
    fc.assert(
      fc.property(eventsOf(kind), (event) => {
        expect(decode(encode([event]))).toStrictEqual([event]);
      }),
    );
  });

  it("give back the events of any step, in order", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        expect(decode(encode(events))).toStrictEqual(events);
      }),
    );
  });
});

describe("the bytes of a reply for a limit of risk", () => {
  const limited: ShardEvent = {
    ...{ ...eventExamples["order-replied"], rejectReason: 306 },
    figures: { limit: 20, used: 2n ** 62n, asked: 1 },
  };

  it("are a row of its own, and frozen, too", () => {
    const bytes = encode([limited]);
    expect(decode(bytes)).toStrictEqual([limited]);
    const [, rows] = unpack(bytes) as [unknown, Uint8Array];
    const plain = encode([{ ...eventExamples["order-replied"], rejectReason: 306 }]);
    const [, plainRows] = unpack(plain) as [unknown, Uint8Array];
    expect(rows[0]).toBe(10);
    expect(Buffer.from(rows.slice(1, plainRows.length))).toEqual(Buffer.from(plainRows.slice(1)));
    expect(Buffer.from(rows.slice(plainRows.length)).toString("hex")).toBe(
      "14000000000000000000000000000040" + "0100000000000000",
    );
  });
});

describe("the bytes of a contract's statistics", () => {
  const figures = {
    ...{ markPrice: 100, indexPrice: 99, fundingRatePpm: -5, nextFundingUs: 7, finalPrice: 0 },
  };
  const plain = eventExamples["statistics-changed"];

  it("are those of others with one list behind them, and frozen, too", () => {
    const told: ShardEvent = { ...plain, contract: figures };
    expect(decode(encode([told]))).toStrictEqual([told]);
    const [[fields], [before]] = [told, plain].map((event) => {
      const [, , ordinary] = unpack(encode([event])) as [unknown, unknown, unknown[][]];
      return ordinary;
    }) as [unknown[][], unknown[][]];
    expect(fields).toEqual([...before!, [100, 99, -5, 7, 0]]);
  });
});

describe("reading an event", () => {
  it("refuses a kind that is not known", () => {
    expect(() => decode(pack([[], Uint8Array.of(99), []]))).toThrow("no event kind 99");
    expect(() => decode(pack([[], Uint8Array.of(0), [[99]]]))).toThrow("no event kind 99");
    expect(() => decode(pack([[], Uint8Array.of(0), [[104, "x", 1]]]))).toThrow("more fields");
  });

  it("refuses a total that is none", () => {
    for (const total of ["", "-1", "01", "1.5", "1e3", "9".repeat(41)]) {
      const fields = [111, "BTC-USDT", 1, 1, 1, 1, total, "1", 1];
      expect(() => decode(pack([[], Uint8Array.of(0), [fields]]))).toThrow("no total");
    }
  });

  it("refuses a term beyond its closed list", () => {
    const writer = new RecordWriter();
    writer.begin(4);
    writer.name("BTC-USDT");
    writer.integer(1);
    writer.u8(2);
    writer.integer(1);
    writer.integer(1);
    expect(() => decode(writer.finish())).toThrow(MalformedRecords);
  });
});

describe("writing an event", () => {
  it("is a defect when its kind does not exist", () => {
    const event = { kind: "auctioned" } as unknown as ShardEvent;
    expect(() => encode([event])).toThrow(InvariantViolation);
  });
});

/**
 * Goal: the renderer tells participants what `feed-rendering.reference.ts` tells them. Method: both
 * get the same steps; one renderer gets them all, so that memory of one step that showed in another
 * would be seen, also in what was rendered before.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiply } from "../index.ts";
import type { ExecutionReport, ShardEvent } from "../index.ts";
import { anyEvent, eventsOf, recordsOf } from "../testing/events.ts";
import { counts, texts } from "../testing/identifiers.ts";
import { renderPlainly } from "./feed-rendering.reference.ts";
import { FeedRenderer } from "./feed-rendering.ts";
import type { Publication, StepStamp } from "./feed-rendering.ts";

const decoder = new TextDecoder();
const names = ["A", "BTC-USDT", "ETH-USDT"];

/** Few names, so that several events are about one; and empty sides of the book. */
const feedEvents = fc
  .tuple(
    fc.oneof(
      eventsOf("execution-report"),
      eventsOf("level-changed"),
      eventsOf("traded"),
      eventsOf("best-changed"),
      eventsOf("entry-added"),
      eventsOf("entry-executed"),
      eventsOf("entry-canceled"),
      eventsOf("candle-closed"),
      eventsOf("statistics-changed"),
      eventsOf("depth-checksummed"),
      eventsOf("phase-changed"),
      eventsOf("auction-indicated"),
      eventsOf("bands-changed"),
      eventsOf("intervention-recorded"),
      eventsOf("position-handed-over"),
      eventsOf("liquidation-moved"),
      anyEvent,
    ),
    fc.nat({ max: 2 }),
    fc.nat({ max: 2 }),
    fc.nat({ max: 3 }),
  )
  .map(([event, account, symbol, emptySides]): ShardEvent => {
    switch (event.kind) {
      case "execution-report": {
        const { executed, lastPrice } = event;
        const report = { ...event, account: `a-${account}`, symbol: names[symbol]! };
        // Most orders execute at one price.
        if (emptySides === 0) report.executedNotional = multiply(executed, lastPrice % 1000);
        return report;
      }
      case "level-changed":
      case "entry-added":
      case "entry-executed":
      case "entry-canceled":
      case "traded":
        return { ...event, symbol: names[symbol]! };
      case "best-changed":
        return {
          ...event,
          symbol: names[symbol]!,
          bidQuantity: emptySides & 1 ? 0 : event.bidQuantity,
          askQuantity: emptySides & 2 ? 0 : event.askQuantity,
        };
      default:
        return event;
    }
  });

const stamps: fc.Arbitrary<StepStamp> = fc.record(
  {
    cluster: fc.constantFrom("outcry", "test", ""),
    ...{ shard: fc.nat({ max: 511 }), sequence: counts, timeUs: counts },
  },
  { noNullPrototype: true },
);

const renderer = new FeedRenderer();
/** Some notionals are whole multiples of it. */
const tickValueOf = (symbol: string): number => 1 + (symbol.length % 3);

function render(records: Uint8Array, stamp: StepStamp): Publication[] {
  return renderer.render(records, stamp, tickValueOf);
}

function read(publications: readonly Publication[]): object[] {
  return publications.map(({ subject, payload }) => ({
    subject,
    message: JSON.parse(decoder.decode(payload)) as unknown,
  }));
}

function plainly(records: Uint8Array, stamp: StepStamp): object[] {
  // Through JSON and back, as the renderer's messages went.
  return JSON.parse(JSON.stringify(renderPlainly(records, stamp, tickValueOf))) as object[];
}

describe("rendering", () => {
  it("tells of any step what the reference tells", () => {
    fc.assert(
      fc.property(fc.array(feedEvents, { maxLength: 40 }), stamps, (events, stamp) => {
        const records = recordsOf(events);
        expect(read(render(records, stamp))).toEqual(plainly(records, stamp));
      }),
      { numRuns: 1000 },
    );
  });

  it("never touches again what it gave", () => {
    const steps = fc.array(fc.tuple(fc.array(feedEvents, { maxLength: 10 }), stamps), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const given = all.map(([events, stamp]) => render(recordsOf(events), stamp));
        const expected = all.map(([events, stamp]) => plainly(recordsOf(events), stamp));
        expect(given.map(read)).toEqual(expected);
      }),
    );
  });

  it("tells whatever text the records can hold", () => {
    const ascii = fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code));
    const text = fc.string({ unit: ascii, maxLength: 64 });
    fc.assert(
      fc.property(eventsOf("execution-report"), texts, text, (event, symbol, clientOrderId) => {
        const records = recordsOf([{ ...event, symbol, clientOrderId } as ExecutionReport]);
        const stamp = { cluster: "outcry", shard: 0, sequence: 1, timeUs: 2 };
        expect(read(render(records, stamp))).toEqual(plainly(records, stamp));
      }),
    );
  });
});

describe("a report", () => {
  const untouched = {
    executed: 0,
    executedNotional: 0,
    rejectReason: 0,
    revision: 0,
    tradeId: 0,
    lastPrice: 0,
    lastQuantity: 0,
    liquidity: 0,
    fee: 0,
  } as const;
  const kept = fc.subarray(Object.keys(untouched), { maxLength: 2 });

  it("of an order that nothing happened to, or but little, tells all there is", () => {
    const property = fc.property(
      eventsOf("execution-report"),
      kept,
      stamps,
      (event, kept, stamp) => {
        const own = Object.entries(event).filter(([field]) => kept.includes(field));
        const report = { ...event, ...untouched, ...Object.fromEntries(own) } as ExecutionReport;
        const records = recordsOf([report]);
        expect(read(render(records, stamp))).toEqual(plainly(records, stamp));
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });
});

/**
 * Goal: the referee's shard does what every other does, its second opinion agrees as long as all is
 * well, and a difference is found in the step in which it shows.
 * Method: a day of random trading is applied by a shard with refereed books; then by ones whose
 * reference is told other terms, or whose book makes a mistake.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { addressOfBook } from "../../protocols/index.ts";
import type { TradingTerms } from "../../protocols/index.ts";
import { MatchingDesk } from "../book/matching-desk.ts";
import { Shard } from "../shard/shard.ts";
import type { ShardEntry, Step } from "../shard/step.ts";
import { instruments } from "../testing/instruments.ts";
import type { TestVenue } from "../testing/test-venue.ts";
import { tradeOut } from "../testing/trading-day.ts";
import { RefereedBooks } from "./refereed-books.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const day = { seed: 4711, shards: 1, moves: 600, deliveryPercent: 100 };

function refereed(books: RefereedBooks, log: readonly ShardEntry[]): readonly Step[] {
  const shard = new Shard(0, 1);
  shard.useBooks(books);
  const steps: Step[] = [];
  for (const entry of log) {
    const step = shard.apply(entry);
    books.endStep(step.timeUs);
    steps.push(step);
    if (books.disagreement !== undefined) break;
  }
  return steps;
}

const bytesOf = ({ events, replies }: Step): unknown => [
  [...events],
  replies.map(({ records }) => [...records]),
];

describe("refereed books", () => {
  it("tell what all others tell, and agree with their references", () => {
    // Long enough that everything is compared more than once.
    const venue = tradeOut({ ...day, moves: 2500 });
    const books = new RefereedBooks();
    const steps = refereed(books, venue.logs[0]!);
    expect(books.disagreement).toBeUndefined();
    expect(steps.map(bytesOf)).toEqual(venue.steps[0]!.map(bytesOf));
  });

  it("say what differs when the reference goes by other terms", () => {
    const venue = tradeOut(day);
    const wrong = (symbol: string, terms: TradingTerms): TradingTerms =>
      symbol === "PEAR-COIN" ? { ...terms, bandBasisPoints: 100 } : terms;
    const books = new RefereedBooks({ termsToReference: wrong });
    const steps = refereed(books, venue.logs[0]!);
    expect(books.disagreement?.symbol).toBe("PEAR-COIN");
    expect(steps.length).toBeLessThan(venue.logs[0]!.length);
  });

  it("say what differs when the book tells a wrong quantity", () => {
    const venue = tradeOut(day);
    const books = new RefereedBooks();
    const prototype = MatchingDesk.prototype;
    vi.spyOn(prototype, "entryCanceled").mockImplementation(function (this: MatchingDesk, id, q) {
      this.feed.entryCanceled(this.turn.context, id, q + 1);
    });
    refereed(books, venue.logs[0]!);
    expect(books.disagreement?.told).toMatch(/^entry-canceled, /);
    expect(books.disagreement?.expected).toMatch(/^entry-canceled, /);
  });

  describe("of books that have moved", () => {
    const shards = 3;

    /** All that three shards applied, in the order in which they did. */
    function movingDay(): readonly { readonly shard: number; readonly entry: ShardEntry }[] {
      const applied: { shard: number; entry: ShardEntry }[] = [];
      const seen = new Array<number>(shards).fill(0);
      const afterMove = ({ logs }: TestVenue): void => {
        for (const [shard, log] of logs.entries()) {
          for (const entry of log.slice(seen[shard])) applied.push({ shard, entry });
          seen[shard] = log.length;
        }
      };
      tradeOut({ ...day, shards, moves: 1500, relocationPercent: 10, afterMove });
      return applied;
    }

    /** Has the books make a mistake as soon as all of them have moved. */
    function refereedAfterMoves(books: RefereedBooks): RefereedBooks {
      const followed = Array.from({ length: shards }, (_, shard) => new Shard(shard, shards));
      for (const shard of followed) shard.useBooks(books);
      const isPinned = (book: string): boolean =>
        followed[0]!.placement.pins().some(([actor]) => actor === book);
      let isWrong = false;
      for (const { shard, entry } of movingDay()) {
        const { timeUs } = followed[shard]!.apply(entry);
        books.endStep(timeUs);
        if (isWrong || !instruments.every(({ symbol }) => isPinned(addressOfBook(symbol))))
          continue;
        if (followed.some(({ moving }) => moving !== undefined)) continue;
        expect(books.disagreement).toBeUndefined();
        isWrong = true;
        vi.spyOn(MatchingDesk.prototype, "entryCanceled").mockImplementation(function (
          this: MatchingDesk,
          id,
          q,
        ) {
          this.feed.entryCanceled(this.turn.context, id, q + 1);
        });
      }
      expect(isWrong).toBe(true);
      return books;
    }

    it("still say what differs, where they are those of all shards", () => {
      const books = refereedAfterMoves(new RefereedBooks({ areOfAllShards: true }));
      expect(books.disagreement?.told).toMatch(/^entry-canceled, /);
    });

    it("know nothing, where they may be those of one", () => {
      expect(refereedAfterMoves(new RefereedBooks()).disagreement).toBeUndefined();
    });
  });

  it("must be there from the log's first entry on", () => {
    const venue = tradeOut({ ...day, moves: 1 });
    expect(() => venue.first.useBooks(new RefereedBooks())).toThrow("may have been made");
  });
});

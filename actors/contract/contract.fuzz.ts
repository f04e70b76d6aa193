/**
 * Goal: mark price, funding and final price are what they are defined as, and every shard knows
 * them as closely as is promised.
 *
 * Method: random prices of a book and an index at random times. A slow twin keeps all that was ever
 * the case, in a list, and computes from that list alone, in big integers.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ticksMax } from "../../protocols/index.ts";
import type { AnnounceContract, ContractFunded, Ticks, TimeUs } from "../../protocols/index.ts";
import { SetMarket } from "../book/testing/lone-book.ts";
import { appleFuture, applePerpetual } from "../testing/contracts.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { ContractKeeper } from "./contract-keeper.ts";
import type { KeptBook } from "./contract-keeper.ts";
import type { ContractInstrument } from "./contract-listing.ts";

const secondUs = 1_000_000;
const minuteUs = 60 * secondUs;
const million = 1_000_000n;

/** What was the case for a while. */
interface Span {
  readonly fromUs: TimeUs;
  readonly untilUs: TimeUs;
  readonly mark: bigint;
  readonly index: bigint;
}

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** Division of big integers rounds towards zero. */
const meanOf = (spans: readonly (readonly [value: bigint, us: bigint])[]): bigint | undefined => {
  const us = sumOf(spans.map(([, length]) => length));
  return us === 0n ? undefined : sumOf(spans.map(([value, length]) => value * length)) / us;
};

/** The definitions, word for word. */
class Twin {
  readonly #terms: ContractInstrument;
  readonly spans: Span[] = [];

  constructor(terms: ContractInstrument) {
    this.#terms = terms;
  }

  mark({ bid, ask, last, index }: Prices): bigint {
    if (index === 0) return 0n;
    const price = bid > 0 && ask > 0 ? BigInt(bid + ask) / 2n : BigInt(last);
    if (price === 0n) return BigInt(index);
    const width = (BigInt(index) * BigInt(this.#terms.contract.markClampPpm)) / million;
    const [lower, upper] = [most(BigInt(index) - width, 1n), BigInt(index) + width];
    return least(most(price, lower), least(upper, BigInt(ticksMax)));
  }

  rateSince(fromUs: TimeUs): bigint | undefined {
    const spans = this.spans.filter((span) => span.fromUs >= fromUs && span.mark !== 0n);
    const mean = meanOf(
      spans.map(({ mark, index, ...span }) => {
        return [((mark - index) * million) / index, BigInt(span.untilUs - span.fromUs)];
      }),
    );
    const cap = BigInt(this.#terms.contract.fundingCapPpm);
    return mean === undefined ? undefined : most(least(mean, cap), -cap);
  }

  perLot(mark: bigint, rate: bigint): bigint {
    return (mark * BigInt(this.#terms.quoteUnitsPerTickLot) * rate) / million;
  }

  /** The mean index of the half an hour before. */
  final(expiresAtUs: TimeUs): bigint | undefined {
    const beginUs = expiresAtUs - 30 * minuteUs;
    return meanOf(
      this.spans
        .filter(({ index }) => index !== 0n)
        .map((span) => {
          const [from, until] = [
            Math.max(span.fromUs, beginUs),
            Math.min(span.untilUs, expiresAtUs),
          ];
          return [span.index, BigInt(Math.max(until - from, 0))] as const;
        }),
    );
  }
}

interface Prices {
  readonly bid: Ticks;
  readonly ask: Ticks;
  readonly last: Ticks;
  readonly index: Ticks;
}

interface Move extends Prices {
  readonly afterUs: TimeUs;
}

const prices = fc.oneof(
  fc.integer({ min: 900, max: 1100 }),
  fc.integer({ min: 1, max: ticksMax }),
  fc.constant(0),
);
const spans = fc.oneof(
  fc.integer({ min: 1, max: 3 * secondUs }),
  fc.integer({ min: 1, max: 20 * minuteUs }),
);
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc
    .record({ afterUs: spans, bid: prices, ask: prices, last: prices, index: prices })
    // Once there is an index there always is one.
    .map((move) => ({ ...move, ask: Math.max(move.ask, move.bid) })),
  { minLength: 1, maxLength: 60, size: "max" },
);

/** A keeper, the prices around it, and the twin that sees the same. */
class Play {
  readonly context = new RecordingContext();
  readonly keeper: ContractKeeper;
  readonly twin: Twin;
  readonly marksSet: Ticks[] = [];
  purges = 0;
  #prices: Prices = { bid: 0, ask: 0, last: 0, index: 0 };
  #mark = 0n;
  readonly #market = new SetMarket();

  constructor(terms: ContractInstrument) {
    this.keeper = new ContractKeeper(terms);
    this.twin = new Twin(terms);
    this.context.market = this.#market;
    this.context.timeUs = 1_700_000_000_000_000;
    this.context.venue.lastPriceOf = () => this.#prices.index || undefined;
    this.keeper.open(this.context);
  }

  get #book(): KeptBook {
    const { bid, ask } = this.#prices;
    return {
      bestPrices: { bid: bid || undefined, ask: ask || undefined },
      purge: () => (this.purges += 1),
      setMarkPrice: (price) => this.marksSet.push(price),
    };
  }

  /** Time passes, and then prices are these. */
  move({ afterUs, index, ...book }: Move): void {
    const fromUs = this.context.timeUs;
    this.context.timeUs += afterUs;
    const span = { fromUs, untilUs: this.context.timeUs, index: BigInt(this.#prices.index) };
    this.twin.spans.push({ ...span, mark: this.#mark });
    // It is called when time has passed, and again when prices have moved.
    this.keeper.follow(this.#book, this.context);
    const isPublished = this.keeper.indexSymbol === "" && index > 0;
    const canPublish = isPublished && this.keeper.whyNotPublish(index) === 0;
    if (canPublish) this.keeper.publish(index, this.context);
    this.#prices = { ...book, index: index || this.#prices.index };
    this.#market.referencePrice = book.last || undefined;
    this.keeper.follow(this.#book, this.context);
    this.#mark = this.twin.mark(this.#prices);
  }

  get expectedMark(): bigint {
    return this.#mark;
  }

  get fundings(): readonly ContractFunded[] {
    return this.context.emitted.filter((event) => event.kind === "contract-funded");
  }

  get lastTold(): AnnounceContract | undefined {
    return this.context.sent.findLast((sent) => sent.kind === "announce-contract");
  }
}

/** What shards know is off by less than a thousandth, or was right within the last second. */
function expectToldClosely(play: Play): void {
  const { markPrice } = play.keeper.figures;
  if (markPrice === 0) return;
  const told = play.lastTold;
  expect(told).toBeDefined();
  const isRecent = play.context.timeUs - told!.atUs < secondUs;
  const isClose = Math.abs(told!.markPrice - markPrice) * 1000 < told!.markPrice;
  expect(told!.markPrice === markPrice || (isRecent && isClose)).toBe(true);
}

describe("a contract's keeper", () => {
  it("marks and funds a perpetual by definition, whatever its prices are and when", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(moves, (list) => {
        const play = new Play(applePerpetual);
        let fundedUs = play.context.timeUs;
        let index = 0n;
        for (const move of list) {
          const before = play.fundings.length;
          const dueUs = play.keeper.figures.nextFundingUs;
          const mark = play.expectedMark;
          play.move(move);
          expect(BigInt(play.keeper.figures.markPrice)).toBe(play.expectedMark);
          expectToldClosely(play);
          if (play.context.timeUs < dueUs) {
            expect(play.fundings.length).toBe(before);
            continue;
          }
          const rate = play.twin.rateSince(fundedUs);
          fundedUs = play.context.timeUs;
          expect(play.keeper.figures.nextFundingUs).toBeGreaterThan(play.context.timeUs);
          expect(play.fundings.length - before).toBe(rate === undefined ? 0 : 1);
          if (rate === undefined) continue;
          const perLot = play.twin.perLot(mark, rate);
          index += perLot;
          const { ratePpm, perLot: paid, round } = play.fundings.at(-1)!;
          expect([BigInt(ratePpm), BigInt(paid)]).toEqual([rate, perLot]);
          expect(round).toBe(play.fundings.length);
          expect(BigInt(play.keeper.fundingIndex)).toBe(index);
          reached.add(rate > 0n ? "longs pay" : rate < 0n ? "shorts pay" : "nobody pays");
        }
        // What was saved goes on as it would have.
        const again = new ContractKeeper(applePerpetual);
        again.takeUp(play.keeper.snapshot());
        expect(again.snapshot()).toEqual(play.keeper.snapshot());
      }),
      { seed: 43, numRuns: 300 },
    );
    for (const way of ["longs pay", "shorts pay"]) expect(reached).toContain(way);
  });

  it("settles a future at the mean index of its last half an hour, once", () => {
    let settled = 0;
    fc.assert(
      fc.property(moves, (list) => {
        const lifeUs = 40 * minuteUs;
        const expiresAtUs = 1_700_000_000_000_000 + lifeUs;
        const play = new Play(appleFuture(expiresAtUs));
        let isOver = false;
        let lastIndex = 0;
        for (const move of list) {
          play.move(move);
          isOver ||= play.context.timeUs >= expiresAtUs;
          if (!isOver) {
            lastIndex = move.index || lastIndex;
            expect(play.keeper.figures.finalPrice).toBe(0);
            continue;
          }
          const expected = play.twin.final(expiresAtUs) ?? BigInt(lastIndex);
          expect(BigInt(play.keeper.figures.finalPrice)).toBe(expected);
          expect(play.purges).toBe(1);
          if (expected > 0n) settled += 1;
        }
        const finals = play.context.emitted.filter(({ kind }) => kind === "contract-expired");
        expect(finals.length).toBe(isOver ? 1 : 0);
        expect(play.lastTold?.finalPrice ?? 0).toBe(play.keeper.figures.finalPrice);
      }),
      { seed: 44, numRuns: 300 },
    );
    expect(settled).toBeGreaterThan(20);
  });
});

/**
 * Goal: lots are closed as the methods say, with the figures of examples that others published;
 * and whatever the method, nothing of a lot's cost or of a sale is lost or counted twice.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdingPeriodIn, termOf } from "./holding-term.ts";
import type { Acquisition, LotMethod } from "./lot.ts";
import { LotBook } from "./lot-book.ts";
import type { ClosedPart } from "./lot-book.ts";

const dayUs = (day: string): number => Date.parse(day) * 1000;

function bought(book: LotBook, day: string, quantity: number, cost: number | undefined): void {
  const acquisition = { name: day, acquiredUs: dayUs(day), quantity: BigInt(quantity) };
  book.acquire({ ...acquisition, cost: cost === undefined ? undefined : BigInt(cost) });
}

interface Sale {
  readonly quantity: number;
  readonly proceeds: number;
  readonly method: LotMethod;
  readonly named?: Readonly<Record<string, number>>;
}

function sold(book: LotBook, { quantity, proceeds, method, named = {} }: Sale) {
  const parts = Object.entries(named).map(([name, part]) => {
    return { lot: book.find(name)!, quantity: BigInt(part) };
  });
  const sale = { quantity: BigInt(quantity), proceeds: BigInt(proceeds), method, named: parts };
  const closed = book.dispose(sale);
  if (closed === undefined) throw new Error("there was less than was sold");
  return closed;
}

const gainOf = (parts: readonly ClosedPart[]): number =>
  Number(parts.reduce((sum, { proceeds, cost }) => sum + (proceeds ?? 0n) - (cost ?? 0n), 0n));
const namesOf = (parts: readonly ClosedPart[]): readonly string[] =>
  parts.map(({ lot }) => lot.acquisition.name);

describe("a published example", () => {
  // Accointing, "Crypto cost basis": 5 BTC bought in 2021, 3 of them sold for 60,000.
  const bitcoins = { Jan: 10_000, Feb: 12_000, Mar: 9000, Apr: 15_000, May: 18_000 };

  it.each([
    { method: "fifo", gain: 29_000, lots: ["2021-01-01", "2021-02-01", "2021-03-01"] },
    { method: "hifo", gain: 15_000, lots: ["2021-05-01", "2021-04-01", "2021-02-01"] },
  ] as const)("of 5 BTC at five prices comes to what it says by $method", (expected) => {
    const book = new LotBook();
    for (const [at, cost] of Object.values(bitcoins).entries()) {
      bought(book, `2021-0${at + 1}-01`, 1, cost);
    }
    const parts = sold(book, { quantity: 3, proceeds: 60_000, method: expected.method });
    expect(namesOf(parts)).toEqual(expected.lots);
    expect(gainOf(parts)).toBe(expected.gain);
    expect(book.open()).toHaveLength(2);
  });

  it("of a part of a second lot has a long-term gain of 500 and a short-term one of 150", () => {
    // Firstrade, tax centre: 100 at 5 fourteen months ago, 100 at 7 three ago, 150 sold at 10.
    const book = new LotBook();
    bought(book, "2023-01-10", 100, 500);
    bought(book, "2023-12-10", 100, 700);
    const parts = sold(book, { quantity: 150, proceeds: 1500, method: "fifo" });
    const disposedUs = dayUs("2024-03-10");
    const period = holdingPeriodIn("1y")!;
    const terms = parts.map(({ lot: { acquisition } }) =>
      termOf({ acquiredUs: acquisition.acquiredUs, disposedUs }, period),
    );
    expect(terms).toEqual(["long", "short"]);
    expect(parts.map((part) => gainOf([part]))).toEqual([500, 150]);
    expect(book.open().map(({ quantity, cost }) => [quantity, cost])).toEqual([[50n, 350n]]);
  });

  it("of identified shares has the gain of those that were named", () => {
    // CertFuel, Series 7, "Cost valuation methods": 100 each at 30, 40 and 50; 100 sold at 55.
    const lots = { "2024-01-05": 3000, "2024-04-05": 4000, "2024-07-05": 5000 };
    const gainBy = (sale: Pick<Sale, "method" | "named">): number => {
      const book = new LotBook();
      for (const [day, cost] of Object.entries(lots)) bought(book, day, 100, cost);
      return gainOf(sold(book, { quantity: 100, proceeds: 5500, ...sale }));
    };
    expect(gainBy({ method: "fifo" })).toBe(2500);
    expect(gainBy({ method: "specific", named: { "2024-04-05": 100 } })).toBe(1500);
    expect(gainBy({ method: "specific", named: { "2024-07-05": 100 } })).toBe(500);
    // What nobody has named is the oldest.
    expect(gainBy({ method: "specific", named: { "2024-04-05": 60 } })).toBe(900 + 1000);
  });

  it("of a lot that is sold in part leaves the rest of it", () => {
    // GainsKeeper, "Sell by FIFO method": 100 and 50 bought, 50 sold.
    const book = new LotBook();
    bought(book, "2002-01-04", 100, 1000);
    bought(book, "2002-03-01", 50, 600);
    sold(book, { quantity: 50, proceeds: 700, method: "fifo" });
    const left = book.open().map(({ acquisition, quantity }) => [acquisition.name, quantity]);
    expect(left).toEqual([
      ["2002-01-04", 50n],
      ["2002-03-01", 50n],
    ]);
  });
});

describe("lots", () => {
  it("whose cost nobody knows come last by highest cost, and have none", () => {
    const book = new LotBook();
    bought(book, "2024-01-01", 10, undefined);
    bought(book, "2024-01-02", 10, 5);
    const parts = sold(book, { quantity: 15, proceeds: 30, method: "hifo" });
    expect(namesOf(parts)).toEqual(["2024-01-02", "2024-01-01"]);
    expect(parts.map(({ cost }) => cost)).toEqual([5n, undefined]);
  });

  it("that arrived late and were acquired early come first", () => {
    const book = new LotBook();
    bought(book, "2024-05-01", 1, 1);
    bought(book, "2020-01-01", 1, 1);
    const parts = sold(book, { quantity: 1, proceeds: 1, method: "fifo" });
    expect(namesOf(parts)).toEqual(["2020-01-01"]);
  });

  it("round parts down, and the last part has the rest", () => {
    const book = new LotBook();
    bought(book, "2024-01-01", 3, 100);
    const parts = [1, 1, 1].map(() => sold(book, { quantity: 1, proceeds: 1, method: "fifo" }));
    expect(parts.flat().map(({ cost }) => cost)).toEqual([33n, 33n, 34n]);
    const whole = new LotBook();
    for (const day of ["2024-01-01", "2024-01-02", "2024-01-03"]) bought(whole, day, 1, 0);
    const sale = sold(whole, { quantity: 3, proceeds: 100, method: "fifo" });
    expect(sale.map(({ proceeds }) => proceeds)).toEqual([33n, 33n, 34n]);
  });

  it("are not closed beyond what there is", () => {
    const book = new LotBook();
    bought(book, "2024-01-01", 3, 1);
    const sale = { quantity: 4n, proceeds: 1n, method: "fifo" as const, named: [] };
    expect(book.dispose(sale)).toBeUndefined();
  });

  type Deed = { readonly buys: number; readonly money: number };
  const deeds = fc.array(
    fc.record({ buys: fc.integer({ min: -40, max: 50 }), money: fc.integer({ min: 0, max: 999 }) }),
    { maxLength: 60 },
  );

  /** Buys and sells what there is, and then the rest. */
  function play(all: readonly Deed[], methodAt: (step: number) => LotMethod) {
    const book = new LotBook();
    let held = 0;
    let [paid, got] = [0, 0];
    const closed: ClosedPart[] = [];
    const sell = (step: number, quantity: number, proceeds: number): void => {
      if (quantity === 0) return;
      held -= quantity;
      got += proceeds;
      const parts = sold(book, { quantity, proceeds, method: methodAt(step) });
      closed.push(...parts);
      const sum = parts.reduce((of, { quantity: part }) => of + Number(part), 0);
      expect(sum).toBe(quantity);
    };
    for (const [step, { buys, money }] of all.entries()) {
      if (buys > 0) {
        const acquisition: Acquisition = {
          ...{ name: `lot-${step}`, acquiredUs: step, quantity: BigInt(buys) },
          cost: BigInt(money),
        };
        book.acquire(acquisition);
        held += buys;
        paid += money;
      } else sell(step, Math.min(held, -buys), money);
      const open = book.open().reduce((sum, { quantity }) => sum + Number(quantity), 0);
      expect(open).toBe(held);
    }
    sell(all.length, held, 1000);
    expect(book.open()).toEqual([]);
    return { gain: gainOf(closed), expected: got - paid, closed };
  }

  it("make the same in all by any method, and by several, once all is sold", () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const runs = [
          play(all, () => "fifo"),
          play(all, () => "hifo"),
          play(all, (step) => (step % 3 === 0 ? "hifo" : "fifo")),
        ];
        for (const { gain, expected } of runs) expect(gain).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("are taken in the order of a plain search by each method", () => {
    fc.assert(
      fc.property(deeds, fc.constantFrom("fifo", "hifo"), (all, method) => {
        const left = new Map<string, { step: number; quantity: number; price: number }>();
        const { closed } = play(all, () => method);
        const expected: string[] = [];
        const search = (want: number): void => {
          for (let rest = want; rest > 0;) {
            const first = [...left].sort(([, a], [, b]) =>
              method === "hifo" ? b.price - a.price || a.step - b.step : a.step - b.step,
            )[0];
            if (first === undefined) throw new Error("nothing is left");
            const [name, lot] = first;
            const part = Math.min(rest, lot.quantity);
            expected.push(`${name} ${part}`);
            rest -= part;
            lot.quantity -= part;
            if (lot.quantity === 0) left.delete(name);
          }
        };
        for (const [step, { buys, money }] of all.entries()) {
          const held = [...left.values()].reduce((sum, { quantity }) => sum + quantity, 0);
          if (buys > 0) left.set(`lot-${step}`, { step, quantity: buys, price: money / buys });
          else search(Math.min(held, -buys));
        }
        search([...left.values()].reduce((sum, { quantity }) => sum + quantity, 0));
        const taken = closed.map(({ lot, quantity }) => `${lot.acquisition.name} ${quantity}`);
        expect(taken).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a holding period", () => {
  const term = (acquired: string, disposed: string, period: string) =>
    termOf(
      { acquiredUs: dayUs(acquired), disposedUs: dayUs(disposed) },
      holdingPeriodIn(period) ?? { years: 0, days: 0 },
    );

  it("of a year is over on the day behind the same day of the next year", () => {
    expect(term("2023-03-10T23:00:00Z", "2024-03-10T23:59:59Z", "1y")).toBe("short");
    expect(term("2023-03-10T23:00:00Z", "2024-03-11T00:00:00Z", "1y")).toBe("long");
    expect(term("2024-02-29", "2025-02-28", "1y")).toBe("short");
    expect(term("2024-02-29", "2025-03-01", "1y")).toBe("long");
  });

  it("may be some days", () => {
    expect(term("2024-01-01", "2024-12-31", "365d")).toBe("short");
    expect(term("2024-01-01", "2025-01-01", "365d")).toBe("long");
    expect(holdingPeriodIn("soon")).toBeUndefined();
  });
});

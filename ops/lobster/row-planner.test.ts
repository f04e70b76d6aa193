/**
 * Goal: what is planned makes the book that the row shows. The small cases are told by hand; the
 * long ones are made up from a seed by a market that keeps its own book, recorded at a depth that
 * hides much of it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Side } from "../../protocols/index.ts";
import { BookRow } from "./book-row.ts";
import { readLobsterRows } from "./lobster-files.ts";
import type { LobsterRow } from "./lobster-files.ts";
import { parseMessage } from "./lobster-message.ts";
import { RowPlanner } from "./row-planner.ts";
import type { Action } from "./row-planner.ts";
import { writeSyntheticMarket } from "./testing/synthetic-market.ts";

const place = { file: "", line: 0 };

/** A planner that has taken `seedBook`, told what happens next: `[message, book after it]`. */
function play(seed: [string, string], ...rows: [string, string][]): Action[][] {
  const planner = new RowPlanner();
  const [first, ...others] = [seed, ...rows].map(([message, book], index): LobsterRow => ({
    row: index + 1,
    message: parseMessage(`34200.5,${message}`, place),
    book: BookRow.parse(book, place),
  }));
  if (first === undefined) throw new Error("no row");
  planner.seed(first);
  return others.map((row) => [...planner.plan(row)]);
}

const quiet = "7,0,0,-1,-1";

describe("a row", () => {
  it("of a new order places it", () => {
    expect(play([quiet, "105,10,100,20"], ["1,7,5,101,1", "105,10,101,5"])).toEqual([
      [{ kind: "place", clientOrderId: "2-0", side: Side.buy, price: 101, quantity: 5 }],
    ]);
  });

  it("of the order that the first row is about finds it in the seed", () => {
    expect(play(["1,7,5,100,1", "105,10,100,20"], ["3,7,5,100,1", "105,10,100,15"])).toEqual([
      [{ kind: "cancel", clientOrderId: "1-1" }],
    ]);
  });

  it("of an order from before the file acts on the seeded liquidity", () => {
    expect(
      play(
        [quiet, "105,10,100,20"],
        ["2,3,5,100,1", "105,10,100,15"],
        ["3,4,15,100,1", "105,10,99,1"],
      )[0],
    ).toEqual([{ kind: "reduce", clientOrderId: "1-0", price: 100, quantity: 15, revision: 1 }]);
  });

  it("of an execution trades from the other side, and a later cancel counts what is left", () => {
    expect(
      play(
        [quiet, "105,10,0,0"],
        ["1,7,8,100,1", "105,10,100,8"],
        ["4,7,3,100,1", "105,10,100,5"],
        ["2,7,1,100,1", "105,10,100,4"],
        ["3,7,4,100,1", "105,10,0,0"],
      ).slice(1),
    ).toEqual([
      [{ kind: "trade", clientOrderId: "3-0", side: Side.sell, price: 100, quantity: 3 }],
      [{ kind: "reduce", clientOrderId: "2-0", price: 100, quantity: 7, revision: 1 }],
      [{ kind: "cancel", clientOrderId: "2-0" }],
    ]);
  });

  it("of a hidden execution, a cross trade or a halt does nothing", () => {
    const book = "105,10,100,20";
    expect(
      play([quiet, book], ["5,0,10,102,1", book], ["6,-1,10,102,1", book], [quiet, book]),
    ).toEqual([[], [], []]);
  });

  it("of an execution behind a better price is done by cancels, so that the book is right", () => {
    expect(
      play([quiet, "105,10,0,0,106,4,0,0"], ["4,9,4,106,-1", "105,10,0,0,9999999999,0,0,0"]),
    ).toEqual([[{ kind: "cancel", clientOrderId: "1-1" }]]);
  });

  it("of an order that rests where it would trade finds nothing there any more", () => {
    expect(play([quiet, "105,10,100,20"], ["1,7,5,105,1", "9999999999,0,105,5"])).toEqual([
      [
        { kind: "cancel", clientOrderId: "1-1" },
        { kind: "place", clientOrderId: "2-1", side: Side.buy, price: 105, quantity: 5 },
      ],
    ]);
  });

  it("adopts a level that moves up into view", () => {
    expect(
      play(
        [quiet, "105,10,100,20"],
        ["3,1,10,105,-1", "106,7,100,20"],
        ["3,1,7,106,-1", "9999999999,0,100,20"],
      ),
    ).toEqual([
      [
        { kind: "cancel", clientOrderId: "1-1" },
        { kind: "place", clientOrderId: "2-1", side: Side.sell, price: 106, quantity: 7 },
      ],
      [{ kind: "cancel", clientOrderId: "2-1" }],
    ]);
  });

  it("drops what had left the view when the view comes back without it", () => {
    expect(
      play(
        [quiet, "105,10,100,20"],
        ["1,7,1,104,-1", "104,1,100,20"],
        ["3,7,1,104,-1", "106,2,100,20"],
      )[1],
    ).toEqual([
      { kind: "cancel", clientOrderId: "2-0" },
      { kind: "place", clientOrderId: "3-1", side: Side.sell, price: 106, quantity: 2 },
      { kind: "cancel", clientOrderId: "1-1" },
    ]);
  });

  it("never adjusts what was in view before", () => {
    expect(play([quiet, "105,10,100,20"], [quiet, "105,11,100,20"])).toEqual([[]]);
  });
});

describe("a made-up market", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "outcry-lobster-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    { seed: 1, depth: 1 },
    { seed: 2, depth: 3 },
    { seed: 3, depth: 10 },
    { seed: 4, depth: 50 },
  ])("recorded at $depth levels comes out as recorded", async ({ seed, depth }) => {
    const files = await writeSyntheticMarket(folder, { seed, rows: 1000, depth });
    let planner = new RowPlanner();
    for await (const row of readLobsterRows(files)) {
      if (row.row === 1) planner.seed(row);
      else planner.plan(row);
      if (row.row % 100 === 0) planner = planner.placedAnew(`from${row.row}:`);
      expect(shown(planner, depth), `row ${row.row}`).toEqual(levelsOf(row.book));
    }
    expect(planner.counts).toMatchObject({
      executionsOutOfReach: 0,
      levelsCrossed: 0,
      messagesWithoutEffect: 0,
    });
  });
});

function levelsOf(row: BookRow): [number, number][][] {
  return [Side.buy, Side.sell].map((side) =>
    Array.from({ length: row.count(side) }, (_, level): [number, number] => [
      row.price(side, level),
      row.size(side, level),
    ]),
  );
}

function shown({ book }: RowPlanner, depth: number): [number, number][][] {
  return [Side.buy, Side.sell].map((side) => {
    const sizes = new Map<number, number>();
    for (const order of book.orders()) {
      if (order.side !== side) continue;
      sizes.set(order.price, (sizes.get(order.price) ?? 0) + order.remaining);
    }
    return [...sizes].slice(0, depth);
  });
}

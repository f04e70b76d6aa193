import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { LadderBook, LadderSize } from "./ladder.ts";
import { renderLadder } from "./ladder.ts";
import { NaturalUnits } from "./natural-units.ts";

const units = new NaturalUnits(
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 0,
    takerFeeBasisPoints: 0,
    shard: 0,
  },
  [
    { asset: "BTC", decimals: 8 },
    { asset: "USDT", decimals: 6 },
  ],
);

const book = {
  symbol: "BTC-USDT",
  updateId: 7,
  phase: "continuous",
  isHalted: false,
  bids: [
    [6_500_000, 20, 1],
    [6_499_900, 40, 2],
  ],
  asks: [
    [6_500_200, 10, 1],
    [6_500_300, 5, 1],
  ],
} as const;

function ladder(shown: LadderBook, size: LadderSize): string {
  return stripVTControlCharacters(renderLadder(shown, units, size));
}

describe("a ladder", () => {
  it("shows asks above bids, best prices in the middle, bars as long as what rests", () => {
    expect(ladder(book, { levels: 10, width: 40 })).toBe(
      [
        "BTC-USDT  update 7",
        "  65003.00    0.0005  ##",
        "  65002.00    0.0010  #####",
        "  -- spread 2.00 --",
        "  65000.00    0.0020  #########",
        "  64999.00    0.0040  ##################",
      ].join("\n"),
    );
  });

  it("shows no more levels than asked for, the best ones", () => {
    expect(ladder(book, { levels: 1, width: 40 })).toBe(
      [
        "BTC-USDT  update 7",
        "  65002.00    0.0010  #########",
        "  -- spread 2.00 --",
        "  65000.00    0.0020  ##################",
      ].join("\n"),
    );
  });

  it("says when a side is empty, when trading is halted, and what traded last", () => {
    const halted = {
      ...book,
      asks: [],
      bids: [],
      isHalted: true,
      last: { price: 6_500_000, quantity: 3 },
    };
    expect(ladder(halted, { levels: 5, width: 40 })).toBe(
      ["BTC-USDT  update 7  last 65000.00 x 0.0003  HALTED", "  no asks", "  --", "  no bids"].join(
        "\n",
      ),
    );
  });

  it("says what goes on when trading is not continuous", () => {
    const auction = { ...book, asks: [], bids: [], phase: "closingAuction" } as const;
    expect(ladder(auction, { levels: 5, width: 40 }).split("\n")[0]).toBe(
      "BTC-USDT  update 7  CLOSING AUCTION",
    );
  });
});

/**
 * The whole table of what becomes of an order, frozen: a change of it is seen in a review.
 */
import { describe, expect, it } from "vitest";
import { nameIn, OrderType, TimeInForce } from "../../protocols/index.ts";
import { admissionOf, admissions, isCallPhase, takesPart } from "./phase-admission.ts";
import type { Admission } from "./phase-admission.ts";
import { tradingPhases } from "./trading-phase.machine.ts";

const letters: Readonly<Record<Admission, string>> = {
  trades: "t",
  gathers: "g",
  waits: "w",
  parks: "p",
  "trades-at-last": "l",
  rejected: "-",
};

/** A line for each type and a letter for each time in force, in the order of their numbers. */
function tableOf(phase: (typeof tradingPhases)[number], hasAuctions: boolean): string[] {
  return Object.values(OrderType).map((orderType) => {
    const row = Object.values(TimeInForce).map(
      (timeInForce) => letters[admissionOf({ orderType, timeInForce }, { phase, hasAuctions })],
    );
    return `${nameIn(OrderType, orderType)} ${row.join("")}`;
  });
}

describe("what becomes of an order", () => {
  it.each(["closed", "halted", "cancelOnly"] as const)(
    "is nothing while a market is %s",
    (phase) => {
      for (const line of tableOf(phase, true)) expect(line).toMatch(/ -{8}$/);
    },
  );

  it("in the other phases is this, by type and by GTC IOC FOK DAY GTD ATO ATC GFA", () => {
    const phases = tradingPhases.filter((phase) => tableOf(phase, true)[0] !== "limit --------");
    const tables = phases.map((phase) => [phase, ...tableOf(phase, true)].join("\n  "));
    expect(`\n${tables.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      preOpen
        limit g--gggpg
        market -----gpg
        stop wwwwwgpg
        stopLimit wwwwwgpg
        takeProfit wwwwwgpg
        takeProfitLimit wwwwwgpg
        trailingStop wwwwwgpg
        pegged pppppgpg
      openingAuction
        limit g--gggpg
        market -----gpg
        stop wwwwwgpg
        stopLimit wwwwwgpg
        takeProfit wwwwwgpg
        takeProfitLimit wwwwwgpg
        trailingStop wwwwwgpg
        pegged pppppgpg
      continuous
        limit tttttppp
        market tttttppp
        stop wwwwwppp
        stopLimit wwwwwppp
        takeProfit wwwwwppp
        takeProfitLimit wwwwwppp
        trailingStop wwwwwppp
        pegged tttttppp
      volatilityAuction
        limit g--ggppg
        market -----ppg
        stop wwwwwppg
        stopLimit wwwwwppg
        takeProfit wwwwwppg
        takeProfitLimit wwwwwppg
        trailingStop wwwwwppg
        pegged pppppppg
      closingAuction
        limit g--ggpgg
        market -----pgg
        stop wwwwwpgg
        stopLimit wwwwwpgg
        takeProfit wwwwwpgg
        takeProfitLimit wwwwwpgg
        trailingStop wwwwwpgg
        pegged ppppppgg
      tradingAtLast
        limit lllll---
        market lllll---
        stop wwwww---
        stopLimit wwwww---
        takeProfit wwwww---
        takeProfitLimit wwwww---
        trailingStop wwwww---
        pegged --------
      "
    `);
  });

  it("without auctions is nothing to those that are for auctions", () => {
    expect(tableOf("continuous", false)).toEqual(
      tableOf("continuous", true).map((line) => line.replace(/...$/, "---")),
    );
  });

  it("is one of a closed list, all of which there are", () => {
    const seen = tradingPhases.flatMap((phase) => tableOf(phase, true).map((line) => line));
    for (const admission of admissions) expect(seen.join("")).toContain(letters[admission]);
  });
});

describe("a call phase", () => {
  it("is one before an uncrossing", () => {
    expect(tradingPhases.filter(isCallPhase)).toEqual([
      "preOpen",
      "openingAuction",
      "volatilityAuction",
      "closingAuction",
    ]);
  });

  it("has its orders for auctions", () => {
    const parts = [TimeInForce.ATO, TimeInForce.ATC, TimeInForce.GFA].map((timeInForce) =>
      tradingPhases.filter((phase) => takesPart(timeInForce, phase)),
    );
    expect(parts).toEqual([
      ["preOpen", "openingAuction"],
      ["closingAuction"],
      ["preOpen", "openingAuction", "volatilityAuction", "closingAuction"],
    ]);
  });
});

/**
 * Goal: what is set aside to be sent out, and what came in from a chain, is in the reports of a day
 * with withdrawals, and their figures add up.
 */
import { describe, expect, it } from "vitest";
import { traders, tradeOut } from "../../actors/testing/trading-day.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { BalancesReport } from "./balances-report.ts";
import { SettlementReport } from "./settlement-report.ts";
import { Statement } from "./statement.ts";
import { big, rowsOfAll, sourceOf } from "./testing/reported-day.ts";

const venue = tradeOut({
  ...{ seed: 11, shards: 3, moves: 700, deliveryPercent: 60, relocationPercent: 4 },
  ...{ feePercent: 4, custodyPercent: 25, chance: new ChanceOfEntries() },
});
const source = sourceOf(venue);
const parts = ["availableUnits", "reservedUnits", "withdrawingUnits"];

describe("on a day with withdrawals", () => {
  it("balances and statements add up from their parts", async () => {
    const statements = traders.map((account) => new Statement({ account, isWhole: true }));
    const reports = [new BalancesReport(), new SettlementReport(), ...statements];
    const [balances, , ...told] = await rowsOfAll(reports, source);
    let withdrawing = 0n;
    for (const row of balances!.rows) {
      const sum = [...parts, "onItsWayUnits"].reduce((all, part) => all + big(row[part]), 0n);
      expect(big(row["totalUnits"])).toBe(sum);
      withdrawing += big(row["withdrawingUnits"]);
    }
    expect(withdrawing).toBeGreaterThan(0n);
    const rows = told.flatMap((statement) => statement.rows);
    expect(rows.some(({ kind }) => kind === "payout")).toBe(true);
    for (const row of rows) {
      // On its way to another shard it is none of these.
      if (row["kind"] === "departure" || row["kind"] === "arrival") continue;
      expect(big(row["balanceUnits"])).toBe(parts.reduce((all, part) => all + big(row[part]), 0n));
    }
  });

  it("statements name the outputs that deposits came as, and not what administrators said before", async () => {
    const statements = traders.map((account) => new Statement({ account, isWhole: false }));
    const told = await rowsOfAll(statements, source);
    const references = told.flatMap(({ rows }) =>
      rows.filter(({ kind }) => kind === "deposit").map(({ reference }) => String(reference)),
    );
    const expected = venue.commands.flatMap(({ command }) => {
      if (command.kind === "deposit") return [command.reference];
      if (command.kind !== "report-deposit") return [];
      return [`${command.transaction}/${command.output}`];
    });
    expect(new Set(references).isSubsetOf(new Set(expected))).toBe(true);
    expect(references.length).toBeGreaterThan(20);
  });
});

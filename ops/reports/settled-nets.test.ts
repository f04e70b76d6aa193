/**
 * Goal: the settlement report tells what participants gave and were given in rounds of
 * settlement, over all their accounts, and all of an asset on a date adds up to nothing.
 */
import { expect, it } from "vitest";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { add } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { SettlementReport } from "./settlement-report.ts";
import { big, rowsOfAll, sourceOf } from "./testing/reported-day.ts";

it("participants' nets are those of all their accounts, and add up to nothing", async () => {
  const venue = tradeOut({
    ...{ seed: 11, shards: 3, moves: 700, deliveryPercent: 60, relocationPercent: 4 },
    ...{ feePercent: 4, clearingPercent: 6, chance: new ChanceOfEntries() },
  });
  const received = new Map<string, Amount>();
  for (const event of venue.events) {
    if (event.kind !== "account-settled") continue;
    for (const { asset, receive } of event.legs) {
      received.set(asset, add(received.get(asset) ?? 0, receive));
    }
  }
  expect(received.size).toBeGreaterThan(0);
  const [told] = await rowsOfAll([new SettlementReport()], sourceOf(venue));
  const nets = (told?.rows ?? []).filter(({ ledger }) => String(ledger).startsWith("participant"));
  expect(nets.every(({ shard, code }) => shard === "" && /^net \d{4}-/.test(String(code)))).toBe(
    true,
  );
  for (const [asset, amount] of received) {
    const of = nets.filter((row) => row["asset"] === asset);
    const sum = (column: string) => of.reduce((all, row) => all + big(row[column]), 0n);
    expect(sum("inUnits")).toBe(BigInt(amount));
    expect([sum("inUnits") - sum("outUnits"), sum("balanceUnits")]).toEqual([0n, 0n]);
  }
});

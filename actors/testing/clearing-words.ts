/** How scenarios speak of settlement: of cycles, of what accounts owe, and of rounds. */
import type { ObligationView, SetSettlementCycle, SettlementView } from "../../protocols/index.ts";

/** In UTC. */
export const cycleWords =
  "settle (?<symbols>[A-Z ,-]+) at T\\+(?<days>\\d)( by (?<hour>\\d\\d):(?<minute>\\d\\d))?" +
  "(?<weekend>, not on weekends)?(?<holidays>(, not on \\d{4}-\\d\\d-\\d\\d)*)";

/** The cycle is named after the number of its days. */
export function cycleIn(words: Readonly<Record<string, string>>): SetSettlementCycle {
  const { symbols = "", days = "", hour = "0", minute = "0", weekend, holidays = "" } = words;
  const dates = [...holidays.matchAll(/\d{4}-\d\d-\d\d/g)];
  return {
    ...{ kind: "set-settlement-cycle", cycle: `t${days}`, symbols: symbols.split(", ") },
    ...{ days: Number(days), offsetMinutes: 0, cutOffMinute: Number(hour) * 60 + Number(minute) },
    weekend: weekend === undefined ? [] : [5, 6],
    holidays: dates.map(([date]) => Number(date.replaceAll("-", ""))),
    ...{ author: "ops", reason: "scenario" },
  };
}

export function obligationTexts(obligations: readonly ObligationView[]): string[] {
  return obligations.map(({ asset, date, deliver, receive }) => {
    return `${String(date)}: ${deliver} ${asset} out, ${receive} in`;
  });
}

/** Each round, and what each of its accounts is to get in the end. */
export function settlementTexts(rounds: readonly SettlementView[]): string[] {
  return rounds.flatMap(({ round, date, trades, finalAtUs, obligations }) => {
    const state = finalAtUs === 0 ? "not final" : "final";
    const title = `round ${String(round)} of ${String(date)}: ${String(trades)} trades, ${state}`;
    const nets = obligations.map(({ account, asset, deliver, receive }) => {
      const net = BigInt(receive) - BigInt(deliver);
      return `  ${account} ${net > 0 ? "+" : ""}${String(net)} ${asset}`;
    });
    return [title, ...nets];
  });
}

/** How scenarios speak of settlement: of cycles, of what accounts owe, and of rounds. */
import type {
  DeliveryView,
  ObligationView,
  SetFailPermission,
  SetSettlementCycle,
  SettlementView,
} from "../../protocols/index.ts";

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

export const permissionWords =
  "let (?<account>\\S+) owe (?<limit>\\d+) (?<asset>[A-Z]+)" +
  "( at (?<points>\\d+) bp a day)?(, buy-in after (?<days>\\d+) days)?";

export function permissionIn(words: Readonly<Record<string, string>>): SetFailPermission {
  const { account = "", limit, asset = "", points = "0", days = "0" } = words;
  return {
    ...{ kind: "set-fail-permission", account, asset, limit: Number(limit) },
    ...{ penaltyBasisPoints: Number(points), buyInDays: Number(days) },
    ...{ author: "ops", reason: "scenario" },
  };
}

export function deliveryTexts(deliveries: readonly DeliveryView[]): string[] {
  return deliveries.map((view) => {
    const { delivery, seller, buyer, goods, money, goodsGiven, moneyGiven, date } = view;
    const what = `delivery ${String(delivery)} of ${seller} to ${buyer}, due ${String(date)}`;
    const given = `${goodsGiven} of ${goods} goods and ${moneyGiven} of ${money} money given`;
    const { daysFailed, since, isBuyIn } = view;
    const failed = daysFailed === 0 ? "" : `, failed for ${String(daysFailed)} days`;
    const buyIn = isBuyIn ? `, to be bought in, since ${String(since)}` : "";
    return `${what}: ${given}${failed}${buyIn}`;
  });
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

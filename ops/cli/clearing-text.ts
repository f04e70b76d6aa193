/** Cycles, obligations and rounds of settlement as people read them. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type {
  Obligation,
  Settlement,
  SettlementCycleTerms,
} from "../../protocols/api/clearing-requests.ts";
import type { Asset } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
import { renderTable } from "./output.ts";
import { weekdays } from "./settlement-cycle-file.ts";

export function renderCycles(cycles: readonly SettlementCycleTerms[]): string {
  if (cycles.length === 0) return "no cycle: every trade is settled as it is made";
  const rows = cycles.map((terms) => [
    ...[terms.cycle, terms.symbols.join(" "), `T+${terms.days}`, cutOffText(terms)],
    terms.weekend.map((day) => weekdays[day] ?? "").join(" "),
    terms.holidays.join(" "),
  ]);
  return renderTable(["CYCLE", "INSTRUMENTS", "SETTLED", "CUT-OFF", "NOT ON", "NOR ON"], rows);
}

function cutOffText({ cutOffMinute, offsetMinutes }: SettlementCycleTerms): string {
  const sign = offsetMinutes < 0 ? "-" : "+";
  const offset = offsetMinutes === 0 ? "" : sign + clock(Math.abs(offsetMinutes));
  return `${clock(cutOffMinute)} UTC${offset}`;
}

function clock(minutes: number): string {
  const parts = [Math.floor(minutes / 60), minutes % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

export function renderObligations(
  obligations: readonly Obligation[],
  assets: readonly Asset[],
): string {
  if (obligations.length === 0) return "nothing is to be settled";
  const rows = obligations.map(({ date, ...leg }) => [date, ...legTexts(leg, assets)]);
  return renderTable(["DATE", "ASSET", " DELIVERS", " RECEIVES", " NET"], rows);
}

export function renderSettlements(
  settlements: readonly Settlement[],
  assets: readonly Asset[],
): string {
  if (settlements.length === 0) return "no round of settlement";
  const isShort = settlements.every(({ obligations }) => obligations.length === 0);
  const rounds = settlements.map((round) => renderRound(round, assets));
  return rounds.join(isShort ? "\n" : "\n\n");
}

function renderRound(round: Settlement, assets: readonly Asset[]): string {
  const final = new Date(round.finalAtUs / 1000).toISOString();
  const state = round.isFinal ? `final since ${final}` : "not final";
  const rows = round.obligations.map(({ account, participant, status, ...leg }) => [
    ...[account, participant, ...legTexts(leg, assets), status],
  ]);
  const heads = ["ACCOUNT", "PARTICIPANT", "ASSET", " DELIVERS", " RECEIVES", " NET", "STATUS"];
  const title = `round ${round.round}, ${round.date}: ${round.trades} trades, ${state}`;
  return rows.length === 0 ? title : `${title}\n${renderTable(heads, rows)}`;
}

type Leg = Pick<Obligation, "asset" | "deliver" | "receive" | "net">;

function legTexts({ asset, deliver, receive, net }: Leg, assets: readonly Asset[]): string[] {
  const decimals = assets.find((known) => known.asset === asset)?.decimals ?? 0;
  const whole = (units: string): string => grouped(decimalOf(BigInt(units), decimals));
  return [asset, whole(deliver), whole(receive), whole(net)];
}

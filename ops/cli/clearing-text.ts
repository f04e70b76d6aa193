/** Cycles, obligations and rounds of settlement as people read them. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type {
  Obligation,
  Settlement,
  SettlementCycleTerms,
  ParticipantNet,
} from "../../protocols/api/clearing-requests.ts";
import type { DeliveryTerms, FailPermissionTerms } from "../../protocols/api/fail-requests.ts";
import type { Asset } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
import { renderTable } from "./output.ts";
import { participantNets } from "../../protocols/api/participant-nets.ts";
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
  const text = rounds.join(isShort ? "\n" : "\n\n");
  const nets = participantNets(settlements);
  return nets.length === 0 ? text : `${text}\n\nby participant\n${renderNets(nets, assets)}`;
}

export function renderNets(nets: readonly ParticipantNet[], assets: readonly Asset[]): string {
  if (nets.length === 0) return "no participant owes or is owed anything on that date";
  const rows = nets.map(({ date, participant, ...leg }) => [
    ...[date, participant, ...legTexts(leg, assets)],
  ]);
  const heads = ["DATE", "PARTICIPANT", "ASSET", " DELIVERS", " RECEIVES", " NET"];
  return renderTable(heads, rows);
}

export function renderPermissions(
  permissions: readonly FailPermissionTerms[],
  assets: readonly Asset[],
): string {
  if (permissions.length === 0) return "nobody may owe what he does not have";
  const rows = permissions.map(({ account, asset, limit, penaltyBasisPoints, buyInDays }) => [
    ...[account, asset, whole(limit, asset, assets), `${penaltyBasisPoints} bp`],
    buyInDays === 0 ? "never" : `${buyInDays} days`,
  ]);
  return renderTable(["ACCOUNT", "ASSET", " MAY OWE", " PENALTY", " BUY-IN AFTER"], rows);
}

export function renderDeliveries(
  deliveries: readonly DeliveryTerms[],
  assets: readonly Asset[],
): string {
  if (deliveries.length === 0) return "no delivery is open";
  const rows = deliveries.map((of) => {
    const [base = "", quote = ""] = of.symbol.split("-");
    const goods = [of.goodsGiven, of.goods].map((units) => whole(units, base, assets));
    const money = [of.moneyGiven, of.money].map((units) => whole(units, quote, assets));
    const state = of.isBuyIn ? "buy-in" : of.daysFailed > 0 ? "failed" : "open";
    return [
      ...[String(of.delivery), of.symbol, of.seller, of.buyer, goods.join(" of ")],
      ...[money.join(" of "), of.since, of.date, String(of.daysFailed), state],
    ];
  });
  const heads = ["NUMBER", "INSTRUMENT", "SELLER", "BUYER", "GOODS GIVEN", "MONEY GIVEN"];
  return renderTable([...heads, "SINCE", "DUE", " DAYS FAILED", "STATE"], rows);
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
  return [asset, ...[deliver, receive, net].map((units) => whole(units, asset, assets))];
}

function whole(units: string, asset: string, assets: readonly Asset[]): string {
  const decimals = assets.find((known) => known.asset === asset)?.decimals ?? 0;
  return grouped(decimalOf(BigInt(units), decimals));
}

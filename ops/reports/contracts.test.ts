/**
 * Goal: reports of a day on which contracts are traded, funded, expire and lose more than there is
 * count them as contracts: nothing is paid or held for them but what they realise, and what they
 * would realise stands beside it at the mark.
 */
import { describe, expect, it } from "vitest";
import { debtor, loseBeyondCash, winner } from "../../actors/testing/contract-story.ts";
import { tradeOut, traders } from "../../actors/testing/trading-day.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { PositionCause, Side } from "../../protocols/index.ts";
import type { ExecutionReport, PositionChanged } from "../../protocols/index.ts";
import { BalancesReport } from "./balances-report.ts";
import { Confirmations } from "./confirmations.ts";
import { PnlReport } from "./pnl-report.ts";
import { PositionsReport } from "./positions-report.ts";
import type { Report } from "./report.ts";
import { Statement } from "./statement.ts";
import { big, MemoryOutput, rowsOf, rowsOfAll, sourceOf } from "./testing/reported-day.ts";
import type { JsonRow } from "./testing/reported-day.ts";
import { makeReports } from "./make-reports.ts";
import { tableWriter } from "./table-format.ts";

const accounts = [...traders, debtor, winner];
const everybody = { account: undefined, prices: undefined };

function dayOf(seed: number, shards: number): TestVenue {
  let moves = 0;
  return tradeOut({
    ...{ seed, shards, moves: 1800, deliveryPercent: 60, contractPercent: 40 },
    ...{ relocationPercent: shards === 1 ? 0 : 4, chance: new ChanceOfEntries() },
    afterMove: (of) => {
      moves += 1;
      if (moves === 1) loseBeyondCash(of);
    },
  });
}

const isContract = ({ symbol }: { readonly symbol: string }): boolean =>
  symbol.startsWith("APPLE-COIN-");
const sumOf = (amounts: readonly unknown[]): bigint =>
  amounts.reduce<bigint>((sum, amount) => sum + big(amount), 0n);

/** A fill in a contract, and what its account was told just before that it realised. */
interface ContractFill {
  readonly report: ExecutionReport;
  readonly realised: bigint;
}

/** Of one shard after the other the account's word comes just before: so it does in all of them. */
function fillsIn(venue: TestVenue): readonly ContractFill[] {
  const last = new Map<string, bigint>();
  return venue.events.flatMap((event): ContractFill[] => {
    const isTrade = event.kind === "position-changed" && event.cause === PositionCause.trade;
    if (isTrade) last.set(`${event.account} ${event.symbol}`, BigInt(event.realised));
    if (event.kind !== "execution-report" || event.tradeId === 0 || !isContract(event)) return [];
    return [{ report: event, realised: last.get(`${event.account} ${event.symbol}`)! }];
  });
}

const days = [dayOf(14, 1), dayOf(21, 3)].map((venue) => ({
  shards: venue.logs.length,
  venue,
  fills: fillsIn(venue),
  changes: venue.events.flatMap((event): PositionChanged[] =>
    event.kind === "position-changed" ? [event] : [],
  ),
}));

describe.each(days)("of contracts on $shards shards", ({ venue, fills, changes }) => {
  const source = sourceOf(venue);
  const timesUs = venue.logs
    .flat()
    .map(({ timeUs }) => timeUs)
    .sort((a, b) => a - b);
  const middleUs = timesUs[Math.floor(timesUs.length / 2)]!;

  it("happens all that can", () => {
    expect(fills.length).toBeGreaterThan(50);
    const { trade, funding, expiry } = PositionCause;
    const causes = new Set<number>(changes.map(({ cause }) => cause));
    expect([...causes]).toEqual(expect.arrayContaining([trade, funding, expiry]));
    expect(causes.size).toBeGreaterThan(3);
  });

  it("statements tell what was realised, and nothing of what positions cost", async () => {
    const reports = accounts.map((account) => new Statement({ account, isWhole: true }));
    const made = await rowsOfAll(reports, source);
    for (const [at, account] of accounts.entries()) {
      const { rows } = made[at]!;
      expect(rows.filter(({ kind }) => kind === "position")).toEqual([]);
      const told = (isFunding: boolean): bigint =>
        changes
          .filter((change) => change.account === account)
          .filter(({ cause }) => (cause === PositionCause.funding) === isFunding)
          .reduce((sum, { realised }) => sum + BigInt(realised), 0n);
      const booked = (code: string): bigint =>
        sumOf(rows.filter(({ kind }) => kind === code).map((row) => row["amountUnits"]));
      expect([booked("profit"), booked("funding")]).toEqual([told(false), told(true)]);
      const shard = venue.shards.find((one) => one.account(account) !== undefined)!;
      for (const { asset, available, reserved, posted = 0 } of shard.account(account)!.balances()) {
        const closing = rows.findLast((row) => row["asset"] === asset);
        const has = BigInt(available) + BigInt(reserved) + BigInt(posted);
        expect([closing?.["kind"], big(closing?.["balanceUnits"])]).toEqual(["closing", has]);
        const parts = ["availableUnits", "reservedUnits", "marginUnits"];
        expect(sumOf(parts.map((part) => closing?.[part]))).toBe(has);
        expect(big(closing?.["marginUnits"])).toBe(BigInt(posted));
      }
    }
  });

  it("confirmations say what a fill realised less its fee, and what it was worth", async () => {
    const options = { account: undefined, isByOrder: false };
    const { rows } = await rowsOf({ report: new Confirmations(options), source });
    const told = new Map(fills.map((fill) => [keyOf(fill.report), fill]));
    const its = rows.filter(({ symbol }) => isContract({ symbol: String(symbol) }));
    expect(its.length).toBe(fills.length);
    for (const row of its) {
      const { report, realised } = told.get(`${row["tradeId"]} ${row["orderId"]}`)!;
      const notional = BigInt(report.lastPrice) * BigInt(report.lastQuantity);
      expect(big(row["notionalUnits"])).toBe(notional);
      expect(big(row["netUnits"])).toBe(realised - BigInt(report.fee));
      expect(row["side"]).toBe(report.side === Side.buy ? "buy" : "sell");
    }
    const byOrder = new Confirmations({ ...options, isByOrder: true });
    const { rows: orders } = await rowsOf({ report: byOrder, source });
    const netOf = (of: readonly JsonRow[]) => sumOf(of.map((row) => row["netUnits"]));
    expect(netOf(orders)).toBe(netOf(rows));
  });

  it("positions are what their accounts say, at the mark that everybody knows", async () => {
    const { rows } = await rowsOf({ report: new PositionsReport(everybody), source });
    const its = rows.filter(({ symbol }) => isContract({ symbol: String(symbol) }));
    expect(its.length).toBeGreaterThan(3);
    let standing = 0;
    for (const row of its) {
      const [account, symbol] = [String(row["account"]), String(row["symbol"])];
      const shard = venue.shards.find((one) => one.account(account) !== undefined)!;
      const views = shard.account(account)!.positions(shard.directory);
      const view = views.find((one) => one.symbol === symbol);
      const { lots = 0, entryNotional = 0 } = view ?? {};
      const mark = BigInt(Number(row["markPrice"]));
      const unrealised = BigInt(lots) * mark - BigInt(entryNotional);
      const of = changes.filter((change) => change.account === account && change.symbol === symbol);
      const sum = (isFunding: boolean): bigint =>
        of
          .filter(({ cause }) => (cause === PositionCause.funding) === isFunding)
          .reduce((total, { realised }) => total + BigInt(realised), 0n);
      expect([row["quantityUnits"], row["mark"]]).toEqual([lots, "mark"]);
      expect([big(row["realisedUnits"]), big(row["fundingUnits"])]).toEqual([
        sum(false),
        sum(true),
      ]);
      expect(big(row["unrealisedUnits"])).toBe(unrealised);
      const cost = BigInt(entryNotional) * (lots >= 0 ? 1n : -1n);
      expect(big(row["costUnits"])).toBe(cost);
      const net = unrealised + sum(false) + sum(true) - big(row["feesUnits"]);
      expect(big(row["netUnits"])).toBe(net);
      if (lots !== 0) standing += 1;
    }
    expect(standing).toBeGreaterThan(1);
    expect(its.filter((row) => String(row["symbol"]).endsWith("-F1")).length).toBeGreaterThan(1);
  });

  it("gains of periods add up to those of all of it", async () => {
    const pnl = async (fromUs?: number, toUs?: number) => {
      const report = new PnlReport({ ...everybody, openingPrices: undefined });
      return (await rowsOf({ report, period: { fromUs, toUs }, source })).rows;
    };
    const parts = [...(await pnl(undefined, middleUs)), ...(await pnl(middleUs))];
    const whole = (await pnl()).filter(({ symbol }) => isContract({ symbol: String(symbol) }));
    expect(whole.length).toBeGreaterThan(3);
    for (const row of whole) {
      const its = parts.filter((part) => part["account"] === row["account"]);
      const ofSymbol = its.filter((part) => part["symbol"] === row["symbol"]);
      for (const name of ["realisedUnits", "fundingUnits", "feesUnits", "totalUnits"]) {
        expect(sumOf(ofSymbol.map((part) => part[name]))).toBe(big(row[name]));
      }
    }
  });

  it("all are the same again at any place of the past", async () => {
    const allOf = (): readonly Report[] => [
      ...accounts.map((account) => new Statement({ account, isWhole: true })),
      new Confirmations({ account: undefined, isByOrder: true }),
      ...[new PositionsReport(everybody), new BalancesReport()],
      new PnlReport({ ...everybody, openingPrices: undefined }),
    ];
    const textsOf = async (upTo: readonly number[] | undefined, piece: number, toUs?: number) => {
      const wanted = allOf().map((report) => {
        return { report, writer: tableWriter("csv"), output: new MemoryOutput() };
      });
      const reading = { ...sourceOf(venue, { piece }), ...(upTo && { upTo }) };
      const { shards } = await makeReports(wanted, { fromUs: undefined, toUs }, reading);
      return { texts: wanted.map(({ output }) => output.text), shards };
    };
    for (const share of [0.3, 0.55, 0.8]) {
      const toUs = timesUs[Math.floor(timesUs.length * share)]!;
      const { texts, shards } = await textsOf(undefined, 40, toUs);
      const places = shards.map(({ sequence }) => sequence);
      expect((await textsOf(places, 7)).texts).toEqual(texts);
    }
  });
});

function keyOf({ tradeId, orderId }: ExecutionReport): string {
  return `${tradeId} ${orderId}`;
}

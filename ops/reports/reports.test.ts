/**
 * Goal: reports of a day of random trading, on one shard and on several with accounts that move,
 * fees and a shard that is added, say what participants were told; they add up to the ledger, and
 * depend on nothing but the logs.
 */
import { describe, expect, it } from "vitest";
import { traders } from "../../actors/testing/trading-day.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { Step } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { Shard } from "../../actors/index.ts";
import { BalancesReport } from "./balances-report.ts";
import { Confirmations } from "./confirmations.ts";
import { FeesReport } from "./fees-report.ts";
import { InstrumentsReport } from "./instruments-report.ts";
import { makeReports } from "./make-reports.ts";
import type { ReportSource } from "./make-reports.ts";
import { OrdersReport } from "./orders-report.ts";
import { PnlReport } from "./pnl-report.ts";
import { PositionsReport } from "./positions-report.ts";
import type { Report } from "./report.ts";
import { reportFaults } from "./report-fault.ts";
import { SettlementReport } from "./settlement-report.ts";
import { Statement } from "./statement.ts";
import { tableWriter } from "./table-format.ts";
import { LotMethods } from "./tax/lot-methods.ts";
import { TaxLotsReport } from "./tax/tax-lots-report.ts";
import {
  big,
  MemoryOutput,
  rowsOf,
  rowsOfAll,
  sourceOf,
  textOfReport,
  toldBalance,
} from "./testing/reported-day.ts";
import { toldFills, tradingDay } from "./testing/reported-day.ts";
import type { JsonRow } from "./testing/reported-day.ts";
import { TradesReport } from "./trades-report.ts";

const days = [
  { shards: 1, venue: tradingDay(7, 1) },
  { shards: 3, venue: tradingDay(15, 3) },
].map((day) => ({ ...day, fills: toldFills(day.venue) }));

const everybody = { account: undefined, prices: undefined };
const taxLots = (account: string) =>
  new TaxLotsReport({
    ...{ account, asset: undefined, choices: [], bases: [], unknownCost: undefined },
    ...{ methods: LotMethods.always("fifo"), longAfter: { years: 1, days: 0 } },
  });
const allReports = (): readonly Report[] => [
  ...traders.map((account) => new Statement({ account, isWhole: true })),
  new Confirmations({ account: undefined, isByOrder: false }),
  new Confirmations({ account: "alice", isByOrder: true }),
  ...[new PositionsReport(everybody), new PnlReport({ ...everybody, openingPrices: undefined })],
  ...[new FeesReport(undefined), new SettlementReport(), new BalancesReport()],
  ...[new TradesReport(), new InstrumentsReport(), new OrdersReport()],
  ...traders.map(taxLots),
];

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  const error: unknown = await asked.then(() => undefined).catch((reason: unknown) => reason);
  return (error as { code?: string } | undefined)?.code ?? String(error);
};
/** The last entry of each shard that lies before a moment. */
async function cutAt(source: ReportSource, toUs: number): Promise<readonly number[]> {
  const { shards } = await makeReports([], { fromUs: undefined, toUs }, source);
  return shards.map(({ sequence }) => sequence);
}

const sumOf = (rows: readonly JsonRow[], column: string): bigint =>
  rows.reduce((sum, row) => sum + big(row[column] ?? 0), 0n);

describe.each(days)("of a day on $shards shards", ({ venue, fills }) => {
  const source = sourceOf(venue);
  const timesUs = fills.map(({ timeUs }) => timeUs);
  const middleUs = timesUs[Math.floor(timesUs.length / 2)]!;
  const lateUs = timesUs[Math.floor((timesUs.length * 3) / 4)]!;

  it("a statement ends with what the account was told, and its entries lead there", async () => {
    expect(fills.length).toBeGreaterThan(100);
    const reports = traders.map((account) => new Statement({ account, isWhole: false }));
    const period = { fromUs: middleUs, toUs: lateUs };
    const made = await rowsOfAll(reports, source, period);
    const [middle, late] = [await cutAt(source, middleUs), await cutAt(source, lateUs)];
    const before = fills.filter(({ shard, sequence }) => sequence <= middle[shard]!);
    const until = fills.filter(({ shard, sequence }) => sequence <= late[shard]!);
    for (const [at, account] of traders.entries()) {
      const { rows } = made[at]!;
      const assets = rows.filter(({ kind }) => kind === "closing").map(({ asset }) => asset);
      expect(assets).toEqual(["APPLE", "COIN", "GOLD", "PEAR"]);
      for (const asset of assets as readonly string[]) {
        const its = rows.filter((row) => row["asset"] === asset);
        const [opening, ...rest] = its;
        const closing = rest.pop();
        expect([opening?.["kind"], closing?.["kind"]]).toEqual(["opening", "closing"]);
        const of = { account, asset };
        expect(big(opening?.["balanceUnits"])).toBe(toldBalance(venue, before, of));
        expect(big(closing?.["balanceUnits"])).toBe(toldBalance(venue, until, of));
        let balance = big(opening?.["balanceUnits"]);
        for (const row of rest) {
          balance += big(row["amountUnits"]);
          expect(big(row["balanceUnits"])).toBe(balance);
          const parts = big(row["availableUnits"]) + big(row["reservedUnits"]);
          expect(parts).toBe(balance);
        }
        expect(big(closing?.["balanceUnits"])).toBe(balance);
      }
      const inPeriod = until.filter((fill) => !before.includes(fill));
      const expected = inPeriod.filter(({ report: { account: whose } }) => whose === account);
      const quotes = rows.filter(({ kind, tradeId }) => kind === "trade" && tradeId !== null);
      expect(new Set(quotes.map(({ tradeId }) => tradeId))).toEqual(
        new Set(expected.map(({ report: { tradeId } }) => String(tradeId))),
      );
      const fees = rows.filter(({ kind }) => kind === "fee" || kind === "rebate");
      expect(-sumOf(fees, "amountUnits")).toBe(expected.reduce((sum, { fee }) => sum + fee, 0n));
    }
  });

  it("a moment cuts all logs where nothing has come without what was sent", async () => {
    let late = 0;
    for (const toUs of [middleUs, lateUs, timesUs[5]!, timesUs.at(-9)!]) {
      const ends = await cutAt(source, toUs);
      const sent = (from: number, to: number) =>
        venue.steps[from]!.slice(0, ends[from]).flatMap(({ outbound }) =>
          outbound.filter(({ shard }) => shard === to).map(({ frame }) => frame),
        );
      const causeOf = (step: Step | undefined, to: number): boolean => {
        const { producer = "", frame = 0 } = step?.header ?? {};
        if (!producer.startsWith("shard-")) return true;
        return sent(Number(producer.slice("shard-".length)), to).includes(frame);
      };
      for (const [shard, end] of ends.entries()) {
        const steps = venue.steps[shard]!;
        for (const step of steps.slice(0, end)) {
          expect(step.timeUs).toBeLessThan(toUs);
          expect(causeOf(step, shard)).toBe(true);
        }
        // And all that may be there is.
        const next = steps[end];
        if (next === undefined || next.timeUs >= toUs) continue;
        expect(causeOf(next, shard)).toBe(false);
        late += 1;
      }
    }
    if (venue.logs.length > 1) expect(late).toBeGreaterThan(0);
  });

  it("a whole statement tells of reservations and moves, which change nothing", async () => {
    const kinds = new Set<unknown>();
    const reports = traders.map((account) => new Statement({ account, isWhole: true }));
    for (const { rows } of await rowsOfAll(reports, source)) {
      for (const { kind, amountUnits } of rows) {
        kinds.add(kind);
        const isInner = ["reserve", "release", "departure", "arrival"].includes(String(kind));
        if (isInner) expect(amountUnits).toBe(0);
      }
      expect(rows.some(({ kind, reference }) => kind === "deposit" && reference !== null)).toBe(
        true,
      );
    }
    const moving = venue.logs.length > 1 ? ["arrival", "departure"] : [];
    expect(kinds).toEqual(
      new Set([
        ...["closing", "deposit", "fee", "rebate", "release", "reserve", "trade"],
        ...moving,
      ]),
    );
  });

  it("statements of fee accounts add up to the fees", async () => {
    const told = new Map<string, bigint>();
    const reports = [...venue.logs.keys()].map((shard) => {
      return new Statement({ account: `fees-${shard}`, isWhole: false });
    });
    for (const { rows } of await rowsOfAll(reports, source)) {
      for (const row of rows.filter(({ kind }) => kind === "closing")) {
        const asset = String(row["asset"]);
        told.set(asset, (told.get(asset) ?? 0n) + big(row["balanceUnits"]));
      }
    }
    for (const asset of ["APPLE", "COIN"]) {
      const paid = fills.filter(({ terms, fee }) => terms.quote === asset && fee > 0n);
      expect(told.get(asset) ?? 0n).toBe(paid.reduce((sum, { fee }) => sum + fee, 0n));
    }
  });

  it("confirmations are the fills that everybody was told of, in their order", async () => {
    const reports = [false, true].flatMap((isByOrder) =>
      traders.map((account) => new Confirmations({ account, isByOrder })),
    );
    const made = await rowsOfAll(reports, source);
    for (const [at, account] of traders.entries()) {
      const { rows } = made[at]!;
      const expected = fills.filter((fill) => fill.report.account === account);
      expect(
        rows.map((row) => [row["tradeId"], row["orderId"], row["symbol"], row["side"]]),
      ).toEqual(
        expected.map(({ report: told, isBuy }) => {
          const { tradeId, orderId, symbol } = told;
          return [String(tradeId), String(orderId), symbol, isBuy ? "buy" : "sell"];
        }),
      );
      for (const [line, { notional, fee, isBuy, report: told }] of expected.entries()) {
        const row = rows[line]!;
        expect([row["priceUnits"], row["quantityUnits"]]).toEqual([
          told.lastPrice,
          told.lastQuantity,
        ]);
        expect(big(row["notionalUnits"])).toBe(notional);
        expect(big(row["feeUnits"])).toBe(fee);
        expect(big(row["netUnits"])).toBe((isBuy ? -notional : notional) - fee);
        expect(row["clientOrderId"]).toBe(told.clientOrderId);
      }
      const { rows: orders } = made[at + traders.length]!;
      expect(sumOf(orders, "notionalUnits")).toBe(sumOf(rows, "notionalUnits"));
      expect(sumOf(orders, "fills")).toBe(BigInt(rows.length));
      expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(orders.length);
    }
  });

  it("positions and gains are what average cost comes to", async () => {
    const { rows } = await rowsOf({ report: new PositionsReport(everybody), source });
    const known = new Map<
      string,
      { held: bigint; cost: bigint; made: bigint; fees: bigint; cash: bigint }
    >();
    for (const { report, terms, isBuy, notional, fee } of fills) {
      const key = `${report.account} ${terms.symbol}`;
      const of = known.get(key) ?? { held: 0n, cost: 0n, made: 0n, fees: 0n, cash: 0n };
      known.set(key, of);
      const lots = BigInt(report.lastQuantity);
      of.fees += fee;
      of.cash += (isBuy ? -notional : notional) - fee;
      const sign = isBuy ? 1n : -1n;
      if (of.held * sign >= 0n) of.cost += notional;
      else {
        const size = of.held * -sign;
        const closed = size < lots ? size : lots;
        const released = (of.cost * closed) / size;
        const part = (notional * closed) / lots;
        of.made += sign * (released - part);
        of.cost = lots > closed ? notional - part : of.cost - released;
      }
      of.held += sign * lots;
    }
    expect(rows.length).toBe(known.size);
    const trades = venue.events.flatMap((event) => (event.kind === "traded" ? [event] : []));
    for (const row of rows) {
      const of = known.get(`${row["account"]} ${row["symbol"]}`)!;
      const last = trades.findLast(({ symbol }) => symbol === row["symbol"])!;
      const { terms } = fills.find(({ report }) => report.symbol === row["symbol"])!;
      const value = of.held * BigInt(last.price) * BigInt(terms.quoteUnitsPerTickLot);
      const open = of.held >= 0n ? value - of.cost : value + of.cost;
      const figures = ["quantity", "cost", "realised", "fees", "value", "unrealised", "net"];
      expect(figures.map((name) => big(row[`${name}Units`]))).toEqual([
        ...[of.held, of.cost, of.made, of.fees, value, open, of.made + open - of.fees],
      ]);
      // All that was made is what came in, and what is held at that price.
      expect(big(row["netUnits"])).toBe(of.cash + value);
    }
  });

  it("what was made in periods adds up to what was made in all", async () => {
    const pnl = async (fromUs?: number, toUs?: number) => {
      const report = new PnlReport({ ...everybody, openingPrices: undefined });
      const period = { fromUs, toUs };
      return (await rowsOf({ report, period, source })).rows;
    };
    const parts = [await pnl(undefined, middleUs), await pnl(middleUs, lateUs), await pnl(lateUs)];
    for (const row of await pnl()) {
      for (const name of [
        "fills",
        "boughtUnits",
        "soldUnits",
        "realisedUnits",
        "feesUnits",
        "totalUnits",
      ]) {
        const its = parts.flat().filter((part) => {
          return part["account"] === row["account"] && part["symbol"] === row["symbol"];
        });
        expect(sumOf(its, name)).toBe(big(row[name]));
      }
    }
  });

  it("fees are what was charged, under the rates of the orders' placing", async () => {
    const { rows, summary } = await rowsOf({ report: new FeesReport(undefined), source });
    for (const account of traders) {
      const its = rows.filter((row) => row["account"] === account);
      const told = fills.filter(({ report }) => report.account === account);
      expect(sumOf(its, "feesUnits") - sumOf(its, "rebatesUnits")).toBe(
        told.reduce((sum, { fee }) => sum + fee, 0n),
      );
      expect(sumOf(its, "fills")).toBe(BigInt(told.length));
    }
    const { COIN } = summary["fees"] as Record<string, { units: unknown }>;
    const charged = fills.filter(({ terms, fee }) => terms.quote === "COIN" && fee > 0n);
    expect(big(COIN?.units)).toBe(charged.reduce((sum, { fee }) => sum + fee, 0n));
    expect(new Set(rows.map(({ schedule }) => schedule))).toEqual(
      new Set(["", "makers", "own", "spot"]),
    );
    for (const row of rows) {
      const charged = big(row["feesUnits"]) - big(row["rebatesUnits"]);
      if (row["liquidity"] === "transfer") expect(charged).toBe(0n);
      if (row["liquidity"] === "transfer") continue;
      const exact = (Number(row["notionalUnits"]) * Number(row["ratePpm"])) / 1_000_000;
      // An order's fee is rounded up once; what it had paid beyond may have been paid before.
      const most = Number(row["fills"]) + exact * 1e-12;
      expect(Number(charged)).toBeGreaterThan(exact - most);
      // Schedules may ask for more at least.
      if (row["schedule"] === "") expect(Number(charged)).toBeLessThan(exact + most);
    }
  });

  it("the exchange's own accounts have what came and went", async () => {
    const { rows } = await rowsOf({
      ...{ report: new SettlementReport(), source },
      period: { fromUs: middleUs, toUs: undefined },
    });
    const accounts = Map.groupBy(rows, (row) => [row["shard"], row["asset"], row["ledger"]].join());
    for (const [, all] of accounts) {
      const opening = all.find(({ code }) => code === "opening");
      const closing = all.find(({ code }) => code === "closing");
      const moved = sumOf(all, "inUnits") - sumOf(all, "outUnits");
      expect(big(opening?.["balanceUnits"]) + moved).toBe(big(closing?.["balanceUnits"]));
    }
    const closing = (ledger: string) =>
      rows.filter((row) => row["ledger"] === ledger && row["code"] === "closing");
    // Nothing is under way any more.
    for (const asset of ["APPLE", "COIN", "GOLD", "PEAR"]) {
      const of = closing("settlement").filter((row) => row["asset"] === asset);
      expect(sumOf(of, "balanceUnits")).toBe(0n);
    }
    const given = fills.filter(({ fee }) => fee < 0n).reduce((sum, { fee }) => sum + fee, 0n);
    expect(sumOf(closing("rebates"), "balanceUnits")).toBe(given);
  });

  it("balances are those of all accounts", async () => {
    const { rows } = await rowsOf({ report: new BalancesReport(), source });
    for (const row of rows.filter(({ account }) => traders.includes(String(account)))) {
      const of = { account: String(row["account"]), asset: String(row["asset"]) };
      expect(big(row["totalUnits"])).toBe(toldBalance(venue, fills, of));
    }
  });

  it("trades, instruments and orders are what was told of them", async () => {
    const trades = venue.events.flatMap((event) => (event.kind === "traded" ? [event] : []));
    const reports = [new TradesReport(), new InstrumentsReport(), new OrdersReport()];
    const [told, barsTold, ordersTold] = await rowsOfAll(reports, source);
    const rows = told?.rows ?? [];
    expect(rows.map(({ tradeId }) => String(tradeId)).sort()).toEqual(
      trades.map(({ tradeId }) => String(tradeId)).sort(),
    );
    for (const row of rows) {
      const sides = fills.filter(({ report }) => String(report.tradeId) === row["tradeId"]);
      expect(sides.find(({ isBuy }) => isBuy)?.report.account).toBe(row["buyer"]);
      expect(sides.find(({ isBuy }) => !isBuy)?.report.account).toBe(row["seller"]);
    }
    for (const bar of barsTold?.rows ?? []) {
      const its = trades.filter(({ symbol }) => symbol === bar["symbol"]);
      const prices = its.map(({ price }) => price);
      expect([bar["openUnits"], bar["closeUnits"], bar["trades"]]).toEqual([
        ...[prices[0], prices.at(-1), its.length],
      ]);
      const ends = its.length > 0 ? [Math.min(...prices), Math.max(...prices)] : [];
      expect([bar["lowUnits"], bar["highUnits"]]).toEqual([ends[0], ends[1]]);
      expect(bar["volumeUnits"]).toBe(its.reduce((sum, { quantity }) => sum + quantity, 0));
    }
    const counts = ordersTold?.rows ?? [];
    const toldReports = venue.events.filter(({ kind }) => kind === "execution-report");
    const kinds = ["new", "trade", "canceled", "replaced", "rejected", "expired", "triggered"];
    const all = [...kinds, "restated"].reduce((sum, kind) => sum + sumOf(counts, kind), 0n);
    expect(all).toBe(BigInt(toldReports.length));
    expect(sumOf(counts, "trade")).toBe(BigInt(fills.length));
  });

  it("tax lots are what an account has, and their gains what it received and paid", async () => {
    let told = 0;
    const made = await rowsOfAll(traders.map(taxLots), source);
    for (const [at, account] of traders.entries()) {
      const { rows, summary } = made[at]!;
      const assets = summary["assets"] as readonly { asset: string }[];
      const notTold = summary["notTold"] as readonly { asset: string }[];
      const [isGoods, isMoney] = (["base", "quote"] as const).map((role) =>
        fills.some(({ report, terms }) => report.account === account && terms[role] === "APPLE"),
      );
      // Gold is paid for with apples, and apples with coins.
      const isBoth = isGoods === true && isMoney === true;
      expect(notTold.map(({ asset }) => asset)).toEqual(isBoth ? ["APPLE"] : []);
      for (const { asset } of assets) {
        told += 1;
        const its = rows.filter((row) => row["asset"] === asset);
        const open = its.filter(({ kind }) => kind === "open");
        const has = toldBalance(venue, fills, { account, asset });
        expect(sumOf(open, "quantityUnits")).toBe(has);
        const sales = its.filter(({ kind }) => kind === "sale");
        const mine = fills.filter(({ report, terms }) => {
          return report.account === account && terms.base === asset;
        });
        const sold = mine.filter(({ isBuy }) => !isBuy);
        const got = sold.reduce((sum, { notional, fee }) => sum + notional - fee, 0n);
        expect(sumOf(sales, "proceedsUnits")).toBe(got);
        expect(sumOf(sales, "quantityUnits")).toBe(
          sold.reduce((sum, { baseUnits }) => sum + baseUnits, 0n),
        );
        const bought = mine.filter(({ isBuy }) => isBuy);
        const paid = bought.reduce((sum, { notional, fee }) => sum + notional + fee, 0n);
        expect(sumOf(sales, "costUnits") + sumOf(open, "costUnits")).toBe(paid);
      }
    }
    expect(told).toBeGreaterThan(5);
  });

  it("all are the same by whatever pieces logs are read, and by their places alone", async () => {
    const texts = async (from: typeof source, upTo?: readonly number[]) => {
      const wanted = allReports().map((report) => {
        return { report, writer: tableWriter("csv"), output: new MemoryOutput() };
      });
      const toUs = upTo === undefined ? lateUs : undefined;
      const period = { fromUs: middleUs, toUs };
      const made = await makeReports(wanted, period, { ...from, upTo });
      return { texts: wanted.map(({ output }) => output.text), made };
    };
    const first = await texts(source);
    expect(await texts(sourceOf(venue, { piece: 7 }))).toEqual(first);
    const places = first.made.shards.map(({ sequence }) => sequence);
    expect(places).not.toEqual(venue.logs.map((log) => log.length));
    expect(await texts(source, places)).toEqual(first);
    // A log that ends there, as an archive may.
    expect(await texts(sourceOf(venue, { ends: places }), places)).toEqual(first);
    for (const { shard, sequence, hash } of first.made.shards) {
      const hashed = new HashedShard(new Shard(shard, venue.logs.length));
      for (const entry of venue.logs[shard]!.slice(0, sequence)) hashed.apply(entry);
      expect(hash).toBe(hexOf(hashed.entries.hash));
    }
  });

  it("all can be made at any moment, with every check", async () => {
    const all = venue.steps.flat().map(({ timeUs }) => timeUs);
    for (let at = 150; at < all.length; at += 211) {
      const period = { fromUs: undefined, toUs: all[at] };
      const made = await rowsOfAll(allReports(), source, period);
      expect(made.every(({ summary }) => summary["ok"] === true)).toBe(true);
    }
  });
});

describe("a report", () => {
  const [{ venue }, several] = [days[0]!, days[1]!];
  const source = sourceOf(venue);

  it("is not made of an account that there was not", async () => {
    const account = "nobody";
    const reports = [
      ...[new Statement({ account, isWhole: false }), taxLots(account), new FeesReport(account)],
      new Confirmations({ account, isByOrder: false }),
      new PositionsReport({ account, prices: undefined }),
    ];
    for (const report of reports) {
      expect(await codeOf(rowsOf({ report, source }))).toBe("account-unknown");
    }
  });

  it("is not made of what contradicts what others know", async () => {
    const known = [[{ by: "e1", sequence: 50, entries: "00" }]];
    const report = new BalancesReport();
    expect(await codeOf(rowsOf({ report, source: { ...source, known } }))).toBe("log-differs");
    const hashed = new HashedShard(new Shard(0, 1));
    for (const entry of venue.logs[0]!.slice(0, 50)) hashed.apply(entry);
    const right = [[{ by: "e1", sequence: 50, entries: hashed.entries.hex }]];
    const made = await rowsOf({
      report: new BalancesReport(),
      source: { ...source, known: right },
    });
    expect(made.rows.length).toBeGreaterThan(10);
  });

  it("is not made of places that do not belong together, or that are not there", async () => {
    const upTo = several.venue.logs.map((log, shard) => (shard === 0 ? 8 : log.length));
    const asked = { report: new BalancesReport(), source: { ...sourceOf(several.venue), upTo } };
    expect(await codeOf(rowsOf(asked))).toBe("place-not-together");
    const beyond = { ...source, upTo: [venue.logs[0]!.length + 1] };
    const report = new BalancesReport();
    expect(await codeOf(rowsOf({ report, source: beyond }))).toBe("place-not-reached");
  });

  it("is not made of a period that ends before it begins", async () => {
    const period = { fromUs: 2, toUs: 2 };
    const report = new BalancesReport();
    expect(await codeOf(rowsOf({ report, period, source }))).toBe("period-empty");
  });

  it("values positions at named prices, rounded towards nothing", async () => {
    const prices = new Map([["PEAR-COIN", "1.005"]]);
    const report = new PositionsReport({ account: undefined, prices });
    const { rows } = await rowsOf({ report, source });
    for (const row of rows) {
      if (row["symbol"] !== "PEAR-COIN") {
        expect([row["markPrice"], row["value"], row["net"]]).toEqual([null, null, null]);
        continue;
      }
      const value = (big(row["quantityUnits"]) * 100n * 1005n) / 1000n;
      expect([row["mark"], big(row["valueUnits"])]).toEqual(["file", value]);
    }
  });

  it("says the same as text, as CSV and as JSON", async () => {
    const of = (format: "text" | "csv" | "json") =>
      textOfReport({ report: new BalancesReport(), source }, format);
    const [text, csv, json] = [await of("text"), await of("csv"), await of("json")];
    const { rows } = JSON.parse(json.text) as { rows: JsonRow[] };
    const lines = csv.text.trimEnd().split("\n").slice(1);
    const parts = ["available", "reserved", "withdrawing", "margin", "onItsWay"];
    const names = ["account", "asset", ...parts, "total"];
    expect(lines).toEqual(rows.map((row) => names.map((name) => row[name]).join(",")));
    const shown = text.text.trimEnd().split("\n").slice(1);
    expect(shown.map((line) => line.trim().split(/\s+/).join(","))).toEqual(lines);
  });

  it("has a number of its own for each reason why there is none", () => {
    const numbers = Object.values(reportFaults);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

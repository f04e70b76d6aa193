/**
 * Writes `docs/protocols/report-columns.md`: what stands in which column of which report, from the
 * reports themselves. A test fails while the page is stale.
 *
 *   node ops/scripts/generate-report-docs.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { BalancesReport } from "../reports/balances-report.ts";
import { Confirmations } from "../reports/confirmations.ts";
import { FeesReport } from "../reports/fees-report.ts";
import { InstrumentsReport } from "../reports/instruments-report.ts";
import { OrdersReport } from "../reports/orders-report.ts";
import { PnlReport } from "../reports/pnl-report.ts";
import { PositionsReport } from "../reports/positions-report.ts";
import type { Report } from "../reports/report.ts";
import { SettlementReport } from "../reports/settlement-report.ts";
import { Statement } from "../reports/statement.ts";
import { LotMethods } from "../reports/tax/lot-methods.ts";
import { TaxLotsReport } from "../reports/tax/tax-lots-report.ts";
import { TradesReport } from "../reports/trades-report.ts";

export const reportDocsFile = new URL("../../docs/protocols/report-columns.md", import.meta.url);

const introduction = `# Columns of reports

Written by \`ops/scripts/generate-report-docs.ts\` from [ops/reports](../../ops/reports). What reports are and how they
are made: [reports](../reports.md).

CSV has these names; JSON has them in camel case, \`trade_id\` as \`tradeId\`, and beside every decimal number that counts
units, ticks or lots those as an integer, \`amount\` as \`amountUnits\`; what is beyond 2^53 is in quotes. A cell is empty,
in JSON \`null\`, where there is nothing to say. "base" and "quote" mean: a decimal number of whole ones of that asset.
`;

function reports(): readonly (readonly [title: string, report: Report])[] {
  const everybody = { account: undefined, prices: undefined, openingPrices: undefined };
  const lots = new TaxLotsReport({
    ...{ account: "", asset: undefined, choices: [], bases: [], unknownCost: undefined },
    ...{ methods: LotMethods.always("fifo"), longAfter: { years: 1, days: 0 } },
  });
  return [
    ["statement", new Statement({ account: "", isWhole: false })],
    ["confirmations", new Confirmations({ account: undefined, isByOrder: false })],
    ["confirmations --by-order", new Confirmations({ account: undefined, isByOrder: true })],
    ["positions", new PositionsReport(everybody)],
    ["pnl", new PnlReport(everybody)],
    ["tax-lots", lots],
    ["fees", new FeesReport(undefined)],
    ["settlement", new SettlementReport()],
    ["balances", new BalancesReport()],
    ["trades", new TradesReport()],
    ["instruments, of a day's files", new InstrumentsReport()],
    ["orders, of a day's files", new OrdersReport()],
  ];
}

export async function generateReportDocs(): Promise<string> {
  const sections = reports().map(([title, { columns }]) => {
    const rows = columns.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`);
    return [`## ${title}\n`, "| column | what |", "| --- | --- |", ...rows].join("\n");
  });
  return await format([introduction, ...sections].join("\n\n"), { parser: "markdown" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(reportDocsFile, await generateReportDocs());
}

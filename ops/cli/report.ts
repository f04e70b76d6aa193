/** `outcry report`: statements, confirmations, positions, gains and files of a day, from the logs. */
import { Command } from "commander";
import { accountArgument } from "./report-account.ts";
import { endOfDayCommand, verifyCommand } from "./report-end-of-day.ts";
import { showReport, withReportOptions } from "./report-output.ts";
import type { ReportFlags } from "./report-output.ts";
import { withAt, withPeriod } from "./report-period.ts";
import { pricesIn } from "./report-prices.ts";
import { taxLotsCommand } from "./report-tax-lots.ts";

export function command(): Command {
  return new Command("report")
    .description("Reports from the logs alone, as of any place in their past.")
    .addCommand(statementCommand())
    .addCommand(confirmationsCommand())
    .addCommand(positionsCommand())
    .addCommand(pnlCommand())
    .addCommand(taxLotsCommand())
    .addCommand(feesCommand())
    .addCommand(settlementCommand())
    .addCommand(balancesCommand())
    .addCommand(tradesCommand())
    .addCommand(endOfDayCommand())
    .addCommand(verifyCommand());
}

const anybody = "whose (default: everybody's)";

function statementCommand(): Command {
  const command = new Command("statement")
    .description("What an account had, all that changed it, and what it has.")
    .argument("<account>", "whose", accountArgument)
    .option("--all", "reservations and moves between shards, too");
  return withPeriod(withReportOptions(command)).action(
    async (account: string, flags: ReportFlags & { readonly all?: boolean }) => {
      const { Statement } = await import("../reports/statement.ts");
      await showReport(new Statement({ account, isWhole: flags.all === true }), flags);
    },
  );
}

function confirmationsCommand(): Command {
  const command = new Command("confirmations")
    .description("Trade confirmations: what was bought and sold, fill by fill.")
    .argument("[account]", anybody, accountArgument)
    .option("--by-order", "a line for each order instead of each fill");
  return withPeriod(withReportOptions(command)).action(
    async (account: string | undefined, flags: ReportFlags & { readonly byOrder?: boolean }) => {
      const { Confirmations } = await import("../reports/confirmations.ts");
      const isByOrder = flags.byOrder === true;
      await showReport(new Confirmations({ account, isByOrder }), flags);
    },
  );
}

const pricesText = "at these prices instead of those of the last trades: columns symbol, price";

function positionsCommand(): Command {
  const command = new Command("positions")
    .description("What accounts hold of what they traded, what it cost, and what it would bring.")
    .argument("[account]", anybody, accountArgument)
    .option("--prices <file>", pricesText);
  return withAt(withReportOptions(command)).action(
    async (account: string | undefined, flags: ReportFlags & { readonly prices?: string }) => {
      const { PositionsReport } = await import("../reports/positions-report.ts");
      const prices = await pricesIn(flags.prices);
      await showReport(new PositionsReport({ account, prices }), flags);
    },
  );
}

interface PnlFlags extends ReportFlags {
  readonly prices?: string;
  readonly openingPrices?: string;
}

function pnlCommand(): Command {
  const command = new Command("pnl")
    .description("What accounts made in a period, realised and not, instrument by instrument.")
    .argument("[account]", anybody, accountArgument)
    .option("--prices <file>", pricesText)
    .option("--opening-prices <file>", "likewise, at the beginning of the period");
  return withPeriod(withReportOptions(command)).action(
    async (account: string | undefined, flags: PnlFlags) => {
      const { PnlReport } = await import("../reports/pnl-report.ts");
      const prices = await pricesIn(flags.prices);
      const openingPrices = await pricesIn(flags.openingPrices);
      await showReport(new PnlReport({ account, prices, openingPrices }), flags);
    },
  );
}

function feesCommand(): Command {
  const command = new Command("fees")
    .description("Fees paid and rebates given, by day, account, instrument, schedule and tier.")
    .argument("[account]", anybody, accountArgument);
  return withPeriod(withReportOptions(command)).action(
    async (account: string | undefined, flags: ReportFlags) => {
      const { FeesReport } = await import("../reports/fees-report.ts");
      await showReport(new FeesReport(account), flags);
    },
  );
}

function settlementCommand(): Command {
  const command = new Command("settlement").description(
    "What moved on the exchange's own accounts: settlement, issuance, rebates and fees.",
  );
  return withPeriod(withReportOptions(command)).action(async (flags: ReportFlags) => {
    const { SettlementReport } = await import("../reports/settlement-report.ts");
    await showReport(new SettlementReport(), flags);
  });
}

function balancesCommand(): Command {
  const command = new Command("balances").description("What every account has of every asset.");
  return withAt(withReportOptions(command)).action(async (flags: ReportFlags) => {
    const { BalancesReport } = await import("../reports/balances-report.ts");
    await showReport(new BalancesReport(), flags);
  });
}

function tradesCommand(): Command {
  const command = new Command("trades").description("Every trade, between whom it was.");
  return withPeriod(withReportOptions(command)).action(async (flags: ReportFlags) => {
    const { TradesReport } = await import("../reports/trades-report.ts");
    await showReport(new TradesReport(), flags);
  });
}

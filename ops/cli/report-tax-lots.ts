/** `outcry report tax-lots`: what was sold of which lots, and what came of that. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { HoldingPeriod } from "../reports/tax/holding-term.ts";
import { holdingPeriodIn } from "../reports/tax/holding-term.ts";
import { lotMethods } from "../reports/tax/lot.ts";
import type { LotMethod } from "../reports/tax/lot.ts";
import { readBases, readChoices } from "../reports/tax/lot-files.ts";
import { LotMethods } from "../reports/tax/lot-methods.ts";
import { TaxLotsReport } from "../reports/tax/tax-lots-report.ts";
import { accountArgument } from "./report-account.ts";
import { showReport, withReportOptions } from "./report-output.ts";
import type { ReportFlags } from "./report-output.ts";
import { withPeriod } from "./report-period.ts";

interface TaxLotsFlags extends ReportFlags {
  readonly method?: LotMethod;
  readonly methods?: string;
  readonly restate?: boolean;
  readonly asset?: string;
  readonly lots?: string;
  readonly basis?: string;
  readonly unknownCost: "unknown" | "zero";
  readonly longAfter: HoldingPeriod;
}

export function taxLotsCommand(): Command {
  const command = new Command("tax-lots")
    .description(
      "What an account disposed of, of which tax lots, at what gain; and the lots that are left.",
    )
    .argument("<account>", "whose", accountArgument)
    .addOption(
      new Option("--method <method>", "how lots are chosen (default: fifo)")
        .choices(lotMethods)
        .conflicts("methods"),
    )
    .option(
      "--methods <file>",
      "how, by account and since when: columns account, since, method, decided",
    )
    .option("--restate", "let choices reach back to before they were made")
    .option("--asset <code>", "of this asset (default: all that the account has traded)")
    .option("--lots <file>", "which lots a sale closes: columns disposal, lot, quantity")
    .option("--basis <file>", "what deposits cost: columns lot, acquired, cost, currency")
    .addOption(
      new Option("--unknown-cost <what>", "what deposits cost that --basis does not name")
        .choices(["unknown", "zero"])
        .default("unknown"),
    )
    .option("--long-after <period>", "held for longer is for long: 1y, 365d", periodOption, {
      ...{ years: 1, days: 0 },
    });
  return withPeriod(withReportOptions(command)).action(
    async (account: string, flags: TaxLotsFlags) => {
      await showReport(await reportFor(account, flags), flags);
    },
  );
}

async function reportFor(account: string, flags: TaxLotsFlags): Promise<TaxLotsReport> {
  const { method = "fifo", methods, restate, asset, lots, basis, longAfter } = flags;
  return new TaxLotsReport({
    ...{ account, asset, longAfter },
    methods:
      methods === undefined
        ? LotMethods.always(method)
        : await LotMethods.read(methods, account, restate === true),
    choices: lots === undefined ? [] : await readChoices(lots),
    bases: basis === undefined ? [] : await readBases(basis),
    unknownCost: flags.unknownCost === "zero" ? 0n : undefined,
  });
}

function periodOption(text: string): HoldingPeriod {
  const period = holdingPeriodIn(text);
  if (period !== undefined) return period;
  throw new InvalidArgumentError("It is a number of years or days, such as 1y or 365d.");
}

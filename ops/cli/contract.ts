/** `outcry contract`: where a contract stands. */
import { Command } from "commander";
import type {
  ContractTermsRequest,
  ShownContractFigures,
} from "../../protocols/api/contract-terms.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { grouped } from "./natural-units.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";

export function command(): Command {
  const contract = new Command("contract")
    .description("Shows a contract's mark price and index, its funding or expiry, and its terms.")
    .argument("<symbol>", "the contract, such as BTC-USDT-PERP")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(contract).action(async (symbol: string, flags: AccountOptions) => {
    const { withAccount, unitsOfSymbol } = await import("./exchange-access.ts");
    await withAccount(flags, async (client) => {
      const units = await unitsOfSymbol(client, symbol);
      const { contract: terms } = units.instrument;
      const { contract: figures } = await client.statistics({ symbol });
      if (terms === undefined || figures === undefined) {
        throw new CommandFault("instrument-unknown", `${symbol} is no contract`);
      }
      const natural = naturalFigures(figures, units);
      print(flags, { ok: true, symbol, terms, figures: { ...figures, natural } }, () =>
        renderContract(terms, figures, units),
      );
    });
  });
}

/** As decimal numbers. */
export function naturalFigures(figures: ShownContractFigures, units: NaturalUnits) {
  const { markPrice, indexPrice, finalPrice, lastFundingRatePpm } = figures;
  return {
    markPrice: units.price(markPrice),
    indexPrice: units.price(indexPrice),
    finalPrice: units.price(finalPrice),
    lastFundingRate: percent(lastFundingRatePpm),
  };
}

/** A line for each thing. */
export function renderContract(
  terms: ContractTermsRequest,
  figures: ShownContractFigures,
  units: NaturalUnits,
): string {
  const { symbol, quote } = units.instrument;
  const natural = naturalFigures(figures, units);
  const priced = (price: number, text: string): string =>
    price === 0 ? "none yet" : `${grouped(text)} ${quote}`;
  const rows: readonly (readonly [name: string, text: string])[] = [
    ["mark", priced(figures.markPrice, natural.markPrice)],
    ["index", priced(figures.indexPrice, natural.indexPrice)],
    ["source", terms.indexSymbol ?? "published"],
    ...lifeOf(terms, figures, priced(figures.finalPrice, natural.finalPrice)),
    [
      "margin",
      `${percent(terms.initialMarginPpm)}, kept by ${percent(terms.maintenanceMarginPpm)}`,
    ],
    ["clamp", `${percent(terms.markClampPpm)} of the index`],
    ["fund", `${terms.fundAccount}, ${percent(terms.liquidationFeePpm)} of what is liquidated`],
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(7)}  ${text}`);
  return [`${symbol}, a ${terms.kind}`, ...lines].join("\n");
}

type Row = readonly [name: string, text: string];

function lifeOf(
  terms: ContractTermsRequest,
  figures: ShownContractFigures,
  finalPrice: string,
): readonly Row[] {
  if (terms.kind === "future") {
    const isOver = figures.finalPrice !== 0;
    const expiry: Row = ["expires", momentOf(terms.expiresAtUs ?? 0)];
    return isOver ? [expiry, ["settled", `at ${finalPrice}`]] : [expiry];
  }
  const cap = percent(terms.fundingCapPpm ?? 0);
  return [
    ["funding", `${percent(figures.lastFundingRatePpm)} of late, ${cap} at most`],
    ["next", momentOf(figures.nextFundingTimeUs)],
  ];
}

/** Exactly: parts of a million have four places in percent. */
function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(4)} %`;
}

function momentOf(timeUs: number): string {
  return new Date(timeUs / 1000).toISOString();
}

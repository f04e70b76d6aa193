/** `outcry instrument`: what is traded. */
import { Command } from "commander";
import type { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import type { Instrument } from "../../protocols/api/replies.ts";
import type { NaturalUnits } from "./natural-units.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { countOption } from "./options.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { reasonIn, withReasonIfAny } from "./halt.ts";
import type { ReasonIfAny } from "./halt.ts";
import { CommandFault, print, renderTable, usageFault, withCommonOptions } from "./output.ts";
import { phaseInCapitals } from "./phase-text.ts";
import type { MarketState } from "./phase-text.ts";
import { findCluster } from "./running-cluster.ts";
import type { TradingOptions } from "./trading-file.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("instrument")
    .description("Lists what is traded, and adds an instrument.")
    .addCommand(listCommand())
    .addCommand(addCommand());
}

function listCommand(): Command {
  const list = new Command("list")
    .description("Lists all instruments with their steps and fees.")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(list).action(async (options: AccountOptions) => {
    const [{ withAccount, termsOf }, { NaturalUnits: Units }] = await Promise.all([
      access(),
      import("./natural-units.ts"),
    ]);
    await withAccount(options, async (client) => {
      const { instruments, assets } = await termsOf(client);
      const all = instruments.map((instrument) => new Units(instrument, assets));
      const states = await statesOf(client, instruments);
      const natural = all.map(({ instrument, tickSize, lotSize }) => ({
        ...instrument,
        phase: states.get(instrument.symbol)?.phase ?? null,
        isHalted: states.get(instrument.symbol)?.isHalted ?? null,
        natural: { tickSize, lotSize },
      }));
      print(options, { ok: true, instruments: natural }, () => renderInstruments(all, states));
    });
  });
}

/** By symbol; what cannot be learned now, because a shard does not answer, is left out. */
async function statesOf(
  client: OutcryClient,
  instruments: readonly Instrument[],
): Promise<ReadonlyMap<string, MarketState>> {
  const answers = await Promise.allSettled(
    instruments.map(({ symbol }) => client.depth({ symbol, levels: 1 })),
  );
  return new Map(
    answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [[answer.value.symbol, answer.value]] : [],
    ),
  );
}

function renderInstruments(
  all: readonly NaturalUnits[],
  states: ReadonlyMap<string, MarketState>,
): string {
  const rows = all.map(({ instrument, tickSize, lotSize }) => [
    instrument.symbol,
    `${tickSize} ${instrument.quote}`,
    `${lotSize} ${instrument.base}`,
    percent(instrument.makerFeeBasisPoints),
    percent(instrument.takerFeeBasisPoints),
    String(instrument.shard),
    tradingInWords(states.get(instrument.symbol)),
  ]);
  const headings = ["SYMBOL", " TICK", " LOT", " MAKER FEE", " TAKER FEE", " SHARD", "TRADING"];
  return renderTable(headings, rows);
}

function tradingInWords(state: MarketState | undefined): string {
  if (state === undefined) return "unknown";
  return phaseInCapitals(state) ?? "open";
}

function percent(basisPoints: number): string {
  return `${(basisPoints / 100).toFixed(2)} %`;
}

interface AddOptions extends ApprovingOptions, TradingOptions, ReasonIfAny {
  readonly base: string;
  readonly quote: string;
  readonly tick: string;
  readonly lot: string;
  readonly makerFee: number;
  readonly takerFee: number;
  readonly contract?: string;
}

function addCommand(): Command {
  const add = new Command("add")
    .description("Lists an instrument for trading. Its terms never change.")
    .argument("<symbol>", "its ticker, such as SOL-USDT")
    .requiredOption("--base <asset>", "what is traded")
    .requiredOption("--quote <asset>", "what it is paid in")
    .requiredOption("--tick <price>", "the step of prices, such as 0.01")
    .requiredOption("--lot <quantity>", "the step of quantities, such as 0.1")
    .option("--maker-fee <bp>", "of the resting order, in hundredths of a percent", countOption, 10)
    .option(
      "--taker-fee <bp>",
      "of the incoming order, in hundredths of a percent",
      countOption,
      20,
    )
    .option("--trading <file>", "how it trades: JSON, as `trading` of the request instrument.list")
    .option(
      "--contract <file>",
      "what makes it a contract: JSON, as `contract` of the request instrument.list",
    )
    .option("--calendar <file>", "when it trades: a file as in ops/calendar/examples")
    .option(
      "--from-year <year>",
      "the first year that the --calendar is made for, which it needs",
      countOption,
    )
    .option("--to-year <year>", "the last year", countOption);
  return withApprovals(withReasonIfAny(add)).action(async (symbol: string, options: AddOptions) => {
    const [{ withAdmin, accepted }, { tradingOf }, contractFile] = await Promise.all([
      access(),
      import("./trading-file.ts"),
      import("./contract-file.ts"),
    ]);
    const trading = await tradingOf(options);
    const contract =
      options.contract === undefined ? undefined : await contractFile.contractIn(options.contract);
    const act = async (admin: AdminClient) => {
      const assets = await admin.assets();
      const decimals = (name: string): number => {
        const found = assets.find(({ asset }) => asset === name);
        if (found !== undefined) return found.decimals;
        throw new CommandFault(
          "asset-unknown",
          `there is no asset ${name}: ./outcry asset add ${name} DECIMALS`,
        );
      };
      const units = unitsOfSteps(options, decimals(options.base), decimals(options.quote));
      const { base, quote } = options;
      const fees = {
        makerFeeBasisPoints: options.makerFee,
        takerFeeBasisPoints: options.takerFee,
      };
      const more = {
        ...(trading !== undefined && { trading }),
        ...(contract !== undefined && { contract }),
      };
      const terms = { symbol, base, quote, ...units, ...fees, ...more };
      const body = { ...terms, ...reasonIn(options) };
      if (await isProposed(admin, { options, request: "instrument.list", body })) return;
      accepted(await admin.listInstrument({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, instrument: terms }, () => `${symbol} is listed`);
    };
    await withAdmin(findCluster(options), act, options);
  });
}

/** A lot in units of the base asset, and what one lot costs at one tick in units of the quote. */
export function unitsOfSteps(
  { tick, lot }: { readonly tick: string; readonly lot: string },
  baseDecimals: number,
  quoteDecimals: number,
): { readonly baseUnitsPerLot: number; readonly quoteUnitsPerTickLot: number } {
  const lotSize = decimalIn(lot, "--lot");
  const tickSize = decimalIn(tick, "--tick");
  return {
    baseUnitsPerLot: wholeOf(
      lotSize.digits,
      baseDecimals - lotSize.places,
      "a lot is no whole number of units of the base asset",
    ),
    quoteUnitsPerTickLot: wholeOf(
      lotSize.digits * tickSize.digits,
      quoteDecimals - lotSize.places - tickSize.places,
      "one lot at one tick costs no whole number of units of the quote asset: choose a larger tick or lot",
    ),
  };
}

/** digits / 10^places. */
function decimalIn(text: string, option: string): { digits: bigint; places: number } {
  const match = /^([0-9]{1,20})(?:\.([0-9]{1,20}))?$/.exec(text);
  if (match === null) throw usageFault(`${option} ${JSON.stringify(text)} is no decimal number`);
  const [, whole = "", places = ""] = match;
  return { digits: BigInt(whole + places), places: places.length };
}

/** digits * 10^exponent, when that is a count. */
function wholeOf(digits: bigint, exponent: number, otherwise: string): number {
  const scale = 10n ** BigInt(Math.abs(exponent));
  if (exponent < 0 && digits % scale !== 0n) throw usageFault(otherwise);
  const whole = Number(exponent < 0 ? digits / scale : digits * scale);
  if (!Number.isSafeInteger(whole) || whole === 0) throw usageFault(otherwise);
  return whole;
}

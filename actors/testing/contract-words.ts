/** How scenarios speak of contracts: their terms, their index, and where they stand. */
import { ContractKind, MarginMode } from "../../protocols/index.ts";
import type {
  Command,
  ContractFigures,
  InstrumentTerms,
  PositionView,
  TimeUs,
} from "../../protocols/index.ts";

const clamp = " clamp (?<clamp>\\d+) ppm fund (?<fund>\\S+)";
/** Of lots and ticks of one unit, as its index. */
export const perpetualWords =
  "perpetual (?<symbol>\\S+) on (?<index>\\S+) funded every (?<seconds>\\d+) s" +
  ` cap (?<cap>\\d+) ppm${clamp}`;
/** Its index is published. */
export const futureWords = `future (?<symbol>\\S+) expires in (?<seconds>\\d+) s${clamp}`;
export const indexWords = "index (?<symbol>\\S+) at (?<price>\\d+)";

export const modeWords = "(?<account>\\S+) keeps (?<symbol>\\S+) (?<mode>cross|isolated)";
export const moveWords =
  "(?<account>\\S+) (?<verb>adds|takes) (?<amount>\\d+) (to|from) (?<symbol>\\S+) as (?<name>\\S+)";

type Words = Readonly<Record<string, string>>;

/** What is opened by a tenth of its value, and kept by a twentieth. */
function contractOf({ symbol = "", clamp: clampPpm, fund = "" }: Words) {
  const [base = "", quote = ""] = symbol.split("-");
  const terms = {
    ...{ symbol, base, quote, baseUnitsPerLot: 1, quoteUnitsPerTickLot: 1 },
    ...{ makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 },
  };
  const margins = {
    ...{ initialMarginPpm: 100_000, maintenanceMarginPpm: 50_000, liquidationFeePpm: 10_000 },
    ...{ markClampPpm: Number(clampPpm), fundAccount: fund },
  };
  return { terms, margins };
}

export function perpetualIn(words: Words): InstrumentTerms {
  const { terms, margins } = contractOf(words);
  const { index: indexSymbol = "", seconds, cap } = words;
  const funding = { fundingIntervalSeconds: Number(seconds), fundingCapPpm: Number(cap) };
  const { perpetual: kind } = ContractKind;
  return { ...terms, contract: { kind, expiresAtUs: 0, indexSymbol, ...margins, ...funding } };
}

export function futureIn(words: Words, timeUs: TimeUs): InstrumentTerms {
  const { terms, margins } = contractOf(words);
  const expiresAtUs = timeUs + Number(words["seconds"]) * 1_000_000;
  const funding = { fundingIntervalSeconds: 0, fundingCapPpm: 0 };
  const { future: kind } = ContractKind;
  return { ...terms, contract: { kind, expiresAtUs, indexSymbol: "", ...margins, ...funding } };
}

export function indexIn({ symbol = "", price }: Words): Command {
  const why = { author: "ops", reason: "scenario" };
  return { kind: "publish-index-price", symbol, price: Number(price), ...why };
}

export function marginAccountIn(account = ""): Command {
  return { kind: "set-margin-account", account, isMargin: true, author: "ops", reason: "scenario" };
}

export function marginModeIn({ account = "", symbol = "", mode }: Words): Command {
  return { kind: "set-margin-mode", account, symbol, mode: MarginMode[mode as keyof MarginModes] };
}

type MarginModes = typeof MarginMode;

export function marginMoveIn({ account = "", verb, amount, symbol = "", name = "" }: Words) {
  const kind = verb === "adds" ? "add-margin" : "remove-margin";
  return { kind, account, symbol, amount: Number(amount), reference: name } satisfies Command;
}

export function contractText(figures: ContractFigures): string {
  const { markPrice, indexPrice, fundingRatePpm, finalPrice } = figures;
  if (finalPrice !== 0) return `expired at ${String(finalPrice)}`;
  const prices = `mark ${String(markPrice)}, index ${String(indexPrice)}`;
  return `${prices}, funded at ${String(fundingRatePpm)} ppm`;
}

export function positionText(view: PositionView): string {
  const { symbol, lots, cost, unrealised, mode, posted, liquidationPrice } = view;
  const position = `${String(lots)} ${symbol} for ${String(cost)}, profit ${String(unrealised)}`;
  if (mode === MarginMode.cross) return position;
  return `${position}, ${String(posted)} posted, liquidated at ${String(liquidationPrice)}`;
}

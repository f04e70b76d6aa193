/** Fees as people read them. */
import type { FeePreviewReply, FeeScheduleTerms } from "../../protocols/api/fee-requests.ts";
import type { Asset, Instrument } from "../../protocols/api/replies.ts";
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import { renderTable } from "./output.ts";

interface Rates {
  readonly makerPpm: number;
  readonly takerPpm: number;
}

export function ratesText({ makerPpm, takerPpm }: Rates): string {
  return `${percent(makerPpm)} as maker and ${percent(takerPpm)} as taker`;
}

export function renderSchedules(
  schedules: readonly FeeScheduleTerms[],
  terms: { readonly instruments: readonly Instrument[]; readonly assets: readonly Asset[] },
): string {
  if (schedules.length === 0) return "no schedule: every instrument has its own fees";
  const rows = schedules.flatMap(({ schedule, symbols, minimum, tiers }) => {
    const quote = terms.instruments.find(({ symbol }) => symbol === symbols[0])?.quote;
    const money = (units: string): string => amountText(units, quote, terms.assets);
    return tiers.map(({ volume, makerPpm, takerPpm }, index) => {
      const isFirst = index === 0;
      return [
        isFirst ? schedule : "",
        isFirst ? symbols.join(" ") : "",
        money(volume),
        percent(makerPpm),
        percent(takerPpm),
        isFirst && minimum !== "0" ? money(minimum) : "",
      ];
    });
  });
  return renderTable(["SCHEDULE", "INSTRUMENTS", " FROM", " MAKER", " TAKER", " AT LEAST"], rows);
}

interface PreviewedOrder {
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly price: string;
  readonly instrument: Pick<Instrument, "base" | "quote" | "symbol">;
}

export function feePreviewText(
  fees: FeePreviewReply,
  { side, quantity, price, instrument }: PreviewedOrder,
  assets: readonly Asset[],
): string {
  const { base, quote, symbol } = instrument;
  const money = (units: string): string => amountText(units, quote, assets);
  const why = fees.isOwn
    ? "its own rates"
    : fees.schedule === ""
      ? `what ${symbol} asks`
      : `tier ${fees.tier} of ${fees.schedule}, by ${money(fees.volume)} traded in 30 days`;
  const held =
    fees.margin === undefined
      ? `  reserved  ${amountText(fees.reserved, side === "buy" ? quote : base, assets)}`
      : `  margin    ${money(fees.margin)}`;
  return [
    `${side} ${quantity} ${base} at ${price}: ${money(fees.notional)}`,
    `  as maker  ${percent(fees.makerPpm)}: ${money(fees.makerFee)}`,
    `  as taker  ${percent(fees.takerPpm)}: ${money(fees.takerFee)}`,
    ...(fees.minimum === "0" ? [] : [`  at least  ${money(fees.minimum)}`]),
    held,
    `by ${why}`,
  ].join("\n");
}

/** Of parts of a million, with as many places as it takes. */
function percent(ppm: number): string {
  return `${decimalOf(BigInt(ppm), 4)} %`;
}

function amountText(units: string, asset: string | undefined, assets: readonly Asset[]): string {
  const decimals = assets.find((known) => known.asset === asset)?.decimals ?? 0;
  return `${decimalOf(BigInt(units), decimals)} ${asset ?? "units"}`;
}

/** `outcry order cancel --all`: every working order, or those that what is said is true of. */
import type { Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { CancelAllRequest } from "../../protocols/api/order-requests.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { usageFault } from "./output.ts";
import { ifSaid, sideOf, withoutUndefined } from "./place-options.ts";
import type { SideWord } from "./place-options.ts";

export interface CancelAllOptions {
  readonly symbol?: string;
  readonly side?: SideWord;
  readonly priceMin?: string;
  readonly priceMax?: string;
}

export function withCancelAllOptions(command: Command): Command {
  return command
    .option("--symbol <symbol>", "with --all: only those in this instrument")
    .option("--side <side>", "with --all: only those that buy, or that sell", sideOf)
    .option("--price-min <price>", "with --all and --symbol: only those at this price or above")
    .option("--price-max <price>", "with --all and --symbol: only those at this price or below");
}

/** Gives how many. */
export async function cancelMany(
  client: OutcryClient,
  { symbol, side, priceMin, priceMax }: CancelAllOptions,
  unitsOfSymbol: (client: OutcryClient, symbol: string) => Promise<NaturalUnits>,
): Promise<number> {
  const request: CancelAllRequest = withoutUndefined({ symbol, side });
  if (symbol === undefined) {
    if (priceMin === undefined && priceMax === undefined) return await client.cancelAll(request);
    throw usageFault("a price is one of an instrument: say --symbol");
  }
  const units = await unitsOfSymbol(client, symbol);
  const prices = withoutUndefined({
    priceMin: ifSaid(priceMin, (price) => units.ticksOf(price)),
    priceMax: ifSaid(priceMax, (price) => units.ticksOf(price)),
  });
  if ((prices.priceMin ?? -Infinity) > (prices.priceMax ?? Infinity)) {
    throw usageFault("--price-min is above --price-max");
  }
  return await client.cancelAll({ ...request, ...prices });
}

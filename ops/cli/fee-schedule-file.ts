/** A fee schedule as people write it: a JSON file with amounts in whole quote assets. */
import { readFile } from "node:fs/promises";
import type { FeeScheduleTerms } from "../../protocols/api/fee-requests.ts";
import type { Asset, Instrument } from "../../protocols/api/replies.ts";
import { amountOf } from "./natural-units.ts";
import { CommandFault } from "./output.ts";

interface Terms {
  readonly instruments: readonly Instrument[];
  readonly assets: readonly Asset[];
}

/** What the exchange would refuse, it refuses; what cannot be counted is refused here. */
export async function scheduleIn(
  { schedule, file }: { readonly schedule: string; readonly file: string },
  terms: Terms,
): Promise<FeeScheduleTerms> {
  const fault = (why: string) => new CommandFault("file-unreadable", `--file ${file}: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error));
  }
  const { symbols, minimum = "0", tiers } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(symbols) || !symbols.every((symbol) => typeof symbol === "string")) {
    throw fault("`symbols` is to be a list of instruments");
  }
  if (!Array.isArray(tiers)) throw fault("`tiers` is to be a list");
  const quote = quoteOf(symbols, terms);
  const amount = (text: unknown): string => amountOf(String(text), quote);
  return {
    schedule,
    symbols: symbols,
    minimum: amount(minimum),
    tiers: tiers.map((tier: unknown) => {
      const { volume, makerPpm, takerPpm } = (tier ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof makerPpm !== "number" || typeof takerPpm !== "number") {
        throw fault("each of `tiers` is to have numbers `makerPpm` and `takerPpm`");
      }
      return { volume: amount(volume), makerPpm, takerPpm };
    }),
  };
}

function quoteOf([symbol]: readonly string[], { instruments, assets }: Terms): Asset {
  const instrument = instruments.find((known) => known.symbol === symbol);
  const quote = assets.find(({ asset }) => asset === instrument?.quote);
  if (quote !== undefined) return quote;
  throw new CommandFault(
    "instrument-unknown",
    `there is no instrument ${symbol ?? "in `symbols`"}`,
  );
}

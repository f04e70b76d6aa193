/** How scenarios speak of what trading costs beyond what an instrument asks of everybody. */
import type { FeeRates, FeeTier } from "../../protocols/index.ts";
import type { SpokenCommands } from "./spoken-commands.ts";

const rates = "makers (?<maker>-?\\d+) takers (?<taker>\\d+) ppm";
const why = { author: "ops", reason: "scenario" };

export const feeCommands: SpokenCommands = [
  [
    `schedule (?<schedule>\\S+) of (?<symbols>[A-Z -]+): ${rates}` +
      "(?<tiers>(, from \\d+ makers -?\\d+ takers \\d+ ppm)*)(, at least (?<minimum>\\d+))?",
    ({ schedule = "", symbols = "", minimum, tiers = "", ...words }) => ({
      ...{ kind: "set-fee-schedule", schedule, symbols: symbols.split(" ") },
      ...{ minimum: Number(minimum ?? 0), tiers: tiersIn(ratesIn(words), tiers), ...why },
    }),
  ],
  [
    "no schedule (?<schedule>\\S+)",
    ({ schedule = "" }) => {
      return { kind: "set-fee-schedule", schedule, symbols: [], minimum: 0, tiers: [], ...why };
    },
  ],
  [
    `rates of (?<account>\\S+?)( on (?<symbol>\\S+))?: (none|${rates})`,
    ({ account = "", symbol, ...words }) => ({
      ...{ kind: "set-account-fees", account, symbol: symbol ?? "" },
      ...{ rates: words["maker"] === undefined ? undefined : ratesIn(words), ...why },
    }),
  ],
];

function ratesIn(words: Readonly<Record<string, string>>): FeeRates {
  return { makerPpm: Number(words["maker"]), takerPpm: Number(words["taker"]) };
}

function tiersIn(first: FeeRates, text: string): FeeTier[] {
  const more = text.matchAll(/, from (\d+) makers (-?\d+) takers (\d+) ppm/g);
  const tiers = [...more].map(([, volume, maker, taker]) => ({
    ...{ volume: Number(volume), makerPpm: Number(maker), takerPpm: Number(taker) },
  }));
  return [{ volume: 0, ...first }, ...tiers];
}

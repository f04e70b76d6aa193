/** `outcry order quote`: an account's bid and ask, in one instrument or in several at once. */
import { Command } from "commander";
import { clientOrderIds } from "../../clients/sdk/client-order-ids.ts";
import type { MassQuoteRequest } from "../../protocols/api/order-requests.ts";
import type { AccountOptions } from "./exchange-access.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { withAccountOptions } from "./options.ts";
import { print, usageFault } from "./output.ts";

export interface QuoteOptions {
  readonly quoteId?: string;
}

export function quoteCommand(): Command {
  const command = new Command("quote").description(
    "Sets bid and ask, in place of those before: " +
      "./outcry order quote BTC-USDT 0.01@64990 0.01@65010",
  );
  return withAccountOptions(withQuoteArguments(command)).action(async (...args) => {
    const [quotes, options] = args as [readonly string[], QuoteOptions & AccountOptions];
    const { withAccount, unitsOfSymbol } = await import("./exchange-access.ts");
    await withAccount(options, async (client) => {
      const request = await massQuoteRequestOf(quotes, options, (symbol) =>
        unitsOfSymbol(client, symbol),
      );
      const quoted = await client.massQuote(request);
      print(options, { ok: true, quoted, ...request }, () => {
        return `${quoted} ${quoted === 1 ? "quote" : "quotes"} set: ${request.quoteId}`;
      });
    });
  });
}

/** @internal */
export function withQuoteArguments(command: Command): Command {
  return command
    .argument(
      "<quotes...>",
      "an instrument, what you buy and what you sell, each as QUANTITY@PRICE or - for nothing; " +
        "and so on for further instruments",
    )
    .option("--quote-id <id>", "your own name for these quotes: sent again, they are set once");
}

/** @internal */
export async function massQuoteRequestOf(
  texts: readonly string[],
  { quoteId = clientOrderIds()() }: QuoteOptions,
  unitsOfSymbol: (symbol: string) => Promise<NaturalUnits>,
): Promise<MassQuoteRequest> {
  const quotes: MassQuoteRequest["quotes"] = [];
  for (let at = 0; at < texts.length; at += 3) {
    const [symbol, bid, ask] = texts.slice(at, at + 3);
    if (symbol === undefined || bid === undefined || ask === undefined) {
      throw usageFault(
        `the quote in ${String(symbol)} has no bid and ask: each is QUANTITY@PRICE or -`,
      );
    }
    const units = await unitsOfSymbol(symbol);
    const { price: bidPrice, quantity: bidQuantity } = sideIn(bid, units);
    const { price: askPrice, quantity: askQuantity } = sideIn(ask, units);
    quotes.push({ symbol, bidPrice, bidQuantity, askPrice, askQuantity });
  }
  return { quoteId, quotes };
}

/** In ticks and lots. */
function sideIn(text: string, units: NaturalUnits): { price: number; quantity: number } {
  if (text === "-") return { price: 0, quantity: 0 };
  const [quantity, price, more] = text.split("@");
  if (quantity === undefined || price === undefined || more !== undefined) {
    throw usageFault(`${JSON.stringify(text)} is not QUANTITY@PRICE, such as 0.01@65000, or -`);
  }
  return { price: units.ticksOf(price), quantity: units.lotsOf(quantity) };
}

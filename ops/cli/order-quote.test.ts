import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { massQuoteRequestOf, withQuoteArguments } from "./order-quote.ts";
import type { QuoteOptions } from "./order-quote.ts";
import { demoUnits } from "./testing/demo-units.ts";

function requestOf(args: string) {
  const command = withQuoteArguments(new Command()).exitOverride();
  command.configureOutput({ writeErr: () => undefined }).parse(args.split(" "), { from: "user" });
  const [texts] = command.processedArgs as [readonly string[]];
  return massQuoteRequestOf(texts, command.opts<QuoteOptions>(), async () => demoUnits);
}

describe("the arguments of order quote", () => {
  it("are bid and ask of an instrument, in ticks and lots", async () => {
    expect(await requestOf("BTC-USDT 0.01@64990 0.02@65010.5 --quote-id mine")).toEqual({
      quoteId: "mine",
      quotes: [
        {
          symbol: "BTC-USDT",
          bidPrice: 6_499_000,
          bidQuantity: 100,
          askPrice: 6_501_050,
          askQuantity: 200,
        },
      ],
    });
  });

  it("may leave a side out, and go on with further instruments", async () => {
    const nothing = { bidPrice: 0, bidQuantity: 0, askPrice: 0, askQuantity: 0 };
    expect(await requestOf("BTC-USDT - 0.01@65000 ETH-USDT - -")).toMatchObject({
      quotes: [
        { ...nothing, symbol: "BTC-USDT", askPrice: 6_500_000, askQuantity: 100 },
        { ...nothing, symbol: "ETH-USDT" },
      ],
    });
  });

  it("are named when they have no name, differently each time", async () => {
    const [one, other] = await Promise.all([requestOf("A - -"), requestOf("A - -")]);
    expect(one.quoteId).toMatch(/^[A-Za-z0-9_:-]{1,32}$/);
    expect(one.quoteId).not.toBe(other.quoteId);
  });

  it.each([
    ["BTC-USDT 0.01@64990", "the quote in BTC-USDT has no bid and ask"],
    ["BTC-USDT - - ETH-USDT", "the quote in ETH-USDT has no bid and ask"],
    ["BTC-USDT 0.01 0.01@65010", '"0.01" is not QUANTITY@PRICE'],
    ["BTC-USDT 0.01@1@2 -", '"0.01@1@2" is not QUANTITY@PRICE'],
    ["BTC-USDT 0.00001@65000 -", 'quantity "0.00001" is not a number of BTC'],
    ["BTC-USDT 0.01@high -", 'price "high" is not a number of USDT'],
  ])("%s are not understood", async (args, words) => {
    await expect(requestOf(args)).rejects.toThrow(words);
  });
});

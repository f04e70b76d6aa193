/** `outcry trades`: what was traded last, and what is traded from now on. */
import { Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { PublishedTrade } from "../../protocols/api/market-data.ts";
import type { Trade } from "../../protocols/api/replies.ts";
import type { AccountOptions } from "./exchange-access.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { countOption, interrupted } from "./options.ts";
import { CommandFault, paint, renderTable, toJson, withCommonOptions, write } from "./output.ts";

interface TradesFlags extends AccountOptions {
  readonly limit: number;
  readonly follow?: boolean;
}

export function command(): Command {
  const trades = new Command("trades")
    .description("Shows the latest trades, of one instrument or of all, oldest first.")
    .argument("[symbol]", "the instrument, such as BTC-USDT (default: all)")
    .option("--limit <n>", "at most so many of each instrument", countOption, 20)
    .option("--follow", "go on with those that happen, until Ctrl-C")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(trades).action(
    async (symbol: string | undefined, flags: TradesFlags) => {
      const { withAccount } = await import("./exchange-access.ts");
      await withAccount(flags, async (client) => {
        const units = await unitsOfAll(client, symbol);
        const followed = flags.follow === true ? follow(client, units, flags) : undefined;
        await showLatest(client, units, flags);
        followed?.begin();
        if (followed !== undefined) await interrupted();
      });
    },
  );
}

/** One trade of an instrument. The feed knows the time of a message, not of each trade. */
interface Line {
  readonly units: NaturalUnits;
  readonly timeUs: number;
  readonly trade: Trade | PublishedTrade;
}

async function unitsOfAll(
  client: OutcryClient,
  symbol: string | undefined,
): Promise<readonly NaturalUnits[]> {
  const [{ termsOf, unitsOfSymbol }, { NaturalUnits: Units }] = await Promise.all([
    import("./exchange-access.ts"),
    import("./natural-units.ts"),
  ]);
  if (symbol !== undefined) return [await unitsOfSymbol(client, symbol)];
  const { instruments, assets } = await termsOf(client);
  return instruments.map((instrument) => new Units(instrument, assets));
}

async function showLatest(
  client: OutcryClient,
  all: readonly NaturalUnits[],
  flags: TradesFlags,
): Promise<void> {
  if (flags.limit === 0) return;
  const lists = await Promise.all(
    all.map(async (units): Promise<Line[]> => {
      const { symbol } = units.instrument;
      const trades = await client.trades({ symbol, limit: flags.limit });
      return trades.map((trade) => ({ units, timeUs: trade.timeUs, trade }));
    }),
  );
  const lines = lists.flat().sort(byAge);
  if (flags.json === true && flags.follow !== true) {
    write(toJson({ ok: true, trades: lines.map(naturalTrade) }));
  } else if (flags.json === true) for (const line of lines) write(toJson(naturalTrade(line)));
  else if (lines.length > 0) write(renderTable(headings, lines.map(cellsOf)));
  else if (flags.follow !== true) write("no trades yet");
}

/** Oldest first. Trades of one step have one time, and numbers in the order they happened. */
export function byAge(a: Aged, b: Aged): number {
  return a.timeUs - b.timeUs || a.trade.tradeId - b.trade.tradeId;
}

interface Aged {
  readonly timeUs: number;
  readonly trade: { readonly tradeId: number };
}

/** Listens at once, and prints from `begin` on: nothing between is missed or shown twice. */
function follow(client: OutcryClient, all: readonly NaturalUnits[], { json }: TradesFlags) {
  const waiting: Line[] = [];
  const shown = new Set<number>();
  let hasBegun = false;
  const show = (line: Line): void => {
    if (shown.has(line.trade.tradeId)) return;
    shown.add(line.trade.tradeId);
    write(json === true ? toJson(naturalTrade(line)) : renderLine(line));
  };
  for (const units of all) {
    client.onTrades(units.instrument.symbol, ({ trades, timeUs }) => {
      for (const trade of trades) {
        const line = { units, timeUs, trade };
        if (hasBegun) show(line);
        else waiting.push(line);
      }
    });
  }
  return {
    begin(): void {
      hasBegun = true;
      for (const line of waiting) show(line);
    },
  };
}

const headings = ["TIME", "SYMBOL", "TAKER", " PRICE", " QUANTITY", " TRADE"];

function cellsOf({ units, timeUs, trade }: Line): string[] {
  const { symbol } = units.instrument;
  const side = paint(trade.takerSide === "buy" ? "green" : "red", trade.takerSide.padEnd(4));
  return [
    timeOf(timeUs),
    symbol,
    side,
    units.price(trade.price),
    units.quantity(trade.quantity),
    String(trade.tradeId),
  ];
}

/** Columns wide enough for most, since nobody knows what comes. */
function renderLine(line: Line): string {
  const [time = "", symbol = "", side = "", price = "", quantity = "", trade = ""] = cellsOf(line);
  const cells = [time, symbol.padEnd(8), side, price.padStart(9), quantity.padStart(8)];
  return [...cells, trade.padStart(14)].join("  ");
}

function naturalTrade({ units, timeUs, trade }: Line) {
  const natural = { price: units.price(trade.price), quantity: units.quantity(trade.quantity) };
  return { symbol: units.instrument.symbol, ...trade, timeUs, natural };
}

/** Of the day, in UTC, as the log stamped it. */
function timeOf(timeUs: number): string {
  const time = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(time.getTime())) throw new CommandFault("time-invalid", "a trade has no time");
  return time.toISOString().slice(11, 23);
}

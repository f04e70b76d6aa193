/** `outcry history`: the past as participants may ask for it, of a cluster that keeps history. */
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { HistoryPage } from "../../protocols/api/history-replies.ts";
import type { HistoryPageRequest } from "../../protocols/api/history-requests.ts";
import { historyRowsMax } from "../../protocols/api/limits.ts";
import { candleIntervalWords } from "../../protocols/api/market-summaries.ts";
import type { CandleIntervalWord } from "../../protocols/api/market-summaries.ts";
import { momentOrDayIn } from "../reports/moment-text.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { positiveOption } from "./options.ts";
import { counted, print, renderTable, withCommonOptions } from "./output.ts";
import type * as historyTexts from "./history-text.ts";
import type { HistoryText } from "./history-text.ts";

interface HistoryFlags extends AccountOptions {
  readonly from?: number;
  readonly to?: number;
  readonly oldestFirst?: boolean;
  readonly limit: number;
  readonly all?: boolean;
}

interface CandleFlags extends HistoryFlags {
  readonly interval: CandleIntervalWord;
}

/** Asks for one page. */
type Ask<Page> = (client: OutcryClient, page: HistoryPageRequest) => Promise<Page>;

/** What is asked for: where a page has its rows, and how they read. */
interface Told<Page, Row> {
  readonly name: string;
  readonly ask: Ask<Page>;
  readonly rows: (page: Page) => readonly Row[];
  readonly text: (texts: typeof historyTexts) => HistoryText<Row>;
  /** The instrument and the asset that somebody named. */
  readonly symbol?: string;
  readonly asset?: string;
}

export function command(): Command {
  return new Command("history")
    .description(
      "Shows the past page by page, of a cluster that was started with --history: an account's " +
        "orders, fills and ledger, and trades and candles of any time.",
    )
    .addCommand(ordersCommand())
    .addCommand(fillsCommand())
    .addCommand(ledgerCommand())
    .addCommand(tradesCommand())
    .addCommand(candlesCommand());
}

function ordersCommand(): Command {
  const orders = new Command("orders")
    .description("Shows an account's orders, as they were reported last.")
    .argument("[symbol]", "the instrument, such as BTC-USDT (default: all)");
  return withHistoryOptions(orders).action(
    async (symbol: string | undefined, flags: HistoryFlags) => {
      const of = symbol === undefined ? {} : { symbol };
      await show(flags, {
        ...of,
        name: "orders",
        ask: (client, page) => client.orderHistory({ ...of, ...page }),
        rows: (page) => page.orders,
        text: ({ orderText }) => orderText,
      });
    },
  );
}

function fillsCommand(): Command {
  const fills = new Command("fills")
    .description("Shows what was executed of an account's orders.")
    .argument("[symbol]", "the instrument, such as BTC-USDT (default: all)");
  return withHistoryOptions(fills).action(
    async (symbol: string | undefined, flags: HistoryFlags) => {
      const of = symbol === undefined ? {} : { symbol };
      await show(flags, {
        ...of,
        name: "fills",
        ask: (client, page) => client.fillHistory({ ...of, ...page }),
        rows: (page) => page.fills,
        text: ({ fillText }) => fillText,
      });
    },
  );
}

function ledgerCommand(): Command {
  const ledger = new Command("ledger")
    .description("Shows every change of what an account has.")
    .argument("[asset]", "the asset, such as USDT (default: all)");
  return withHistoryOptions(ledger).action(
    async (asset: string | undefined, flags: HistoryFlags) => {
      const of = asset === undefined ? {} : { asset };
      await show(flags, {
        ...of,
        name: "entries",
        ask: (client, page) => client.ledger({ ...of, ...page }),
        rows: (page) => page.entries,
        text: ({ ledgerText }) => ledgerText,
      });
    },
  );
}

function tradesCommand(): Command {
  const trades = new Command("trades")
    .description("Shows trades of an instrument.")
    .addArgument(new Argument("<symbol>", "the instrument, such as BTC-USDT"));
  return withHistoryOptions(trades).action(async (symbol: string, flags: HistoryFlags) => {
    await show(flags, {
      symbol,
      name: "trades",
      ask: (client, page) => client.tradeHistory({ symbol, ...page }),
      rows: (page) => page.trades.map((trade) => ({ symbol, ...trade })),
      text: ({ tradeText }) => tradeText,
    });
  });
}

function candlesCommand(): Command {
  const interval = new Option("--interval <interval>", "how long each candle is")
    .choices(candleIntervalWords)
    .default("1m");
  const candles = new Command("candles")
    .description("Shows candles of an instrument that have ended.")
    .addArgument(new Argument("<symbol>", "the instrument, such as BTC-USDT"))
    .addOption(interval);
  return withHistoryOptions(candles).action(async (symbol: string, flags: CandleFlags) => {
    await show(flags, {
      symbol,
      name: "candles",
      ask: (client, page) => client.candleHistory({ symbol, interval: flags.interval, ...page }),
      rows: (page) => page.candles.map((candle) => ({ symbol, ...candle })),
      text: ({ candleText }) => candleText,
    });
  });
}

function withHistoryOptions(command: Command): Command {
  const configured = command
    .option("--from <time>", "nothing from before, such as 2026-11-22T12:00 (UTC)", timeOption)
    .option("--to <time>", "only from before, likewise", timeOption)
    .option("--oldest-first", "from the beginning on (default: the newest first)")
    .option("--limit <n>", "at most so many", positiveOption, 20)
    .option("--all", "all there are")
    .option("--account <name>", "whose, or with whose credentials to look (default: demo)");
  return withCommonOptions(configured);
}

/** A moment in µs since 1970; where no zone is named it is UTC's. */
export function timeOption(text: string): number {
  const isWithoutZone = /T\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text);
  const timeUs = momentOrDayIn(isWithoutZone ? `${text}Z` : text);
  if (timeUs !== undefined && timeUs >= 0) return timeUs;
  throw new InvalidArgumentError("It is a time such as 2026-11-22T12:00.");
}

async function show<Page extends HistoryPage, Row>(
  flags: HistoryFlags,
  told: Told<Page, Row>,
): Promise<void> {
  const [{ withAccount, termsOf }, texts, { Terms }] = await Promise.all([
    import("./exchange-access.ts"),
    import("./history-text.ts"),
    import("./terms.ts"),
  ]);
  await withAccount(flags, async (client) => {
    const { instruments, assets } = await termsOf(client);
    const terms = new Terms(instruments, assets);
    terms.requireKnown(told);
    const { rows, isCut, last } = await gather(client, flags, told);
    const { headings, natural, cells } = told.text(texts);
    const shown = rows.map((row) => ({ ...row, natural: natural(row, terms) }));
    const { asOf, entriesBehind } = last;
    print(flags, { ok: true, [told.name]: shown, isCut, asOf, entriesBehind }, () => {
      const table = renderTable(
        headings,
        rows.map((row) => cells(row, terms)),
      );
      const more = isCut ? ", and there are more: --limit tells how many to show" : "";
      const late = entriesBehind > 0 ? `; history is ${entriesBehind} entries behind the logs` : "";
      return `${table}\n(${counted(rows.length, "row")}${more}${late})`;
    });
  });
}

/** So many rows as are wanted, from as many pages as that takes. */
async function gather<Page extends HistoryPage, Row>(
  client: OutcryClient,
  flags: HistoryFlags,
  { ask, rows: rowsIn }: Told<Page, Row>,
) {
  const { historyPages } = await import("../../clients/sdk/index.ts");
  const wanted = flags.all === true ? Infinity : flags.limit;
  const request: HistoryPageRequest = {
    ...(flags.from !== undefined && { fromUs: flags.from }),
    ...(flags.to !== undefined && { toUs: flags.to }),
    ...(flags.oldestFirst === true && { sort: "oldestFirst" }),
    limit: Math.min(wanted, historyRowsMax),
  };
  const rows: Row[] = [];
  let last: HistoryPage = { asOf: [], entriesBehind: 0 };
  for await (const page of historyPages((of) => ask(client, of), request)) {
    rows.push(...rowsIn(page));
    last = page;
    if (rows.length >= wanted) break;
  }
  const isCut = rows.length > wanted || last.next !== undefined;
  return { rows: rows.slice(0, wanted), isCut, last };
}

/** `outcry book`: the order book of one instrument, live or once. */
import { Command } from "commander";
import type { LocalBook, LocalBookByOrder, OutcryClient } from "../../clients/sdk/index.ts";
import type { AccountOptions } from "./exchange-access.ts";
import type { LadderBook, LadderSize } from "./ladder.ts";
import { LiveScreen, screenSize } from "./live-screen.ts";
import type { NaturalUnits } from "./natural-units.ts";
import type { MarketState } from "./phase-text.ts";
import { toJson, withCommonOptions, write } from "./output.ts";
import { countOption, interrupted } from "./options.ts";
import { byOrder, naturalBook } from "./shown-book.ts";
import type { ShownBook } from "./shown-book.ts";

interface BookFlags extends AccountOptions {
  readonly levels: number;
  readonly once?: boolean;
  readonly byOrder?: boolean;
}

export function command(): Command {
  const book = new Command("book")
    .description("Shows the order book as it changes, until Ctrl-C.")
    .argument("<symbol>", "the instrument, such as BTC-USDT")
    .option("--levels <n>", "price levels, or orders, of each side", countOption, 10)
    .option("--by-order", "a line for each displayed order instead of each price")
    .option("--once", "show it once and end")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(book).action(async (symbol: string, flags: BookFlags) => {
    const { withAccount, unitsOfSymbol } = await import("./exchange-access.ts");
    await withAccount(flags, async (client) => {
      const units = await unitsOfSymbol(client, symbol);
      if (flags.once === true) await showOnce(client, { units, flags });
      else await showLive(client, { units, flags });
    });
  });
}

interface Shown {
  readonly units: NaturalUnits;
  readonly flags: BookFlags;
}

async function showOnce(client: OutcryClient, { units, flags }: Shown): Promise<void> {
  const { levels } = flags;
  const { symbol } = units.instrument;
  const [depth, trades, orders] = await Promise.all([
    client.depth({ symbol, levels }),
    client.trades({ symbol, limit: 1 }),
    flags.byOrder === true ? client.displayedOrders({ symbol, limit: levels }) : undefined,
  ]);
  const book = { ...depth, last: trades[0] };
  await show(orders === undefined ? book : { ...book, ...byOrder(orders) }, { units, flags });
}

async function show(book: ShownBook, { units, flags }: Shown): Promise<void> {
  if (flags.json === true) {
    write(toJson({ ok: true, ...book, natural: naturalBook(book, units) }));
    return;
  }
  const { renderLadder } = await import("./ladder.ts");
  write(renderLadder(book, units, { levels: flags.levels, width: screenSize().columns }));
}

async function showLive(client: OutcryClient, { units, flags }: Shown): Promise<void> {
  const { renderLadder } = await import("./ladder.ts");
  const { symbol } = units.instrument;
  let last = (await client.trades({ symbol, limit: 1 }))[0] as LadderBook["last"];
  const book = flags.byOrder === true ? client.bookByOrder(symbol) : client.book(symbol);
  let state: MarketState = { phase: "continuous", isHalted: false };
  const current = (): ShownBook => ({ ...pictureOf(book, flags.levels), ...state, last });
  const screen = new LiveScreen(() =>
    flags.json === true
      ? toJson({ ...current(), natural: naturalBook(current(), units) })
      : renderLadder(current(), units, sizeFor(flags.levels)),
  );
  client.onTrades(symbol, ({ trades }) => {
    last = trades.at(-1) ?? last;
    screen.changed();
  });
  book.onChanged(() => screen.changed());
  await book.following();
  screen.changed();
  // No feed tells of a halt of the whole venue, and a message can be lost: it is asked for, too.
  const ask = (): void => {
    client.depth({ symbol, levels: 1 }).then(
      ({ phase, isHalted }) => {
        state = { phase, isHalted };
        screen.changed();
      },
      () => undefined,
    );
  };
  client.onPhases(symbol, ask);
  ask();
  const asking = setInterval(ask, askHaltedEveryMs);
  await interrupted();
  clearInterval(asking);
}

/** As many levels as were asked for and as fit: what has scrolled away cannot be drawn again. */
function sizeFor(levels: number): LadderSize {
  const { rows, columns } = screenSize();
  const fitting = process.stdout.isTTY ? Math.max(1, Math.floor((rows - linesBeside) / 2)) : levels;
  return { levels: Math.min(levels, fitting), width: columns };
}

/** The headline, the spread, and where the cursor stands. */
const linesBeside = 3;
const askHaltedEveryMs = 2000;

function pictureOf(
  book: LocalBook | LocalBookByOrder,
  lines: number,
): Omit<ShownBook, "phase" | "isHalted"> {
  const { symbol, updateId } = book;
  if ("depthUpdateId" in book) {
    return { symbol, ...byOrder({ updateId, bids: book.bids(lines), asks: book.asks(lines) }) };
  }
  return { symbol, updateId, bids: book.bids(lines), asks: book.asks(lines) };
}

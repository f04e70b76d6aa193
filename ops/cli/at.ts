/** `outcry at`: a book, an account or an order as it was, from a snapshot and the log behind it. */
import { Argument, Command } from "commander";
import { isAccountId } from "../../protocols/identifiers.ts";
import { demoAccount } from "../config/venue.ts";
import type { PastPlace } from "../past/past-place.ts";
import { momentOf, pastPlaceIn } from "../past/past-place.ts";
import type { PastShardReport } from "../past/past-shard.ts";
import type { PastVenue } from "../past/past-venue.ts";
import { screenSize } from "./live-screen.ts";
import { countOption } from "./options.ts";
import { nameOf } from "./order-name.ts";
import type { CommonOptions } from "./output.ts";
import { print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface AtFlags extends CommonOptions {
  readonly levels: number;
  readonly byOrder?: boolean;
  readonly account?: string;
  readonly clientId?: boolean;
  readonly verify?: boolean;
}

const subjects = ["book", "account", "order"] as const;
type Subject = (typeof subjects)[number];

/** What was asked for, as JSON has it and as people read it. */
interface PastAnswer {
  readonly json: object;
  readonly text: () => string;
}

export function command(): Command {
  const at = new Command("at")
    .description(
      "Answers as of a place in the past, from the newest verified snapshot before it and the log from there on: ./outcry at 2026-11-22T10:00:00Z book BTC-USDT",
    )
    .argument(
      "<place>",
      "a time such as 2026-11-22T10:00:00.5Z, or an entry: shard/sequence such as 0/12345, or 12345 where there is one shard",
    )
    .addArgument(
      new Argument("[what]", "what is asked for (default: the hashes alone)").choices(subjects),
    )
    .argument("[name]", "which instrument, which account (default: demo) or which order")
    .option("--levels <n>", "of a book: price levels, or orders, of each side", countOption, 10)
    .option("--by-order", "of a book: a line for each displayed order instead of each price")
    .option("--account <name>", "whose order (default: anybody's; demo's for a name of your own)")
    .option("--client-id", "the order is named by its owner, though it looks like a number")
    .option(
      "--verify",
      "replay on to the next entry at which a snapshot, the archive or a replica tells its hashes, and compare; exits with 1 when one differs",
    );
  return withCommonOptions(at).action(async (...args) => {
    const [text, what, name, flags] = args as [...Words, AtFlags];
    await answerAt({ text, what, name }, flags);
  });
}

type Words = [text: string, what: Subject | undefined, name: string | undefined];

interface Asked {
  readonly text: string;
  readonly what: Subject | undefined;
  readonly name: string | undefined;
}

async function answerAt({ text, what, name }: Asked, flags: AtFlags): Promise<void> {
  const cluster = findCluster(flags);
  const place = placeIn(text, cluster.file.shards);
  const ask = questionOf(what, name, flags);
  const [{ withEngine }, { pastVenueOf }, { renderPastShard }] = await Promise.all([
    import("./engine-access.ts"),
    import("./past-access.ts"),
    import("./past-text.ts"),
  ]);
  const { answer, reports } = await withEngine(cluster, async (access) => {
    const venue = await pastVenueOf(cluster, access, place);
    const answer = await ask(venue);
    // It leads beyond the place: nobody asks for anything any more.
    if (flags.verify === true) for (const past of await venue.rebuilt()) await past.verify();
    return { answer, reports: await venue.reports() };
  });
  const ok = areSame(reports);
  const shownPlace = "shard" in place ? place : { ...place, time: momentOf(place.timeUs) };
  print(flags, { ...answer?.json, ok, place: shownPlace, shards: reports }, () =>
    [...(answer === undefined ? [] : [answer.text()]), ...reports.map(renderPastShard)].join(
      "\n\n",
    ),
  );
  if (!ok) process.exitCode = 1;
}

function areSame(reports: readonly PastShardReport[]): boolean {
  return reports.every(({ comparisons }) => comparisons.every(({ same }) => same));
}

function placeIn(text: string, shards: number): PastPlace {
  const place = pastPlaceIn(text, shards);
  if (place !== undefined) return place;
  const entry = shards === 1 ? "12345" : `0/12345 (there are shards 0 to ${shards - 1})`;
  throw usageFault(
    `${JSON.stringify(text)} is neither an entry, such as ${entry}, nor a time, such as 2026-11-22T10:00:00Z`,
  );
}

// ---- Questions -------------------------------------------------------------------------------

type Question = (venue: PastVenue) => Promise<PastAnswer | undefined>;

function questionOf(what: Subject | undefined, name: string | undefined, flags: AtFlags): Question {
  switch (what) {
    case "book":
      if (name === undefined) throw usageFault("which instrument?");
      return (venue) => bookAt(venue, name, flags);
    case "account":
      return (venue) => accountAt(venue, accountIn(name ?? demoAccount));
    case "order":
      if (name === undefined) throw usageFault("which order?");
      return (venue) => orderAt(venue, name, flags);
    case undefined:
      return async (venue) => {
        await venue.rebuildAll();
        return undefined;
      };
  }
}

async function bookAt(venue: PastVenue, symbol: string, flags: AtFlags): Promise<PastAnswer> {
  const [{ unitsOf }, rendering, { byOrder, naturalBook }, { renderLadder }] = await Promise.all([
    import("./past-units.ts"),
    import("../../protocols/api/market-rendering.ts"),
    import("./shown-book.ts"),
    import("./ladder.ts"),
  ]);
  const { levels } = flags;
  const found = await venue.book(symbol, levels);
  const units = unitsOf(found, symbol);
  const orders =
    flags.byOrder === true && found.displayed !== undefined
      ? byOrder(rendering.renderDisplayedOrders(found.displayed))
      : {};
  const [last] = rendering.renderTrades(symbol, found.lastTrades).trades;
  const book = { ...rendering.renderDepth(found.depth), last, ...orders };
  return {
    json: { ...book, natural: naturalBook(book, units) },
    text: () => renderLadder(book, units, { levels, width: screenSize().columns }),
  };
}

async function accountAt(venue: PastVenue, account: string): Promise<PastAnswer> {
  const [{ naturalBalance, renderBalances }, { renderBalance }] = await Promise.all([
    import("./balance-text.ts"),
    import("../../protocols/api/order-rendering.ts"),
  ]);
  const { balances, assets } = await venue.account(account);
  const natural = balances.map((of) => naturalBalance(renderBalance(of), assets));
  return {
    json: { account, balances: natural },
    text: () =>
      natural.length === 0 ? `account ${account} had nothing yet` : renderBalances(natural),
  };
}

async function orderAt(venue: PastVenue, text: string, flags: AtFlags): Promise<PastAnswer> {
  const [{ unitsOf }, { renderOrderDetails }, { describeOrder, naturalOrder }] = await Promise.all([
    import("./past-units.ts"),
    import("../../protocols/api/order-rendering.ts"),
    import("./order-text.ts"),
  ]);
  const name = nameOf(text, flags);
  const anybodys = "orderId" in name ? undefined : demoAccount;
  const account = flags.account === undefined ? anybodys : accountIn(flags.account);
  const found = await venue.order(name, account);
  const units = unitsOf(found, found.order.symbol);
  const order = renderOrderDetails(found.order);
  return {
    json: { account: found.order.account, order, natural: naturalOrder(order, units) },
    text: () => `account ${found.order.account}, ${describeOrder(order, units)}`,
  };
}

function accountIn(text: string): string {
  if (isAccountId(text)) return text;
  throw usageFault(`${JSON.stringify(text)} is no account's name`);
}

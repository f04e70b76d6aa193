/**
 * What must hold of a venue: some of it after every step, the rest once nothing is under way
 * between its shards. Everything is read as anybody outside could read it: by questions, events and
 * snapshots.
 */
import {
  add,
  Liquidity,
  MarginMode,
  nameIn,
  OrderStatus,
  Side,
  subtract,
  ticksMax,
  tradingTermsOf,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  DepthLevel,
  EntryAdded,
  EntryCanceled,
  EntryExecuted,
  InstrumentSymbol,
  OrderId,
  PositionView,
  ShardEvent,
  TradeId,
} from "../../protocols/index.ts";
import type { Account } from "../account/account.ts";
import { EntryBook } from "../order-book/testing/entry-book.ts";
import type { ObservedVenue } from "./observed-venue.ts";

/** Thrown with everything that is wrong, so that one run shows it all. */
export class BrokenInvariants extends Error {
  override readonly name = "BrokenInvariants";
}

function demand(faults: readonly string[]): void {
  if (faults.length > 0) throw new BrokenInvariants(faults.join("\n"));
}

/** After every step. */
export function assertAlways(venue: ObservedVenue): void {
  const faults: string[] = [];
  for (const account of accountsOf(venue)) {
    const reservations = account.reservations();
    for (const { asset, available, reserved } of account.balances()) {
      if (available < 0) faults.push(`${account.id} has ${String(available)} ${asset}`);
      const ofOrders = reservations.get(asset) ?? 0;
      if (reserved !== ofOrders) {
        faults.push(
          `${account.id} reserves ${String(reserved)} ${asset}, its orders ${String(ofOrders)}`,
        );
      }
    }
  }
  demand([...faults, ...untrueOrders(venue), ...unknownHolders(venue)]);
}

/** Each shard knows by heart which of its accounts have a position in what. */
function unknownHolders(venue: ObservedVenue): string[] {
  return venue.shards.flatMap((shard) => {
    const contracts = shard.directory
      .instruments()
      .filter(({ contract }) => contract !== undefined);
    return contracts.flatMap(({ symbol }) => {
      const holders = [...shard.accounts()].filter((account) => account.hasPosition(symbol));
      const found = holders.map(({ id }) => id).sort();
      const known = shard.holders.of(symbol);
      return found.join() === known.join() ? [] : [`${symbol}: ${known.join()} are known to hold`];
    });
  });
}

/**
 * Once nothing is under way and all have heard all marks: whoever has positions has what they need
 * to be kept, is being liquidated, or the venue is halted; orders that only reduce are for no more
 * than there is; and for each long lot there is a short one.
 */
export function assertMargins(venue: ObservedVenue): void {
  const faults: string[] = [];
  const lots = new Map<InstrumentSymbol, number>();
  for (const shard of venue.shards) {
    for (const account of shard.accounts()) {
      for (const { asset, equity, ...of } of account.margin(shard.directory).assets) {
        const isLetAlone = shard.directory.isHalted || of.liquidation !== "";
        if (equity >= of.maintenanceMargin || isLetAlone) continue;
        faults.push(`${account.id} has ${String(equity)} ${asset} and is not liquidated`);
      }
      for (const view of account.positions(shard.directory)) {
        const { symbol, lots: held } = view;
        if (isLeftAlone(view, shard.directory.isHalted)) {
          faults.push(`${account.id} has ${String(view.posted)} for ${symbol}, not liquidated`);
        }
        lots.set(symbol, (lots.get(symbol) ?? 0) + held);
        const [bought, sold] = [Side.buy, Side.sell].map((side) => account.reducing(symbol, side));
        if (bought! <= Math.max(-held, 0) && sold! <= Math.max(held, 0)) continue;
        faults.push(`${account.id} reduces ${String(held)} ${symbol} by more than that`);
      }
    }
  }
  for (const [symbol, sum] of lots) if (sum !== 0) faults.push(`${symbol}: ${String(sum)} lots`);
  demand(faults);
}

/** An isolated position that has too little to itself, and that nobody closes. */
function isLeftAlone(view: PositionView, isHalted: boolean): boolean {
  const { mode, posted, unrealised, maintenanceMargin, liquidation } = view;
  if (mode === MarginMode.cross || isHalted || liquidation !== "") return false;
  return add(posted, unrealised) < maintenanceMargin;
}

/** Lots that orders are for which only reduce. */
/** All that is had and owed adds up, once nothing is under way. */
export function assertMoney(venue: ObservedVenue): void {
  demand([...negative(venue), ...unbalanced(venue), ...unevenObligations(venue)]);
}

function negative(venue: ObservedVenue): string[] {
  return [...accountsOf(venue)].flatMap((account) =>
    account.balances().flatMap(({ asset, available, reserved, withdrawing = 0, posted = 0 }) => {
      const least = [available, reserved, withdrawing, posted].filter((amount) => amount < 0);
      return least.map((amount) => `${account.id} has ${String(amount)} ${asset}`);
    }),
  );
}

/** What is owed of an asset on a date is what somebody is to get of it. */
function unevenObligations(venue: ObservedVenue): string[] {
  const sums = new Map<string, Amount>();
  for (const account of accountsOf(venue)) {
    for (const { asset, date, deliver, receive } of account.obligations()) {
      const key = `${asset} on ${String(date)}`;
      sums.set(key, add(sums.get(key) ?? 0, subtract(receive, deliver)));
    }
  }
  const uneven = [...sums].filter(([, sum]) => sum !== 0);
  return uneven.map(([key, sum]) => `obligations of ${key} leave ${String(sum)}`);
}

/** Once nothing is under way. */
export function assertSettled(venue: ObservedVenue): void {
  assertAlways(venue);
  demand([
    ...unbalanced(venue),
    ...unevenObligations(venue),
    ...unmatchedOrders(venue),
    ...unanswered(venue),
    ...untrueMarketData(venue),
    ...untruePrices(venue),
    ...tradesWhileHalted(venue),
    ...untrueReports(venue),
  ]);
  assertMargins(venue);
}

export function* accountsOf(venue: ObservedVenue): Iterable<Account> {
  for (const shard of venue.shards) yield* shard.accounts();
}

/** Units of every asset on all accounts of all shards. */
export function holdingsOf(venue: ObservedVenue): ReadonlyMap<AssetId, Amount> {
  const sums = new Map<AssetId, Amount>();
  for (const shard of venue.shards) {
    for (const { asset, available, reserved, ...apart } of shard.answer("holdings", {})) {
      const { withdrawing = 0, variation = 0, posted = 0 } = apart;
      const held = add(add(available, reserved), add(withdrawing, add(variation, posted)));
      sums.set(asset, add(sums.get(asset) ?? 0, held));
    }
  }
  return sums;
}

/** Money is conserved: what was brought in, and what the exchange gave away, is what there is. */
function unbalanced(venue: ObservedVenue): string[] {
  const holdings = holdingsOf(venue);
  return venue.first.governor.supply().flatMap(({ asset, available }) => {
    const given = venue.shards.map(({ ledger }) => ledger.of(asset).given);
    const expected = given.reduce<Amount>(subtract, available);
    // What was given for trades on delivery is nobody's until the other side was, too.
    const delivered = venue.shards.map(({ ledger }) => ledger.of(asset).delivery.balance);
    const lost = subtract(expected, delivered.reduce<Amount>(add, holdings.get(asset) ?? 0));
    return lost === 0 ? [] : [`${String(lost)} ${asset} are lost`];
  });
}

/** What is in the books, at rest or waiting, is what works in the accounts. */
function unmatchedOrders(venue: ObservedVenue): string[] {
  const inBooks = [...ordersInBooks(venue)].sort();
  const inAccounts = [...accountsOf(venue)]
    .flatMap((account) => account.openOrders({ symbol: "", after: 0, limit: Infinity }))
    .map(({ orderId, account, symbol, side, quantity, executed }) => {
      const remaining = quantity - executed;
      return `${symbol} ${describe({ orderId, account, side, remaining, executed })}`;
    })
    .sort();
  return [
    ...inBooks.filter((order) => !inAccounts.includes(order)).map((o) => `only in the book: ${o}`),
    ...inAccounts
      .filter((order) => !inBooks.includes(order))
      .map((o) => `only in the account: ${o}`),
  ];
}

interface OrderInBook {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly side: Side;
  readonly remaining: number;
  readonly executed: number;
}

function* ordersInBooks(venue: ObservedVenue): Iterable<string> {
  for (const shard of venue.shards) {
    for (const { terms } of shard.answer("instruments", {})) {
      for (const order of shard.book(terms.symbol)?.orders() ?? []) {
        yield `${terms.symbol} ${describe(order)}`;
      }
    }
  }
}

function describe({ orderId, account, side, remaining, executed }: OrderInBook): string {
  const terms = `${nameIn(Side, side)} ${String(remaining)} (${String(executed)} executed)`;
  return `${account} #${String(orderId)} ${terms}`;
}

/** Every command is answered exactly once. */
function unanswered(venue: ObservedVenue): string[] {
  const silent = new Set(["claim-emitter", "checkpoint"]);
  return venue.commands.flatMap((sent) => {
    const { command } = sent;
    const count = venue.repliesTo(sent).length;
    const due = silent.has(command.kind) ? 0 : 1;
    return count === due ? [] : [`${command.kind} was answered ${String(count)} times`];
  });
}

/** Whoever applies the level changes from the first on has the book, its best prices included. */
function untrueMarketData(venue: ObservedVenue): string[] {
  const faults: string[] = [];
  const books = new Map<InstrumentSymbol, ObservedBook>();
  for (const event of venue.events) {
    if (event.kind !== "level-changed" && event.kind !== "best-changed") continue;
    let book = books.get(event.symbol);
    if (book === undefined) {
      book = new ObservedBook();
      books.set(event.symbol, book);
    }
    faults.push(...book.hear(event).map((fault) => `${event.symbol}: ${fault}`));
  }
  for (const shard of venue.shards) {
    for (const { terms } of shard.answer("instruments", {})) {
      const depth = shard.answer("depth", { symbol: terms.symbol, levels: Infinity });
      if (depth === null) continue;
      const observed = books.get(terms.symbol) ?? new ObservedBook();
      const told = JSON.stringify(observed.levels());
      const kept = JSON.stringify([levelsIn(depth.bids), levelsIn(depth.asks)]);
      if (told !== kept) faults.push(`${terms.symbol}: told ${told}, kept ${kept}`);
      if (observed.updateId !== depth.updateId) faults.push(`${terms.symbol}: update id`);
    }
  }
  return faults;
}

function levelsIn(levels: readonly DepthLevel[]): readonly (readonly [number, number])[] {
  return levels.map(([price, quantity]) => [price, quantity]);
}

/** What has been heard of the displayed orders of a venue, and how many of its events that took. */
interface HeardOrders {
  readonly books: Map<InstrumentSymbol, { readonly entries: EntryBook; updateId: number }>;
  eventCount: number;
}
const heardOf = new WeakMap<ObservedVenue, HeardOrders>();

/**
 * Whoever applies the changes of displayed orders from the first on has every one of them, in the
 * order of priority, and they sum up to the depth.
 */
function untrueOrders(venue: ObservedVenue): string[] {
  const heard = heardOf.get(venue) ?? { books: new Map(), eventCount: 0 };
  heardOf.set(venue, heard);
  const faults = hearEntries(heard, venue.events.slice(heard.eventCount));
  heard.eventCount = venue.events.length;
  for (const shard of venue.shards) {
    for (const { terms } of shard.answer("instruments", {})) {
      const { symbol } = terms;
      const orders = shard.answer("displayed-orders", { symbol, limit: Infinity });
      const depth = shard.answer("depth", { symbol, levels: Infinity });
      if (orders === null || depth === null) continue;
      const book = heard.books.get(symbol) ?? { entries: new EntryBook(), updateId: 0 };
      const told = JSON.stringify(book.entries.entries());
      const kept = JSON.stringify([
        ...orders.bids.map(([entryId, ...shown]) => [entryId, Side.buy, ...shown]),
        ...orders.asks.map(([entryId, ...shown]) => [entryId, Side.sell, ...shown]),
      ]);
      if (told !== kept) faults.push(`${symbol}: told of ${told}, displays ${kept}`);
      const sums = JSON.stringify([book.entries.levels(Side.buy), book.entries.levels(Side.sell)]);
      const levels = JSON.stringify([depth.bids, depth.asks]);
      if (sums !== levels) faults.push(`${symbol}: orders sum up to ${sums}, depth is ${levels}`);
      if (book.updateId !== orders.updateId) faults.push(`${symbol}: update id of orders`);
      if (depth.updateId !== orders.depthUpdateId) faults.push(`${symbol}: depth's update id`);
    }
  }
  return faults;
}

function hearEntries({ books }: HeardOrders, events: readonly ShardEvent[]): string[] {
  const faults: string[] = [];
  const trades = new Set<TradeId>();
  for (const event of events) {
    if (event.kind === "traded") trades.add(event.tradeId);
    if (!isOfEntry(event)) continue;
    const book = books.get(event.symbol) ?? { entries: new EntryBook(), updateId: 0 };
    books.set(event.symbol, book);
    if (event.updateId !== book.updateId + 1) faults.push(`${event.symbol}: a change is missing`);
    book.updateId = event.updateId;
    if (event.kind === "entry-added") book.entries.add(event);
    else book.entries.change(event.entryId, event.quantity);
    if (event.kind === "entry-executed" && !trades.has(event.tradeId)) {
      faults.push(`${event.symbol}: entry ${String(event.entryId)} traded in no trade`);
    }
  }
  return faults;
}

function isOfEntry(event: ShardEvent): event is EntryAdded | EntryExecuted | EntryCanceled {
  const { kind } = event;
  return kind === "entry-added" || kind === "entry-executed" || kind === "entry-canceled";
}

/** A book as somebody sees it who only hears market data. */
class ObservedBook {
  updateId = 0;
  readonly #sides = [new Map<number, number>(), new Map<number, number>()] as const;

  hear(event: Extract<ShardEvent, { kind: "level-changed" | "best-changed" }>): string[] {
    if (event.kind === "level-changed") {
      const isNext = event.updateId === this.updateId + 1;
      this.updateId = event.updateId;
      if (event.quantity === 0) this.#sides[event.side].delete(event.price);
      else this.#sides[event.side].set(event.price, event.quantity);
      return isNext ? [] : [`update ${String(event.updateId)} came out of turn`];
    }
    const [[bid], [ask]] = this.levels() as [[number[]?], [number[]?]];
    const told = [event.bidPrice, event.bidQuantity, event.askPrice, event.askQuantity];
    const seen = [...(bid ?? [0, 0]), ...(ask ?? [0, 0])];
    if (event.updateId !== this.updateId) return ["best prices of another moment"];
    return told.join() === seen.join() ? [] : [`best told ${told.join()}, seen ${seen.join()}`];
  }

  levels(): readonly [readonly (readonly number[])[], readonly (readonly number[])[]] {
    const [bids, asks] = this.#sides;
    return [[...bids].sort(([a], [b]) => b - a), [...asks].sort(([a], [b]) => a - b)];
  }
}

/** A market goes by its last trade, and nobody is told a price that no order may have. */
function untruePrices(venue: ObservedVenue): string[] {
  const faults: string[] = [];
  const lastPrices = new Map<InstrumentSymbol, number>();
  for (const event of venue.events) {
    if (event.kind === "bands-changed") {
      const { lower, referencePrice, upper } = event;
      const isAround = lower <= referencePrice && referencePrice <= upper;
      if (!isAround) faults.push(`${event.symbol}: bands around ${String(referencePrice)}`);
    }
    if (event.kind === "traded") lastPrices.set(event.symbol, event.price);
    if (event.kind !== "traded" && event.kind !== "level-changed") continue;
    if (event.price < 1 || event.price > ticksMax) {
      faults.push(`${event.symbol}: ${event.kind} at ${String(event.price)}`);
    }
  }
  for (const shard of venue.shards) {
    for (const { terms } of shard.answer("instruments", {})) {
      const market = shard.market(terms.symbol);
      if (market === undefined) continue;
      const { referencePrice } = tradingTermsOf(terms);
      const last = lastPrices.get(terms.symbol) ?? referencePrice;
      if ((market.referencePrice ?? 0) !== last) {
        const seen = String(market.referencePrice);
        faults.push(`${terms.symbol}: goes by ${seen}, the last trade was at ${String(last)}`);
      }
    }
  }
  return faults;
}

/** Nothing trades while the venue is halted: of one shard, where all hear of that at once. */
function tradesWhileHalted(venue: ObservedVenue): string[] {
  if (venue.shards.length > 1) return [];
  const faults: string[] = [];
  let isHalted = false;
  for (const event of venue.events) {
    if (event.kind === "intervention-recorded" && event.target === "") {
      isHalted = event.command === "halt-trading";
    }
    if (event.kind === "traded" && isHalted) {
      faults.push(`${event.symbol}: trade ${String(event.tradeId)} in a halted venue`);
    }
  }
  return faults;
}

/** Reports tell each order's life without a gap, and both sides of every trade. */
function untrueReports(venue: ObservedVenue): string[] {
  const faults: string[] = [];
  const executed = new Map<OrderId, { lots: number; fees: Amount; isClosed: boolean }>();
  const tradedLots = new Map<number, number>();
  for (const event of venue.events) {
    if (event.kind === "traded") tradedLots.set(event.tradeId, 2 * event.quantity);
  }
  for (const event of venue.events) {
    if (event.kind !== "execution-report") continue;
    const { orderId, lastQuantity, tradeId } = event;
    const life = executed.get(orderId) ?? { lots: 0, fees: 0, isClosed: false };
    executed.set(orderId, life);
    life.lots += lastQuantity;
    life.fees = add(life.fees, event.fee);
    if (life.isClosed) faults.push(`#${String(orderId)} lives on after its end`);
    if (life.lots !== event.executed) faults.push(`#${String(orderId)}: a fill was not reported`);
    life.isClosed = isFinal(event.status);
    if (life.isClosed !== (event.remaining === 0)) faults.push(`#${String(orderId)}: remaining`);
    if (tradeId > 0 && event.liquidity !== Liquidity.transfer)
      tradedLots.set(tradeId, (tradedLots.get(tradeId) ?? 0) - lastQuantity);
  }
  for (const [tradeId, lots] of tradedLots) {
    if (lots !== 0) faults.push(`trade ${String(tradeId)} was not told to both sides`);
  }
  return faults;
}

function isFinal(status: OrderStatus): boolean {
  return (
    status === OrderStatus.filled ||
    status === OrderStatus.canceled ||
    status === OrderStatus.expired ||
    status === OrderStatus.rejected
  );
}

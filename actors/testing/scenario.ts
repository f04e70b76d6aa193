/**
 * Scenarios: stories of trading that a trader can read, played against a venue.
 *
 * A scenario is a text file. A line that begins with `  >` is what the venue said to the line above
 * it; playing a file gives the same text with those lines as they are now. The words are below,
 * each with the line that it reads.
 */
import {
  anySide,
  CancelFailure,
  CandleInterval,
  KillScope,
  ListType,
  Side,
  ticksMax,
  unrevised,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  Command,
  DepthLevel,
  DisplayedOrder,
  InstrumentTerms,
  PlaceOrder,
  RevisedInstructions,
  TimeUs,
} from "../../protocols/index.ts";
import {
  cycleIn,
  cycleWords,
  deliveryTexts,
  obligationTexts,
  permissionIn,
  permissionWords,
  settlementTexts,
} from "./clearing-words.ts";
import {
  contractText,
  positionText,
  futureIn,
  futureWords,
  indexIn,
  indexWords,
  marginAccountIn,
  marginModeIn,
  marginMoveIn,
  modeWords,
  moveWords,
  perpetualIn,
  perpetualWords,
} from "./contract-words.ts";
import { custodyCommands, holdingText, sweepTexts } from "./custody-words.ts";
import { feeCommands } from "./fee-words.ts";
import { assertAlways } from "./invariants.ts";
import { tradingTermsIn } from "./instrument-words.ts";
import { orderIn } from "./order-words.ts";
import { candleText, eventText, statisticsText } from "./plain-words.ts";
import { riskLimitsIn, riskScopeIn, riskUseText } from "./risk-words.ts";
import { TestVenue } from "./test-venue.ts";

type Words = Readonly<Record<string, string>>;

/** Plays a scenario on a venue of so many shards. Returns its text with what is said now. */
export function playScenario(text: string, shards = 1): string {
  const stage = new Stage(shards);
  return text
    .split("\n")
    .filter((line) => !line.startsWith("  >"))
    .flatMap((line) => [line, ...stage.play(line).map((said) => `  > ${said}`)])
    .join("\n");
}

/** What is said under one line, in whatever order it is said: on several shards that may differ. */
export function saidByLine(text: string): string[][] {
  const said: string[][] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("  >")) said.at(-1)?.push(line);
    else said.push([line]);
  }
  return said.map(([line = "", ...lines]) => [line, ...lines.sort()]);
}

class Stage {
  readonly #venue: TestVenue;
  #symbols: string[] = [];
  #last: Command | undefined;
  #showsMarketData = false;
  #showsSums = false;
  #showsEntries = false;

  constructor(shards: number) {
    this.#venue = new TestVenue(shards);
  }

  /** What must always hold is checked after every line. */
  play(line: string): string[] {
    if (line.trim() === "" || line.startsWith("#")) return [];
    for (const [pattern, act] of this.#words) {
      const words = new RegExp(`^${pattern}$`).exec(line)?.groups;
      if (words === undefined) continue;
      const said = act(words);
      assertAlways(this.#venue);
      return said;
    }
    throw new Error(`no scenario says: ${line}`);
  }

  readonly #words: readonly (readonly [pattern: string, act: (words: Words) => string[]])[] = [
    [
      "instrument (?<symbol>\\S+) lot (?<lot>\\d+) tick (?<tick>\\d+) fees (?<maker>\\d+) (?<taker>\\d+)(?<trading>(, .+)?)",
      (words) => this.#list(words),
    ],
    [
      "account (?<account>\\S+)( of (?<participant>\\S+))?(?<funds>( \\d+ [A-Z]+)*)",
      (words) => this.#open(words),
    ],
    [
      "(?<account>\\S+) (?<order>(buys|sells) .+ as \\S+?)(?<on> on \\S+)?",
      (words) => this.#say(this.#order(words)),
    ],
    [
      "(?<account>\\S+) places (?<type>OCO|OTO|OTOCO): (?<orders>.+?)(?<on> on \\S+)?",
      (words) => this.#placeList(words),
    ],
    [
      "(?<account>\\S+) cancels (?<name>\\S+) and (?<anyway>anyway )?(?<order>(buys|sells) .+)",
      (words) => this.#cancelAndPlace(words),
    ],
    [
      "(?<account>\\S+) quotes (?<bid>\\d+) @ (?<low>\\d+) / (?<ask>\\d+) @ (?<high>\\d+) as (?<name>\\S+)",
      (words) => this.#quote(words),
    ],
    [
      "(?<account>\\S+) cancels all( (?<side>buys|sells))?( from (?<low>\\d+) to (?<high>\\d+))?(?<on> on \\S+)?",
      (words) => this.#cancelAll(words),
    ],
    ["(?<account>\\S+) cancels (?<name>\\S+)(?<_>)", (words) => this.#cancel(words)],
    [
      "(?<account>\\S+) replaces (?<name>\\S+) with (?<quantity>\\d+) @ (?<price>\\d+)(?<terms>(, [a-z0-9 ]+)*)( as revision (?<revision>\\d+))?",
      (words) => this.#replace(words),
    ],
    ["(?<verb>halt|resume) (?<symbol>\\S+)", (words) => this.#intervene(words)],
    ["again(?<_>)", () => this.#say(this.#last)],
    ["wait (?<seconds>\\d+) s", ({ seconds }) => this.#wait(Number(seconds) * 1_000_000)],
    [
      "wait until (?<hour>\\d\\d):(?<minute>\\d\\d)(:(?<second>\\d\\d))?",
      (words) => this.#waitUntil(words),
    ],
    ["mark (?<symbol>\\S+) at (?<price>\\d+)", (words) => this.#mark(words)],
    [
      "arm kill switch of (?<scope>account|participant|symbol|venue)( (?<target>\\S+))?",
      (words) => this.#arm(words),
    ],
    ["confirm kill switch (?<number>\\d+)", (words) => this.#confirm(words)],
    [
      "release kill switch of (?<scope>account|participant|symbol|venue)( (?<target>\\S+))?",
      (words) => this.#release(words),
    ],
    ["breaker on (?<symbol>\\S+)(?<levels>( \\d+ bp \\d+ s)*)", (words) => this.#breaker(words)],
    ["phase( (?<symbol>\\S+))?", (words) => this.#phase(words)],
    ["show market data(?<_>)", () => this.#showMarketData()],
    ["show candles and statistics(?<_>)", () => this.#showSums()],
    ["show displayed orders(?<_>)", () => this.#showEntries()],
    ["candles (?<interval>\\d+[mhd])( (?<symbol>\\S+))?", (words) => this.#candles(words)],
    ["statistics( (?<symbol>\\S+))?", (words) => this.#statistics(words)],
    ["book( (?<symbol>\\S+))?", (words) => this.#book(words)],
    ["displayed orders( of (?<symbol>\\S+))?", (words) => this.#displayedOrders(words)],
    ["positions (?<account>\\S+)", (words) => this.#positions(words["account"] ?? "")],
    ["balances (?<account>\\S+)", (words) => this.#balances(words["account"] ?? "")],
    [perpetualWords, (words) => this.#listContract(perpetualIn(words))],
    [futureWords, (words) => this.#listContract(futureIn(words, this.#venue.timeUs))],
    ["margin account (?<account>\\S+)", ({ account }) => this.#say(marginAccountIn(account))],
    [modeWords, (words) => this.#say(marginModeIn(words))],
    [moveWords, (words) => this.#say(marginMoveIn(words))],
    [indexWords, (words) => this.#say(indexIn(words))],
    ["contract (?<symbol>\\S+)", ({ symbol = "" }) => this.#contract(symbol)],
    [cycleWords, (words) => this.#say(cycleIn(words))],
    [permissionWords, (words) => this.#say(permissionIn(words))],
    ["deliveries(?<_>)", () => this.#deliveries()],
    ["obligations (?<account>\\S+)", (words) => this.#obligations(words["account"] ?? "")],
    ["settlements(?<_>)", () => this.#settlements()],
    ["fees(?<_>)", () => this.#fees()],
    [
      "limits of (?<whose>everybody|account \\S+|group \\S+)( on (?<place>\\S+))?: (?<limits>.+)",
      (words) => this.#limit(words),
    ],
    ["(?<account>\\S+) joins (group (?<group>\\S+)|no group)", (words) => this.#join(words)],
    ["deposit (?<amount>\\d+) (?<asset>[A-Z]+) to (?<account>\\S+)", (words) => this.#fund(words)],
    ["risk of (?<account>\\S+)", ({ account = "" }) => this.#risk(account)],
    ["sweeps(?<_>)", () => sweepTexts(this.#venue.first.answer("sweeps", {}))],
    ["holdings(?<_>)", () => this.#venue.first.answer("custodyHoldings", {}).map(holdingText)],
    ...[...feeCommands, ...custodyCommands()].map(([pattern, commandIn]) => {
      const act = (words: Words) => this.#say(commandIn(words, this.#venue.timeUs));
      return [pattern, act] as const;
    }),
  ];

  #list({ symbol = "", lot, tick, maker, taker, trading = "" }: Words): string[] {
    const [base = "", quote = ""] = symbol.split("-");
    this.#symbols.push(symbol);
    this.#venue.list({
      symbol,
      base,
      quote,
      baseUnitsPerLot: Number(lot),
      quoteUnitsPerTickLot: Number(tick),
      makerFeeBasisPoints: Number(maker),
      takerFeeBasisPoints: Number(taker),
      ...(trading === "" ? {} : { trading: tradingTermsIn(trading) }),
    });
    return [];
  }

  #listContract(terms: InstrumentTerms): string[] {
    this.#venue.list(terms);
    return [];
  }

  #contract(symbol: string): string[] {
    const figures = this.#shardOf(symbol)?.figuresOf(symbol);
    return figures === undefined ? [] : [contractText(figures)];
  }

  #open({ account = "", funds = "", participant }: Words): string[] {
    const amounts: Record<AssetId, Amount> = {};
    for (const [, amount, asset = ""] of funds.matchAll(/(\d+) ([A-Z]+)/g)) {
      amounts[asset] = Number(amount);
    }
    this.#venue.open(account, amounts, participant);
    return [];
  }

  #fund({ account = "", asset = "", amount }: Words): string[] {
    this.#venue.fund(account, asset, Number(amount));
    return [];
  }

  #order({ account = "", order = "", on }: Words): PlaceOrder {
    const { timeUs } = this.#venue;
    const placed = orderIn(order, { account, symbol: this.#symbolOf(on), timeUs });
    if (placed === undefined) throw new Error(`no scenario says: ${order}`);
    return placed;
  }

  #placeList({ account = "", type, orders = "", on }: Words): string[] {
    const placed = orders.split("; ").map((order) => this.#order({ account, order, on: on ?? "" }));
    const listType = ListType[type as keyof typeof ListType];
    return this.#say({ kind: "place-order-list", account, listType, orders: placed });
  }

  #cancelAndPlace({ account = "", name = "", anyway, order = "" }: Words): string[] {
    return this.#say({
      kind: "cancel-and-place",
      account,
      orderId: 0,
      clientOrderId: name,
      ifCancelFails: anyway === undefined ? CancelFailure.stop : CancelFailure.place,
      order: this.#order({ account, order }),
    });
  }

  #quote({ account = "", bid, low, ask, high, name = "" }: Words): string[] {
    const quote = {
      symbol: this.#symbolOf(undefined),
      bidPrice: Number(low),
      bidQuantity: Number(bid),
      askPrice: Number(high),
      askQuantity: Number(ask),
    };
    return this.#say({ kind: "mass-quote", account, quoteId: name, quotes: [quote] });
  }

  #cancel({ account = "", name = "" }: Words): string[] {
    return this.#say({ kind: "cancel-order", account, orderId: 0, clientOrderId: name });
  }

  #cancelAll({ account = "", side, low, high, on }: Words): string[] {
    return this.#say({
      kind: "cancel-all-orders",
      account,
      symbol: on === undefined ? "" : this.#symbolOf(on),
      side: side === undefined ? anySide : side === "buys" ? Side.buy : Side.sell,
      priceMin: Number(low ?? 0),
      priceMax: Number(high ?? ticksMax),
    });
  }

  #replace({ account = "", name = "", quantity, price, terms, revision }: Words): string[] {
    return this.#say({
      kind: "replace-order",
      account,
      orderId: 0,
      clientOrderId: name,
      price: Number(price),
      quantity: Number(quantity),
      revision: Number(revision ?? 0),
      revised: revisionIn(terms),
    });
  }

  #intervene({ verb, symbol = "" }: Words): string[] {
    const kind = verb === "halt" ? "halt-trading" : "resume-trading";
    const which = symbol === "venue" ? "" : symbol;
    return this.#say({ kind, symbol: which, author: "ops", reason: "scenario" });
  }

  /** Lets time pass, from one thing that is due to the next. */
  #wait(lengthUs: TimeUs): string[] {
    const untilUs = this.#venue.timeUs + lengthUs;
    const before = this.#venue.events.length;
    for (;;) {
      const due = this.#venue.shards.flatMap(({ nextDueUs }) => nextDueUs ?? []);
      const nextUs = Math.min(untilUs, ...due);
      this.#venue.timeUs = Math.max(this.#venue.timeUs, nextUs);
      for (const { shard } of this.#venue.shards) {
        this.#venue.append(shard, "node-e1", [{ kind: "tick" }]);
      }
      this.#venue.drain();
      if (nextUs >= untilUs) return this.#saidSince(before);
    }
  }

  #waitUntil({ hour, minute, second }: Words): string[] {
    const dayUs = 86_400_000_000;
    const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second ?? 0);
    const { timeUs } = this.#venue;
    const todayUs = timeUs - (timeUs % dayUs) + seconds * 1_000_000;
    return this.#wait((todayUs > timeUs ? todayUs : todayUs + dayUs) - timeUs);
  }

  #mark({ symbol = "", price }: Words): string[] {
    return this.#say({ kind: "publish-mark-price", symbol, price: Number(price) });
  }

  #arm({ scope, target = "" }: Words): string[] {
    const [author, reason] = ["ops", "scenario"];
    return this.#say({ kind: "arm-kill-switch", scope: scopeIn(scope), target, author, reason });
  }

  #confirm({ number }: Words): string[] {
    return this.#say({ kind: "confirm-kill-switch", number: Number(number), author: "ops" });
  }

  #release({ scope, target = "" }: Words): string[] {
    const [author, reason] = ["ops", "scenario"];
    const kind = "release-kill-switch";
    return this.#say({ kind, scope: scopeIn(scope), target, author, reason });
  }

  #breaker({ symbol = "", levels = "" }: Words): string[] {
    const found = [...levels.matchAll(/(\d+) bp (\d+) s/g)].map(([, basisPoints, seconds]) => ({
      basisPoints: Number(basisPoints),
      haltSeconds: Number(seconds),
    }));
    const [author, reason] = ["ops", "scenario"];
    return this.#say({ kind: "set-market-breaker", symbol, levels: found, author, reason });
  }

  #phase({ symbol = this.#symbolOf(undefined) }: Words): string[] {
    return [String(this.#shardOf(symbol)?.market(symbol)?.phase)];
  }

  #showMarketData(): string[] {
    this.#showsMarketData = true;
    return [];
  }

  #showEntries(): string[] {
    this.#showsEntries = true;
    return [];
  }

  #showSums(): string[] {
    this.#showsSums = true;
    return [];
  }

  #candles({ interval: word, symbol = this.#symbolOf(undefined) }: Words): string[] {
    const interval = CandleInterval[word as keyof typeof CandleInterval];
    const ask = { symbol, interval, limit: candlesMax, endUs: 0 };
    const candles = this.#shardOf(symbol)?.answer("candles", ask) ?? [];
    return candles.map(
      (candle) => `${candleText(candle)}${candle.isClosed ? "" : ", still running"}`,
    );
  }

  #statistics({ symbol = this.#symbolOf(undefined) }: Words): string[] {
    const statistics = this.#shardOf(symbol)?.answer("statistics", { symbol });
    return statistics ? [statisticsText(statistics)] : [];
  }

  #book({ symbol = this.#symbolOf(undefined) }: Words): string[] {
    const depth = this.#shardOf(symbol)?.answer("depth", { symbol, levels: 10 });
    if (depth === null || depth === undefined) throw new Error(`no book of ${symbol}`);
    return [`bids ${levelsText(depth.bids)} | asks ${levelsText(depth.asks)}`];
  }

  #displayedOrders({ symbol = this.#symbolOf(undefined) }: Words): string[] {
    const orders = this.#shardOf(symbol)?.answer("displayed-orders", { symbol, limit: 10 });
    if (orders === null || orders === undefined) throw new Error(`no book of ${symbol}`);
    return [`bids ${entriesText(orders.bids)} | asks ${entriesText(orders.asks)}`];
  }

  #obligations(account: AccountId): string[] {
    const views = this.#venue.shards.map((shard) => shard.answer("obligations", { account }));
    return obligationTexts(views.flatMap((obligations) => obligations ?? []));
  }

  #deliveries(): string[] {
    const asked = { account: "", after: 0, limit: 100, isFailed: false };
    return deliveryTexts(this.#venue.first.answer("deliveries", asked));
  }

  #settlements(): string[] {
    const { first } = this.#venue;
    const dates = new Set(first.answer("settlements", { date: 0 }).map(({ date }) => date));
    return settlementTexts([...dates].flatMap((date) => first.answer("settlements", { date })));
  }

  #positions(account: AccountId): string[] {
    const views = this.#venue.shards.map((shard) => shard.answer("positions", { account }));
    return views.flatMap((positions) => positions ?? []).map(positionText);
  }

  #balances(account: AccountId): string[] {
    for (const shard of this.#venue.shards) {
      const balances = shard.answer("balances", { account });
      if (balances === null) continue;
      return balances.map(({ asset, available, reserved, unsettled = 0, withdrawing = 0 }) => {
        const held = reserved === 0 ? "" : `, ${String(reserved)} reserved`;
        const later = unsettled === 0 ? "" : `, ${String(unsettled)} of it unsettled`;
        const leaving = withdrawing === 0 ? "" : `, ${String(withdrawing)} withdrawing`;
        return `${String(available)} ${asset} available${later}${held}${leaving}`;
      });
    }
    throw new Error(`no account ${account}`);
  }

  /** What the exchange has earned, on all shards. */
  #fees(): string[] {
    const sums = new Map<AssetId, bigint>();
    for (const shard of this.#venue.shards) {
      for (const { asset, available } of shard.fees.balances()) {
        sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(available));
      }
    }
    return [...sums].map(([asset, amount]) => `${String(amount)} ${asset}`);
  }

  #limit({ whose, place, limits }: Words): string[] {
    const [author, reason] = ["ops", "scenario"];
    const scope = riskScopeIn(whose, place);
    const terms = { scope, limits: riskLimitsIn(limits), author, reason };
    return this.#say({ kind: "set-risk-limits", ...terms });
  }

  #join({ account = "", group = "" }: Words): string[] {
    return this.#say({ kind: "set-risk-group", account, group, author: "ops", reason: "scenario" });
  }

  #risk(account: AccountId): string[] {
    const views = this.#venue.shards.map((shard) => shard.answer("risk", { account }));
    return views.flatMap((view) => view?.uses.map(riskUseText) ?? []);
  }

  /** Sends a command and settles everything. Returns what is said to the participants. */
  #say(command: Command | undefined): string[] {
    if (command === undefined) throw new Error("nothing was said before");
    this.#last = command;
    const before = this.#venue.events.length;
    this.#venue.timeUs += 1000;
    this.#venue.ask(command);
    return this.#saidSince(before);
  }

  #saidSince(before: number): string[] {
    const kinds = ["order-replied", "command-replied", "execution-report", "phase-changed"];
    kinds.push("auction-indicated", "bands-changed", "intervention-recorded");
    kinds.push("settlement-final", "account-settled", "contract-funded", "contract-expired");
    kinds.push("delivery-failed", "buy-in-flagged", "penalty-charged");
    kinds.push("liquidation-moved", "liquidation-fee-paid", "position-handed-over");
    kinds.push("deficit-covered", "deficit-made-good", "margin-mode-changed", "margin-moved");
    kinds.push("withdrawal-changed", "deposit-changed");
    if (this.#showsEntries) kinds.push("entry-added", "entry-executed", "entry-canceled");
    if (this.#showsSums) kinds.push("candle-closed", "statistics-changed");
    if (this.#showsMarketData) kinds.push("traded", "level-changed", "best-changed");
    return this.#venue.events
      .slice(before)
      .filter(({ kind }) => kinds.includes(kind))
      .map(eventText);
  }

  #symbolOf(on: string | undefined): string {
    const [first = ""] = this.#symbols;
    return on === undefined || on === "" ? first : on.replace(" on ", "");
  }

  #shardOf(symbol: string) {
    return this.#venue.shards.find((shard) => shard.book(symbol) !== undefined);
  }
}

function scopeIn(word: string | undefined): KillScope {
  return KillScope[word as keyof typeof KillScope];
}

/** More than there are. */
const candlesMax = 1000;

function levelsText(levels: readonly DepthLevel[]): string {
  if (levels.length === 0) return "-";
  return levels.map(([price, quantity]) => `${String(quantity)} @ ${String(price)}`).join(", ");
}

function entriesText(orders: readonly DisplayedOrder[]): string {
  if (orders.length === 0) return "-";
  return orders
    .map(([entryId, price, quantity]) => {
      return `#${String(entryId)} ${String(quantity)} @ ${String(price)}`;
    })
    .join(", ");
}

/** What else a replace changes: `, trigger 95`, `, shows 3`, `, minimum 2`, `, in place`. */
function revisionIn(terms: string | undefined): RevisedInstructions {
  let revised = unrevised;
  for (const [, word, number] of (terms ?? "").matchAll(/, ([a-z ]+?)(?: (\d+))?(?=,|$)/g)) {
    const value = Number(number ?? 0);
    if (word === "trigger") revised = { ...revised, triggerPrice: value };
    else if (word === "shows") revised = { ...revised, displayQuantity: value };
    else if (word === "minimum") revised = { ...revised, minimumQuantity: value };
    else if (word === "in place") revised = { ...revised, mustKeepPriority: true };
    else throw new Error(`no replace says: ${String(word)}`);
  }
  return revised;
}

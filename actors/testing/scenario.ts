/**
 * Scenarios: stories of trading that a trader can read, played against a venue.
 *
 * A scenario is a text file. A line that begins with `  >` is what the venue said to the line above
 * it; playing a file gives the same text with those lines as they are now. The words are below,
 * each with the line that it reads.
 */
import { OrderType, Side, TimeInForce } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId, Command, DepthLevel } from "../../protocols/index.ts";
import { eventText } from "./plain-words.ts";
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

  constructor(shards: number) {
    this.#venue = new TestVenue(shards);
  }

  play(line: string): string[] {
    if (line.trim() === "" || line.startsWith("#")) return [];
    for (const [pattern, act] of this.#words) {
      const words = new RegExp(`^${pattern}$`).exec(line)?.groups;
      if (words !== undefined) return act(words);
    }
    throw new Error(`no scenario says: ${line}`);
  }

  readonly #words: readonly (readonly [pattern: string, act: (words: Words) => string[]])[] = [
    [
      "instrument (?<symbol>\\S+) lot (?<lot>\\d+) tick (?<tick>\\d+) fees (?<maker>\\d+) (?<taker>\\d+)(?<_>)",
      (words) => this.#list(words),
    ],
    ["account (?<account>\\S+)(?<funds>( \\d+ [A-Z]+)*)", (words) => this.#open(words)],
    [
      "(?<account>\\S+) (?<side>buys|sells) (?<quantity>\\d+) (@ (?<price>\\d+)|at market)(?<ioc> IOC)? as (?<name>\\S+)(?<on> on \\S+)?",
      (words) => this.#place(words),
    ],
    ["(?<account>\\S+) cancels all(?<on> on \\S+)?", (words) => this.#cancelAll(words)],
    ["(?<account>\\S+) cancels (?<name>\\S+)(?<_>)", (words) => this.#cancel(words)],
    [
      "(?<account>\\S+) replaces (?<name>\\S+) with (?<quantity>\\d+) @ (?<price>\\d+)( as revision (?<revision>\\d+))?",
      (words) => this.#replace(words),
    ],
    ["(?<verb>halt|resume) (?<symbol>\\S+)", (words) => this.#intervene(words)],
    ["again(?<_>)", () => this.#say(this.#last)],
    ["wait (?<seconds>\\d+) s", (words) => this.#wait(words)],
    ["show market data(?<_>)", () => this.#showMarketData()],
    ["book( (?<symbol>\\S+))?", (words) => this.#book(words)],
    ["balances (?<account>\\S+)", (words) => this.#balances(words["account"] ?? "")],
    ["fees(?<_>)", () => this.#fees()],
  ];

  #list({ symbol = "", lot, tick, maker, taker }: Words): string[] {
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
    });
    return [];
  }

  #open({ account = "", funds = "" }: Words): string[] {
    const amounts: Record<AssetId, Amount> = {};
    for (const [, amount, asset = ""] of funds.matchAll(/(\d+) ([A-Z]+)/g)) {
      amounts[asset] = Number(amount);
    }
    this.#venue.open(account, amounts);
    return [];
  }

  #place({ account = "", side, quantity, price, ioc, name = "", on }: Words): string[] {
    const isMarket = price === undefined;
    return this.#say({
      kind: "place-order",
      account,
      clientOrderId: name,
      symbol: this.#symbolOf(on),
      side: side === "buys" ? Side.buy : Side.sell,
      orderType: isMarket ? OrderType.market : OrderType.limit,
      timeInForce: isMarket || ioc !== undefined ? TimeInForce.IOC : TimeInForce.GTC,
      price: Number(price ?? 0),
      quantity: Number(quantity),
    });
  }

  #cancel({ account = "", name = "" }: Words): string[] {
    return this.#say({ kind: "cancel-order", account, orderId: 0, clientOrderId: name });
  }

  #cancelAll({ account = "", on }: Words): string[] {
    const symbol = on === undefined ? "" : this.#symbolOf(on);
    return this.#say({ kind: "cancel-all-orders", account, symbol });
  }

  #replace({ account = "", name = "", quantity, price, revision }: Words): string[] {
    return this.#say({
      kind: "replace-order",
      account,
      orderId: 0,
      clientOrderId: name,
      price: Number(price),
      quantity: Number(quantity),
      revision: Number(revision ?? 0),
    });
  }

  #intervene({ verb, symbol = "" }: Words): string[] {
    const kind = verb === "halt" ? "halt-trading" : "resume-trading";
    const which = symbol === "venue" ? "" : symbol;
    return this.#say({ kind, symbol: which, author: "ops", reason: "scenario" });
  }

  #wait({ seconds }: Words): string[] {
    this.#venue.timeUs += Number(seconds) * 1_000_000;
    return [];
  }

  #showMarketData(): string[] {
    this.#showsMarketData = true;
    return [];
  }

  #book({ symbol = this.#symbolOf(undefined) }: Words): string[] {
    const depth = this.#shardOf(symbol)?.answer("depth", { symbol, levels: 10 });
    if (depth === null || depth === undefined) throw new Error(`no book of ${symbol}`);
    return [`bids ${levelsText(depth.bids)} | asks ${levelsText(depth.asks)}`];
  }

  #balances(account: AccountId): string[] {
    for (const shard of this.#venue.shards) {
      const balances = shard.answer("balances", { account });
      if (balances === null) continue;
      return balances.map(({ asset, available, reserved }) => {
        const held = reserved === 0 ? "" : `, ${String(reserved)} reserved`;
        return `${String(available)} ${asset} available${held}`;
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

  /** Sends a command and settles everything. Returns what is said to the participants. */
  #say(command: Command | undefined): string[] {
    if (command === undefined) throw new Error("nothing was said before");
    this.#last = command;
    const before = this.#venue.events.length;
    this.#venue.timeUs += 1000;
    this.#venue.ask(command);
    const kinds = ["order-replied", "command-replied", "execution-report"];
    if (this.#showsMarketData) kinds.push("traded", "level-changed", "best-changed");
    return this.#venue.events
      .slice(before)
      .filter(({ kind }) => kinds.includes(kind))
      .map(eventText);
  }

  #symbolOf(on: string | undefined): string {
    const [first = ""] = this.#symbols;
    return on === undefined ? first : on.replace(" on ", "");
  }

  #shardOf(symbol: string) {
    return this.#venue.shards.find((shard) => shard.book(symbol) !== undefined);
  }
}

function levelsText(levels: readonly DepthLevel[]): string {
  if (levels.length === 0) return "-";
  return levels.map(([price, quantity]) => `${String(quantity)} @ ${String(price)}`).join(", ");
}

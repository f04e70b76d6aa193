/**
 * Writes down as lines what a shard's books trade and what its accounts are told of their fills:
 * watches it apply its log, from where the files end on.
 */
import type { Shard, StepWitness } from "../../actors/index.ts";
import { assert, PositionCause, Side } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorMessage,
  InstrumentSymbol,
  PositionChanged,
  ToldEvent,
  Traded,
  TradeId,
} from "../../protocols/index.ts";
import { momentOf } from "../past/past-place.ts";
import { CsvUnits } from "./csv-units.ts";
import type { HeldContract, LineAt, Performance } from "./performance.ts";

export const tradesHeading = "timestamp,price,qty,buyer,seller,symbol,trade_id\n";

/** Lines that are not in the files yet. */
export interface OpenLines {
  trades: string;
  performance: string;
}

type OpenTrade = Pick<Traded, "symbol" | "tradeId" | "price" | "quantity" | "takerSide">;

export class ShardClerk implements StepWitness {
  readonly shard: Shard;
  readonly #lines: OpenLines;
  readonly #performance: Performance;
  readonly #units = new Map<InstrumentSymbol, CsvUnits>();
  readonly #trades: OpenTrade[] = [];
  /** A book tells both accounts of a fill, the resting order's first. */
  readonly #parties = new Map<TradeId, AccountId[]>();

  constructor(shard: Shard, lines: OpenLines, performance: Performance) {
    this.shard = shard;
    this.#lines = lines;
    this.#performance = performance;
  }

  /** Watches the shard from its next entry on. */
  begin(): void {
    this.shard.watch(this);
  }

  /** The entry was applied: all is told of its trades. */
  endStep(): void {
    for (const trade of this.#trades) this.#write(trade);
    this.#trades.length = 0;
    this.#parties.clear();
  }

  came(): void {
    return undefined;
  }

  held(): void {
    return undefined;
  }

  resumed(): void {
    return undefined;
  }

  woke(): void {
    return undefined;
  }

  heard(): void {
    return undefined;
  }

  said(message: ActorMessage): void {
    if (message.kind !== "order-filled") return;
    const { tradeId, account } = message;
    const parties = this.#parties.get(tradeId);
    if (parties === undefined) this.#parties.set(tradeId, [account]);
    else parties.push(account);
  }

  sent(message: ActorMessage): void {
    this.said(message);
  }

  transferred(): void {
    return undefined;
  }

  told(event: ToldEvent): void {
    if (event.kind === "traded") {
      const { symbol, tradeId, price, quantity, takerSide } = event;
      this.#trades.push({ symbol, tradeId, price, quantity, takerSide });
    } else if (event.kind === "execution-report" && event.tradeId !== 0) {
      const held = this.#heldIn(event);
      this.#lines.performance += this.#performance.lineOf(event, this.#at(event.symbol), held);
    } else if (event.kind === "position-changed") {
      this.#tellChange(event);
    }
  }

  #at(symbol: InstrumentSymbol): LineAt {
    return { units: this.#unitsOf(symbol), timeUs: this.shard.timeUs };
  }

  /** What a trade has made of a position is told with its fill, which comes next. */
  #tellChange(change: PositionChanged): void {
    const at = this.#at(change.symbol);
    if (change.cause === PositionCause.trade) {
      this.#performance.takeTrade(change, at.units);
      return;
    }
    const held = this.#heldIn(change);
    assert(held !== undefined, "a position in what is no contract");
    this.#lines.performance += this.#performance.lineOfChange(change, at, held);
  }

  /** Undefined of goods. What is settled at its final price is marked there. */
  #heldIn({
    account,
    symbol,
  }: Pick<PositionChanged, "account" | "symbol">): HeldContract | undefined {
    const { shard } = this;
    if (this.#unitsOf(symbol).terms.contract === undefined) return undefined;
    const { finalPrice = 0, markPrice = 0 } = shard.directory.contractOf(symbol) ?? {};
    const position = shard.account(account)?.positionIn(symbol);
    return { position, markPrice: finalPrice || markPrice };
  }

  #write({ symbol, tradeId, price, quantity, takerSide }: OpenTrade): void {
    const [resting, incoming, ...others] = this.#parties.get(tradeId) ?? [];
    assert(resting !== undefined && incoming !== undefined, "a trade between fewer than two");
    assert(others.length === 0, "a trade between more than two");
    const [buyer, seller] = takerSide === Side.buy ? [incoming, resting] : [resting, incoming];
    const units = this.#unitsOf(symbol);
    const figures = `${units.price(price)},${units.quantity(quantity)}`;
    const at = momentOf(this.shard.timeUs);
    this.#lines.trades += `${at},${figures},${buyer},${seller},${symbol},${tradeId}\n`;
  }

  /** Terms never change. */
  #unitsOf(symbol: InstrumentSymbol): CsvUnits {
    let units = this.#units.get(symbol);
    if (units === undefined) {
      const terms = this.shard.directory.instrument(symbol);
      assert(terms !== undefined, "a fill of an instrument that is not listed");
      units = new CsvUnits(terms, this.shard.directory.assets());
      this.#units.set(symbol, units);
    }
    return units;
  }
}

/**
 * The market and its reference side by side, without a book: what a book does to its market is done
 * to both, and both must tell, ask and answer the same.
 */
import { expect } from "vitest";
import { Intervention, nameIn, pack, Side, unpack } from "../../../protocols/index.ts";
import type {
  BreakerLevel,
  SetPhase,
  Ticks,
  TimeUs,
  TradingTerms,
  WatchIndex,
} from "../../../protocols/index.ts";
import type { Logic } from "../../logic-versions.ts";
import { unboundedFor } from "../../order-book/book-terms.ts";
import { PlayedContext } from "../../book/testing/played-context.ts";
import type { PlayedMarket } from "../../book/testing/played-context.ts";
import { Market } from "../market.ts";
import { ReferenceMarket } from "../market.reference.ts";
import { isCallPhase, isUncrossedBetween } from "../phase-admission.ts";

const symbol = "APPLE-COIN";
/** A Monday, UTC. */
const beginUs: TimeUs = 1_735_516_800_000_000;
const callsMax = 100;

export type MarketCommand =
  /** Time passes. In call phases an auction would have that price, if it is not 0. */
  | {
      readonly kind: "pass";
      readonly us: TimeUs;
      readonly entropy: number;
      readonly indicated: Ticks;
    }
  /** The same, until something is due. */
  | { readonly kind: "skip"; readonly entropy: number; readonly indicated: Ticks }
  /** Where something may be traded, and no further than the bands. */
  | { readonly kind: "trade"; readonly price: Ticks }
  | { readonly kind: "reach-band"; readonly side: Side }
  | { readonly kind: "halt-venue"; readonly isHalted: boolean }
  | { readonly kind: "intervene"; readonly intervention: Intervention }
  | { readonly kind: "watch"; readonly levels: readonly BreakerLevel[] }
  /** The market goes on as one that was restored from its snapshot. */
  | { readonly kind: "restore" };

/** One of the two, and the context it is called in. */
interface Played {
  market: PlayedMarket;
  readonly context: PlayedContext;
}

export class TwoMarkets {
  readonly #terms: TradingTerms;
  #market: Market;
  readonly #played: Played;
  readonly #reference: Played;
  #indicated: Ticks | undefined;

  constructor(terms: TradingTerms, logic: Logic, note: (words: string) => void) {
    this.#terms = terms;
    this.#market = new Market(symbol, terms);
    const reference = new ReferenceMarket(symbol, terms, note);
    const at = { timeUs: beginUs, logic };
    this.#played = { market: this.#market, context: new PlayedContext(this.#market, at) };
    this.#reference = { market: reference, context: new PlayedContext(reference, at) };
    this.#compare();
  }

  /** The command without anything that depends on those before it. */
  pinned(command: MarketCommand): MarketCommand {
    if (command.kind !== "skip") return command;
    const { market, context } = this.#reference;
    const dueUs = dueTimesOf(market)[0] ?? context.timeUs;
    const us = Math.max(dueUs - context.timeUs, 0);
    return { ...command, kind: "pass", us };
  }

  perform(command: MarketCommand): void {
    switch (command.kind) {
      case "skip":
        return;
      case "pass":
        this.#pass(command);
        break;
      case "trade":
        this.#both((played) => trade(played, command.price));
        break;
      case "reach-band":
        this.#both((played) => reachBand(played, command.side));
        break;
      case "halt-venue":
        this.#both(({ context }) => {
          context.venue.isHalted = command.isHalted;
        });
        this.#follow();
        break;
      case "intervene":
        this.#tell({ ...command, kind: "set-phase", symbol, isPurged: false, ticket: 1 });
        break;
      case "watch":
        this.#tell({ kind: "watch-index", symbol, levels: command.levels, ticket: 1 });
        break;
      case "restore":
        this.#restore();
        break;
    }
  }

  #restore(): void {
    const market = this.#market.snapshot();
    this.#market = Market.restore(unpack(pack(market)), this.#terms);
    expect(this.#market.snapshot()).toEqual(market);
    this.#played.market = this.#market;
    this.#compare();
  }

  #pass({ us, entropy, indicated }: MarketCommand & { kind: "pass" }): void {
    this.#indicated = indicated === 0 ? undefined : indicated;
    for (const { context } of [this.#played, this.#reference]) {
      context.timeUs += us;
      context.entropy = entropy;
    }
    for (let count = 0; count < callsMax; count++) {
      const isWanted = this.#played.context.takeDue();
      const isWantedByReference = this.#reference.context.takeDue();
      if (!isWanted && !isWantedByReference) return;
      const { phase } = this.#played.market;
      this.#follow();
      const isAsked = isWanted || this.#played.market.phase === phase;
      expect(isAsked, "the market did not ask to be called").toBe(true);
    }
    throw new Error("the market asks to be called without end");
  }

  #tell(message: SetPhase | WatchIndex): void {
    this.#both(({ market, context }) => market.receive(message, context));
    this.#follow();
  }

  /** What a book does when it is called for time. */
  #follow(): void {
    this.#both((played) => {
      while (advance(played, this.#indicated));
    });
  }

  #both(act: (played: Played) => void): void {
    act(this.#played);
    act(this.#reference);
    this.#compare();
  }

  #compare(): void {
    const [state, referenceState] = [stateOf(this.#played), stateOf(this.#reference)];
    if (state !== referenceState) {
      throw new Error(`the market is\n${state}\nbut the reference\n${referenceState}`);
    }
    for (const { context } of [this.#played, this.#reference]) context.told = [];
  }
}

function trade({ market, context }: Played, price: Ticks): void {
  const { phase } = market;
  if (phase !== "continuous" && phase !== "tradingAtLast") return;
  const highest = Math.min(price, market.boundFor(Side.buy));
  market.traded(Math.max(highest, market.boundFor(Side.sell), 1), context);
}

/** Only where something is within reach of a bound. */
function reachBand({ market, context }: Played, side: Side): void {
  if (market.boundFor(side) !== unboundedFor(side)) market.bandReached(side, context);
}

/** One step, and what a book does with it. */
function advance({ market, context }: Played, indicated: Ticks | undefined): boolean {
  const before = market.phase;
  const price = isCallPhase(before) ? indicated : undefined;
  if (!market.advance(context, price)) return false;
  const isUncrossed = before !== market.phase && isUncrossedBetween(before, market.phase);
  if (!isUncrossed) return true;
  const isHeld = market.hasAuctions && context.venue.isHalted;
  expect(isHeld, "an auction is held while the venue is halted").toBe(false);
  if (price !== undefined) market.uncrossed(price, context);
  return true;
}

/** All that can be seen of one of the two. */
function stateOf({ market, context }: Played): string {
  const { phase, referencePrice, isDayOver } = market;
  const dueTimes = dueTimesOf(market);
  const bounds = [market.boundFor(Side.buy), market.boundFor(Side.sell)];
  const areWithin = [70, 90, 99, 105, 130].map((price) => market.isWithinCollar(price));
  const dayEndUs = market.dayEndUs(context.timeUs);
  const { told } = context;
  const answers = { phase, referencePrice, dueTimes, isDayOver, bounds, areWithin, dayEndUs };
  return [...told, answers].map((each) => JSON.stringify(each)).join("\n");
}

function dueTimesOf(market: PlayedMarket): TimeUs[] {
  return market
    .dueTimes()
    .filter((atUs) => atUs !== 0)
    .toSorted((a, b) => a - b);
}

export function marketCommandText(command: MarketCommand): string {
  switch (command.kind) {
    case "pass":
      return `${command.us} µs pass, chance ${command.entropy}, indicated ${command.indicated}`;
    case "skip":
      return "time goes to what is due";
    case "trade":
      return `trade @ ${command.price}`;
    case "reach-band":
      return `a ${nameIn(Side, command.side)} reaches its band`;
    case "halt-venue":
      return command.isHalted ? "the venue is halted" : "the venue resumes";
    case "intervene":
      return nameIn(Intervention, command.intervention);
    case "watch":
      return `watch the index: ${JSON.stringify(command.levels)}`;
    case "restore":
      return "restore";
  }
}

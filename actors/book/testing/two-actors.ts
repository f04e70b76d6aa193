/**
 * The book's actor and its reference side by side, each with a market of its own: every command
 * goes to both, and both must tell accounts and the world the same.
 */
import { expect } from "vitest";
import {
  candleIntervals,
  CloseReason,
  Intervention,
  pack,
  sharedIfPlain,
  TimeInForce,
  unpack,
} from "../../../protocols/index.ts";
import type {
  BookMessage,
  SetPhase,
  ShardEvent,
  SubmitOrder,
  TimeUs,
  ToldEvent,
  TradingTerms,
  WatchIndex,
} from "../../../protocols/index.ts";
import type { Logic } from "../../logic-versions.ts";
import { Market } from "../../market/market.ts";
import { ReferenceMarket } from "../../market/market.reference.ts";
import { firstDifference } from "../../referee/told.ts";
import type { Told } from "../../referee/told.ts";
import { eventText, messageText } from "../../testing/plain-words.ts";
import { bookLimits } from "../book-limits.ts";
import type { BookLimits } from "../book-limits.ts";
import { Book } from "../book.ts";
import { ReferenceBook } from "../book.reference.ts";
import { AccountView } from "./account-view.ts";
import type { BookCommand, OneOrder, OrderTerms } from "./book-command.ts";
import { ForgetfulContext, PlayedContext } from "./played-context.ts";
import type { Reached } from "./reached.ts";

const symbol = "APPLE-COIN";
/** Two of them belong together. */
const participants: Readonly<Record<string, string>> = { alice: "acme", bob: "acme" };
/** A Monday, UTC. */
const beginUs: TimeUs = 1_735_516_800_000_000;
/** Whoever wants to be called again and again at one moment never lets time go on. */
const callsMax = 100;
/** Of levels, orders, trades and candles that are asked for: more than are kept. */
const answersMax = 1000;
/** Candles of each interval, beside the running one. */
const candlesKept = 500;

/** In which market they are. */
export interface PlayedMarket {
  readonly terms: TradingTerms;
  readonly logic: Logic;
  /** Those of the product unless told otherwise. */
  readonly limits: BookLimits | undefined;
}

export class TwoActors {
  readonly accounts = new AccountView();
  readonly #terms: TradingTerms;
  readonly #limits: BookLimits;
  readonly #reached: Reached;
  #market: Market;
  readonly #context: PlayedContext;
  readonly #referenceContext: PlayedContext;
  #book: Book;
  readonly #reference: ReferenceBook;
  /** Linked orders that are under way to the book. */
  readonly #seconds: SubmitOrder[] = [];
  #breakerAsksFor: Intervention | undefined;
  #unfinishedTurns = 0;
  /** Of many questions another one is asked each time. */
  #questionCount = 0;

  constructor({ terms, logic, limits = bookLimits }: PlayedMarket, reached: Reached) {
    this.#terms = terms;
    this.#limits = limits;
    this.#reached = reached;
    this.#market = new Market(symbol, terms);
    const at = { timeUs: beginUs, logic };
    this.#context = new ForgetfulContext(this.#market, at);
    this.#referenceContext = new PlayedContext(new ReferenceMarket(symbol, terms), at);
    this.#book = new Book(symbol, terms, limits);
    this.#reference = new ReferenceBook(symbol, terms, limits);
  }

  /** The command without anything that depends on those before it: with ids and moments. */
  pinned(command: BookCommand): BookCommand {
    switch (command.kind) {
      case "skip": {
        const us = this.#untilDue(command.of);
        return { kind: "pass", us, entropy: command.entropy };
      }
      case "cancel":
      case "replace": {
        const order = this.accounts.one(command.of)?.submitted;
        return order === undefined ? command : { ...command, of: { orderId: order.orderId } };
      }
      case "submit-second": {
        const order = this.#second(command.of);
        return order === undefined ? command : { ...command, of: { orderId: order.orderId } };
      }
      default:
        return command;
    }
  }

  /** Throws, saying what differs, when the two do not tell the same. */
  perform(command: BookCommand): void {
    this.#reached.command(command);
    switch (command.kind) {
      case "skip":
        this.#pass(this.#context.timeUs + this.#untilDue(command.of), command.entropy);
        this.#govern();
        break;
      case "pass":
        this.#pass(this.#context.timeUs + command.us, command.entropy);
        this.#govern();
        break;
      case "submit":
        this.#receive(this.#submitted(command.order, 0));
        break;
      case "submit-first":
        this.#receive(this.#submitted(command.first, command.second.orderId));
        this.#seconds.push(this.#submitted(command.second, command.first.orderId));
        break;
      case "submit-second":
        this.#submitSecond(command.of);
        break;
      case "cancel":
        this.#cancel(command);
        break;
      case "replace":
        this.#replace(command);
        break;
      case "mark":
        this.#both(
          (context) => this.#book.setMarkPrice(command.price, context),
          (context) => this.#reference.setMarkPrice(command.price, context),
        );
        break;
      case "halt-venue":
        this.#context.venue.isHalted = command.isHalted;
        this.#referenceContext.venue.isHalted = command.isHalted;
        this.#follow();
        break;
      case "intervene":
        this.#intervene(command);
        break;
      case "watch":
        this.#tellMarkets({ kind: "watch-index", symbol, levels: command.levels, ticket: 1 });
        break;
      case "restore":
        this.#restore();
        break;
    }
  }

  // ---- Time ----------------------------------------------------------------------------------

  #pass(timeUs: TimeUs, entropy: number): void {
    for (const context of [this.#context, this.#referenceContext]) {
      context.timeUs = timeUs;
      context.entropy = entropy;
    }
    for (let count = 0; count < callsMax; count++) {
      const isWanted = this.#context.takeDue();
      const isWantedByReference = this.#referenceContext.takeDue();
      if (!isWanted && !isWantedByReference) return;
      // Bands move whoever calls.
      const told = this.#follow().filter(({ kind }) => kind !== "bands-changed");
      if (isWanted || told.length === 0) continue;
      throw new Error(`the book did not ask to be called:\n${told.map(textOf).join("\n")}`);
    }
    throw new Error("the book asks to be called without end");
  }

  #untilDue(of: "market" | "book"): TimeUs {
    const { market, wakes, timeUs } = this.#referenceContext;
    const moments = of === "market" ? market.dueTimes().filter((atUs) => atUs !== 0) : wakes;
    return moments.length === 0 ? 0 : Math.max(Math.min(...moments) - timeUs, 0);
  }

  #follow(): readonly Told[] {
    return this.#both(
      (context) => this.#book.follow(context),
      (context) => this.#reference.follow(context),
    );
  }

  // ---- Orders --------------------------------------------------------------------------------

  #submitted(terms: OrderTerms, linkedOrderId: number): SubmitOrder {
    const { account, orderId, expiresInUs, instructions, timeInForce } = terms;
    const isDated = timeInForce === TimeInForce.GTD;
    const expiresAtUs = isDated ? this.#context.timeUs + expiresInUs : 0;
    const order: SubmitOrder = {
      ...{ kind: "submit-order", symbol, account, orderId },
      ...{ participant: participants[account] ?? account, side: terms.side },
      ...{ orderType: terms.orderType, timeInForce, price: terms.price },
      ...{ quantity: terms.quantity, budget: terms.budget, linkedOrderId },
      instructions: sharedIfPlain(isDated ? { ...instructions, expiresAtUs } : instructions),
    };
    return order;
  }

  #second(of: OneOrder): SubmitOrder | undefined {
    if ("pick" in of) return this.#seconds[of.pick % Math.max(this.#seconds.length, 1)];
    return this.#seconds.find(({ orderId }) => orderId === of.orderId);
  }

  #submitSecond(of: OneOrder): void {
    const second = this.#second(of);
    if (second === undefined) return;
    this.#seconds.splice(this.#seconds.indexOf(second), 1);
    this.#receive(second);
  }

  #cancel({ of, isByAnother }: BookCommand & { kind: "cancel" }): void {
    const order = this.accounts.one(of)?.submitted;
    if (order === undefined) return;
    const account = isByAnother ? "mallory" : order.account;
    const reason = CloseReason.requested;
    this.#receive({ kind: "submit-cancel", symbol, account, orderId: order.orderId, reason });
  }

  #replace({ of, terms }: BookCommand & { kind: "replace" }): void {
    const known = this.accounts.one(of);
    const message = known && this.accounts.replaceOf(known, terms);
    if (message !== undefined) this.#receive(message);
  }

  #receive(message: BookMessage): void {
    if (message.kind === "submit-order") this.accounts.submitted(message);
    this.#both(
      (context) => this.#book.receive(message, context),
      (context) => this.#reference.receive(message, context),
    );
  }

  // ---- From outside --------------------------------------------------------------------------

  #intervene({ intervention, isPurged }: BookCommand & { kind: "intervene" }): void {
    this.#tellMarkets({ kind: "set-phase", symbol, intervention, isPurged, ticket: 1 });
    if (!isPurged) return;
    this.#both(
      (context) => this.#book.purge(context),
      (context) => this.#reference.purge(context),
    );
  }

  /** What the governor does when the breaker has moved, a log entry later. */
  #govern(): void {
    const intervention = this.#breakerAsksFor;
    this.#breakerAsksFor = undefined;
    if (intervention === undefined) return;
    this.#tellMarkets({ kind: "set-phase", symbol, intervention, isPurged: false, ticket: 1 });
  }

  #tellMarkets(message: SetPhase | WatchIndex): void {
    for (const context of [this.#context, this.#referenceContext]) {
      context.market.receive(message, context);
    }
    this.#follow();
  }

  #restore(): void {
    const context = this.#context;
    const book = this.#book.snapshot();
    const market = this.#market.snapshot();
    this.#book = Book.restore(unpack(pack(book)), this.#terms, this.#limits);
    this.#market = Market.restore(unpack(pack(market)), this.#terms);
    // Replicas compare their states: one that was restored must have none of its own.
    expect(this.#book.snapshot()).toEqual(book);
    expect(this.#market.snapshot()).toEqual(market);
    context.market = this.#market;
  }

  // ---- Comparing -----------------------------------------------------------------------------

  #both(
    act: (context: PlayedContext) => void,
    actOnReference: (context: PlayedContext) => void,
  ): readonly Told[] {
    act(this.#context);
    actOnReference(this.#referenceContext);
    const { told } = this.#context;
    const { told: toldByReference } = this.#referenceContext;
    for (const context of [this.#context, this.#referenceContext]) context.told = [];
    compare(told, toldByReference);
    this.#reached.phase = this.#context.market.phase;
    for (const each of told) this.#hear(each);
    const { unfinishedTurns } = this.#reference;
    if (unfinishedTurns > this.#unfinishedTurns) this.#reached.count("a turn that is not finished");
    this.#unfinishedTurns = unfinishedTurns;
    return told;
  }

  #hear(told: Told): void {
    if (isEvent(told)) {
      this.#reached.hearEvent(told);
      return;
    }
    if (told.kind === "breaker-moved") {
      this.#breakerAsksFor = told.isTripped ? Intervention.halt : Intervention.resume;
      this.#reached.count(told.isTripped ? "the breaker trips" : "the breaker lets go");
    }
    if ("orderId" in told) this.#reached.hear(told, this.accounts.get(told.orderId));
    this.accounts.hear(told);
  }

  /** Compares what the two answer to all questions; costs more than a command. */
  compareAnswers(): void {
    const { timeUs } = this.#context;
    const [book, reference] = [this.#book, this.#reference];
    const brief = ({ orderId, remaining, executed }: Brief) => [orderId, remaining, executed];
    compareAnswer("orders", book.orders().map(brief), reference.orders().map(brief));
    compareAnswer("depth", book.depth(answersMax), reference.depth(answersMax));
    const shown = book.displayedOrders(answersMax);
    compareAnswer("displayed orders", shown, reference.displayedOrders(answersMax));
    const { figures } = reference;
    const statistics = book.statistics(timeUs);
    compareAnswer("statistics", statistics, figures.statistics(timeUs));
    if (statistics.last > 0) {
      const isOlder = statistics.trades < figures.latestTrades(answersMax).length;
      if (isOlder) this.#reached.count("trades of a day before");
      if (statistics.trades === 0) this.#reached.count("a day without trades");
    }
    this.#questionCount += 1;
    const limit = [answersMax, 3, 1][Math.floor(this.#questionCount / 6) % 3]!;
    compareAnswer("trades", book.trades(limit), figures.latestTrades(limit));
    const interval = candleIntervals[this.#questionCount % candleIntervals.length]!;
    const endUs = this.#questionCount % 4 === 0 ? timeUs - (timeUs % 700_000_000) : 0;
    const wanted = { interval, limit, endUs };
    const candles = figures.candles(wanted);
    compareAnswer("candles", book.candles(wanted), candles);
    if (candles.length > candlesKept) this.#reached.count("as many candles as are kept");
  }
}

type Brief = Readonly<Record<"orderId" | "remaining" | "executed", number>>;

function compareAnswer(what: string, answer: unknown, answerOfReference: unknown): void {
  // Most are the same to the letter, and that is seen faster.
  if (JSON.stringify(answer) === JSON.stringify(answerOfReference)) return;
  expect(answer, what).toEqual(answerOfReference);
}

/** A difference between the two, with all that they told in the step. */
export class Difference extends Error {
  constructor(told: readonly Told[], toldByReference: readonly Told[]) {
    const lines = [...told.map(textOf), "but the reference:", ...toldByReference.map(textOf)];
    super(`the book tells:\n${lines.join("\n")}`);
  }
}

function compare(told: readonly Told[], toldByReference: readonly Told[]): void {
  const isSame = firstDifference(told, toldByReference) === undefined;
  if (!isSame) throw new Difference(told, toldByReference);
}

function textOf(told: Told): string {
  const text = isEvent(told) ? eventText(told as ShardEvent) : messageText(told);
  const updateId = "updateId" in told ? `, update ${told.updateId}` : "";
  return `  ${text}${updateId}`;
}

function isEvent(told: Told): told is ToldEvent {
  return "symbol" in told && told.kind !== "breaker-moved";
}

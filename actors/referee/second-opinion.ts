/**
 * A second opinion on one instrument: its market and book as one would explain them, which get
 * every call that those that trade get, and must tell the same.
 *
 * The references were written from docs/protocols alone: a mistake that both make is one of the
 * documents. They are slow, and stand in nobody's way: they run where nothing is emitted.
 */
import { InvariantViolation } from "../../protocols/index.ts";
import type { InstrumentSymbol, TimeUs, TradingTerms } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { ReferenceBook } from "../book/book.reference.ts";
import type { Book } from "../book/book.ts";
import { ReferenceMarket } from "../market/market.reference.ts";
import { OverheardContext, ReferenceContext } from "./compared-contexts.ts";
import { areEqual, firstDifference, wordsOf } from "./told.ts";

/** What two books that got the same calls did not agree on. */
export interface Disagreement {
  readonly symbol: InstrumentSymbol;
  /** In words: what the book that trades said, and what its reference. */
  readonly told: string;
  readonly expected: string;
}

/** So many levels and trades are compared after each step, and all of them now and then. */
const briefly = 20;
const wholly = 10_000;
const whollyEvery = 256;
/** Trades of older days say nothing of the figures that are told. */
const tradesKeptUs: TimeUs = 3 * 86_400_000_000;

export class SecondOpinion {
  readonly #symbol: InstrumentSymbol;
  readonly #market: ReferenceMarket;
  readonly #book: ReferenceBook;
  readonly #disagree: (disagreement: Disagreement) => void;
  #comparisons = 0;

  constructor(
    symbol: InstrumentSymbol,
    terms: TradingTerms,
    disagree: (disagreement: Disagreement) => void,
  ) {
    this.#symbol = symbol;
    this.#market = new ReferenceMarket(symbol, terms);
    this.#book = new ReferenceBook(symbol, terms);
    this.#disagree = disagree;
  }

  /** Lets both act on the same call and compares all that they told. */
  compare(
    context: ActorContext,
    act: (context: ActorContext) => void,
    actOnReference: (book: ReferenceBook, market: ReferenceMarket, context: ActorContext) => void,
  ): void {
    const overheard = new OverheardContext(context);
    act(overheard);
    const reference = new ReferenceContext(overheard, this.#market);
    const failure = failureOf(() => actOnReference(this.#book, this.#market, reference));
    const at = firstDifference(overheard.told, reference.told);
    if (failure === undefined && at === undefined) return;
    const place = at ?? reference.told.length;
    this.#disagree({
      symbol: this.#symbol,
      told: wordsOf(overheard.told[place]),
      expected: failure ?? wordsOf(reference.told[place]),
    });
  }

  /** Compares what both answer to questions once a step is over. */
  compareAnswers(book: Book, timeUs: TimeUs): void {
    this.#comparisons += 1;
    const isWhole = this.#comparisons % whollyEvery === 0;
    const limit = isWhole ? wholly : briefly;
    const { figures } = this.#book;
    this.#compareAnswer("depth", book.depth(limit), this.#book.depth(limit));
    this.#compareAnswer("trades", book.trades(1), figures.latestTrades(1));
    if (!isWhole) return;
    figures.forgetBefore(timeUs - tradesKeptUs);
    this.#compareAnswer("statistics", book.statistics(timeUs), figures.statistics(timeUs));
    const shown = this.#book.displayedOrders(limit);
    this.#compareAnswer("displayed orders", book.displayedOrders(limit), shown);
    const brief = ({ orderId, remaining, executed }: Brief) => [orderId, remaining, executed];
    const orders = this.#book.orders().map(brief);
    this.#compareAnswer("orders", book.orders().map(brief), orders);
  }

  #compareAnswer(what: string, answer: unknown, expected: unknown): void {
    if (areEqual(answer, expected)) return;
    const inWords = (each: unknown): string => `${what} ${shortened(JSON.stringify(each))}`;
    this.#disagree({ symbol: this.#symbol, told: inWords(answer), expected: inWords(expected) });
  }
}

type Brief = Readonly<Record<"orderId" | "remaining" | "executed", number>>;

const wordsMax = 300;

function shortened(text: string): string {
  return text.length <= wordsMax ? text : `${text.slice(0, wordsMax)}…`;
}

/** What the reference fails at is a disagreement, too. */
function failureOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof InvariantViolation) && !(error instanceof TypeError)) throw error;
    return `the reference fails: ${error.message}`;
  }
}

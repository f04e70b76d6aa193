/**
 * Markets and books that trade as all others do, each with a second opinion that hears the same:
 * what a referee's shard is made with.
 *
 * Only for shards that begin with their logs: the references have no snapshots. One that made the
 * books of all shards goes on with a book's reference when the book moves; who follows one shard
 * alone has not heard what a book did elsewhere, and loses sight of it.
 */
import type {
  BookMessage,
  CloseReason,
  InstrumentSymbol,
  SetPhase,
  Ticks,
  TimeUs,
  TradingTerms,
  WatchIndex,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { Book } from "../book/book.ts";
import { Market } from "../market/market.ts";
import type { BookMaker } from "../shard/book-maker.ts";
import { SecondOpinion } from "./second-opinion.ts";
import type { Disagreement } from "./second-opinion.ts";

/** What the references are told that they trade by: the same terms, but for a test. */
export type TermsToReference = (symbol: InstrumentSymbol, terms: TradingTerms) => TradingTerms;

export interface RefereedBooksOptions {
  readonly termsToReference?: TermsToReference | undefined;
  /**
   * Whether it makes the books of all shards, and no shard is told what another one says before
   * that one has said it here, too.
   */
  readonly areOfAllShards?: boolean;
}

export class RefereedBooks implements BookMaker {
  readonly #termsToReference: TermsToReference;
  readonly #areOfAllShards: boolean;
  readonly #opinions = new Map<InstrumentSymbol, SecondOpinion>();
  /** Books that were called in the present step. */
  readonly #called = new Set<RefereedBook>();
  /** The first; what follows from it says nothing. */
  #disagreement: Disagreement | undefined;

  constructor(options: RefereedBooksOptions = {}) {
    this.#termsToReference = options.termsToReference ?? ((_, terms) => terms);
    this.#areOfAllShards = options.areOfAllShards ?? false;
  }

  get disagreement(): Disagreement | undefined {
    return this.#disagreement;
  }

  market(symbol: InstrumentSymbol, terms: TradingTerms): Market {
    const disagree = (disagreement: Disagreement): void => {
      this.#disagreement ??= disagreement;
    };
    const opinion = new SecondOpinion(symbol, this.#termsToReference(symbol, terms), disagree);
    this.#opinions.set(symbol, opinion);
    return new RefereedMarket(symbol, terms, opinion);
  }

  book(symbol: InstrumentSymbol, terms: TradingTerms): Book {
    const opinion = this.#opinions.get(symbol) ?? noMarket();
    return new RefereedBook({ symbol, terms, opinion, called: this.#called });
  }

  movedMarket(symbol: InstrumentSymbol, terms: TradingTerms): Market {
    const opinion = this.#opinionOfMoved(symbol);
    return opinion ? new RefereedMarket(symbol, terms, opinion) : new Market(symbol, terms);
  }

  movedBook(symbol: InstrumentSymbol, terms: TradingTerms): Book {
    const opinion = this.#opinionOfMoved(symbol);
    return opinion
      ? new RefereedBook({ symbol, terms, opinion, called: this.#called })
      : new Book(symbol, terms);
  }

  #opinionOfMoved(symbol: InstrumentSymbol): SecondOpinion | undefined {
    return this.#areOfAllShards ? (this.#opinions.get(symbol) ?? noMarket()) : undefined;
  }

  /** A step is over: compares what the books that were called answer to questions. */
  endStep(timeUs: TimeUs): void {
    for (const book of this.#called) book.opinion.compareAnswers(book, timeUs);
    this.#called.clear();
  }
}

function noMarket(): never {
  throw new TypeError("nobody has made the market of this book");
}

class RefereedMarket extends Market {
  readonly #opinion: SecondOpinion;

  constructor(symbol: InstrumentSymbol, terms: TradingTerms, opinion: SecondOpinion) {
    super(symbol, terms);
    this.#opinion = opinion;
  }

  override open(context: ActorContext): void {
    this.#opinion.compare(
      context,
      (overheard) => super.open(overheard),
      (_, market, reference) => market.open(reference),
    );
  }

  override receive(message: SetPhase | WatchIndex, context: ActorContext): void {
    this.#opinion.compare(
      context,
      (overheard) => super.receive(message, overheard),
      (_, market, reference) => market.receive(message, reference),
    );
  }
}

interface RefereedBookParts {
  readonly symbol: InstrumentSymbol;
  readonly terms: TradingTerms;
  readonly opinion: SecondOpinion;
  readonly called: Set<RefereedBook>;
}

class RefereedBook extends Book {
  readonly opinion: SecondOpinion;
  readonly #called: Set<RefereedBook>;

  constructor({ symbol, terms, opinion, called }: RefereedBookParts) {
    super(symbol, terms);
    this.opinion = opinion;
    this.#called = called;
  }

  override receive(message: BookMessage, context: ActorContext): void {
    this.#called.add(this);
    this.opinion.compare(
      context,
      (overheard) => super.receive(message, overheard),
      (book, _, reference) => book.receive(message, reference),
    );
  }

  override follow(context: ActorContext): void {
    this.#called.add(this);
    this.opinion.compare(
      context,
      (overheard) => super.follow(overheard),
      (book, _, reference) => book.follow(reference),
    );
  }

  override purge(context: ActorContext, reason?: CloseReason): void {
    this.#called.add(this);
    this.opinion.compare(
      context,
      (overheard) => super.purge(overheard, reason),
      (book, _, reference) => book.purge(reference, reason),
    );
  }

  override setMarkPrice(price: Ticks, context: ActorContext): void {
    this.#called.add(this);
    this.opinion.compare(
      context,
      (overheard) => super.setMarkPrice(price, overheard),
      (book, _, reference) => book.setMarkPrice(price, reference),
    );
  }
}

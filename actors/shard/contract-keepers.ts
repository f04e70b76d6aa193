/** The contracts whose books live in a shard: each has a keeper, which goes where the book goes. */
import { assert, RejectReason } from "../../protocols/index.ts";
import type {
  ContractFigures,
  DeleveragingMessage,
  InstrumentSymbol,
  InstrumentTerms,
  PublishIndexPrice,
  SubmitOrder,
} from "../../protocols/index.ts";
import type { ActorContext, ContractRules } from "../actor.ts";
import type { Book } from "../book/book.ts";
import { ContractKeeper } from "../contract/contract-keeper.ts";
import type { SavedContract } from "../contract/contract-keeper.ts";
import { isContract } from "../contract/contract-listing.ts";

export class ContractKeepers {
  readonly #books: ReadonlyMap<InstrumentSymbol, Book>;
  readonly #keepers = new Map<InstrumentSymbol, ContractKeeper>();

  constructor(books: ReadonlyMap<InstrumentSymbol, Book>) {
    this.#books = books;
  }

  /** What a book asks of its contract; undefined of a book of goods. */
  rulesOf(symbol: InstrumentSymbol): ContractRules | undefined {
    return this.#keepers.size === 0 ? undefined : this.#keepers.get(symbol);
  }

  figuresOf(symbol: InstrumentSymbol): ContractFigures | undefined {
    return this.#keepers.get(symbol)?.figures;
  }

  /** An instrument is listed whose book is here. */
  open(terms: InstrumentTerms, context: ActorContext): void {
    if (!isContract(terms)) return;
    const keeper = new ContractKeeper(terms);
    this.#keepers.set(terms.symbol, keeper);
    keeper.open(context);
  }

  /** Its book was called, or has traded. */
  follow(symbol: InstrumentSymbol, context: ActorContext): void {
    const keeper = this.#keepers.size === 0 ? undefined : this.#keepers.get(symbol);
    if (keeper !== undefined) this.#follow(keeper, context);
  }

  /** The shard has heard what an instrument trades at: the index of some contracts, maybe. */
  followIndex(symbol: InstrumentSymbol, context: ActorContext): void {
    for (const keeper of this.#inOrder()) {
      if (keeper.indexSymbol === symbol) this.#follow(keeper, context);
    }
  }

  #follow(keeper: ContractKeeper, context: ActorContext): void {
    const book = this.#books.get(keeper.symbol);
    assert(book !== undefined, "a contract without a book");
    const { symbol } = keeper;
    if (!keeper.follow(book, context)) return;
    const { timeUs } = context;
    const contract = keeper.figures;
    context.emit({ kind: "statistics-changed", symbol, ...book.statistics(timeUs), contract });
  }

  /** Tells the account of an order that is not to come into its book. True if it is not. */
  refuses({ symbol, account, orderId }: SubmitOrder, context: ActorContext): boolean {
    const keeper = this.#keepers.size === 0 ? undefined : this.#keepers.get(symbol);
    const reason = keeper?.whyNotTrade(context) ?? RejectReason.none;
    if (reason === RejectReason.none) return false;
    context.send({ kind: "order-refused", account, orderId, reason });
    return true;
  }

  /** Whether a mark price is for the contract itself to say. */
  isContract(symbol: InstrumentSymbol): boolean {
    return this.#keepers.has(symbol);
  }

  whyNotPublish({ symbol, price }: PublishIndexPrice): RejectReason {
    if (!this.#books.has(symbol)) return RejectReason["instrument-unknown"];
    const keeper = this.#keepers.get(symbol);
    return keeper?.whyNotPublish(price) ?? RejectReason["price-source-other"];
  }

  publish({ symbol, price }: PublishIndexPrice, context: ActorContext): void {
    const keeper = this.#keepers.get(symbol);
    assert(keeper !== undefined, "an index without a contract");
    keeper.publish(price, context);
    this.#follow(keeper, context);
  }

  /** Positions are to be reduced for somebody else's. */
  deleverage(message: DeleveragingMessage, context: ActorContext): void {
    const keeper = this.#keepers.get(message.symbol);
    assert(keeper !== undefined, "positions are reduced in what is no contract here");
    keeper.deleverage(message, context);
  }

  /** There is a shard that has not heard of them. */
  tellAgain(context: ActorContext): void {
    for (const keeper of this.#inOrder()) keeper.tellAgain(context);
  }

  #inOrder(): readonly ContractKeeper[] {
    return [...this.#keepers.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  // ---- Moves and snapshots ---------------------------------------------------------------------

  /** The book leaves. Undefined for one of goods. */
  takeOut(symbol: InstrumentSymbol): SavedContract | undefined {
    const saved = this.#keepers.get(symbol)?.snapshot();
    this.#keepers.delete(symbol);
    return saved;
  }

  bringIn(terms: InstrumentTerms | undefined, saved: SavedContract): void {
    assert(terms !== undefined && isContract(terms), "a saved contract is not listed");
    const keeper = new ContractKeeper(terms);
    keeper.takeUp(saved);
    this.#keepers.set(terms.symbol, keeper);
  }

  /** By symbol; undefined where there are none. */
  snapshot(): readonly SavedContract[] | undefined {
    if (this.#keepers.size === 0) return undefined;
    return this.#inOrder().map((keeper) => keeper.snapshot());
  }
}

/**
 * Who makes the market and the book of an instrument that is listed: others than the usual ones are
 * for those who look on and emit nothing.
 */
import type { InstrumentSymbol, TradingTerms } from "../../protocols/index.ts";
import { Book } from "../book/book.ts";
import { Market } from "../market/market.ts";

export interface BookMaker {
  /** Made before its book. */
  market(symbol: InstrumentSymbol, terms: TradingTerms): Market;
  book(symbol: InstrumentSymbol, terms: TradingTerms): Book;
  /** The same for an instrument that has moved here, to go on from what was saved elsewhere. */
  movedMarket(symbol: InstrumentSymbol, terms: TradingTerms): Market;
  movedBook(symbol: InstrumentSymbol, terms: TradingTerms): Book;
}

export const usualBooks: BookMaker = {
  market: (symbol, terms) => new Market(symbol, terms),
  book: (symbol, terms) => new Book(symbol, terms),
  movedMarket: (symbol, terms) => new Market(symbol, terms),
  movedBook: (symbol, terms) => new Book(symbol, terms),
};

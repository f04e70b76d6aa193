/** Rows of history as people read them: in whole assets, one line each. */
import type {
  Fill,
  LedgerEntry,
  PastOrder,
  PastTrade,
} from "../../protocols/api/history-replies.ts";
import type { Candle } from "../../protocols/api/market-summaries.ts";
import { momentOf } from "../past/past-place.ts";
import { visible } from "../telemetry/visible-text.ts";
import type { Terms } from "./terms.ts";

/** How rows of one kind read; headings that begin with a space are of numbers. */
export interface HistoryText<Row> {
  readonly headings: readonly string[];
  readonly cells: (row: Row, terms: Terms) => readonly string[];
  /** For programs, beside what the API told. */
  readonly natural: (row: Row, terms: Terms) => object;
}

export const orderText: HistoryText<PastOrder> = {
  headings: [
    ...[
      "PLACED",
      "SYMBOL",
      "SIDE",
      "TYPE",
      " PRICE",
      " QUANTITY",
      " EXECUTED",
      "STATUS",
      " ORDER",
      "NAME",
    ],
  ],
  natural: (order, terms) => {
    const units = terms.unitsOf(order.symbol);
    return {
      placed: momentOf(order.placedAtUs),
      updated: momentOf(order.updatedAtUs),
      price: units.price(order.price),
      quantity: units.quantity(order.quantity),
      executed: units.quantity(order.executed),
    };
  },
  cells: (order, terms) => {
    const units = terms.unitsOf(order.symbol);
    return [
      momentOf(order.placedAtUs),
      order.symbol,
      order.side,
      order.type,
      order.price === 0 ? "" : units.price(order.price),
      units.quantity(order.quantity),
      units.quantity(order.executed),
      order.status,
      String(order.orderId),
      visible(order.clientOrderId),
    ];
  },
};

export const fillText: HistoryText<Fill> = {
  headings: [
    ...["TIME", "SYMBOL", "SIDE", " PRICE", " QUANTITY", " FEE", "LIQUIDITY", " ORDER", " TRADE"],
  ],
  natural: (fill, terms) => {
    const units = terms.unitsOf(fill.symbol);
    return {
      time: momentOf(fill.timeUs),
      price: units.price(fill.price),
      quantity: units.quantity(fill.quantity),
      notional: units.quoteAmount(fill.notional),
      fee: units.quoteAmount(fill.fee),
    };
  },
  cells: (fill, terms) => {
    const units = terms.unitsOf(fill.symbol);
    return [
      momentOf(fill.timeUs),
      fill.symbol,
      fill.side,
      units.price(fill.price),
      units.quantity(fill.quantity),
      units.quoteAmount(fill.fee),
      fill.liquidity,
      String(fill.orderId),
      String(fill.tradeId),
    ];
  },
};

export const ledgerText: HistoryText<LedgerEntry> = {
  headings: ["TIME", "ASSET", " AMOUNT", "CAUSE", " ORDER", " TRADE"],
  natural: (entry, terms) => ({ time: momentOf(entry.timeUs), amount: terms.amount(entry) }),
  cells: (entry, terms) => [
    momentOf(entry.timeUs),
    entry.asset,
    terms.amount(entry),
    entry.cause,
    String(entry.orderId ?? ""),
    String(entry.tradeId ?? ""),
  ],
};

interface OfSymbol {
  readonly symbol: string;
}

export const tradeText: HistoryText<PastTrade & OfSymbol> = {
  headings: ["TIME", "SYMBOL", "TAKER", " PRICE", " QUANTITY", " TRADE"],
  natural: ({ symbol, price, quantity, timeUs }, terms) => ({
    time: momentOf(timeUs),
    price: terms.unitsOf(symbol).price(price),
    quantity: terms.unitsOf(symbol).quantity(quantity),
  }),
  cells: ({ symbol, takerSide, price, quantity, timeUs, tradeId }, terms) => [
    momentOf(timeUs),
    symbol,
    takerSide,
    terms.unitsOf(symbol).price(price),
    terms.unitsOf(symbol).quantity(quantity),
    String(tradeId),
  ],
};

export const candleText: HistoryText<Candle & OfSymbol> = {
  headings: ["BEGINS", " OPEN", " HIGH", " LOW", " CLOSE", " VOLUME", " TRADES"],
  natural: ({ symbol, startUs, open, high, low, close, volume, notional }, terms) => {
    const units = terms.unitsOf(symbol);
    return {
      begins: momentOf(startUs),
      open: units.price(open),
      high: units.price(high),
      low: units.price(low),
      close: units.price(close),
      volume: units.quantity(volume),
      notional: units.notional(notional),
    };
  },
  cells: ({ symbol, startUs, open, high, low, close, volume, trades }, terms) => {
    const units = terms.unitsOf(symbol);
    const prices = [open, high, low, close].map((price) => units.price(price));
    return [momentOf(startUs), ...prices, units.quantity(volume), String(trades)];
  },
};

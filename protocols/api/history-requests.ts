/**
 * What may be asked about the past: the bodies of requests on `outcry.v1.acct.<account>.history.…`
 * and `outcry.v1.market.history.…`.
 *
 * Answers come in pages. What a page begins after is a place in the history and what there was when
 * the first page was asked for, so that no row is told twice or left out while rows are added.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { assetId, closed, count, limit, symbol } from "./fields.ts";
import { historyRowsDefault, historyRowsMax } from "./limits.ts";
import { candleInterval } from "./market-summaries.ts";

export const historySortWords = ["newestFirst", "oldestFirst"] as const;

/** The place of the last row that was told, `_`, and how far history was, by shard. */
export const historyCursorPattern =
  "^[0-9]{1,16}(-[0-9]{1,16}){0,3}_[0-9]{1,16}(-[0-9]{1,16}){0,255}$";

const page = {
  fromUs: Type.Optional(
    count({ description: "Nothing from before this moment.", unit: "µs since 1970" }),
  ),
  toUs: Type.Optional(
    count({ description: "Only from before this moment.", unit: "µs since 1970" }),
  ),
  sort: Type.Optional(
    Type.Enum([...historySortWords], {
      description: "Which come first. It stays the same from page to page.",
      default: "newestFirst",
    }),
  ),
  limit: Type.Optional(
    limit(historyRowsMax, { description: "At most so many.", default: historyRowsDefault }),
  ),
  after: Type.Optional(
    Type.String({
      pattern: historyCursorPattern,
      rule: "what a page had as `next`",
      description: "Asks for the page that follows: the `next` of the page before it.",
    }),
  ),
};

const ofSymbol = { symbol: Type.Optional(symbol("Only of this instrument.")) };

export const orderHistoryRequest = Type.Object({ ...ofSymbol, ...page }, closed);
export const fillHistoryRequest = Type.Object({ ...ofSymbol, ...page }, closed);

export const ledgerRequest = Type.Object(
  { asset: Type.Optional(assetId("Only of this asset.")), ...page },
  closed,
);

export const tradeHistoryRequest = Type.Object({ symbol: symbol(), ...page }, closed);

export const candleHistoryRequest = Type.Object(
  {
    symbol: symbol(),
    interval: Type.Optional(candleInterval({ default: "1m" })),
    ...page,
  },
  closed,
);

export type OrderHistoryRequest = Static<typeof orderHistoryRequest>;
export type FillHistoryRequest = Static<typeof fillHistoryRequest>;
export type LedgerRequest = Static<typeof ledgerRequest>;
export type TradeHistoryRequest = Static<typeof tradeHistoryRequest>;
export type CandleHistoryRequest = Static<typeof candleHistoryRequest>;
/** What all of them have. */
export type HistoryPageRequest = Pick<
  OrderHistoryRequest,
  "fromUs" | "toUs" | "sort" | "limit" | "after"
>;

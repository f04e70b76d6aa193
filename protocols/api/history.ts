/**
 * Every request about the past: its subject, its schemas, and an example of each.
 *
 * Whoever keeps history serves exactly these, beside the gateways; where nobody keeps it, nobody
 * hears them.
 */
import { apiPrefix, clientSubjects } from "../subjects.ts";
import * as examples from "./history-examples.ts";
import {
  candleHistoryReply,
  fillHistoryReply,
  ledgerReply,
  orderHistoryReply,
  tradeHistoryReply,
} from "./history-replies.ts";
import {
  candleHistoryRequest,
  fillHistoryRequest,
  ledgerRequest,
  orderHistoryRequest,
  tradeHistoryRequest,
} from "./history-requests.ts";
import type { RequestDescription } from "./requests.ts";

export const historyRequests = {
  "history.orders": {
    scope: "account",
    summary:
      "Lists orders, each as it was reported last, by when they were placed. An order that was " +
      "there when the first page was asked for is on one page, as it is when that is read.",
    request: orderHistoryRequest,
    reply: orderHistoryReply,
    example: examples.orderHistory,
  },
  "history.fills": {
    scope: "account",
    summary: "Lists what was executed of the account's orders, with the fees.",
    request: fillHistoryRequest,
    reply: fillHistoryReply,
    example: examples.fillHistory,
  },
  "history.ledger": {
    scope: "account",
    summary: "Lists all changes of what the account has. Their sum is what it has.",
    request: ledgerRequest,
    reply: ledgerReply,
    example: examples.ledger,
  },
  "history.trades": {
    scope: "market",
    summary: "Lists trades of any time; `trades` knows the latest ones sooner.",
    request: tradeHistoryRequest,
    reply: tradeHistoryReply,
    example: examples.tradeHistory,
  },
  "history.candles": {
    scope: "market",
    summary: "Lists candles of any time that have ended; `candles` knows the running one.",
    request: candleHistoryRequest,
    reply: candleHistoryReply,
    example: examples.candleHistory,
  },
} as const satisfies Record<string, RequestDescription>;

export type HistoryRequestName = keyof typeof historyRequests;

export const historyRequestNames = Object.keys(historyRequests) as readonly HistoryRequestName[];

/** The subject to listen on, with a wildcard for who asks. */
export function subjectPatternOfHistory(name: HistoryRequestName): string {
  return historyRequests[name].scope === "account"
    ? `${apiPrefix}.acct.*.${name}`
    : clientSubjects.market(name);
}

/**
 * The SDK: the door of `clients/sdk/`.
 *
 * `OutcryClient` trades for one account, `AdminClient` runs the venue, `LocalBook` follows a book by
 * price, `LocalBookByOrder` by order.
 */
export { AdminClient } from "./admin-client.ts";
export type { AdminConnectOptions, AdminResult } from "./admin-client.ts";
export type { AttemptTiming } from "./attempts.ts";
export type { Level } from "./book-side.ts";
export {
  AnswerMalformed,
  ClientClosed,
  ExchangeUnavailable,
  ExecutionStatusUnknown,
  HistoryUnavailable,
  NotPermitted,
  OptionsInvalid,
  OutcryFault,
  RequestRefused,
  ServersUnreachable,
} from "./faults.ts";
export { historyPages } from "./history.ts";
export { CustodianClient } from "./custodian-client.ts";
export { decimalOf, InstrumentUnits, unitsOf } from "./instrument-units.ts";
export { LocalBook } from "./local-book.ts";
export type { BookPhase, FeedSource } from "./joined-feed.ts";
export { LocalBookByOrder } from "./local-book-by-order.ts";
export type { LocalBookByOrderOptions } from "./local-book-by-order.ts";
export type { BookObserver, DepthChecksum, DepthSource, LocalBookOptions } from "./local-book.ts";
export type { BookByOrderOptions, BookOptions, CandlesFollowed } from "./market-client.ts";
export type { DisplayedOrder } from "./order-queues.ts";
export type { OrderDone, OrderRefusal, OrderResult } from "./order-result.ts";
export { OutcryClient } from "./outcry-client.ts";
export type { ConnectOptions, OutcryClientOptions } from "./outcry-client.ts";
export type { AccountNews, ExecutionReport } from "./reports.ts";
export { propose, proposedCommand, signApproval } from "./sign-approval.ts";
export type { ApprovalOptions, ProposedRequest } from "./sign-approval.ts";
export type { RequestTerms, Wire, WireAnswer, WireClock, WireSubscription } from "./wire.ts";

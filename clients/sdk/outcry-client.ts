/**
 * OutcryClient: one account's line to the exchange.
 *
 * Every order has a client order id before its first attempt, and an attempt without an answer is
 * followed by another under the same id, so an order happens once or not at all; when time is up
 * and nobody knows, that is what is thrown. Refusals are answers, not exceptions.
 */
import type {
  FillHistoryReply,
  LedgerReply,
  OrderHistoryReply,
} from "../../protocols/api/history-replies.ts";
import type {
  FillHistoryRequest,
  LedgerRequest,
  OrderHistoryRequest,
} from "../../protocols/api/history-requests.ts";
import type { RiskReply } from "../../protocols/api/risk-requests.ts";
import type { Obligation, ObligationsReply } from "../../protocols/api/clearing-requests.ts";
import type {
  MarginReply,
  PositionDetails,
  PositionsReply,
} from "../../protocols/api/margin-requests.ts";
import type { DeliveriesReply, DeliveriesRequest } from "../../protocols/api/fail-requests.ts";
import type { FeePreviewReply, FeePreviewRequest } from "../../protocols/api/fee-requests.ts";
import { OrderCommands } from "../../protocols/api/order-commands.ts";
import type { Translated } from "../../protocols/api/order-commands.ts";
import { batchCommandsMax } from "../../protocols/api/limits.ts";
import { batchBytesMax, recordBytesMax } from "../../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../../protocols/api/order-batch.ts";
import type {
  CancelAllRequest,
  CancelAndPlaceRequest,
  CancelRequest,
  MassQuoteRequest,
  OpenOrdersRequest,
  OrderRequest,
  PlaceListRequest,
  PlaceRequest,
  ReplaceRequest,
} from "../../protocols/api/order-requests.ts";
import type {
  BalancesReply,
  CancelAllReply,
  MassQuoteReply,
  OpenOrdersReply,
  OrderDetailsReply,
  OrderReply,
} from "../../protocols/api/replies.ts";
import type { Balance, OrderDetails, Refusal } from "../../protocols/api/replies.ts";
import type { ReportsMessage } from "../../protocols/api/market-data.ts";
import { clientSubjects, isTraceparent, RejectReason } from "../../protocols/index.ts";
import type { AccountId, ClientOrderId, PlaceOrder } from "../../protocols/index.ts";
import { Attempter, defaultTiming } from "./attempts.ts";
import type { AttemptTiming } from "./attempts.ts";
import { clientOrderIds } from "./client-order-ids.ts";
import { AccountCustody } from "./custody.ts";
import { ExecutionStatusUnknown, RequestRefused } from "./faults.ts";
import { askHistory } from "./history.ts";
import { MarketClient } from "./market-client.ts";
import { IsolatedMargin } from "./isolated-margin.ts";
import { NatsWire } from "./nats-wire.ts";
import { checkDeadline, checkName } from "./option-check.ts";
import {
  faultOfCancel,
  faultOfCancelAndPlace,
  faultOfClientOrderId,
  faultOfPlace,
  faultOfPlaceList,
  faultOfReplace,
} from "./order-check.ts";
import { OrderQueue } from "./order-queue.ts";
import { refused } from "./order-result.ts";
import type { OrderResult } from "./order-result.ts";
import { OrderSender, SentCommand } from "./order-sender.ts";
import { command, question } from "./questions.ts";
import { Patience } from "./patience.ts";
import type { QuestionParts } from "./questions.ts";
import { ReportFilter } from "./reports.ts";
import type { AccountNews, ExecutionReport } from "./reports.ts";
import { Revisions } from "./revisions.ts";
import { machineClock } from "./wire.ts";
import type { Wire, WireClock, WireSubscription } from "./wire.ts";

export interface OutcryClientOptions {
  readonly account: AccountId;
  readonly timing?: Partial<AttemptTiming>;
  /**
   * How many batches of commands may be under way. 1, unless told otherwise: then commands take
   * effect in the order of the calls. More is faster where their order does not matter.
   */
  readonly batchesUnderWayMax?: number;
  /** Names orders that the caller does not name; unique within the account. */
  readonly newClientOrderId?: () => ClientOrderId;
  readonly clock?: WireClock;
  /**
   * The trace that the caller is in, as W3C Trace Context has it: asked for at every command, and
   * linked to by the trace of the order. Commands of different traces do not travel together. What
   * is no traceparent is no trace.
   */
  readonly traceparent?: () => string | undefined;
}

export interface ConnectOptions extends OutcryClientOptions {
  readonly servers: string | readonly string[];
  /** The text of the account's .creds file, not its path. */
  readonly credentials?: string;
  /** The text of the certificate by which the servers are known; without it, in the clear. */
  readonly ca?: string | undefined;
  /** Shown by the servers' monitoring. */
  readonly name?: string;
}

export class OutcryClient extends MarketClient {
  readonly account: AccountId;
  /** Deposits and withdrawals. */
  readonly custody: AccountCustody;
  /** Positions that have cash of their own. */
  readonly isolated: IsolatedMargin;
  readonly #parts: QuestionParts;
  readonly #commands: OrderCommands;
  readonly #queue: OrderQueue<SentCommand>;
  readonly #revisions = new Revisions();
  readonly #traceparent: () => string | undefined;

  /** On a line that is there already; see {@link connect} for the usual way. */
  constructor(wire: Wire, options: OutcryClientOptions) {
    const timing = { ...defaultTiming, ...options.timing };
    const clock = options.clock ?? machineClock;
    const parts = { wire, clock, attempter: new Attempter(timing, clock) };
    checkName("account", options.account);
    checkDeadline(timing.deadlineMs);
    super(parts);
    this.account = options.account;
    this.#parts = parts;
    this.custody = new AccountCustody({ parts, subject: (name) => this.#subject(name) });
    this.isolated = new IsolatedMargin({ parts, subject: (name) => this.#subject(name) });
    this.#traceparent = () => {
      const text = options.traceparent?.();
      return text !== undefined && isTraceparent(text) ? text : undefined;
    };
    this.#commands = new OrderCommands(options.newClientOrderId ?? clientOrderIds());
    const patience = new Patience(timing.attemptTimeoutMs);
    const attempter = new Attempter(timing, clock, patience);
    const sender = new OrderSender({ account: options.account, wire, attempter });
    this.#queue = new OrderQueue((batch) => sender.send(batch), {
      batchesUnderWayMax: options.batchesUnderWayMax ?? 1,
      itemsPerBatchMax: batchCommandsMax,
      sizePerBatchMax: batchBytesMax,
      sizeOf: ({ command }) => recordBytesMax(command),
      kindOf: ({ traceparent }) => traceparent,
    });
  }

  /**
   * Rejects with `OptionsInvalid`, `ServersUnreachable` or `NotPermitted`. The line that was there
   * once is made again for ever, whatever breaks it.
   */
  static async connect(options: ConnectOptions): Promise<OutcryClient> {
    const { servers, credentials, ca, account, name = account, timing } = options;
    checkName("account", account);
    checkDeadline(timing?.deadlineMs ?? defaultTiming.deadlineMs);
    const wire = await NatsWire.connect({
      servers,
      ca,
      inboxPrefix: clientSubjects.inbox(account),
      name,
      ...(credentials === undefined ? {} : { credentials }),
    });
    return new OutcryClient(wire, options);
  }

  /** Commands that wait for the batch under way. */
  get waitingCount(): number {
    return this.#queue.waitingCount;
  }

  place(request: PlaceRequest): Promise<OrderResult> {
    const fault = faultOfPlace(request);
    if (fault !== undefined) return Promise.resolve(refused(fault));
    return this.#do(this.#commands.place(this.account, request));
  }

  /** Together in as few batches as they fit into; results in the order of requests. */
  placeMany(requests: readonly PlaceRequest[]): Promise<OrderResult[]> {
    return Promise.all(requests.map((request) => this.place(request)));
  }

  /**
   * Orders that depend on one another: all of them, or none. Gives the first; the reports tell of
   * all. After everything asked for before, and before everything after.
   */
  async placeList(request: PlaceListRequest): Promise<OrderResult> {
    const fault = faultOfPlaceList(request);
    if (fault !== undefined) return refused(fault);
    const list = this.#commands.placeList(this.account, request);
    if (list.kind === "fault") return refused(list.fault);
    const orders = request.orders.map((order, at) => named(order, list.orders[at]!));
    return this.#placeAlone("order.placeList", { ...request, orders }, list.orders);
  }

  /** Cancels an order and places another in its stead, which is told of. Alone, as a list. */
  async cancelAndPlace(request: CancelAndPlaceRequest): Promise<OrderResult> {
    const fault = faultOfCancelAndPlace(request);
    if (fault !== undefined) return refused(fault);
    const both = this.#commands.cancelAndPlace(this.account, request);
    if (both.kind === "fault") return refused(both.fault);
    const order = named(request.order, both.order);
    return this.#placeAlone("order.cancelAndPlace", { ...request, order }, [both.order]);
  }

  cancel(request: CancelRequest): Promise<OrderResult> {
    const fault = faultOfCancel(request);
    if (fault !== undefined) return Promise.resolve(refused(fault));
    return this.#do(this.#commands.cancel(this.account, request));
  }

  /**
   * Without a revision the client finds out which is next, by asking when it has to, and makes
   * several replaces of one order one after the other. With one, the replace keeps its place among
   * this client's other commands.
   */
  replace(request: ReplaceRequest): Promise<OrderResult> {
    const fault = faultOfReplace(request);
    if (fault !== undefined) return Promise.resolve(refused(fault));
    if (request.revision !== undefined) return this.#replace(request);
    return this.#revisions.inTurn(request, async (known) => {
      const revision = known ?? (await this.#revisionOf(request));
      if (revision === undefined) return refused({ reason: RejectReason["order-unknown"] });
      return this.#replace({ ...request, revision: revision + 1 });
    });
  }

  /** After everything asked for before, and before everything after. Gives how many. */
  async cancelAll(request: CancelAllRequest = {}): Promise<number> {
    const reply = await this.#alone<CancelAllReply>("order.cancelAll", request);
    if (!reply.ok) throw new RequestRefused(this.#subject("order.cancelAll"), reply.error);
    return reply.canceled;
  }

  /** Replaces this account's quotes. Alone, as `cancelAll`. Gives how many took effect. */
  async massQuote(request: MassQuoteRequest): Promise<number> {
    const reply = await this.#alone<MassQuoteReply>("order.massQuote", request);
    if (!reply.ok) throw new RequestRefused(this.#subject("order.massQuote"), reply.error);
    return reply.quoted;
  }

  /** undefined when there is no such order, or it was closed more than a minute ago. */
  async order(request: OrderRequest): Promise<OrderDetails | undefined> {
    try {
      const { order } = await this.#ask<OrderDetailsReply>("order.get", request);
      return order;
    } catch (fault) {
      if (isRefusal(fault, RejectReason["order-unknown"])) return undefined;
      throw fault;
    }
  }

  /** One page, oldest first; the next one begins `after` the last order id of this. */
  async openOrders(request: OpenOrdersRequest = {}): Promise<readonly OrderDetails[]> {
    const { orders } = await this.#ask<OpenOrdersReply>("order.open", request);
    return orders;
  }

  async balances(): Promise<readonly Balance[]> {
    const { balances } = await this.#ask<BalancesReply>("balances", {});
    return balances;
  }

  /** What the account is held to, and what it has used of that. */
  risk(): Promise<RiskReply> {
    return this.#ask<RiskReply>("risk.show", {});
  }

  /** What the account owes and is owed for trades that are not settled yet; by date and asset. */
  async obligations(): Promise<readonly Obligation[]> {
    const { obligations } = await this.#ask<ObligationsReply>("obligations.list", {});
    return obligations;
  }

  /** What the account has in contracts: positions, and orders that work; by symbol. */
  async positions(): Promise<readonly PositionDetails[]> {
    const { positions } = await this.#ask<PositionsReply>("positions.list", {});
    return positions;
  }

  /** What its positions and orders ask of the account's cash, and what is free. */
  margin(): Promise<MarginReply> {
    return this.#ask<MarginReply>("margin.show", {});
  }

  /** Deliveries of the account that are not settled yet, a page of them, and what it may owe. */
  deliveries(request: DeliveriesRequest = {}): Promise<DeliveriesReply> {
    return this.#ask<DeliveriesReply>("deliveries.list", request);
  }

  /** What an order would pay if it were placed now. */
  fees(request: FeePreviewRequest): Promise<FeePreviewReply> {
    return this.#ask<FeePreviewReply>("fees.preview", request);
  }

  /**
   * The account's orders of any time, a page of them; the next one is `after` its `next`. Rejects
   * with `HistoryUnavailable` where nobody keeps history.
   */
  orderHistory(request: OrderHistoryRequest = {}): Promise<OrderHistoryReply> {
    return askHistory(this.#parts, this.#subject("history.orders"), request);
  }

  /** What was executed of them, likewise. */
  fillHistory(request: FillHistoryRequest = {}): Promise<FillHistoryReply> {
    return askHistory(this.#parts, this.#subject("history.fills"), request);
  }

  /** Every change of what the account has, likewise. */
  ledger(request: LedgerRequest = {}): Promise<LedgerReply> {
    return askHistory(this.#parts, this.#subject("history.ledger"), request);
  }

  /** Calls back with every execution report of the account, each once. */
  onReports(listener: (reports: readonly ExecutionReport[]) => void): WireSubscription {
    const filter = new ReportFilter();
    return this.follow<ReportsMessage>(clientSubjects.reports(this.account), (message) => {
      const fresh = filter.fresh(message);
      if (fresh.length > 0) listener(fresh);
    });
  }

  /** Likewise what becomes of its contracts: positions, liquidation, losses that others paid. */
  onNews(listener: (news: readonly AccountNews[]) => void): WireSubscription {
    const filter = new ReportFilter();
    return this.follow<ReportsMessage>(clientSubjects.reports(this.account), (message) => {
      const fresh = filter.freshNews(message);
      if (fresh.length > 0) listener(fresh);
    });
  }

  /** Not async: that would be a second promise for each order, and two more turns to wait. */
  #do(command: Translated<BatchedCommand>): Promise<OrderResult> {
    if (command.kind === "fault") return Promise.resolve(refused(command.fault));
    if (command.kind === "place-order") {
      const fault = faultOfClientOrderId(command.clientOrderId);
      if (fault !== undefined) return Promise.resolve(refused(fault));
    }
    const result = Promise.withResolvers<OrderResult>();
    this.#queue.add(new SentCommand(command, result, this.#traceparent()));
    return result.promise;
  }

  /** @param orders what is placed: all have names, so that the same again happens once. */
  async #placeAlone(
    request: string,
    body: object,
    orders: readonly PlaceOrder[],
  ): Promise<OrderResult> {
    for (const { clientOrderId } of orders) {
      const fault = faultOfClientOrderId(clientOrderId);
      if (fault !== undefined) return refused(fault);
    }
    try {
      return await this.#alone<OrderReply>(request, body);
    } catch (fault) {
      if (!(fault instanceof ExecutionStatusUnknown)) throw fault;
      throw new ExecutionStatusUnknown(request, orders[0]!.clientOrderId, fault.attempts);
    }
  }

  #alone<Reply extends { readonly ok: true }>(
    request: string,
    body: object,
  ): Promise<Reply | Refusal> {
    const parts = { ...this.#parts, traceparent: this.#traceparent() };
    return this.#queue.addAlone(async () => {
      const { reply } = await command<Reply>(parts, this.#subject(request), body);
      return reply;
    });
  }

  async #replace(request: ReplaceRequest): Promise<OrderResult> {
    const result = await this.#do(this.#commands.replace(this.account, request));
    if (result.order !== undefined) this.#revisions.learn(request, result.order);
    return result;
  }

  async #revisionOf({ orderId, clientOrderId }: OrderRequest): Promise<number | undefined> {
    const byName = clientOrderId === undefined ? {} : { clientOrderId };
    const order = await this.order(orderId === undefined ? byName : { ...byName, orderId });
    return order?.revision;
  }

  #ask<Reply extends { readonly ok: true }>(request: string, body: object): Promise<Reply> {
    return question<Reply>(this.#parts, this.#subject(request), body);
  }

  #subject(request: string): string {
    return clientSubjects.account(this.account, request);
  }
}

/** The request under the name that its command has. */
function named(request: PlaceRequest, { clientOrderId }: PlaceOrder): PlaceRequest {
  return { ...request, clientOrderId };
}

function isRefusal(fault: unknown, reason: RejectReason): boolean {
  return fault instanceof RequestRefused && fault.error.number === Number(reason);
}

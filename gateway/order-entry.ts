/**
 * Order entry: what one account may ask about its orders and balances, answered by the cluster.
 *
 * Takes well-formed requests and gives reply objects; knows no transport and no bytes, but for the
 * records form of a batch, which is the same for every transport.
 */
import { faultWithin } from "../protocols/api/errors.ts";
import { renderFees } from "../protocols/api/fee-rendering.ts";
import type { FeePreviewReply, FeePreviewRequest } from "../protocols/api/fee-requests.ts";
import { decodeOrderBatch, encodeOrderReplies } from "../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../protocols/api/order-batch.ts";
import { nameOrder, OrderCommands } from "../protocols/api/order-commands.ts";
import type { Translated } from "../protocols/api/order-commands.ts";
import { renderBalance, renderOrderDetails } from "../protocols/api/order-rendering.ts";
import { openOrdersDefault } from "../protocols/api/limits.ts";
import type {
  BatchRequest,
  CancelAllRequest,
  CancelAndPlaceRequest,
  CancelRequest,
  MassQuoteRequest,
  OpenOrdersRequest,
  OrderRequest,
  PlaceListRequest,
  PlaceRequest,
  ReplaceRequest,
} from "../protocols/api/order-requests.ts";
import type {
  BalancesReply,
  BatchReply,
  CancelAllReply,
  MassQuoteReply,
  OpenOrdersReply,
  OrderDetailsReply,
  OrderReply,
  Refusal,
} from "../protocols/api/replies.ts";
import { numberOf, sideWords } from "../protocols/api/words.ts";
import { addressOfAccount, assert, RejectReason } from "../protocols/index.ts";
import type { AccountId, ClientOrderId, OrderCommand, Side } from "../protocols/index.ts";
import type { ClusterClient, Outcome } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
import type { Asker } from "./asker.ts";
import {
  answerCancelAll,
  answerMassQuote,
  answerOrder,
  recordOfOutcome,
  refuse,
  toldOf,
} from "./order-answers.ts";
import type { AnsweredCommand } from "./order-answers.ts";
import type { OrderObserver } from "./order-observer.ts";

export interface OrderEntryParts {
  readonly cluster: ClusterClient;
  readonly admission: Admission;
  readonly newClientOrderId: () => ClientOrderId;
  /** How long to wait for the actors before saying that the outcome is unknown. */
  readonly submitTimeoutMs: number;
  readonly nowMs: () => number;
  readonly observer?: OrderObserver | undefined;
}

export class OrderEntry {
  readonly #cluster: ClusterClient;
  readonly #admission: Admission;
  readonly #commands: OrderCommands;
  readonly #submitTimeoutMs: number;
  readonly #nowMs: () => number;
  readonly #observer: OrderObserver | undefined;

  constructor(parts: OrderEntryParts) {
    this.#cluster = parts.cluster;
    this.#admission = parts.admission;
    this.#commands = new OrderCommands(parts.newClientOrderId);
    this.#submitTimeoutMs = parts.submitTimeoutMs;
    this.#nowMs = parts.nowMs;
    this.#observer = parts.observer;
  }

  place(asker: Asker, request: PlaceRequest): Promise<OrderReply | Refusal> {
    return this.#one(asker, this.#commands.place(asker.account, request));
  }

  placeList(asker: Asker, request: PlaceListRequest): Promise<OrderReply | Refusal> {
    return this.#one(asker, this.#commands.placeList(asker.account, request));
  }

  cancelAndPlace(asker: Asker, request: CancelAndPlaceRequest): Promise<OrderReply | Refusal> {
    return this.#one(asker, this.#commands.cancelAndPlace(asker.account, request));
  }

  cancel(asker: Asker, request: CancelRequest): Promise<OrderReply | Refusal> {
    return this.#one(asker, this.#commands.cancel(asker.account, request));
  }

  replace(asker: Asker, request: ReplaceRequest): Promise<OrderReply | Refusal> {
    return this.#one(asker, this.#commands.replace(asker.account, request));
  }

  async cancelAll(asker: Asker, request: CancelAllRequest): Promise<CancelAllReply | Refusal> {
    const command = this.#commands.cancelAll(asker.account, request);
    const outcomes = await this.#submit(asker, [command]);
    return isRefusal(outcomes) ? outcomes : answerCancelAll(onlyOne(outcomes));
  }

  async massQuote(asker: Asker, request: MassQuoteRequest): Promise<MassQuoteReply | Refusal> {
    const command = this.#commands.massQuote(asker.account, request);
    const outcomes = await this.#submit(asker, [command]);
    return isRefusal(outcomes) ? outcomes : answerMassQuote(onlyOne(outcomes));
  }

  /** All commands are well-formed, or none is sent. */
  async batch(asker: Asker, { commands }: BatchRequest): Promise<BatchReply | Refusal> {
    const translated: BatchedCommand[] = [];
    for (const [index, request] of commands.entries()) {
      const one = this.#commands.batched(asker.account, request);
      if (one.kind === "fault") {
        return refuse(faultWithin(`commands[${String(index)}]`, one.fault));
      }
      translated.push(one);
    }
    const outcomes = await this.#submit(asker, translated);
    if (isRefusal(outcomes)) return outcomes;
    return {
      ok: true,
      answers: translated.map((command, at) => answerOrder(command, outcomes[at]!)),
    };
  }

  /** A batch in records form: its answers in the same form, or a refusal of the whole. */
  async batchOfRecords(asker: Asker, bytes: Uint8Array): Promise<Uint8Array | Refusal> {
    const decoded = decodeOrderBatch(bytes, asker.account);
    if (decoded.kind === "fault") return refuse(decoded.fault);
    const outcomes = await this.#submit(asker, decoded.commands);
    return isRefusal(outcomes) ? outcomes : encodeOrderReplies(outcomes.map(recordOfOutcome));
  }

  async order(account: AccountId, request: OrderRequest): Promise<OrderDetailsReply | Refusal> {
    const named = nameOrder(request);
    if (named.kind === "fault") return refuse(named.fault);
    const { orderId, clientOrderId } = named;
    const order = await this.#cluster.askActor(addressOfAccount(account), "order", {
      account,
      orderId,
      clientOrderId,
    });
    if (order === null) return refuse({ reason: RejectReason["order-unknown"] });
    return { ok: true, order: renderOrderDetails(order) };
  }

  async openOrders(account: AccountId, request: OpenOrdersRequest): Promise<OpenOrdersReply> {
    const orders = await this.#cluster.askActor(addressOfAccount(account), "open-orders", {
      account,
      symbol: request.symbol ?? "",
      afterOrderId: request.after ?? 0,
      limit: request.limit ?? openOrdersDefault,
    });
    return { ok: true, orders: orders.map(renderOrderDetails) };
  }

  async balances(account: AccountId): Promise<BalancesReply | Refusal> {
    const balances = await this.#cluster.askActor(addressOfAccount(account), "balances", {
      account,
    });
    if (balances === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ok: true, balances: balances.map(renderBalance) };
  }

  async fees(account: AccountId, request: FeePreviewRequest): Promise<FeePreviewReply | Refusal> {
    const { symbol, price, quantity } = request;
    const side = numberOf(sideWords, request.side) as Side;
    const view = await this.#cluster.askActor(addressOfAccount(account), "fees", {
      ...{ account, symbol, side, price, quantity },
    });
    return typeof view === "number" ? refuse({ reason: view }) : renderFees(view);
  }

  async #one(asker: Asker, command: Translated<AnsweredCommand>): Promise<OrderReply | Refusal> {
    if (command.kind === "fault") return refuse(command.fault);
    const outcomes = await this.#submit(asker, [command]);
    if (isRefusal(outcomes)) return outcomes;
    const outcome = onlyOne(outcomes);
    return answerOrder(toldOf(command, outcome), outcome);
  }

  /** One outcome for each command, or why they were not admitted. */
  async #submit(
    { account, traceparent }: Asker,
    commands: readonly OrderCommand[],
  ): Promise<readonly Outcome[] | Refusal> {
    let count = 0;
    for (const command of commands) count += weightOf(command);
    const reason = this.#admission.admitCommands(account, count);
    if (reason !== RejectReason.none) {
      this.#observer?.refused(commands, reason);
      return refuse({ reason });
    }
    const cameAtMs = this.#nowMs();
    try {
      const outcomes = await this.#cluster.submit(commands, {
        timeoutMs: this.#submitTimeoutMs,
        traceparent,
      });
      assert(outcomes.length === commands.length, "not one outcome for each command");
      this.#observer?.answered(commands, outcomes, this.#nowMs() - cameAtMs);
      return outcomes;
    } finally {
      this.#admission.commandsDone(account, count);
    }
  }
}

/** As how many commands it counts: it makes that much work. */
function weightOf(command: OrderCommand): number {
  switch (command.kind) {
    case "place-order-list":
      return command.orders.length;
    case "cancel-and-place":
      return 2;
    case "mass-quote":
      return command.quotes.length;
    default:
      return 1;
  }
}

function isRefusal(submitted: readonly Outcome[] | Refusal): submitted is Refusal {
  return "ok" in submitted;
}

function onlyOne(outcomes: readonly Outcome[]): Outcome {
  const [outcome] = outcomes;
  assert(outcome !== undefined);
  return outcome;
}

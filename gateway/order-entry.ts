/**
 * Order entry: what one account may ask about its orders and balances, answered by the cluster.
 *
 * Takes well-formed requests and gives reply objects; knows no transport and no bytes, but for the
 * records form of a batch, which is the same for every transport.
 */
import { faultWithin } from "../protocols/api/errors.ts";
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
import { addressOfAccount, assert, RejectReason } from "../protocols/index.ts";
import type { AccountId, ClientOrderId, OrderCommand } from "../protocols/index.ts";
import type { ClusterClient, Outcome } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
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

  place(account: AccountId, request: PlaceRequest): Promise<OrderReply | Refusal> {
    return this.#one(account, this.#commands.place(account, request));
  }

  placeList(account: AccountId, request: PlaceListRequest): Promise<OrderReply | Refusal> {
    return this.#one(account, this.#commands.placeList(account, request));
  }

  cancelAndPlace(
    account: AccountId,
    request: CancelAndPlaceRequest,
  ): Promise<OrderReply | Refusal> {
    return this.#one(account, this.#commands.cancelAndPlace(account, request));
  }

  cancel(account: AccountId, request: CancelRequest): Promise<OrderReply | Refusal> {
    return this.#one(account, this.#commands.cancel(account, request));
  }

  replace(account: AccountId, request: ReplaceRequest): Promise<OrderReply | Refusal> {
    return this.#one(account, this.#commands.replace(account, request));
  }

  async cancelAll(
    account: AccountId,
    request: CancelAllRequest,
  ): Promise<CancelAllReply | Refusal> {
    const outcomes = await this.#submit(account, [this.#commands.cancelAll(account, request)]);
    return isRefusal(outcomes) ? outcomes : answerCancelAll(onlyOne(outcomes));
  }

  async massQuote(
    account: AccountId,
    request: MassQuoteRequest,
  ): Promise<MassQuoteReply | Refusal> {
    const outcomes = await this.#submit(account, [this.#commands.massQuote(account, request)]);
    return isRefusal(outcomes) ? outcomes : answerMassQuote(onlyOne(outcomes));
  }

  /** All commands are well-formed, or none is sent. */
  async batch(account: AccountId, { commands }: BatchRequest): Promise<BatchReply | Refusal> {
    const translated: BatchedCommand[] = [];
    for (const [index, request] of commands.entries()) {
      const one = this.#commands.batched(account, request);
      if (one.kind === "fault") {
        return refuse(faultWithin(`commands[${String(index)}]`, one.fault));
      }
      translated.push(one);
    }
    const outcomes = await this.#submit(account, translated);
    if (isRefusal(outcomes)) return outcomes;
    return {
      ok: true,
      answers: translated.map((command, at) => answerOrder(command, outcomes[at]!)),
    };
  }

  /** A batch in records form: its answers in the same form, or a refusal of the whole. */
  async batchOfRecords(account: AccountId, bytes: Uint8Array): Promise<Uint8Array | Refusal> {
    const decoded = decodeOrderBatch(bytes, account);
    if (decoded.kind === "fault") return refuse(decoded.fault);
    const outcomes = await this.#submit(account, decoded.commands);
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

  async #one(
    account: AccountId,
    command: Translated<AnsweredCommand>,
  ): Promise<OrderReply | Refusal> {
    if (command.kind === "fault") return refuse(command.fault);
    const outcomes = await this.#submit(account, [command]);
    if (isRefusal(outcomes)) return outcomes;
    const outcome = onlyOne(outcomes);
    return answerOrder(toldOf(command, outcome), outcome);
  }

  /** One outcome for each command, or why they were not admitted. */
  async #submit(
    account: AccountId,
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
      const outcomes = await this.#cluster.submit(commands, { timeoutMs: this.#submitTimeoutMs });
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

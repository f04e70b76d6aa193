/**
 * Orders as rows: each as its account has it since the last entry that touched it.
 *
 * It is read from its account when that is to be written, however often it was touched: before the
 * account may forget it, and before anything that may make the account leave, which takes its
 * orders along. What it was placed by is seen as it goes to its book.
 */
import { closedOrderRetentionUs } from "../../actors/account/known-orders.ts";
import {
  isShardProducer,
  OrderStatus,
  plainInstructions,
  rejectReasonName,
  traceIdOfOrder,
} from "../../protocols/index.ts";
import type {
  AccountId,
  ActorMessage,
  Message,
  OrderId,
  OrderInstructions,
  OrderView,
  Origin,
  RejectReason,
  TimeUs,
  ToldReport,
} from "../../protocols/index.ts";
import { shownInstructions } from "../../protocols/api/instruction-translation.ts";
import {
  closeReasonWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  wordOf,
} from "../../protocols/api/words.ts";
import { copyJson, copyNull } from "./copy-text.ts";
import type { RowPlace } from "./row-place.ts";

/** An order that something happened to: whose it is, and the last entry that touched it. */
interface Touched {
  readonly account: AccountId;
  at: string;
  sequence: number;
  /** Why it was refused. */
  rejectReason: RejectReason;
}

/** It is read well before its account forgets what became of it. */
const readEveryUs = closedOrderRetentionUs / 2;

export class OrderRows {
  readonly #place: RowPlace;
  readonly #touched = new Map<OrderId, Touched>();
  #readUs: TimeUs = 0;
  /** What was heard last, and which gateway it came from, if it did. */
  #cause: Message | undefined;
  #gateway = "";

  constructor(place: RowPlace) {
    this.#place = place;
  }

  /** A message is about to be heard; where it is a command, it came from there. */
  hear(message: Message, origin?: Origin): void {
    this.#cause = message;
    this.#gateway = origin === undefined || isShardProducer(origin.producer) ? "" : origin.producer;
    if (this.#place.shard.timeUs - this.#readUs > readEveryUs) this.write();
    switch (message.kind) {
      case "announce-placement":
      case "mark-channel":
      case "take-over":
        this.write();
        return;
      case "order-rested":
      case "order-filled":
      case "order-triggered":
      case "order-repriced":
      case "order-prevented":
      case "order-removed":
      case "order-refused":
      case "order-replaced":
      case "change-refused":
        this.#touch(message);
        return;
      default:
    }
  }

  /** Some actor says something to another. */
  said(message: ActorMessage): void {
    switch (message.kind) {
      case "submit-order":
        this.#add(message.orderId, message.linkedOrderId);
        this.#touch(message);
        return;
      case "submit-cancel":
      case "submit-replace":
        this.#touch(message);
        return;
      default:
    }
  }

  /** The order is not accepted: by its book, or before it was sent there. */
  refused(report: ToldReport): void {
    const { orderId, rejectReason } = report;
    if (!this.#touched.has(orderId)) this.#add(orderId, 0);
    this.#touch(report).rejectReason = rejectReason;
  }

  /** The step is over. */
  endStep(): void {
    this.#cause = undefined;
  }

  /** Writes down how those stand that were touched. */
  write(): void {
    const { shard } = this.#place;
    for (const [orderId, touched] of this.#touched) {
      const view = shard.account(touched.account)?.order(orderId, "");
      // What was said of it waits for its account to come.
      if (view !== undefined) this.#set(view, touched);
    }
    this.#touched.clear();
    this.#readUs = shard.timeUs;
  }

  #touch({
    orderId,
    account,
  }: {
    readonly orderId: OrderId;
    readonly account: AccountId;
  }): Touched {
    const { at, shard } = this.#place;
    const { sequence } = shard;
    let touched = this.#touched.get(orderId);
    if (touched === undefined) {
      touched = { account, at, sequence, rejectReason: 0 };
      this.#touched.set(orderId, touched);
    } else if (touched.rejectReason === 0) {
      touched.at = at;
      touched.sequence = sequence;
    }
    return touched;
  }

  #add(orderId: OrderId, linkedOrderId: OrderId): void {
    const { shard, at } = this.#place;
    const parentOrderId = this.#cause === undefined ? 0 : orderThatEnded(this.#cause);
    const traceId = traceIdOfOrder(shard.cluster, orderId);
    const placed = `${at}\t${this.#gateway}\t${linkedOrderId}\t${parentOrderId}\t${traceId}`;
    this.#place.batch.placed.set(orderId, placed);
  }

  #set(order: OrderView, { at, sequence, rejectReason }: Touched): void {
    const { orderId, account, symbol, clientOrderId, status } = order;
    // It was said before why, and it is over.
    if (status === OrderStatus.rejected && rejectReason === 0) return;
    const { shard, batch } = this.#place;
    // The database has these of one that was placed earlier.
    const placed = batch.placed.get(orderId) ?? `${at}\t\t0\t0\t`;
    batch.current.orders.set(
      orderId,
      `${orderId}\t${account}\t${symbol}\t${clientOrderId}\t` +
        `${wordOf(sideWords, order.side)}\t${wordOf(orderTypeWords, order.orderType)}\t` +
        `${wordOf(timeInForceWords, order.timeInForce)}\t${instructionsText(order.instructions)}\t` +
        `${wordOf(orderStatusWords, status)}\t${order.price}\t${order.quantity}\t` +
        `${order.executed}\t${order.executedNotional}\t${order.fees}\t` +
        `${rejectReasonName(rejectReason)}\t${wordOf(closeReasonWords, order.closeReason)}\t` +
        `${order.revision}\t${placed}\t${at}\t${shard.shard}\t${sequence}\n`,
    );
  }
}

/** The order whose end a book tells of; 0 for anything else. */
function orderThatEnded(cause: Message): OrderId {
  switch (cause.kind) {
    case "order-filled":
    case "order-removed":
    case "order-prevented":
    case "order-refused":
    case "change-refused":
      return cause.orderId;
    default:
      return 0;
  }
}

/** Most orders ask for nothing more. */
function instructionsText(instructions: OrderInstructions): string {
  if (instructions === plainInstructions) return copyNull;
  const shown = shownInstructions(instructions);
  return Object.keys(shown).length === 0 ? copyNull : copyJson(shown);
}

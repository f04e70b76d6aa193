/**
 * The rows of one shard's entries: what happened to orders, one thing after the other, in the order
 * in which it happened.
 *
 * All that is known comes from the shard while it applies its log: from what its acts say, and from
 * how it keeps the orders that they are about.
 */
import type { Shard } from "../../actors/index.ts";
import {
  closeReasonWords,
  executionTypeWords,
  liquidityWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  wordOf,
} from "../../protocols/api/words.ts";
import { shownInstructions } from "../../protocols/api/instruction-translation.ts";
import { ExecutionType, RejectReason, rejectReasonName } from "../../protocols/index.ts";
import type {
  AccountId,
  ExecutionReport,
  Message,
  OrderId,
  OrderInstructions,
  OrderReplied,
  Origin,
  ParticipantId,
} from "../../protocols/index.ts";
import { hopOf } from "../audit/act.ts";
import type { Act, Deed, OrderKey } from "../audit/act.ts";
import { ArrivalRecorder } from "./arrival-recorder.ts";
import { OrderStates, stateInReply } from "./order-states.ts";
import type { OrderState, OrderTerms } from "./order-states.ts";
import type { RecordRow } from "./record-row.ts";

export class EntryRows {
  readonly #shard: Shard;
  readonly #recorder: ArrivalRecorder;
  readonly #states = new OrderStates();
  readonly #participants = new Map<AccountId, ParticipantId>();
  /** The orders that the present entry's reports say were rejected. */
  #rejected: ReadonlySet<OrderId> = new Set();

  /** Watches a shard from its next entry on. */
  constructor(shard: Shard) {
    this.#shard = shard;
    this.#recorder = new ArrivalRecorder(shard, (account) => this.#arrive(account));
  }

  /** Of the entry that was just applied. */
  take(): readonly RecordRow[] {
    const { acts } = this.#recorder.takeEntry();
    const byIndex = new Map(acts.map((act) => [act.place.index, act]));
    this.#rejected = new Set(acts.flatMap(({ deed }) => orderRejectedIn(deed)));
    return acts.flatMap((act) => {
      const cause = act.cause && byIndex.get(act.cause.place.index);
      return this.#rowsOf(act, cause);
    });
  }

  /** What is known of orders that come with their account. */
  #arrive(account: AccountId): void {
    const all = { symbol: "", after: 0, limit: Infinity };
    const views = this.#shard.account(account)?.openOrders(all) ?? [];
    for (const view of views) this.#states.arrive(view);
  }

  #rowsOf(act: Act, cause: Act | undefined): readonly RecordRow[] {
    const { deed } = act;
    switch (deed.kind) {
      case "command":
        return this.#rowsOfCommand(act, deed.message, deed.origin);
      case "resumption":
        return this.#rowsOfCommand(act, deed.message, undefined);
      case "event":
        if (deed.event.kind === "execution-report") {
          return [{ ...placeOf(act), ...causeOf(cause), ...this.#change(act, deed.event, cause) }];
        }
        if (deed.event.kind === "order-replied") return this.#rowsOfReply(act, deed.event, cause);
        return [];
      case "arrival":
      case "message":
      case "moment":
      case "wait":
        return [];
    }
  }

  // ---- Commands ----------------------------------------------------------------------------

  /** One for each order that it is about: a list of orders, or a kill switch, is about several. */
  #rowsOfCommand(act: Act, message: Message, origin: Origin | undefined): readonly RecordRow[] {
    if (!isCommand(message)) return [];
    return [...act.orders].map((order) => ({
      ...placeOf(act),
      event: "received",
      command: message.kind,
      actor: "account" in message ? `account/${message.account}` : "governor",
      origin: origin && textOfOrigin(origin),
      ...this.#orderAsItIs(order),
      ...askedIn(message),
      ...("account" in message && this.#participantRow(message.account)),
    }));
  }

  /** An order that nothing has happened to. */
  #orderAsItIs(order: OrderKey): RecordRow {
    const standing = typeof order === "number" ? this.#states.of(order) : undefined;
    const named = typeof order === "number" ? { order_id: order } : {};
    if (standing === undefined) return named;
    return {
      ...termsOf(standing.report),
      ...this.#participantRow(standing.report.account),
      ...before(standing),
      ...after(standing),
      priority_time: standing.priorityUs,
    };
  }

  // ---- Replies -----------------------------------------------------------------------------

  /** A refusal, or the same as was said before: what is done is told by reports. */
  #rowsOfReply(act: Act, reply: OrderReplied, cause: Act | undefined): readonly RecordRow[] {
    const isRefused = reply.rejectReason !== RejectReason.none;
    if (!isRefused && !reply.isDuplicate) return [];
    if (this.#rejected.has(reply.orderId)) return [];
    const message = cause && messageOf(cause.deed);
    const command = message !== undefined && isCommand(message) ? message : undefined;
    const account = message !== undefined && "account" in message ? message.account : undefined;
    const state = reply.orderId === 0 ? undefined : stateInReply(reply);
    return [
      {
        ...placeOf(act),
        ...causeOf(cause),
        event: isRefused ? "refused" : "repeated",
        command: command?.kind,
        actor: account === undefined ? undefined : `account/${account}`,
        origin: textOfOrigin(reply.origin),
        ...this.#orderAsItIs(reply.orderId === 0 ? "" : reply.orderId),
        ...(command && askedIn(command)),
        ...(account !== undefined && this.#participantRow(account)),
        ...(state && { ...before(state), ...after(state) }),
        executed_notional: reply.orderId === 0 ? undefined : reply.executedNotional,
        revision: reply.orderId === 0 ? undefined : reply.revision,
        reject_reason: isRefused ? rejectReasonName(reply.rejectReason) : undefined,
      },
    ];
  }

  // ---- Reports -----------------------------------------------------------------------------

  #change(act: Act, report: ExecutionReport, cause: Act | undefined): RecordRow {
    const { account, orderId, executionType, rejectReason } = report;
    const earlier = this.#states.of(orderId);
    const view = this.#shard.account(account)?.order(orderId, "");
    const standing = this.#states.hear(report, { view, timeUs: act.timeUs });
    const told = executionType === ExecutionType.new || executionType === ExecutionType.replaced;
    return {
      event: wordOf(executionTypeWords, executionType),
      actor: decidedBy(report, cause),
      ...termsOf(report),
      ...this.#participantRow(account),
      instructions: told ? textOfInstructions(standing.instructions) : undefined,
      ...(earlier && before(earlier)),
      ...after(standing),
      executed_notional: report.executedNotional,
      revision: report.revision,
      priority_time: standing.priorityUs,
      reject_reason: rejectReason === 0 ? undefined : rejectReasonName(rejectReason),
      close_reason: sayUnlessNone(closeReasonWords, report.closeReason),
      ...(report.tradeId !== 0 && fillOf(report, cause)),
    };
  }

  #participantRow(account: AccountId): RecordRow {
    const known = this.#participants.get(account) ?? this.#shard.account(account)?.participant;
    if (known !== undefined) this.#participants.set(account, known);
    return { account, participant: known };
  }
}

function placeOf({ place, timeUs }: Act): RecordRow {
  return { shard: place.shard, sequence: place.sequence, index: place.index, time: timeUs };
}

function causeOf(cause: Act | undefined): RecordRow {
  if (cause === undefined) return {};
  const { deed, place } = cause;
  const kind = messageOf(deed)?.kind ?? deed.kind;
  return { cause: kind, cause_index: place.index, hop: hopOf(deed) };
}

function orderRejectedIn(deed: Deed): readonly OrderId[] {
  if (deed.kind !== "event" || deed.event.kind !== "execution-report") return [];
  const { executionType, orderId } = deed.event;
  return executionType === ExecutionType.rejected ? [orderId] : [];
}

function messageOf(deed: Deed): Message | undefined {
  return "message" in deed ? deed.message : undefined;
}

/** What books say of orders. */
const wordsOfBooks: ReadonlySet<Message["kind"]> = new Set<Message["kind"]>([
  "order-rested",
  "order-filled",
  "order-triggered",
  "order-repriced",
  "order-prevented",
  "order-removed",
  "order-refused",
  "order-replaced",
  "change-refused",
]);

/** A book decides what it has said; anything else the account has decided by itself. */
function decidedBy({ account, symbol }: ExecutionReport, cause: Act | undefined): string {
  const message = cause && messageOf(cause.deed);
  return message !== undefined && wordsOfBooks.has(message.kind)
    ? `book/${symbol}`
    : `account/${account}`;
}

const commandKinds = [
  "place-order",
  "place-order-list",
  "cancel-order",
  "cancel-and-place",
  "replace-order",
  "cancel-all-orders",
  "mass-quote",
  "confirm-kill-switch",
] as const satisfies readonly Message["kind"][];

type Command = Extract<Message, { kind: (typeof commandKinds)[number] }>;

function isCommand(message: Message): message is Command {
  return commandKinds.some((kind) => kind === message.kind);
}

/** What a command says of its order by itself. */
function askedIn(message: Command): RecordRow {
  switch (message.kind) {
    case "place-order": {
      const { symbol, clientOrderId, side, orderType, timeInForce, price, quantity } = message;
      return {
        symbol,
        client_order_id: clientOrderId,
        side: wordOf(sideWords, side),
        order_type: wordOf(orderTypeWords, orderType),
        time_in_force: wordOf(timeInForceWords, timeInForce),
        instructions: textOfInstructions(message.instructions),
        asked_price: price,
        asked_quantity: quantity,
      };
    }
    case "replace-order":
      return { ...namesIn(message), asked_price: message.price, asked_quantity: message.quantity };
    case "cancel-order":
      return namesIn(message);
    default:
      return {};
  }
}

function namesIn({
  orderId,
  clientOrderId,
}: {
  orderId: number;
  clientOrderId: string;
}): RecordRow {
  return {
    ...(orderId !== 0 && { order_id: orderId }),
    ...(clientOrderId !== "" && { client_order_id: clientOrderId }),
  };
}

function termsOf(terms: OrderTerms): RecordRow {
  return {
    account: terms.account,
    symbol: terms.symbol,
    order_id: terms.orderId,
    client_order_id: terms.clientOrderId,
    side: wordOf(sideWords, terms.side),
    order_type: wordOf(orderTypeWords, terms.orderType),
    time_in_force: wordOf(timeInForceWords, terms.timeInForce),
  };
}

function before({ status, price, quantity, executed, remaining }: OrderState): RecordRow {
  return {
    status_before: wordOf(orderStatusWords, status),
    price_before: price,
    quantity_before: quantity,
    executed_before: executed,
    remaining_before: remaining,
  };
}

function after({ status, price, quantity, executed, remaining }: OrderState): RecordRow {
  return { status: wordOf(orderStatusWords, status), price, quantity, executed, remaining };
}

function fillOf(report: ExecutionReport, cause: Act | undefined): RecordRow {
  const { tradeId, lastPrice, lastQuantity, liquidity, fee } = report;
  return {
    trade_id: tradeId,
    counterparty_order_id: cause?.counterparty,
    last_price: lastPrice,
    last_quantity: lastQuantity,
    liquidity: sayUnlessNone(liquidityWords, liquidity),
    fee,
  };
}

function sayUnlessNone(words: readonly string[], number: number): string | undefined {
  const word = wordOf(words, number);
  return word === "none" ? undefined : word;
}

function textOfInstructions(instructions: OrderInstructions | undefined): string | undefined {
  if (instructions === undefined) return undefined;
  const shown = shownInstructions(instructions);
  return Object.keys(shown).length === 0 ? undefined : JSON.stringify(shown);
}

function textOfOrigin({ producer, epoch, frame, index }: Origin): string {
  return `${producer}/${epoch}/${frame}/${index}`;
}

/**
 * From what became of commands to replies.
 */
import { apiErrorOf } from "../protocols/api/errors.ts";
import type { RequestFault } from "../protocols/api/errors.ts";
import { unansweredReply } from "../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../protocols/api/order-batch.ts";
import { renderOrderState } from "../protocols/api/order-rendering.ts";
import type {
  CancelAllReply,
  DoneReply,
  KillSwitchReply,
  MassQuoteReply,
  OrderReply,
  Refusal,
} from "../protocols/api/replies.ts";
import { assert, RejectReason } from "../protocols/index.ts";
import type { CancelAndPlace, OrderReplied, PlaceOrderList } from "../protocols/index.ts";
import type { Outcome } from "../cluster/client.ts";

/** The answer "no" to a request that no actor saw. */
export function refuse(fault: RequestFault): Refusal {
  return { ok: false, error: apiErrorOf(fault) };
}

/** What is answered by telling of one order. */
export type AnsweredCommand = BatchedCommand | PlaceOrderList | CancelAndPlace;

/** The command on the order that the answer tells of. */
export function toldOf(command: AnsweredCommand, outcome: Outcome): BatchedCommand {
  switch (command.kind) {
    case "place-order-list": {
      const [first] = command.orders;
      assert(first !== undefined, "a list without orders");
      return first;
    }
    case "cancel-and-place": {
      const { account, orderId, clientOrderId, order } = command;
      if (!isOfCancel(outcome)) return order;
      return { kind: "cancel-order", account, orderId, clientOrderId };
    }
    default:
      return command;
  }
}

/** Of what cancels and places: whether the order to cancel is why it was refused. */
function isOfCancel(outcome: Outcome): boolean {
  if (outcome.kind !== "replied") return false;
  const { rejectReason } = outcome.reply;
  return (
    rejectReason === RejectReason["order-unknown"] || rejectReason === RejectReason["order-closed"]
  );
}

/** The answer to one place, cancel or replace. */
export function answerOrder(command: BatchedCommand, outcome: Outcome): OrderReply | Refusal {
  const clientOrderId = command.clientOrderId === "" ? undefined : command.clientOrderId;
  const named = clientOrderId === undefined ? {} : { clientOrderId };
  if (outcome.kind !== "replied") return { ...refuse(whyUnanswered(outcome)), ...named };
  const { reply } = outcome;
  assert(reply.kind === "order-replied", "an order command got another command's reply");
  const names = command.kind === "place-order" ? { ...named, symbol: command.symbol } : named;
  if (reply.rejectReason === RejectReason.none) {
    return { ok: true, isDuplicate: reply.isDuplicate, order: renderOrderState(reply, names) };
  }
  const error = apiErrorOf({ reason: reply.rejectReason, figures: reply.figures });
  if (reply.orderId === 0) return { ok: false, error, ...named };
  return { ok: false, error, order: renderOrderState(reply, names), ...named };
}

/** The same as a record, for batches in that form. */
export function recordOfOutcome(outcome: Outcome, index: number): OrderReplied {
  if (outcome.kind !== "replied") return unansweredReply(index, whyUnanswered(outcome).reason);
  assert(outcome.reply.kind === "order-replied", "an order command got another command's reply");
  return outcome.reply;
}

export function answerCancelAll(outcome: Outcome): CancelAllReply | Refusal {
  const answer = answerCommand(outcome);
  return typeof answer === "number" ? { ok: true, canceled: answer } : answer;
}

export function answerMassQuote(outcome: Outcome): MassQuoteReply | Refusal {
  const answer = answerCommand(outcome);
  return typeof answer === "number" ? { ok: true, quoted: answer } : answer;
}

export function answerDone(outcome: Outcome): DoneReply | Refusal {
  const answer = answerCommand(outcome);
  return typeof answer === "number" ? { ok: true } : answer;
}

/** The answer to arming a kill switch: its number. */
export function answerArmed(outcome: Outcome): KillSwitchReply | Refusal {
  const answer = answerCommand(outcome);
  return typeof answer === "number" ? { ok: true, number: answer } : answer;
}

/** The answer to what counts: its number. */
export function answerNumbered(outcome: Outcome): { ok: true; number: number } | Refusal {
  return answerArmed(outcome);
}

/** The reply's detail, or why there is none. */
function answerCommand(outcome: Outcome): number | Refusal {
  if (outcome.kind !== "replied") return refuse(whyUnanswered(outcome));
  const { reply } = outcome;
  assert(reply.kind === "command-replied", "a command got an order's reply");
  if (reply.rejectReason !== RejectReason.none) return refuse({ reason: reply.rejectReason });
  return reply.detail;
}

function whyUnanswered(outcome: Exclude<Outcome, { kind: "replied" }>): RequestFault {
  switch (outcome.kind) {
    case "unknown":
      return { reason: RejectReason["execution-status-unknown"] };
    case "too-late":
      return { reason: RejectReason["command-too-late"] };
    case "busy":
      return { reason: RejectReason.busy };
  }
}

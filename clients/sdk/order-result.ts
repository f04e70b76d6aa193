/**
 * How a command on an order ended: done, or refused with a numbered reason. Both are answers; that
 * there was none is thrown.
 */
import { apiErrorOf } from "../../protocols/api/errors.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import type { BatchedCommand } from "../../protocols/api/order-batch.ts";
import { renderOrderState } from "../../protocols/api/order-rendering.ts";
import type { ApiError, OrderState, Refusal } from "../../protocols/api/replies.ts";
import { CloseReason, OrderStatus, RejectReason } from "../../protocols/index.ts";
import type { OrderReplied } from "../../protocols/index.ts";

export type OrderResult = OrderDone | OrderRefusal;

export interface OrderDone {
  readonly ok: true;
  /** An earlier attempt, or an earlier call, had done it; this tells what became of it. */
  readonly isDuplicate: boolean;
  readonly order: OrderState;
}

export interface OrderRefusal {
  readonly ok: false;
  readonly error: ApiError;
  /** The order as it is, where there is one. */
  readonly order?: OrderState;
}

/** Whether what came back is what any request is answered with. */
export function isReply(answer: unknown): answer is { readonly ok: true } | Refusal {
  if (typeof answer !== "object" || answer === null || !("ok" in answer)) return false;
  if (answer.ok === true) return true;
  const error: unknown = "error" in answer ? answer.error : undefined;
  return typeof error === "object" && error !== null && "number" in error;
}

export function refused(fault: RequestFault): OrderRefusal {
  return { ok: false, error: apiErrorOf(fault) };
}

/** @param attempt which attempt was answered, from 1. */
export function resultOf(
  command: BatchedCommand,
  reply: OrderReplied,
  attempt: number,
): OrderResult {
  if (reply.rejectReason === RejectReason.none) {
    return { ok: true, isDuplicate: reply.isDuplicate, order: stateOf(command, reply) };
  }
  // An attempt whose answer was lost did cancel it: that is what was asked for.
  if (attempt > 1 && command.kind === "cancel-order" && wasCanceled(reply)) {
    return { ok: true, isDuplicate: true, order: stateOf(command, reply) };
  }
  const refusal = refused({ reason: reply.rejectReason, figures: reply.figures });
  return reply.orderId === 0 ? refusal : { ...refusal, order: stateOf(command, reply) };
}

function wasCanceled(reply: OrderReplied): boolean {
  return (
    reply.rejectReason === RejectReason["order-closed"] &&
    reply.status === OrderStatus.canceled &&
    reply.closeReason === CloseReason.requested
  );
}

function stateOf(command: BatchedCommand, reply: OrderReplied): OrderState {
  if (command.kind === "place-order") return renderOrderState(reply, command);
  const { clientOrderId } = command;
  return renderOrderState(reply, clientOrderId === "" ? {} : { clientOrderId });
}

/**
 * Sends a batch of order commands until each has its answer or time is up.
 *
 * Those that were answered are settled at once; the rest is sent again, unchanged and in order.
 * Nothing here can make a command happen twice: a place is known by its client order id, a cancel
 * finds the order canceled, a replace carries its revision.
 */
import {
  decodeOrderReplies,
  looksLikeRecords,
  OrderBatchWriter,
} from "../../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../../protocols/api/order-batch.ts";
import type { Refusal } from "../../protocols/api/replies.ts";
import { clientSubjects, MalformedRecords, RejectReason, unpack } from "../../protocols/index.ts";
import type { AccountId, OrderReplied } from "../../protocols/index.ts";
import type { Attempted, Attempter } from "./attempts.ts";
import { AnswerMalformed, ExchangeUnavailable, ExecutionStatusUnknown } from "./faults.ts";
import { isReply, resultOf } from "./order-result.ts";
import type { OrderResult } from "./order-result.ts";
import type { Wire } from "./wire.ts";

/** One command and whoever waits for its result. */
export class SentCommand {
  readonly command: BatchedCommand;
  readonly resolve: (result: OrderResult) => void;
  readonly reject: (fault: unknown) => void;
  readonly traceparent: string | undefined;
  /** An attempt may have been taken. */
  mayBeTaken = false;

  constructor(
    command: BatchedCommand,
    { resolve, reject }: PromiseWithResolvers<OrderResult>,
    traceparent?: string,
  ) {
    this.traceparent = traceparent;
    this.command = command;
    this.resolve = resolve;
    this.reject = reject;
  }
}

export interface OrderSenderParts {
  readonly account: AccountId;
  readonly wire: Wire;
  readonly attempter: Attempter;
}

export class OrderSender {
  readonly #parts: OrderSenderParts;
  readonly #subject: string;
  readonly #writer = new OrderBatchWriter();

  constructor(parts: OrderSenderParts) {
    this.#parts = parts;
    this.#subject = clientSubjects.account(parts.account, "order.batch");
  }

  /** Settles every command of the batch, all of one trace; never rejects itself. */
  async send(batch: readonly SentCommand[]): Promise<void> {
    let open = batch;
    try {
      const { count } = await this.#parts.attempter.untilAnswered(async (timeoutMs, attempt) => {
        open = await this.#attempt(open, attempt, timeoutMs);
        return open.length === 0 ? answered : unanswered;
      });
      for (const command of open) command.reject(faultOf(command, count));
    } catch (fault) {
      // The client was closed, or may not say this: whoever waits is told.
      for (const command of open) command.reject(fault);
    }
  }

  /** Sends what is open once; gives what still is. */
  async #attempt(
    open: readonly SentCommand[],
    attempt: number,
    timeoutMs: number,
  ): Promise<readonly SentCommand[]> {
    const writer = this.#writer;
    for (const { command } of open) writer.add(command);
    const terms = { timeoutMs, traceparent: open[0]?.traceparent };
    const answer = await this.#parts.wire.request(this.#subject, writer.finish(), terms);
    if (answer.kind === "not-heard") return open;
    if (answer.kind === "no-answer") {
      for (const command of open) command.mayBeTaken = true;
      return open;
    }
    const { payload } = answer;
    if (!looksLikeRecords(payload)) return settleAll(open, refusalIn(payload));
    const replies = repliesIn(payload, open.length);
    return open.filter((command, at) => !isSettled(command, replies[at]!, attempt));
  }
}

const answered: Attempted<null> = { kind: "answered", answer: null };
/** What became of each command is kept with it. */
const unanswered: Attempted<null> = { kind: "not-taken" };

/** Settles a command if this answer is the last word on it. */
function isSettled(command: SentCommand, reply: OrderReplied, attempt: number): boolean {
  const { rejectReason } = reply;
  if (rejectReason === RejectReason["execution-status-unknown"]) command.mayBeTaken = true;
  if (isWorthAnotherAttempt(rejectReason)) return false;
  command.resolve(resultOf(command.command, reply, attempt));
  return true;
}

/** The gateway refused the whole batch: that is the last word only on what was never taken. */
function settleAll(open: readonly SentCommand[], { ok, error }: Refusal): readonly SentCommand[] {
  if (error.number === Number(RejectReason["execution-status-unknown"])) {
    for (const command of open) command.mayBeTaken = true;
  }
  if (isWorthAnotherAttempt(error.number)) return open;
  return open.filter((command) => {
    if (command.mayBeTaken) return true;
    command.resolve({ ok, error });
    return false;
  });
}

function isWorthAnotherAttempt(reason: number): boolean {
  return (
    reason === RejectReason.busy ||
    reason === RejectReason["cluster-unavailable"] ||
    reason === RejectReason["command-too-late"] ||
    reason === RejectReason["execution-status-unknown"]
  );
}

function repliesIn(payload: Uint8Array, count: number): readonly OrderReplied[] {
  try {
    return decodeOrderReplies(payload, count);
  } catch (error) {
    if (error instanceof MalformedRecords) throw new AnswerMalformed("order.batch", error);
    throw error;
  }
}

function refusalIn(payload: Uint8Array): Refusal {
  const answer = unpackAnswer(payload);
  if (isReply(answer) && !answer.ok) return answer;
  throw new AnswerMalformed("order.batch", new TypeError("neither records nor a refusal"));
}

function unpackAnswer(payload: Uint8Array): unknown {
  try {
    return unpack(payload);
  } catch (error) {
    if (error instanceof MalformedRecords) throw new AnswerMalformed("order.batch", error);
    throw error;
  }
}

function faultOf({ command, mayBeTaken }: SentCommand, attempts: number): Error {
  if (!mayBeTaken) return new ExchangeUnavailable(command.kind, attempts);
  return new ExecutionStatusUnknown(command.kind, command.clientOrderId, attempts);
}

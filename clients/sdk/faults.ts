/**
 * What goes wrong between a client and the exchange, typed by what the caller should do next.
 *
 * A refusal of an order is not here: it is an answer. These are thrown when there is no answer, or
 * when a question was refused.
 */
import type { ApiError } from "../../protocols/api/replies.ts";

export type Disposition = "retry" | "unknown-outcome" | "fatal";

export abstract class OutcryFault extends Error {
  abstract readonly code: string;
  abstract readonly disposition: Disposition;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/**
 * No answer came in time: the command may have been done, or may still be. To find out, ask for the
 * order by its client order id, or send the very same command again: it happens once.
 */
export class ExecutionStatusUnknown extends OutcryFault {
  readonly code = "execution-status-unknown";
  readonly disposition = "unknown-outcome";
  /** The order it was about; "" when it was about none that has a name. */
  readonly clientOrderId: string;
  readonly attempts: number;

  constructor(what: string, clientOrderId: string, attempts: number) {
    const how =
      clientOrderId === ""
        ? "ask how things stand before sending it again"
        : `ask for order ${clientOrderId}, or send the same again under that client order id`;
    super(`${what}: execution status unknown after ${String(attempts)} attempts; ${how}`);
    this.clientOrderId = clientOrderId;
    this.attempts = attempts;
  }
}

/** The exchange could not be reached in time, and what was asked for surely did not happen. */
export class ExchangeUnavailable extends OutcryFault {
  readonly code = "exchange-unavailable";
  readonly disposition = "retry";
  readonly attempts: number;

  constructor(what: string, attempts: number) {
    super(`${what}: the exchange took none of ${String(attempts)} attempts; nothing was done`);
    this.attempts = attempts;
  }
}

/** Nobody answers questions about the past: the exchange keeps no history, or it is away. */
export class HistoryUnavailable extends OutcryFault {
  readonly code = "history-unavailable";
  readonly disposition = "retry";

  constructor(what: string) {
    super(`${what}: nobody answers; the exchange keeps no history, or whoever keeps it is away`);
  }
}

/** What a client is to be made with cannot be: nothing was sent, and no line is there. */
export class OptionsInvalid extends OutcryFault {
  readonly code = "options-invalid";
  readonly disposition = "fatal";
  /** Such as `account` or `credentials`. */
  readonly option: string;

  constructor(option: string, message: string, cause?: unknown) {
    super(`${option}: ${message}`, cause);
    this.option = option;
  }
}

/** No line came to be: none of the servers could be reached, or none answered in time. */
export class ServersUnreachable extends OutcryFault {
  readonly code = "servers-unreachable";
  readonly disposition = "retry";
  readonly servers: readonly string[];

  constructor(servers: readonly string[], cause: unknown) {
    super(`no server could be reached (${servers.join(", ")})`, cause);
    this.servers = servers;
  }
}

/** The exchange answered a question or an administrator with "no". */
export class RequestRefused extends OutcryFault {
  readonly code = "request-refused";
  readonly disposition = "fatal";
  readonly error: ApiError;

  constructor(what: string, error: ApiError) {
    const field = error.field === undefined ? "" : ` (${error.field})`;
    super(`${what}: ${error.message}${field} [${String(error.number)} ${error.name}]`);
    this.error = error;
  }
}

/** These credentials may not say or hear that. */
export class NotPermitted extends OutcryFault {
  readonly code = "not-permitted";
  readonly disposition = "fatal";

  constructor(subject: string, cause: unknown) {
    super(`these credentials do not permit ${subject}`, cause);
  }
}

/** The client was closed, by its owner or because the servers would have it no more. */
export class ClientClosed extends OutcryFault {
  readonly code = "client-closed";
  readonly disposition = "unknown-outcome";

  constructor(cause?: unknown) {
    super("the client is closed", cause);
  }
}

/** What came back is not what the exchange says: this client and the gateway differ in release. */
export class AnswerMalformed extends OutcryFault {
  readonly code = "answer-malformed";
  readonly disposition = "unknown-outcome";

  constructor(what: string, cause: unknown) {
    super(`${what}: the answer cannot be read`, cause);
  }
}

/**
 * The trace that a request says it is part of, out of headers that a stranger wrote.
 *
 * The library reads all headers at once, in time that grows with the square of their number, and
 * throws on what is none: so only few are read, and what cannot be read is no trace.
 */
import { InvalidArgumentError } from "@nats-io/transport-node";
import type { ServiceMsg } from "@nats-io/services";
import { isTraceparent } from "../../protocols/index.ts";

/** A traceparent and what tracing libraries put beside it take a few hundred. */
const headerBytesMax = 1024;

/** undefined where it is of none, or says so in headers that are too many or malformed. */
export function traceparentOf(message: ServiceMsg): string | undefined {
  const length = headerLengthOf(message);
  if (length === 0 || length > headerBytesMax) return undefined;
  const text = valueIn(message);
  return isTraceparent(text) ? text : undefined;
}

function valueIn(message: ServiceMsg): string {
  try {
    return message.headers?.get("traceparent") ?? "";
  } catch (error) {
    if (error instanceof InvalidArgumentError) return "";
    throw error;
  }
}

/** What the library has and does not show. A test fails if that changes. */
interface Inside {
  /** Its size counts subject, reply subject, headers and body. */
  readonly msg: { size(): number };
}

function headerLengthOf(message: ServiceMsg): number {
  const { msg } = message as unknown as Inside;
  const { subject, reply = "", data } = message;
  return msg.size() - subject.length - reply.length - data.length;
}

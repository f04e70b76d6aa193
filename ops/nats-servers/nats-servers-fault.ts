/** What can keep nats-servers from running; each says what to do about it. */
import type { BusyPort } from "./ports.ts";

export type NatsServersFaultCode =
  | "ports-busy"
  | "already-running"
  | "server-count-changed"
  | "server-exited"
  | "not-ready"
  | "stopped";

export class NatsServersFault extends Error {
  override readonly name = "NatsServersFault";
  readonly code: NatsServersFaultCode;
  readonly disposition = "fatal";
  /** With code "ports-busy": all of them, not only the first. */
  readonly busyPorts: readonly BusyPort[];

  constructor(
    code: NatsServersFaultCode,
    message: string,
    details: { busyPorts?: readonly BusyPort[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.busyPorts = details.busyPorts ?? [];
  }
}

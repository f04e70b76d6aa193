/** What can go wrong with running a cluster on this machine; the message says what to do. */

export type SupervisorFaultCode =
  | "start-failed"
  | "not-up"
  | "unknown-process"
  | "not-ours"
  | "ports-busy"
  | "running-already"
  | "set-up-failed"
  | "stopped";

export class SupervisorFault extends Error {
  override readonly name = "SupervisorFault";
  readonly code: SupervisorFaultCode;
  readonly disposition = "fatal";

  constructor(code: SupervisorFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

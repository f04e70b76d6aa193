/** What is wrong with how a cluster was asked for; the message says what to do about it. */

export type ConfigFaultCode =
  | "directory-not-ours"
  | "directory-unusable"
  | "settings-invalid"
  | "settings-changed"
  | "not-running"
  | "running-already"
  | "refused"
  | "process-settings-invalid";

export class ConfigFault extends Error {
  override readonly name = "ConfigFault";
  readonly code: ConfigFaultCode;
  readonly disposition = "fatal";

  constructor(code: ConfigFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

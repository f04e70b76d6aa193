/** Why there is no answer as of then. */
export type PastFaultCode =
  | "no-such-place"
  | "no-way-there"
  | "lives-elsewhere"
  | "on-its-way"
  | "instrument-unknown"
  | "account-unknown"
  | "order-unknown";

export class PastFault extends Error {
  override readonly name = "PastFault";
  readonly code: PastFaultCode;

  constructor(code: PastFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

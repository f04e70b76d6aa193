/** Why a proof of reserves does not hold, or cannot be made. */
export type ReservesFaultCode =
  | "statement-malformed"
  | "statement-forged"
  | "statement-other"
  | "signer-other"
  | "book-malformed"
  | "account-unknown"
  | "proof-malformed"
  | "proof-wrong";

export class ReservesFault extends Error {
  override readonly name = "ReservesFault";
  readonly code: ReservesFaultCode;

  constructor(code: ReservesFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

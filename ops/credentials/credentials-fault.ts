/** What can be wrong with keys and credentials, other than a mistake of ours. */

export type CredentialsFaultCode = "keys-missing" | "key-malformed" | "user-name-invalid";

export class CredentialsFault extends Error {
  override readonly name = "CredentialsFault";
  readonly code: CredentialsFaultCode;
  readonly disposition = "fatal";

  constructor(code: CredentialsFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

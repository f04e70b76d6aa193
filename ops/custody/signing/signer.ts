/**
 * Who signs what goes to a chain: a private key that is used and never seen. Where it lies, in a
 * file or in a token, is behind this; `keystore.conformance.ts` is what all of them keep to.
 */

/** An Ed25519 key (RFC 8032). */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes, the same for the same bytes. Rejects with {@link SigningFault}. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Keys by name. What goes wrong is a {@link SigningFault}. */
export interface Keystore {
  /** Makes a key that stays. There must be none of that name: no key is ever replaced. */
  create(name: string): Promise<Signer>;
  open(name: string): Promise<Signer>;
  /** What it opened signs no more. */
  close(): Promise<void>;
}

export type SigningFaultCode =
  | "key-name-invalid"
  | "key-missing"
  | "key-exists"
  | "key-malformed"
  | "key-altered"
  | "key-exposed"
  | "key-ambiguous"
  | "passphrase-missing"
  | "passphrase-wrong"
  | "keystore-closed"
  | "module-missing"
  | "token-missing"
  | "token-unable"
  | "token-failed"
  | "pin-wrong";

/** Says where and what, and never anything secret. */
export class SigningFault extends Error {
  override readonly name = "SigningFault";
  readonly code: SigningFaultCode;

  constructor(code: SigningFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** It becomes a file's name, and a label. */
export function checkKeyName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) return;
  const what = "a to z, 0 to 9 and hyphens, at most 31 of them";
  throw new SigningFault("key-name-invalid", `${JSON.stringify(name)} is no key's name: ${what}`);
}

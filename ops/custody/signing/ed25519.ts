/** Ed25519's public keys as Node's crypto has them, and as 32 bytes. */
import { createPublicKey, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** What stands before the 32 bytes in a SubjectPublicKeyInfo. Source: RFC 8410, section 4. */
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");
export const publicKeyBytes = 32;

export function publicKeyOf(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return spki.subarray(spki.length - publicKeyBytes);
}

/** False also where the bytes are no key or no signature. */
export function isSignature(
  signature: Uint8Array,
  { bytes, publicKey }: { readonly bytes: Uint8Array; readonly publicKey: Uint8Array },
): boolean {
  if (publicKey.length !== publicKeyBytes || signature.length !== 64) return false;
  const spki = Buffer.concat([spkiHead, publicKey]);
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  return verify(null, bytes, key, signature);
}

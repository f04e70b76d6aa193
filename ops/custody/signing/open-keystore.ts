/** A keystore by where it is: a folder and a passphrase's file, or a token and a PIN's. */
import { FileKeystore } from "./file-keystore.ts";
import type { FileKeystorePlace } from "./file-keystore.ts";
import { Pkcs11Keystore } from "./pkcs11-keystore.ts";
import type { Pkcs11Place } from "./pkcs11-keystore.ts";
import type { Keystore } from "./signer.ts";

export type KeystorePlace = FileKeystorePlace | Pkcs11Place;

/** Throws `SigningFault`. */
export function openKeystore(place: KeystorePlace): Keystore {
  return "library" in place ? new Pkcs11Keystore(place) : new FileKeystore(place);
}

/**
 * The library's key pairs, which sign, and say who they are, by the operating system's own means:
 * the library does either in JavaScript, which takes tens of milliseconds each time in a process
 * that has just begun.
 */
import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { KeyPair } from "@nats-io/nkeys";
import { publicKeyText, seedIn, seedText } from "../../protocols/credentials.ts";
import type { KeyKind } from "../../protocols/credentials.ts";

export class SystemKeyPair implements KeyPair {
  readonly #seed: string;
  readonly #key: KeyObject;
  readonly #publicKey: string;

  /** Throws `CredentialsInvalid` where the text is no seed. */
  constructor(text: string) {
    const { kind, seed } = seedIn(text);
    this.#seed = text;
    this.#key = createPrivateKey({
      key: Buffer.from(seed),
      format: "raw-private",
      asymmetricKeyType: "ed25519",
    });
    const key = createPublicKey(this.#key).export({ format: "raw-public" });
    this.#publicKey = publicKeyText(kind, key);
  }

  static create(kind: KeyKind): SystemKeyPair {
    return new SystemKeyPair(seedText(kind, randomBytes(32)));
  }

  getPublicKey(): string {
    return this.#publicKey;
  }

  getSeed(): Uint8Array {
    return new TextEncoder().encode(this.#seed);
  }

  sign(input: Uint8Array): Uint8Array {
    return sign(null, input, this.#key);
  }

  /** Tokens are made with what has one, and nobody looks at more of it than that. */
  getPrivateKey(): Uint8Array {
    return this.getSeed();
  }

  // ---- What nobody here asks of it ---------------------------------------------------------

  verify(): never {
    throw new Error("whoever verifies has a public key");
  }

  clear(): never {
    throw new Error("a key is forgotten with its process");
  }

  seal(): never {
    throw new Error("a key that signs does not encrypt");
  }

  open(): never {
    throw new Error("a key that signs does not decrypt");
  }
}

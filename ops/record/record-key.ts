/**
 * The key that a cluster signs its order records with: Ed25519, as PEM files, which OpenSSL reads,
 * too. It is made when it is first needed, lies among the cluster's keys, and signs nothing else.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isErrno } from "../../cluster/errno.ts";
import { RecordFault } from "./record-fault.ts";

/** @param keys the folder of the cluster's keys. */
export function ensureRecordKey(keys: string): RecordKey {
  const file = keyFile(keys);
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const unfinished = `${file}.${process.pid}`;
  const pem = privateKey.export({ format: "pem", type: "pkcs8" });
  // Nothing may be signed with a key that a power cut takes away.
  writeFileSync(unfinished, pem, { mode: 0o600, flush: true });
  try {
    // Not renamed: whoever has made one first has made it.
    linkSync(unfinished, file);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    rmSync(unfinished);
  }
  syncFolderOf(file);
  return new RecordKey(readKey(file, createPrivateKey));
}

/** What the cluster's records are signed with; undefined where none was made yet. */
export function findRecordKey(keys: string): PublicKey | undefined {
  try {
    return new RecordKey(createPrivateKey(readFileSync(keyFile(keys)))).public;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw new RecordFault("key-unreadable", `${keyFile(keys)} holds no key`, error);
  }
}

/** A public key from a PEM file. */
export function readPublicKey(file: string): PublicKey {
  return new PublicKey(readKey(file, createPublicKey));
}

export class RecordKey {
  readonly #key: KeyObject;
  readonly public: PublicKey;

  constructor(key: KeyObject) {
    this.#key = key;
    this.public = new PublicKey(createPublicKey(key));
  }

  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#key);
  }
}

export class PublicKey {
  readonly #key: KeyObject;

  /** Throws where it is a key of another kind. */
  constructor(key: KeyObject) {
    if (key.asymmetricKeyType !== "ed25519") {
      throw new RecordFault("key-unreadable", `a key of ${key.asymmetricKeyType} signs no records`);
    }
    this.#key = key;
  }

  /** Throws where that is none. */
  static fromPem(pem: Uint8Array): PublicKey {
    return new PublicKey(createPublicKey(Buffer.from(pem)));
  }

  get pem(): string {
    return this.#key.export({ format: "pem", type: "spki" }).toString();
  }

  /** The SHA-256 of the key as DER, in hex: what people compare. */
  get fingerprint(): string {
    return createHash("sha256")
      .update(this.#key.export({ format: "der", type: "spki" }))
      .digest("hex");
  }

  hasSigned(bytes: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, bytes, this.#key, signature);
  }
}

function keyFile(keys: string): string {
  return join(keys, "record-key.pem");
}

/** So that also its name survives, whoever gave it. */
function syncFolderOf(file: string): void {
  const folder = openSync(dirname(file), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function readKey(file: string, parse: (pem: Buffer) => KeyObject): KeyObject {
  try {
    return parse(readFileSync(file));
  } catch (error) {
    throw new RecordFault("key-unreadable", `${file} holds no key`, error);
  }
}

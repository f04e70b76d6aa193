/**
 * Keys in a folder, one file each, under one passphrase. For machines without a token: whoever
 * reads both the folder and the passphrase has the keys.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { link, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { isErrno } from "../../../cluster/errno.ts";
import { syncFolder } from "../../../cluster/durable-file.ts";
import { publicKeyOf } from "./ed25519.ts";
import { openKey, sealKey } from "./key-file.ts";
import { readPrivately, secretIn } from "./secret-file.ts";
import { checkKeyName, SigningFault } from "./signer.ts";
import type { Keystore, Signer } from "./signer.ts";

export interface FileKeystorePlace {
  readonly folder: string;
  /** The file that holds the passphrase. */
  readonly passphraseFile: string;
}

export class FileKeystore implements Keystore {
  readonly #folder: string;
  readonly #passphrase: string;
  #opened: KeyInMemory[] = [];

  constructor({ folder, passphraseFile }: FileKeystorePlace) {
    this.#folder = folder;
    this.#passphrase = secretIn(passphraseFile);
  }

  async create(name: string): Promise<Signer> {
    const path = this.#pathOf(name);
    const { privateKey } = generateKeyPairSync("ed25519");
    const publicKey = publicKeyOf(privateKey);
    const secret = privateKey.export({ format: "der", type: "pkcs8" });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeNew(path, await sealKey({ name, publicKey, secret }, this.#passphrase));
    return this.#keep(privateKey);
  }

  async open(name: string): Promise<Signer> {
    const path = this.#pathOf(name);
    const key = await openKey(readPrivately(path), { path, passphrase: this.#passphrase });
    if (key.name !== name) {
      throw new SigningFault("key-altered", `${path} holds the key ${key.name}`);
    }
    const secret = { key: Buffer.from(key.secret), format: "der", type: "pkcs8" } as const;
    return this.#keep(createPrivateKey(secret));
  }

  async close(): Promise<void> {
    for (const key of this.#opened) key.forget();
    this.#opened = [];
  }

  #pathOf(name: string): string {
    checkKeyName(name);
    return join(this.#folder, `${name}.key.json`);
  }

  #keep(privateKey: KeyObject): Signer {
    const key = new KeyInMemory(privateKey);
    this.#opened.push(key);
    return key;
  }
}

class KeyInMemory implements Signer {
  readonly publicKey: Uint8Array;
  #privateKey: KeyObject | undefined;

  constructor(privateKey: KeyObject) {
    this.publicKey = publicKeyOf(privateKey);
    this.#privateKey = privateKey;
  }

  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    if (this.#privateKey === undefined) {
      throw new SigningFault("keystore-closed", "the keystore is closed");
    }
    return sign(null, bytes, this.#privateKey);
  }

  forget(): void {
    this.#privateKey = undefined;
  }
}

/** Whole and on disk, or not at all, and never in the place of another. */
async function writeNew(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    throw new SigningFault("key-exists", `${path} is there already`, { cause: error });
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
  await syncFolder(join(path, ".."));
}

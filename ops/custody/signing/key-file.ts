/**
 * A private key in a file: encrypted by AES-256-GCM with a key that scrypt makes of a passphrase.
 *
 * scrypt makes 64 bytes. The first half encrypts; the other half makes a code over all but
 * the secret, so that a wrong passphrase is told apart from a file that somebody altered. A digest
 * over the whole says that before the passphrase is even tried.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Check } from "typebox/value";
import { SigningFault } from "./signer.ts";

const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${String(bytes * 2)}}$` });
const closed = { additionalProperties: false };

const head = Type.Object(
  {
    version: Type.Literal(1),
    name: Type.String(),
    publicKey: hex(32),
    scrypt: Type.Object(
      {
        // Powers of two: N of 2^15 to 2^20, so that a file cannot ask for all memory.
        logN: Type.Integer({ minimum: 15, maximum: 20 }),
        r: Type.Literal(8),
        p: Type.Literal(1),
        salt: hex(16),
      },
      closed,
    ),
  },
  closed,
);
const keyFile = Type.Object(
  {
    head,
    check: hex(32),
    sealed: Type.Object({ iv: hex(12), tag: hex(16), secret: Type.String() }, closed),
    digest: hex(32),
  },
  closed,
);
type Head = Static<typeof head>;
type KeyFile = Static<typeof keyFile>;

/** OWASP's least for scrypt with r = 8, p = 1: 128 MiB and some tenths of a second. */
const logN = 17;

export interface KeyInFile {
  readonly name: string;
  readonly publicKey: Uint8Array;
  /** The private key as PKCS #8 has it. */
  readonly secret: Uint8Array;
}

/** What the file is to hold. */
export async function sealKey(key: KeyInFile, passphrase: string): Promise<string> {
  const { name, publicKey, secret } = key;
  const salt = randomBytes(16).toString("hex");
  const told: Head = {
    ...{ version: 1, name, publicKey: Buffer.from(publicKey).toString("hex") },
    scrypt: { logN, r: 8, p: 1, salt },
  };
  const keys = await keysOf(told, passphrase);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keys.sealing, iv).setAAD(bytesOf(told));
  const sealedSecret = Buffer.concat([cipher.update(secret), cipher.final()]).toString("hex");
  const tag = cipher.getAuthTag().toString("hex");
  const sealed = { iv: iv.toString("hex"), tag, secret: sealedSecret };
  const file = { head: told, check: checkOf(told, keys.checking).toString("hex"), sealed };
  return `${JSON.stringify({ ...file, digest: digestOf(file) }, null, 2)}\n`;
}

/** Throws {@link SigningFault}: what is wrong with the file, or with the passphrase. */
export async function openKey(
  text: string,
  { path, passphrase }: { readonly path: string; readonly passphrase: string },
): Promise<KeyInFile> {
  const { digest, ...file } = shapeIn(text, path);
  const altered = () => new SigningFault("key-altered", `${path} is not what was written there`);
  if (digestOf(file) !== digest) throw altered();
  const keys = await keysOf(file.head, passphrase);
  if (!timingSafeEqual(checkOf(file.head, keys.checking), Buffer.from(file.check, "hex"))) {
    throw new SigningFault("passphrase-wrong", `that is not the passphrase of ${path}`);
  }
  const { iv, tag, secret } = file.sealed;
  const decipher = createDecipheriv("aes-256-gcm", keys.sealing, Buffer.from(iv, "hex"))
    .setAAD(bytesOf(file.head))
    .setAuthTag(Buffer.from(tag, "hex"));
  const opened = [decipher.update(Buffer.from(secret, "hex"))];
  try {
    opened.push(decipher.final());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw altered();
  }
  const { name, publicKey } = file.head;
  return { name, publicKey: Buffer.from(publicKey, "hex"), secret: Buffer.concat(opened) };
}

function shapeIn(text: string, path: string): KeyFile {
  try {
    const file: unknown = JSON.parse(text);
    if (Check(keyFile, file)) return file;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SigningFault("key-malformed", `${path} is no key file`);
}

interface Keys {
  readonly sealing: Buffer;
  readonly checking: Buffer;
}

function keysOf({ scrypt: { logN, r, p, salt } }: Head, passphrase: string): Promise<Keys> {
  const cost = { N: 2 ** logN, r, p, maxmem: 2 ** logN * r * 128 + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFC"), Buffer.from(salt, "hex"), 64, cost, (error, bytes) => {
      if (error === null) resolve({ sealing: bytes.subarray(0, 32), checking: bytes.subarray(32) });
      else reject(error);
    });
  });
}

/** The order of fields is that of the schema, whatever the file's is. */
function bytesOf({ version, name, publicKey, scrypt: { logN, r, p, salt } }: Head): Buffer {
  return Buffer.from(JSON.stringify([version, name, publicKey, logN, r, p, salt]));
}

function checkOf(told: Head, key: Buffer): Buffer {
  return createHmac("sha256", key).update(bytesOf(told)).digest();
}

function digestOf({ head, check, sealed: { iv, tag, secret } }: Omit<KeyFile, "digest">): string {
  const rest = JSON.stringify([check, iv, tag, secret]);
  return createHash("sha256").update(bytesOf(head)).update(rest).digest("hex");
}

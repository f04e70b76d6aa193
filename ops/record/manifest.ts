/**
 * What is signed of an order record: what it is of, what each of its pieces holds, where it ends.
 *
 * Each manifest names the SHA-256 of the one before it, the first one that of the description, and
 * the seal that of each shard's last one: so nothing can be left out, put in or put elsewhere. They
 * are JSON, and signed as the bytes that they are.
 */
import { createHash } from "node:crypto";

export const formats = ["csv", "parquet"] as const;
export type FileFormat = (typeof formats)[number];

/** Where a record begins or ends: with that entry of every log, or with that moment of log time. */
export type Bound = { readonly sequence: number } | { readonly timeUs: number };

/** What a record is of. `record.json`, written first. */
export interface Description {
  readonly version: number;
  readonly cluster: string;
  /** The fingerprint of the key that signs it. */
  readonly key: string;
  readonly formats: readonly FileFormat[];
  /** Rows after which a piece ends, with the entry that they are of. */
  readonly rowsMax: number;
  /** undefined for from the first entry on. */
  readonly from?: Bound;
  /** undefined for to the end. */
  readonly to?: Bound;
  /** The shards it is of, and where their logs ended when it was begun. */
  readonly shards: readonly { readonly shard: number; readonly head: number }[];
}

/** A place in a log: the chain over all entries up to there, in hex. */
export interface LogPlace {
  readonly sequence: number;
  readonly entriesHash: string;
}

export interface SignedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Some consecutive entries of one shard's log. `shard-<shard>-<number>.json`. */
export interface Manifest {
  readonly version: number;
  readonly shard: number;
  /** Of the pieces of this shard, from 1. */
  readonly number: number;
  /** The SHA-256 of the manifest before it, or of the description. */
  readonly previous: string;
  /** The entry before its first one, */
  readonly after: LogPlace;
  /** and its last one. */
  readonly upTo: LogPlace;
  /** Log time of its first and its last entry, ISO 8601; left out where there are none. */
  readonly times?: readonly [first: string, last: string];
  readonly rows: number;
  readonly files: readonly SignedFile[];
}

/** That nothing follows. `seal.json`, written last. */
export interface Seal {
  readonly version: number;
  /** The SHA-256 of the description. */
  readonly record: string;
  readonly shards: readonly ShardSeal[];
}

export interface ShardSeal {
  readonly shard: number;
  readonly pieces: number;
  readonly rows: number;
  /** The SHA-256 of the last manifest. */
  readonly last: string;
}

export const names = {
  description: "record.json",
  seal: "seal.json",
  key: "record-key.pem",
  signatureOf: (name: string): string => `${name}.sig`,
  /** Without an extension. */
  piece: (shard: number, number: number): string => {
    return `shard-${shard}-${String(number).padStart(6, "0")}`;
  },
} as const;

export function manifestName(shard: number, number: number): string {
  return `${names.piece(shard, number)}.json`;
}

/** The hashes of a piece's rows, 16 bytes each, in their order. */
export function rowHashesName(shard: number, number: number): string {
  return `${names.piece(shard, number)}.rows`;
}

export function bytesOf(signed: Description | Manifest | Seal): Uint8Array {
  return Buffer.from(`${JSON.stringify(signed, null, 2)}\n`);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Where surveillance is: by shard the entry up to which all alerts are in their file, and the state
 * of the detectors with that.
 *
 * It spares the logs at the next start and proves nothing: without it, or with one that is damaged
 * or of other settings, everything is found again from the first entries.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { deserialize, serialize } from "node:v8";
import { replaceDurably } from "../../cluster/durable-file.ts";

export interface WatchedPlace {
  readonly sequence: number;
  /** The chain over all entries up to there, in hex. */
  readonly entriesHash: string;
}

export interface Checkpoint {
  /** Of the settings and relations that it was made with. */
  readonly fingerprint: string;
  readonly shards: readonly WatchedPlace[];
  readonly state: Uint8Array;
}

const hashBytes = 32;

/** undefined where there is none that is whole. */
export async function loadCheckpoint(path: string): Promise<Checkpoint | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const content = bytes.subarray(hashBytes);
  if (!hashOf(content).equals(bytes.subarray(0, hashBytes))) return undefined;
  return deserialize(content) as Checkpoint;
}

export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const content = serialize(checkpoint);
  await replaceDurably(path, [hashOf(content), content]);
}

function hashOf(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

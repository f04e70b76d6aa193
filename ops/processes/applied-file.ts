/**
 * How far an engine node has applied the logs, in a file beside its snapshots, a second behind at
 * most. Nothing that runs reads it: it is for when servers are lost for good, and somebody has to
 * find out whether what is left of a log is all of it.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { NodeStatus } from "../../protocols/queries.ts";
import { isIntegerWithin } from "../../protocols/units.ts";
import { readIfThere } from "../config/data-directory.ts";

export interface AppliedShard {
  readonly shard: number;
  readonly sequence: number;
  /** Of the chain over all entries up to there. */
  readonly entriesHash: string;
}

const writeEveryMs = 1000;

/**
 * Writes it for as long as the process lives; returns what ends that, and writes it once more.
 * Nobody waits for the disk meanwhile, which may stand still for as long as it likes.
 */
export function keepAppliedFile(
  path: string,
  status: () => Pick<NodeStatus, "replicas">,
  onError: (error: Error) => void,
): () => Promise<void> {
  // A replica that begins anew knows less for a while than was known before.
  let known = readAppliedFile(path);
  let written = "";
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    known = furthest(known, status());
    const text = `${JSON.stringify({ version, shards: known }, null, 2)}\n`;
    if (text === written) return;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const unfinished = `${path}.${process.pid}`;
      await writeFile(unfinished, text, { mode: 0o600 });
      await rename(unfinished, path);
      written = text;
    } catch (error) {
      // A full disk is no reason not to trade.
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const timer = setInterval(() => {
    writing ??= write().finally(() => (writing = undefined));
  }, writeEveryMs);
  return async () => {
    clearInterval(timer);
    await writing;
    await write();
  };
}

const version = 1;

function furthest(
  known: readonly AppliedShard[],
  { replicas }: Pick<NodeStatus, "replicas">,
): readonly AppliedShard[] {
  return replicas.flatMap(({ shard, phase, appliedSequence: sequence, entriesHash }) => {
    const before = known.find((of) => of.shard === shard);
    const isWitness = phase !== "diverged" && phase !== "failed";
    if (isWitness && sequence > (before?.sequence ?? 0)) return [{ shard, sequence, entriesHash }];
    return before === undefined ? [] : [before];
  });
}

/** Nothing when there is no such file, or not a whole one: it is a witness, and may be missing. */
export function readAppliedFile(path: string): readonly AppliedShard[] {
  const text = readIfThere(path);
  if (text === undefined) return [];
  try {
    const file = JSON.parse(text) as { version?: unknown; shards?: readonly AppliedShard[] };
    return file.version === version ? (file.shards ?? []).filter(isWhole) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isWhole({ shard, sequence, entriesHash }: AppliedShard): boolean {
  const max = Number.MAX_SAFE_INTEGER;
  return isIntegerWithin(shard, 0, max) && isIntegerWithin(sequence, 1, max) && entriesHash !== "";
}

/**
 * Golden log: the logs of a venue's shards as a release left them, with what that release computed
 * of them. Whatever comes later must compute the same.
 *
 * A file is compact and compressed: entries, four bytes of the outputs' chain after each, so that a
 * difference has a place, and every so often all hashes and a snapshot's bytes.
 */
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { assert, pack, unpack } from "../../protocols/index.ts";
import type { ShardId } from "../../protocols/index.ts";
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../hashed-shard.ts";
import { hexOf } from "../hash-chain.ts";
import { decodeSnapshot, encodeSnapshot, stateHashOf } from "../replica-snapshot.ts";
import { hashOfEntry } from "../log-origin.ts";
import type { LogEntry } from "../replicated-log.ts";

export interface GoldenLog {
  /** By shard. */
  readonly shards: readonly GoldenShard[];
}

export interface GoldenShard {
  readonly entries: readonly LogEntry[];
  /** The first bytes of the outputs' chain after each entry. */
  readonly outputs: Uint8Array;
  /** Where all was hashed; the last is the log's end. */
  readonly checkpoints: readonly GoldenCheckpoint[];
  /** As a replica of that release saved it in the middle of the log. */
  readonly snapshot: Uint8Array;
}

export interface GoldenCheckpoint {
  readonly sequence: number;
  readonly entriesHash: string;
  readonly outputsHash: string;
  readonly stateHash: string;
}

/** Where those of all releases lie. */
export const goldenFolder = fileURLToPath(new URL("../golden/", import.meta.url));

const checkpointEveryEntries = 100;
const outputBytes = 4;

/** What today's code makes of these logs. */
export function goldenLogOf(logs: readonly (readonly LogEntry[])[]): GoldenLog {
  return { shards: logs.map((entries, shard) => goldenShardOf(entries, shard, logs.length)) };
}

function goldenShardOf(entries: readonly LogEntry[], shard: ShardId, shards: number): GoldenShard {
  const replay = new GoldenReplay(new HashedShard(new Shard(shard, shards)));
  const middle = entries.length >> 1;
  let snapshot = new Uint8Array();
  for (const entry of entries) {
    replay.apply(entry);
    if (entry.sequence === middle) snapshot = replay.snapshot(entry);
  }
  return { entries, ...replay.noted(), snapshot };
}

/**
 * Where today's code computes something else than the release did, in words; undefined where all is
 * the same: from the log's start, and from the release's own snapshot on.
 */
export function differenceFrom(golden: GoldenLog): string | undefined {
  for (const [shard, of] of golden.shards.entries()) {
    const { shards } = golden;
    const fromStart = new GoldenReplay(new HashedShard(new Shard(shard, shards.length)));
    const saved = decodeSnapshot("golden", of.snapshot);
    const fromSnapshot = new GoldenReplay(new HashedShard(saved.shard, saved));
    const found = fromStart.firstDifference(of) ?? fromSnapshot.firstDifference(of);
    if (found !== undefined) return `shard ${String(shard)}, ${found}`;
  }
  return undefined;
}

/** Applies a log and notes what a golden log says of it. */
class GoldenReplay {
  readonly #hashed: HashedShard;
  readonly #outputs: Uint8Array[] = [];
  readonly #checkpoints: GoldenCheckpoint[] = [];

  constructor(hashed: HashedShard) {
    this.#hashed = hashed;
  }

  apply(entry: LogEntry): void {
    const { outputsHash } = this.#hashed.apply(entry);
    this.#outputs.push(outputsHash.subarray(0, outputBytes));
    if (entry.sequence % checkpointEveryEntries === 0) this.#checkpoint();
  }

  snapshot(lastEntry: LogEntry): Uint8Array<ArrayBuffer> {
    const { shard, entries, outputs } = this.#hashed;
    const hashes = { entriesHash: entries.hash, outputsHash: outputs.hash };
    const context = { ...hashes, lastEntryHash: hashOfEntry(lastEntry), owed: [] };
    return new Uint8Array(encodeSnapshot(shard, context).bytes);
  }

  noted(): Pick<GoldenShard, "outputs" | "checkpoints"> {
    const isChecked = this.#checkpoints.at(-1)?.sequence === this.#hashed.shard.sequence;
    if (!isChecked) this.#checkpoint();
    return { outputs: Buffer.concat(this.#outputs), checkpoints: this.#checkpoints };
  }

  /** Replays what is after this replay's beginning. */
  firstDifference({ entries, outputs, checkpoints }: GoldenShard): string | undefined {
    const { shard } = this.#hashed;
    for (const entry of entries.slice(shard.sequence)) {
      const { sequence } = entry;
      const at = `entry ${String(sequence)}`;
      const { outputsHash } = this.#hashed.apply(entry);
      const told = outputs.subarray((sequence - 1) * outputBytes, sequence * outputBytes);
      if (Buffer.compare(told, outputsHash.subarray(0, outputBytes)) !== 0) return `${at}: outputs`;
      const expected = checkpoints.find((each) => each.sequence === sequence);
      if (expected === undefined) continue;
      const computed = this.#hashesNow();
      for (const name of ["entriesHash", "outputsHash", "stateHash"] as const) {
        if (expected[name] !== computed[name]) return `${at}: ${name}`;
      }
    }
    assert(shard.sequence === checkpoints.at(-1)?.sequence);
    return undefined;
  }

  #checkpoint(): void {
    this.#checkpoints.push(this.#hashesNow());
  }

  #hashesNow(): GoldenCheckpoint {
    const { shard, entries, outputs } = this.#hashed;
    const stateHash = hexOf(stateHashOf(shard));
    return {
      sequence: shard.sequence,
      entriesHash: entries.hex,
      outputsHash: outputs.hex,
      stateHash,
    };
  }
}

// ---- As a file -------------------------------------------------------------------------------

type StoredShard = readonly [
  entries: readonly (readonly [timeUs: number, producer: string, payload: Uint8Array])[],
  outputs: Uint8Array,
  checkpoints: readonly (readonly [number, string, string, string])[],
  snapshot: Uint8Array,
];

export function encodeGoldenLog({ shards }: GoldenLog): Uint8Array {
  const stored = shards.map(({ entries, outputs, checkpoints, snapshot }): StoredShard => {
    const entryList = entries.map(({ timeUs, producer, payload }) => {
      return [timeUs, producer, payload] as const;
    });
    const checkpointList = checkpoints.map(({ sequence, entriesHash, outputsHash, stateHash }) => {
      return [sequence, entriesHash, outputsHash, stateHash] as const;
    });
    return [entryList, outputs, checkpointList, snapshot];
  });
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
  return brotliCompressSync(pack(stored), { params });
}

export function decodeGoldenLog(bytes: Uint8Array): GoldenLog {
  const stored = unpack(brotliDecompressSync(bytes)) as readonly StoredShard[];
  const shards = stored.map(([entries, outputs, checkpoints, snapshot]): GoldenShard => {
    return {
      entries: entries.map(([timeUs, producer, payload], index) => {
        return { sequence: index + 1, timeUs, producer, payload };
      }),
      outputs,
      checkpoints: checkpoints.map(([sequence, entriesHash, outputsHash, stateHash]) => {
        return { sequence, entriesHash, outputsHash, stateHash };
      }),
      snapshot,
    };
  });
  return { shards };
}

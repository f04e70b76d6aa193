/**
 * A replica's snapshot: the shard's state, the two chain hashes, what proves which log it is of,
 * and the frames it still owed.
 *
 * The state part is the same on every replica at the same sequence and its hash proves it; the owed
 * frames are only what this replica did not yet know to be delivered. A seal over all parts shows
 * that none was altered, wherever the snapshot has been.
 */
import { newestLogic, Shard } from "../actors/index.ts";
import type { OutboundFrame, SavedShard } from "../actors/index.ts";
import { hold, invariant, MalformedRecords, pack, unpack } from "../protocols/index.ts";
import { SnapshotDamaged } from "./faults.ts";
import { hashOf, isSameHash } from "./hash-chain.ts";
import { LogicNotCarried } from "./replica-faults.ts";

/** What a snapshot holds beside the state. */
export interface SnapshotContext {
  readonly entriesHash: Uint8Array;
  readonly outputsHash: Uint8Array;
  /** The hash of the last entry that the state includes. */
  readonly lastEntryHash: Uint8Array;
  /** By target shard. */
  readonly owed: readonly (readonly OutboundFrame[])[];
}

export interface ReplicaSnapshot extends SnapshotContext {
  readonly shard: Shard;
  readonly stateHash: Uint8Array;
}

/** Rises with what a shard saves: an older snapshot is passed over as a damaged one is. */
const snapshotVersion = 3;

const restoresTheSame = invariant("snapshots-restore-the-same");

/** The hash of a shard's whole state, which is looked at as it is hashed. */
export function stateHashOf(shard: Shard): Uint8Array {
  shard.audit();
  return hashOf(pack(shard.snapshot()));
}

/** The state is packed and hashed once: both take long when there is much of it. */
export function encodeSnapshot(
  shard: Shard,
  context: SnapshotContext,
): { readonly bytes: Uint8Array; readonly stateHash: Uint8Array } {
  shard.audit();
  const state = pack(shard.snapshot());
  const stateHash = hashOf(state);
  const owed = context.owed.map((frames) => frames.map(({ frame, bytes }) => [frame, bytes]));
  const { entriesHash, outputsHash, lastEntryHash } = context;
  const beside = pack([stateHash, entriesHash, outputsHash, lastEntryHash, owed]);
  return { bytes: pack([snapshotVersion, state, beside, hashOf(beside)]), stateHash };
}

/** What a snapshot says of itself, without restoring it. Throws `SnapshotDamaged`. */
export function proofsIn(
  name: string,
  bytes: Uint8Array,
): Pick<ReplicaSnapshot, "stateHash" | "entriesHash" | "outputsHash"> {
  const { beside } = unsealed(name, bytes);
  const [stateHash, entriesHash, outputsHash] = unpack(beside) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return { stateHash, entriesHash, outputsHash };
}

/**
 * Throws `SnapshotDamaged` on anything but what was encoded and on a state that is none, and
 * `LogicNotCarried` where it goes on by a logic that this code does not have.
 */
export function decodeSnapshot(name: string, bytes: Uint8Array): ReplicaSnapshot {
  const { state, beside } = unsealed(name, bytes);
  const [stateHash, entriesHash, outputsHash, lastEntryHash, owed] = unpack(beside) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    [number, Uint8Array][][],
  ];
  if (!isSameHash(hashOf(state), stateHash)) {
    throw new SnapshotDamaged(name, "its state was altered");
  }
  const shard = restoredFrom(name, state);
  hold(restoresTheSame, isSameHash(stateHashOf(shard), stateHash));
  return {
    shard,
    // Copies: a view would keep the bytes of the whole snapshot in memory.
    stateHash: stateHash.slice(),
    entriesHash: entriesHash.slice(),
    outputsHash: outputsHash.slice(),
    lastEntryHash: lastEntryHash.slice(),
    owed: owed.map((frames, shard) =>
      frames.map(([frame, data]) => ({ shard, frame, bytes: data.slice() })),
    ),
  };
}

/**
 * What a state trips over that never was one is an assertion as a rule. The bytes come from outside
 * and prove nothing of ours to be wrong; there are older ones.
 */
function restoredFrom(name: string, state: Uint8Array): Shard {
  try {
    const saved = unpack(state) as SavedShard;
    const { shard, sequence, version: logic } = saved;
    if (logic > newestLogic) throw new LogicNotCarried(shard, { sequence, logic }, newestLogic);
    return Shard.restore(saved);
  } catch (error) {
    if (error instanceof LogicNotCarried) throw error;
    throw new SnapshotDamaged(name, "no shard can be restored from it", error);
  }
}

function unsealed(name: string, bytes: Uint8Array): { state: Uint8Array; beside: Uint8Array } {
  const parts = unpackedList(name, bytes);
  const [version, state, beside, seal] = parts;
  if (version !== snapshotVersion) {
    throw new SnapshotDamaged(name, "its version is not one that this code knows");
  }
  const areBytes =
    state instanceof Uint8Array && beside instanceof Uint8Array && seal instanceof Uint8Array;
  if (parts.length !== 4 || !areBytes) throw new SnapshotDamaged(name, "its parts are not there");
  if (!isSameHash(hashOf(beside), seal)) throw new SnapshotDamaged(name, "its seal is broken");
  return { state, beside };
}

function unpackedList(name: string, bytes: Uint8Array): readonly unknown[] {
  try {
    const parts = unpack(bytes);
    if (Array.isArray(parts)) return parts;
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
    throw new SnapshotDamaged(name, "it is not msgpack", error);
  }
  throw new SnapshotDamaged(name, "it is not a list");
}

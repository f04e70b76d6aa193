/**
 * A replica's snapshot: the shard's state, the two chain hashes, and the frames it still owed.
 *
 * The state part is the same on every replica at the same sequence and its hash proves it; the
 * owed frames are only what this replica did not yet know to be delivered.
 */
import { Shard } from "../actors/index.ts";
import type { OutboundFrame, SavedShard } from "../actors/index.ts";
import { assert, pack, unpack } from "../protocols/index.ts";
import { hashOf } from "./hash-chain.ts";

export interface ReplicaSnapshot {
  readonly shard: Shard;
  readonly stateHash: Uint8Array;
  readonly entriesHash: Uint8Array;
  readonly outputsHash: Uint8Array;
  /** By target shard. */
  readonly owed: readonly (readonly OutboundFrame[])[];
}

const snapshotVersion = 1;

/** The hash of a shard's whole state. */
export function stateHashOf(shard: Shard): Uint8Array {
  return hashOf(pack(shard.snapshot()));
}

export function encodeSnapshot(snapshot: ReplicaSnapshot): Uint8Array {
  const state = pack(snapshot.shard.snapshot());
  const owed = snapshot.owed.map((frames) => frames.map(({ frame, bytes }) => [frame, bytes]));
  return pack([
    snapshotVersion,
    state,
    hashOf(state),
    snapshot.entriesHash,
    snapshot.outputsHash,
    owed,
  ]);
}

export function decodeSnapshot(bytes: Uint8Array): ReplicaSnapshot {
  const [version, state, stateHash, entriesHash, outputsHash, owed] = unpack(bytes) as [
    number,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    [number, Uint8Array][][],
  ];
  assert(version === snapshotVersion, "a snapshot of a version this code does not know");
  assert(Buffer.compare(hashOf(state), stateHash) === 0, "a snapshot's state was altered");
  return {
    shard: Shard.restore(unpack(state) as SavedShard),
    stateHash,
    entriesHash,
    outputsHash,
    owed: owed.map((frames, shard) =>
      frames.map(([frame, data]) => ({ shard, frame, bytes: data })),
    ),
  };
}

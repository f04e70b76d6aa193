import { describe, expect, it } from "vitest";
import { pack, unpack } from "../protocols/index.ts";
import { newestLogic } from "../actors/index.ts";
import type { Shard } from "../actors/index.ts";
import { SnapshotDamaged } from "./faults.ts";
import { hexOf } from "./hash-chain.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import { LogicNotCarried } from "./replica-faults.ts";
import { decodeSnapshot, encodeSnapshot, stateHashOf } from "./replica-snapshot.ts";
import type { SnapshotContext } from "./replica-snapshot.ts";
import { ShardHost } from "./testing/shard-host.ts";

const hash = (value: number) => new Uint8Array(32).fill(value);
const context: SnapshotContext = {
  entriesHash: hash(1),
  outputsHash: hash(2),
  lastEntryHash: hash(3),
  owed: [[], [{ shard: 1, frame: 7, bytes: new Uint8Array([1, 2]) }], []],
};

async function aShard() {
  const { shard } = await ShardHost.open({ storage: new MemoryLogStorage(), shards: 3 });
  return shard;
}

describe("a replica's snapshot", () => {
  it("is restored as it was taken", async () => {
    const shard = await aShard();
    const { bytes, stateHash } = encodeSnapshot(shard, context);
    expect(hexOf(stateHash)).toBe(hexOf(stateHashOf(shard)));
    const { shard: restored, ...beside } = decodeSnapshot("s", bytes);
    const plain = {
      ...beside,
      stateHash: hexOf(beside.stateHash),
      entriesHash: hexOf(beside.entriesHash),
      outputsHash: hexOf(beside.outputsHash),
      lastEntryHash: hexOf(beside.lastEntryHash),
      owed: beside.owed.map((frames) => frames.map((f) => ({ ...f, bytes: [...f.bytes] }))),
    };
    expect(plain).toEqual({
      stateHash: hexOf(stateHash),
      entriesHash: hexOf(hash(1)),
      outputsHash: hexOf(hash(2)),
      lastEntryHash: hexOf(hash(3)),
      owed: [[], [{ shard: 1, frame: 7, bytes: [1, 2] }], []],
    });
    expect(hexOf(stateHashOf(restored))).toBe(hexOf(stateHash));
    expect(restored.sequence).toBe(shard.sequence);
  });

  it("is refused when any of its bytes was altered, and when it was cut short", async () => {
    const { bytes } = encodeSnapshot(await aShard(), context);
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ 0x11;
      expect(() => decodeSnapshot("s", altered), `byte ${String(at)}`).toThrow(SnapshotDamaged);
    }
    for (const length of [0, 1, 100, bytes.length - 1]) {
      expect(() => decodeSnapshot("s", bytes.subarray(0, length))).toThrow(SnapshotDamaged);
    }
  });

  it("is refused when it is of another version, or no snapshot at all", async () => {
    const { bytes } = encodeSnapshot(await aShard(), context);
    const [version, ...parts] = unpack(bytes) as [number, ...unknown[]];
    expect(() => decodeSnapshot("s", pack([version - 1, ...parts]))).toThrow(SnapshotDamaged);
    expect(() => decodeSnapshot("s", pack([version + 1, ...parts]))).toThrow(SnapshotDamaged);
    for (const other of [pack("text"), pack([]), pack([1, 2, 3, 4]), new Uint8Array([0xc1])]) {
      expect(() => decodeSnapshot("s", other)).toThrow(SnapshotDamaged);
    }
  });

  it("is refused when its state is another one's", async () => {
    const shard = await aShard();
    const [version, , beside, seal] = unpack(encodeSnapshot(shard, context).bytes) as [
      number,
      ...Uint8Array[],
    ];
    const state = pack({ ...shard.snapshot(), sequence: 99 });
    expect(() => decodeSnapshot("s", pack([version, state, beside, seal]))).toThrow(
      SnapshotDamaged,
    );
  });

  it("is refused when it goes on by a logic that this code does not carry", async () => {
    const shard = await aShard();
    const saved = { ...shard.snapshot(), version: newestLogic + 1 };
    const part = { snapshot: () => saved, sequence: shard.sequence, audit: () => undefined };
    const later = part as unknown as Shard;
    const { bytes } = encodeSnapshot(later, context);
    expect(() => decodeSnapshot("s", bytes)).toThrow(LogicNotCarried);
  });
});

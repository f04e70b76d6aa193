/**
 * What every snapshot store must do.
 */
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SnapshotDamaged, SnapshotMissing } from "./faults.ts";
import type { SnapshotName, SnapshotStore } from "./snapshot-store.ts";

/** A fresh, empty store. */
export interface SnapshotStoreWorld {
  readonly store: SnapshotStore;
  /** The same store as another process would open it. */
  reopen(): Promise<SnapshotStore>;
  /** Changes what is stored under that name, behind the store's back. */
  damage(name: SnapshotName): Promise<void>;
  stop(): Promise<void>;
}

export function snapshotStoreConformance(startWorld: () => Promise<SnapshotStoreWorld>): void {
  let world: SnapshotStoreWorld;
  let store: SnapshotStore;

  beforeEach(async () => {
    world = await startWorld();
    store = world.store;
  });
  afterEach(async () => await world.stop());

  it.each([0, 1, 1000, 3 * 1024 * 1024])("gives back the %i bytes it was given", async (size) => {
    const bytes = new Uint8Array(randomBytes(size));
    await store.save({ shard: 1, sequence: 42, bytes });
    const loaded = await (await world.reopen()).load({ shard: 1, sequence: 42 });
    expect(Buffer.compare(loaded, bytes)).toBe(0);
  });

  it("lists a shard's snapshots, newest first, and no other shard's", async () => {
    expect(await store.list(1)).toEqual([]);
    const bytes = new Uint8Array([1]);
    for (const sequence of [9, 100, 20, 0]) await store.save({ shard: 1, sequence, bytes });
    await store.save({ shard: 11, sequence: 7, bytes });
    expect(await (await world.reopen()).list(1)).toEqual(
      [100, 20, 9, 0].map((sequence) => ({ shard: 1, sequence })),
    );
    expect(await store.list(11)).toEqual([{ shard: 11, sequence: 7 }]);
  });

  it("replaces a snapshot of the same name", async () => {
    const name = { shard: 1, sequence: 5 };
    await store.save({ ...name, bytes: new Uint8Array(200_000).fill(1) });
    await store.save({ ...name, bytes: new Uint8Array([2, 2]) });
    expect([...(await store.load(name))]).toEqual([2, 2]);
    expect(await store.list(1)).toEqual([name]);
  });

  it("removes a snapshot, and one that is not there", async () => {
    const name = { shard: 1, sequence: 5 };
    await store.save({ ...name, bytes: new Uint8Array([1]) });
    await store.remove(name);
    await store.remove(name);
    expect(await store.list(1)).toEqual([]);
    await expect(store.load(name)).rejects.toThrow(SnapshotMissing);
  });

  it("does not hand out bytes other than those that were saved", async () => {
    const damaged = { shard: 1, sequence: 5 };
    const intact = { shard: 1, sequence: 4 };
    for (const name of [damaged, intact]) {
      await store.save({ ...name, bytes: new Uint8Array(1000).fill(7) });
    }
    await world.damage(damaged);
    const reopened = await world.reopen();
    await expect(reopened.load(damaged)).rejects.toThrow(SnapshotDamaged);
    expect(await reopened.load(intact)).toHaveLength(1000);
  });

  it("what was saved does not change with the caller's buffer, nor with a reader's", async () => {
    const name = { shard: 1, sequence: 5 };
    const buffer = new Uint8Array([1, 2, 3]);
    await store.save({ ...name, bytes: buffer });
    buffer.fill(9);
    (await store.load(name)).fill(8);
    expect([...(await store.load(name))]).toEqual([1, 2, 3]);
  });

  it("keeps the latest note beside a snapshot, which comes back as it was", async () => {
    const name = { shard: 1, sequence: 5 };
    const bytes = new Uint8Array(1000).fill(7);
    await store.save({ ...name, bytes });
    expect(await store.noteOf(name)).toBeUndefined();
    await store.note(name, new Uint8Array([9]));
    await store.note(name, new Uint8Array([0, 255, 1]));
    const reopened = await world.reopen();
    expect([...((await reopened.noteOf(name)) ?? [])]).toEqual([0, 255, 1]);
    expect(Buffer.compare(await reopened.load(name), bytes)).toBe(0);
    expect(await reopened.list(1)).toEqual([name]);
  });

  it("notes nothing of a snapshot that is not there, and forgets what went with one", async () => {
    const name = { shard: 1, sequence: 5 };
    const note = new Uint8Array([1]);
    await expect(store.note(name, note)).rejects.toThrow(SnapshotMissing);
    expect(await store.noteOf(name)).toBeUndefined();
    await store.save({ ...name, bytes: note });
    await store.note(name, note);
    await store.remove(name);
    expect(await store.noteOf(name)).toBeUndefined();
    await expect(store.note(name, note)).rejects.toThrow(SnapshotMissing);
  });
}

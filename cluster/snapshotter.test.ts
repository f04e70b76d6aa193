import { expect, it } from "vitest";
import { Shard } from "../actors/index.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import type { Snapshot } from "./snapshot-store.ts";
import { Snapshotter } from "./snapshotter.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const noHash = new Uint8Array(32);

it("rests nineteen times as long as the last snapshot took, whatever is due meanwhile", async () => {
  const clock = new ManualClock();
  const saved = Promise.withResolvers<number>();
  class SlowStore extends MemorySnapshotStore {
    override async save(snapshot: Snapshot): Promise<void> {
      clock.advance(100);
      await super.save(snapshot);
    }
  }
  const snapshotter = new Snapshotter({
    ...{ shard: 0, shards: 1, store: new SlowStore(), clock, everyEntries: 10 },
    onSaved: saved.resolve,
    onFault: (fault) => {
      throw fault;
    },
  });
  expect(snapshotter.isDue(9, "following")).toBe(false);
  expect(snapshotter.isDue(10, "following")).toBe(true);
  snapshotter.take(new Shard(0, 1), {
    ...{ entriesHash: noHash, outputsHash: noHash, lastEntryHash: noHash, owed: [[]] },
  });
  expect(snapshotter.isDue(20, "following")).toBe(false);
  await saved.promise;
  await clock.advanceAndSettle(1899);
  expect(snapshotter.isDue(30, "following")).toBe(false);
  clock.advance(1);
  expect(snapshotter.isDue(40, "following")).toBe(true);
});

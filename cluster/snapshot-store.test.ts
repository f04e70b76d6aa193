import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectorySnapshotStore } from "./directory-snapshot-store.ts";
import { SnapshotDamaged, SnapshotStoreUnavailable } from "./faults.ts";
import { LateSnapshotStore } from "./late-snapshot-store.ts";
import { LayeredSnapshotStore } from "./layered-snapshot-store.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { snapshotStoreConformance } from "./snapshot-store.conformance.ts";
import { parseSnapshotKey, snapshotKey } from "./snapshot-store.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { ManualClock } from "./testing/manual-clock.ts";

describe("memory snapshot store", () => {
  snapshotStoreConformance(async () => {
    const store = new MemorySnapshotStore();
    return {
      store,
      reopen: async () => store,
      damage: async (name) => store.damage(name),
      stop: async () => undefined,
    };
  });
});

describe("directory snapshot store", () => {
  let folder: string;
  const name = { shard: 3, sequence: 70 };
  const bytes = new Uint8Array([1, 2, 3]);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "outcry-snapshots-"));
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  const onlyFile = async () => join(folder, (await readdir(folder)).join());

  snapshotStoreConformance(async () => ({
    store: new DirectorySnapshotStore(join(folder, "made", "on", "demand")),
    reopen: async () => new DirectorySnapshotStore(join(folder, "made", "on", "demand")),
    async damage(damaged) {
      const path = join(folder, "made/on/demand", `${snapshotKey(damaged)}.snapshot`);
      const file = await readFile(path);
      file[file.length - 1] = 255 - (file.at(-1) ?? 0);
      await writeFile(path, file);
    },
    stop: async () => undefined,
  }));

  it("a file that was cut off is damaged, wherever it was cut", async () => {
    const store = new DirectorySnapshotStore(folder);
    await store.save({ ...name, bytes });
    const { length } = await readFile(await onlyFile());
    for (let size = length - 1; size >= 0; size -= 1) {
      await truncate(await onlyFile(), size);
      await expect(store.load(name)).rejects.toThrow(SnapshotDamaged);
    }
  });

  it("what a dead process left unfinished is neither listed nor kept", async () => {
    const leftover = `${snapshotKey(name)}.snapshot.999999999.1`;
    await writeFile(join(folder, leftover), "half");
    const store = new DirectorySnapshotStore(folder);
    expect(await store.list(name.shard)).toEqual([]);
    await store.save({ ...name, bytes });
    expect(await readdir(folder)).toEqual([`${snapshotKey(name)}.snapshot`]);
  });

  it("other files in the folder are none of its business", async () => {
    await writeFile(join(folder, "README.snapshot"), "");
    await writeFile(join(folder, "3-1.snapshot"), "");
    expect(await new DirectorySnapshotStore(folder).list(3)).toEqual([]);
  });

  it("a place that cannot be written is unavailable, and so is one that cannot be read", async () => {
    const path = join(folder, "a-file");
    await writeFile(path, "");
    const store = new DirectorySnapshotStore(path);
    await expect(store.save({ ...name, bytes })).rejects.toThrow(SnapshotStoreUnavailable);
    await expect(store.list(3)).rejects.toThrow(SnapshotStoreUnavailable);
    await expect(store.load(name)).rejects.toThrow(SnapshotStoreUnavailable);
  });
});

describe("snapshot key", () => {
  it("reads back as the name it was made of, and sorts by sequence", () => {
    const keys = [0, 9, 10, Number.MAX_SAFE_INTEGER].map((sequence) =>
      snapshotKey({ shard: 12, sequence }),
    );
    expect(keys.map(parseSnapshotKey).map((name) => name?.sequence)).toEqual([
      0,
      9,
      10,
      Number.MAX_SAFE_INTEGER,
    ]);
    expect([...keys].sort()).toEqual(keys);
  });

  it.each(["", "1", "1-2", "x-0000000000000001", "1-0000000000000001-"])("%j is no name", (key) =>
    expect(parseSnapshotKey(key)).toBeUndefined(),
  );
});

describe("layered snapshot store", () => {
  const name = { shard: 0, sequence: 20 };
  const bytes = new Uint8Array([4, 5, 6]);
  let near: MemorySnapshotStore;
  let shared: MemorySnapshotStore;

  const open = () => new LayeredSnapshotStore(near, shared);
  beforeEach(() => {
    near = new MemorySnapshotStore();
    shared = new MemorySnapshotStore();
  });

  snapshotStoreConformance(async () => ({
    store: open(),
    reopen: async () => open(),
    async damage(damaged) {
      near.damage(damaged);
      shared.damage(damaged);
    },
    stop: async () => undefined,
  }));

  it("a wiped node finds what another one saved", async () => {
    await open().save({ ...name, bytes });
    near = new MemorySnapshotStore();
    expect(await open().list(0)).toEqual([name]);
    expect(await open().load(name)).toEqual(bytes);
  });

  it("a snapshot that is damaged near is read from the shared store", async () => {
    await open().save({ ...name, bytes });
    near.damage(name);
    expect(await open().load(name)).toEqual(bytes);
  });

  it("a shared store out of reach keeps nobody from the near one", async () => {
    const away = new Error("unreachable");
    const unavailable = async () => {
      throw new SnapshotStoreUnavailable("gone", away);
    };
    const store = new LayeredSnapshotStore(near, {
      save: unavailable,
      list: unavailable,
      load: unavailable,
      remove: unavailable,
      note: unavailable,
      noteOf: unavailable,
    });
    await store.save({ ...name, bytes });
    expect(await store.list(0)).toEqual([name]);
    expect(await store.load(name)).toEqual(bytes);
    await store.remove(name);
    expect(await store.list(0)).toEqual([]);
  });

  it("what all nodes know of a snapshot is known near as well, once somebody asked", async () => {
    const [verdict, later] = [new Uint8Array([7]), new Uint8Array([8])];
    await open().save({ ...name, bytes });
    for (const note of [verdict, later]) {
      await shared.note(name, note);
      expect(await open().noteOf(name)).toEqual(note);
      expect(await near.noteOf(name)).toEqual(note);
    }
    near = new MemorySnapshotStore();
    expect(await open().noteOf(name)).toEqual(later);
    expect(await near.noteOf(name)).toBeUndefined();
  });

  it("a snapshot damaged near and absent elsewhere is damaged, not missing", async () => {
    await near.save({ ...name, bytes });
    near.damage(name);
    await expect(open().load(name)).rejects.toThrow(SnapshotDamaged);
  });
});

describe("late snapshot store", () => {
  const name = { shard: 0, sequence: 8 };
  const bytes = new Uint8Array([4]);
  let clock: ManualClock;
  let reported: string[];
  beforeEach(() => {
    clock = new ManualClock();
    reported = [];
  });

  const late = (open: () => Promise<SnapshotStore>): LateSnapshotStore =>
    new LateSnapshotStore({ open, clock, report: ({ message }) => void reported.push(message) });

  snapshotStoreConformance(async () => {
    const memory = new MemorySnapshotStore();
    const store = late(async () => memory);
    await store.opened;
    return {
      store,
      reopen: async () => store,
      damage: async (damaged) => memory.damage(damaged),
      stop: async () => undefined,
    };
  });

  it("is out of reach until it is open, however often that fails", async () => {
    const memory = new MemorySnapshotStore();
    let failures = 3;
    const store = late(async () => {
      if (failures-- > 0) throw new SnapshotStoreUnavailable("no leader");
      return memory;
    });
    const near = new MemorySnapshotStore();
    const layered = new LayeredSnapshotStore(near, store);
    await near.save({ ...name, bytes });
    for (let tries = 0; tries < 3; tries++) {
      await expect(store.list(0)).rejects.toThrow(SnapshotStoreUnavailable);
      expect(await layered.list(0)).toEqual([name]);
      await clock.advanceAndSettle(1000);
    }
    await store.opened;
    expect(reported).toHaveLength(3);
    await layered.save({ ...name, sequence: 9, bytes });
    expect(await memory.list(0)).toEqual([{ ...name, sequence: 9 }]);
  });

  it("is not opened any more once it is closed", async () => {
    let tries = 0;
    const store = late(async () => {
      tries += 1;
      throw new SnapshotStoreUnavailable("no leader");
    });
    await clock.advanceAndSettle(500);
    store.close();
    await clock.advanceAndSettle(5000);
    await store.opened;
    expect(tries).toBe(1);
  });

  it("says what no trying again is of use against", async () => {
    const store = late(async () => {
      throw new Error("this is no store");
    });
    await expect(store.opened).rejects.toThrow("this is no store");
    await expect(store.list(0)).rejects.toThrow(SnapshotStoreUnavailable);
  });
});

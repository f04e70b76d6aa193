/** What every archive store must do, run in memory and on files alike. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ArchiveStore } from "./archive-store.ts";

export interface ArchiveStoreWorld {
  /** One more handle on an archive that is empty at first. */
  open(): ArchiveStore;
  stop(): Promise<void>;
}

export function archiveStoreConformance(startWorld: () => Promise<ArchiveStoreWorld>): void {
  let world: ArchiveStoreWorld;
  let store: ArchiveStore;
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

  beforeEach(async () => {
    world = await startWorld();
    store = world.open();
  });
  afterEach(async () => await world.stop());

  it("has nothing at first", async () => {
    expect(await store.list("LOG_0")).toEqual([]);
    expect(await store.get({ log: "LOG_0", first: 1 })).toBeUndefined();
  });

  it("gives back what was put, also through another handle, and lists it in order", async () => {
    const firsts = [1, 90, 1000, 12, 9];
    for (const first of firsts) {
      expect(await store.put({ log: "LOG_0", first }, bytesOf(String(first)))).toBe(true);
    }
    const other = world.open();
    expect(await other.list("LOG_0")).toEqual([1, 9, 12, 90, 1000]);
    for (const first of firsts) {
      expect(await other.get({ log: "LOG_0", first })).toEqual(bytesOf(String(first)));
    }
    expect(await other.list("LOG_1")).toEqual([]);
    expect(await other.get({ log: "LOG_1", first: 1 })).toBeUndefined();
  });

  it("keeps what it has when something else is put under the same name", async () => {
    const name = { log: "LOG_0", first: 1 };
    expect(await store.put(name, bytesOf("first"))).toBe(true);
    expect(await world.open().put(name, bytesOf("second"))).toBe(false);
    expect(await store.get(name)).toEqual(bytesOf("first"));
  });

  it("takes one of several that are put at once", async () => {
    const name = { log: "LOG_0", first: 1 };
    const texts = ["a", "b", "c", "d", "e"];
    const taken = await Promise.all(texts.map((text) => world.open().put(name, bytesOf(text))));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await store.get(name)).toEqual(bytesOf(texts[taken.indexOf(true)] ?? ""));
  });

  it("keeps bytes as they are, none of them and megabytes of them", async () => {
    const sizes = [0, 1, 256, 5 * 1024 * 1024];
    for (const size of sizes) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
      await store.put({ log: "LOG_2", first: size + 1 }, bytes);
      const found = await store.get({ log: "LOG_2", first: size + 1 });
      expect(Buffer.compare(found ?? Buffer.of(1), bytes)).toBe(0);
    }
  });

  it("has more than a thousand segments of a log", async () => {
    const firsts = Array.from({ length: 1100 }, (_, index) => index + 1);
    for (let start = 0; start < firsts.length; start += 50) {
      const some = firsts.slice(start, start + 50);
      await Promise.all(some.map((first) => store.put({ log: "LOG_3", first }, bytesOf("x"))));
    }
    expect(await store.list("LOG_3")).toEqual(firsts);
  });
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { archiveStoreConformance } from "./archive-store.conformance.ts";
import { ArchiveUnavailable } from "./archive-faults.ts";
import { DirectoryArchiveStore } from "./directory-archive-store.ts";
import { MemoryArchiveStore } from "../testing/memory-archive-store.ts";

describe("memory archive store", () => {
  archiveStoreConformance(async () => {
    const store = new MemoryArchiveStore();
    return { open: () => store, stop: async () => undefined };
  });
});

describe("directory archive store", () => {
  archiveStoreConformance(async () => {
    const folder = await mkdtemp(join(tmpdir(), "outcry-archive-"));
    return {
      open: () => new DirectoryArchiveStore(folder),
      stop: async () => await rm(folder, { recursive: true }),
    };
  });

  it("says so when it cannot write, and lists nothing that is not a segment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "outcry-archive-"));
    const file = join(folder, "a-file");
    await writeFile(file, "");
    const name = { log: "LOG_0", first: 1 };
    const blocked = new DirectoryArchiveStore(file);
    await expect(blocked.put(name, new Uint8Array(1))).rejects.toThrow(ArchiveUnavailable);
    await expect(blocked.list("LOG_0")).rejects.toThrow(ArchiveUnavailable);
    const store = new DirectoryArchiveStore(folder);
    await store.put(name, new Uint8Array(1));
    for (const other of ["0000000000000002.segment.77.1", "2.segment", "notes.txt"]) {
      await writeFile(join(folder, "LOG_0", other), "");
    }
    expect(await store.list("LOG_0")).toEqual([1]);
    await rm(folder, { recursive: true });
  });
});

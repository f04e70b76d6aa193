import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { MemoryLogStorage } from "../../cluster/memory-log.ts";
import { MemoryArchiveStore } from "../../cluster/testing/memory-archive-store.ts";
import { BackupFolder, logName } from "../backup/backup-folder.ts";
import { takeEarlierArchive } from "./earlier-archive.ts";

it("is taken over once, shard by shard, and goes on where it ended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "outcry-earlier-archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = new MemoryArchiveStore();
  const log = new MemoryLogStorage({ name: logName(1) }).open();
  const theirs = new LogArchive(store, logName(1));
  const backup = new BackupFolder(folder);
  for (const [count, total] of [
    [3, 3],
    [0, 3],
    [2, 5],
  ] as const) {
    for (let left = count; left > 0; left -= 1) await log.append("gw-1", new Uint8Array(30));
    await theirs.copy(log, total);
    await takeEarlierArchive(store, backup, 2);
    expect((await backup.archive(0).end()).sequence).toBe(0);
    expect(await backup.archive(1).end()).toEqual(await theirs.end());
    expect(await backup.archive(1).verify()).toMatchObject({ end: await theirs.end() });
  }
});

/**
 * Segments as files, a folder for each log.
 *
 * A file appears under its name only when all of it is on disk, and takes nobody else's place: of
 * two that write the same segment, the first one counts.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder, writeDurably } from "../durable-file.ts";
import { isErrno } from "../errno.ts";
import { ArchiveUnavailable } from "./archive-faults.ts";
import { firstOfFile, segmentFile } from "./archive-store.ts";
import type { ArchiveStore, SegmentName } from "./archive-store.ts";

export class DirectoryArchiveStore implements ArchiveStore {
  readonly place: string;
  /** @param folder is created with the first segment. Several processes may share it. */
  constructor(folder: string) {
    this.place = folder;
  }

  async put({ log, first }: SegmentName, bytes: Uint8Array): Promise<boolean> {
    const folder = join(this.place, log);
    const path = join(folder, segmentFile(first));
    const unfinished = `${path}.${randomUUID()}`;
    try {
      await mkdir(folder, { recursive: true });
      try {
        await writeDurably(unfinished, [bytes]);
        await link(unfinished, path);
      } finally {
        await rm(unfinished, { force: true });
      }
      await syncFolder(folder);
      return true;
    } catch (error) {
      if (isErrno(error, "EEXIST")) return false;
      throw new ArchiveUnavailable(`cannot write ${path}`, error);
    }
  }

  async list(log: string): Promise<readonly number[]> {
    const folder = join(this.place, log);
    const files = await readdir(folder).catch((error: unknown) => {
      if (isErrno(error, "ENOENT")) return [];
      throw new ArchiveUnavailable(`cannot read ${folder}`, error);
    });
    const firsts = files.map(firstOfFile).filter((first) => first !== undefined);
    return firsts.sort((a, b) => a - b);
  }

  async get({ log, first }: SegmentName): Promise<Uint8Array | undefined> {
    const path = join(this.place, log, segmentFile(first));
    try {
      const file = await readFile(path);
      return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
    } catch (error) {
      if (isErrno(error, "ENOENT")) return undefined;
      throw new ArchiveUnavailable(`cannot read ${path}`, error);
    }
  }
}

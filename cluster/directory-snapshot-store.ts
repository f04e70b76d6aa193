/**
 * Snapshots as files of a folder on this machine.
 *
 * A file appears under its name only when all of it is on disk. It starts with a digest of the
 * rest, and what does not match its digest is never handed out.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceDurably } from "./durable-file.ts";
import { isErrno } from "./errno.ts";
import { SnapshotDamaged, SnapshotMissing, SnapshotStoreUnavailable } from "./faults.ts";
import {
  newestFirst,
  parseSnapshotKey,
  snapshotKey,
  type Snapshot,
  type SnapshotName,
  type SnapshotStore,
} from "./snapshot-store.ts";

const suffix = ".snapshot";
/** Of the file beside a snapshot that holds what was noted of it. */
const noteSuffix = ".note";
const magic = Buffer.from("OUTCRY-SNAPSHOT1");
const digestBytes = 32;

/** What a process that died while it saved leaves behind: `<name>.snapshot.<pid>.<count>`. */
const unfinishedPattern = /\.snapshot(?:\.note)?\.([0-9]+)\.[0-9]+$/;

export class DirectorySnapshotStore implements SnapshotStore {
  readonly #folder: string;
  #filesBegun = 0;

  /**
   * @param folder is created when the first snapshot is saved. It belongs to one process at a time:
   *   what others left unfinished in it is removed.
   */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async save({ shard, sequence, bytes }: Snapshot): Promise<void> {
    await this.#write(this.#pathOf({ shard, sequence }), [magic, digestOf(bytes), bytes]);
  }

  async note(name: SnapshotName, note: Uint8Array): Promise<void> {
    const path = this.#pathOf(name);
    const names = await this.list(name.shard);
    if (!names.some(({ sequence }) => sequence === name.sequence)) throw new SnapshotMissing(path);
    await this.#write(path + noteSuffix, [note]);
  }

  async noteOf(name: SnapshotName): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(name) + noteSuffix;
    const file = await readFile(path).catch((error: unknown) => {
      if (isErrno(error, "ENOENT")) return undefined;
      throw new SnapshotStoreUnavailable(`cannot read ${path}`, error);
    });
    return file && new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  }

  /** The file is there whole or not at all. */
  async #write(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const isFirst = this.#filesBegun === 0;
    this.#filesBegun += 1;
    const unfinished = `${path}.${process.pid}.${this.#filesBegun}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      if (isFirst) await this.#removeUnfinished();
      await replaceDurably(path, parts, unfinished);
    } catch (error) {
      throw new SnapshotStoreUnavailable(`cannot write ${path}`, error);
    }
  }

  async list(shard: number): Promise<readonly SnapshotName[]> {
    const files = await readdir(this.#folder).catch((error: unknown) => {
      if (isErrno(error, "ENOENT")) return [];
      throw new SnapshotStoreUnavailable(`cannot read ${this.#folder}`, error);
    });
    const keys = files.filter((file) => file.endsWith(suffix));
    const names = keys.map((file) => parseSnapshotKey(file.slice(0, -suffix.length)));
    const known = names.filter((name) => name !== undefined);
    return known.filter((name) => name.shard === shard).sort(newestFirst);
  }

  async load(name: SnapshotName): Promise<Uint8Array> {
    const path = this.#pathOf(name);
    const file = await readFile(path).catch((error: unknown) => {
      if (isErrno(error, "ENOENT")) throw new SnapshotMissing(path);
      throw new SnapshotStoreUnavailable(`cannot read ${path}`, error);
    });
    const bytesAt = magic.length + digestBytes;
    if (!file.subarray(0, magic.length).equals(magic)) {
      throw new SnapshotDamaged(path, "it does not start as a snapshot does");
    }
    const bytes = file.subarray(bytesAt);
    if (!file.subarray(magic.length, bytesAt).equals(digestOf(bytes))) {
      throw new SnapshotDamaged(path, "its digest differs");
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async remove(name: SnapshotName): Promise<void> {
    const path = this.#pathOf(name);
    try {
      await rm(path + noteSuffix, { force: true });
      await rm(path, { force: true });
    } catch (error) {
      throw new SnapshotStoreUnavailable(`cannot remove ${path}`, error);
    }
  }

  async #removeUnfinished(): Promise<void> {
    for (const file of await readdir(this.#folder)) {
      const pid = unfinishedPattern.exec(file)?.[1];
      if (pid === undefined || Number(pid) === process.pid) continue;
      await rm(join(this.#folder, file), { force: true });
    }
  }

  #pathOf(name: SnapshotName): string {
    return join(this.#folder, snapshotKey(name) + suffix);
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/**
 * Divergence dumps as files of a folder: `shard-0-entry-1234-<milliseconds>.dump`.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeDump, encodeDump } from "./divergence-dump.ts";
import type { DivergenceDump } from "./divergence-dump.ts";
import { dumpsMax } from "./dump-store.ts";
import type { DumpStore } from "./dump-store.ts";
import { isErrno } from "./errno.ts";
import { DumpDamaged, DumpStoreUnavailable } from "./replica-faults.ts";

const namePattern = /^shard-([0-9]+)-entry-([0-9]+)-([0-9]+)\.dump$/;

/** What a file's name tells. */
export interface DumpFile {
  readonly path: string;
  readonly shard: number;
  readonly sequence: number;
  readonly writtenAtMs: number;
}

export class DirectoryDumpStore implements DumpStore {
  readonly #folder: string;

  /** @param folder is created with the first dump. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async keep(dump: DivergenceDump): Promise<string> {
    const { shard, sequence, writtenAtMs } = dump;
    const at = Math.floor(writtenAtMs);
    const path = join(this.#folder, `shard-${shard}-entry-${sequence}-${at}.dump`);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(`${path}.${process.pid}`, encodeDump(dump));
      await rename(`${path}.${process.pid}`, path);
      for (const old of (await this.list()).slice(dumpsMax)) await rm(old.path, { force: true });
    } catch (error) {
      throw new DumpStoreUnavailable(`cannot write ${path}`, error);
    }
    return path;
  }

  /** Newest first. */
  async list(): Promise<readonly DumpFile[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isErrno(error, "ENOENT")) return [];
      throw new DumpStoreUnavailable(`cannot read ${this.#folder}`, error);
    });
    const files = names.flatMap((name) => {
      const [, shard, sequence, writtenAtMs] = namePattern.exec(name) ?? [];
      if (shard === undefined) return [];
      const path = join(this.#folder, name);
      const numbers = { sequence: Number(sequence), writtenAtMs: Number(writtenAtMs) };
      return [{ path, shard: Number(shard), ...numbers }];
    });
    return files.sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  }
}

/** Rejects with `DumpDamaged`, also when there is none. */
export async function readDump(path: string): Promise<DivergenceDump> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new DumpDamaged(path, "it cannot be read", error);
  });
  return decodeDump(path, bytes);
}

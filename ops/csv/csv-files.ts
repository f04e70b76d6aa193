/**
 * The CSV files in their folder, and how far they are. Lines are appended to both and are on disk
 * before the place behind them is: killed at any moment, it goes on with neither a line lost nor
 * one doubled.
 */
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CsvMismatch } from "./csv-fault.ts";
import { csvFileNames, loadPlace, savePlace } from "./csv-place.ts";
import type { CsvFileName, CsvPlace, CsvShardPlace } from "./csv-place.ts";

/** Text that is to be appended, whole lines each. */
export type CsvLines = Readonly<Record<CsvFileName, string>>;

export class CsvFiles {
  readonly #folder: string;
  readonly #handles: Readonly<Record<CsvFileName, FileHandle>>;
  #place: CsvPlace;

  private constructor(
    folder: string,
    handles: Readonly<Record<CsvFileName, FileHandle>>,
    place: CsvPlace,
  ) {
    this.#folder = folder;
    this.#handles = handles;
    this.#place = place;
  }

  /**
   * Opens those of a folder that is there, or begins new ones. Rejects with {@link CsvMismatch} for
   * files that somebody else made or has shortened.
   */
  static async open(folder: string, headings: CsvLines): Promise<CsvFiles> {
    const place = await loadPlace(folder);
    const handles = {
      "trades.csv": await openFile(join(folder, "trades.csv")),
      "performance.csv": await openFile(join(folder, "performance.csv")),
    };
    try {
      if (place !== undefined) {
        for (const name of csvFileNames) await cutBack(handles[name], name, place.lengths[name]);
        return new CsvFiles(folder, handles, place);
      }
      for (const name of csvFileNames) await checkNew(handles[name], name, headings[name]);
      const lengths = { "trades.csv": 0, "performance.csv": 0 };
      const files = new CsvFiles(folder, handles, { version: 1, shards: [], lengths });
      await files.append(headings, []);
      return files;
    } catch (error) {
      for (const name of csvFileNames) await handles[name].close();
      throw error;
    }
  }

  /** By file, in bytes. */
  get lengths(): Readonly<Record<CsvFileName, number>> {
    return this.#place.lengths;
  }

  /** By shard; none of those that nothing was written of. */
  get shards(): readonly CsvShardPlace[] {
    return this.#place.shards;
  }

  /** All lines of a file but its first, the oldest first. */
  async *lines(name: CsvFileName): AsyncGenerator<string> {
    const end = this.#place.lengths[name] - 1;
    const input = this.#handles[name].createReadStream({ start: 0, end, autoClose: false });
    let isHeading = true;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (!isHeading) yield line;
      isHeading = false;
    }
  }

  /** Durable when it resolves. When it rejects, the same may be appended again. */
  async append(lines: CsvLines, shards: readonly CsvShardPlace[]): Promise<void> {
    const { lengths: before } = this.#place;
    const lengths = { ...before };
    for (const name of csvFileNames) {
      const bytes = Buffer.from(lines[name]);
      if (bytes.length === 0) continue;
      await writeAll(this.#handles[name], bytes, before[name]);
      await this.#handles[name].datasync();
      lengths[name] += bytes.length;
    }
    const place: CsvPlace = { version: 1, shards, lengths };
    await savePlace(this.#folder, place);
    this.#place = place;
  }

  async close(): Promise<void> {
    for (const name of csvFileNames) await this.#handles[name].close();
  }
}

/** Not for appending: an append that failed half way is written over. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return await open(path, "w+", 0o640);
  }
}

async function cutBack(file: FileHandle, name: CsvFileName, length: number): Promise<void> {
  const { size } = await file.stat();
  if (size < length) {
    throw new CsvMismatch(
      `${name} has ${size} bytes and had ${length}: move the folder's files away, place.json too, to have all written anew`,
    );
  }
  await file.truncate(length);
}

/** Nobody's lines are written over: there is nothing, or what is left of a start that was killed. */
async function checkNew(file: FileHandle, name: CsvFileName, heading: string): Promise<void> {
  const { size } = await file.stat();
  const begun = Buffer.alloc(Math.min(size, heading.length));
  await file.read(begun, 0, begun.length, 0);
  if (size > heading.length || !heading.startsWith(begun.toString())) {
    throw new CsvMismatch(`${name} was there and is not ours: name another folder`);
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written);
    written += bytesWritten;
  }
}

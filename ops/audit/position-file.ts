/** Where an auditor is, in a file that survives a power cut. */
import { readFile } from "node:fs/promises";
import { replaceDurably } from "../../cluster/durable-file.ts";
import type { StreamPosition } from "./trace-stream.ts";

/** Where it is, and in which logs. */
export interface AuditorPosition extends StreamPosition {
  /**
   * By shard, the hash of all entries up to the one up to which all is told; "" where that is not
   * known, as in files of before.
   */
  readonly entriesHashes?: readonly string[];
}

/** The file is of an auditor of other logs. */
export class AuditorMismatch extends Error {
  override readonly name = "AuditorMismatch";
}

export class PositionFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** undefined where nothing was told yet. */
  async load(): Promise<AuditorPosition | undefined> {
    try {
      return JSON.parse(await readFile(this.path, "utf8")) as AuditorPosition;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async save(position: AuditorPosition): Promise<void> {
    await replaceDurably(this.path, [Buffer.from(`${JSON.stringify(position)}\n`)]);
  }
}

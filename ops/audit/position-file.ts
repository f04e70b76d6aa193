/** Where an auditor is, in a file that survives a power cut. */
import { readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeDurably } from "../../cluster/durable-file.ts";
import type { StreamPosition } from "./trace-stream.ts";

export class PositionFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** undefined where nothing was told yet. */
  async load(): Promise<StreamPosition | undefined> {
    try {
      return JSON.parse(await readFile(this.#path, "utf8")) as StreamPosition;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async save(position: StreamPosition): Promise<void> {
    const written = `${this.#path}.new`;
    await writeDurably(written, [Buffer.from(`${JSON.stringify(position)}\n`)]);
    await rename(written, this.#path);
    await syncFolder(dirname(this.#path));
  }
}

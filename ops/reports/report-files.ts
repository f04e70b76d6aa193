/** Where reports are written: a file that is there whole or not at all. */
import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { TextOutput } from "./make-reports.ts";

/** What was written, by which anybody can tell whether it is the same. */
export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Named as it is to be once all is written and on disk. */
export class FileOutput implements TextOutput {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");
  #bytes = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<FileOutput> {
    return new FileOutput(path, await open(unfinished(path), "w", 0o640));
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#file.writeFile(bytes);
  }

  async finish(): Promise<WrittenFile> {
    await this.#file.sync();
    await this.#file.close();
    await rename(unfinished(this.path), this.path);
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  /** Nothing is left of it. */
  async drop(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(unfinished(this.path), { force: true });
  }
}

function unfinished(path: string): string {
  return `${path}.unfinished`;
}

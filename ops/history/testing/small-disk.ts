/** A file system of a few megabytes, in memory, that can be full. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Where none may be mounted, why. */
  static open(megabytes: number): SmallDisk | string {
    const folder = mkdtempSync(join(tmpdir(), "outcry-disk-"));
    try {
      const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
      execFileSync("mount", options, { stdio: "pipe" });
      return new SmallDisk(folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      return String(error);
    }
  }

  /** Leaves no room on it. */
  fill(): void {
    const file = openSync(this.#filler, "w");
    const block = Buffer.alloc(4096);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  /** There is room again. */
  clear(): void {
    rmSync(this.#filler);
  }

  close(): void {
    execFileSync("umount", [this.folder]);
    rmSync(this.folder, { recursive: true });
  }

  get #filler(): string {
    return join(this.folder, "filler");
  }
}

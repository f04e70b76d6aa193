/** A record's files: in a folder, each of them whole or not there. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../../cluster/errno.ts";
import { replaceDurably } from "../../cluster/durable-file.ts";
import { withLock } from "../setup/lock.mjs";
import { names } from "./manifest.ts";
import { RecordFault } from "./record-fault.ts";
import type { RecordKey } from "./record-key.ts";

/** What a record is checked from. */
export interface RecordFiles {
  list(): readonly string[];
  /** undefined where there is no such file. */
  read(name: string): Uint8Array | undefined;
}

/** What `write` leaves when it is stopped, of a file of a record. */
const unfinished = /^(record|record-key|seal|shard-\d+-\d{6,})\.[a-z.]+\.unfinished$/;

/** There while an export writes into a folder. */
const lock = "export.lock";

/** Whether an export leaves something of that name, whether it goes on or is stopped. */
export function isOfExport(name: string): boolean {
  return name === lock || unfinished.test(name);
}

export class RecordFolder implements RecordFiles {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes it, and writes into it alone: whoever comes meanwhile waits, also for one that was
   * killed, which is known after ten seconds.
   */
  async alone<Result>(write: () => Promise<Result>, onWait?: () => void): Promise<Result> {
    this.#make();
    return await withLock(join(this.path, lock), write, onWait);
  }

  #make(): void {
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
    } catch (error) {
      if (!isErrno(error, "EEXIST") && !isErrno(error, "ENOTDIR")) throw error;
      throw new RecordFault("no-folder", `${this.path} is, or is in, something else than a folder`);
    }
  }

  /** Forgets what was not finished: for who writes alone, into what is known to be a record. */
  forgetUnfinished(): void {
    for (const name of this.list()) if (unfinished.test(name)) rmSync(join(this.path, name));
  }

  list(): readonly string[] {
    try {
      return readdirSync(this.path).sort();
    } catch (error) {
      if (isErrno(error, "ENOENT")) return [];
      throw error;
    }
  }

  read(name: string): Uint8Array | undefined {
    try {
      return readFileSync(join(this.path, name));
    } catch (error) {
      if (isErrno(error, "ENOENT") || isErrno(error, "EISDIR")) return undefined;
      throw error;
    }
  }

  /** It is on disk, under that name, when this resolves. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.path, name);
    await replaceDurably(path, [bytes], `${path}.unfinished`);
  }

  /** The signature comes last: what has one is whole. */
  async writeSigned(name: string, bytes: Uint8Array, key: RecordKey): Promise<void> {
    await this.write(name, bytes);
    await this.write(names.signatureOf(name), key.sign(bytes));
  }
}

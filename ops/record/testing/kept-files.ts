/** A record's files in memory, to be edited by tests. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RecordFiles } from "../record-folder.ts";

export class KeptFiles implements RecordFiles {
  readonly files: Map<string, Uint8Array>;

  constructor(files: Iterable<readonly [string, Uint8Array]>) {
    this.files = new Map(files);
  }

  static of(folder: string): KeptFiles {
    return new KeptFiles(
      readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
    );
  }

  list(): readonly string[] {
    return [...this.files.keys()].sort();
  }

  read(name: string): Uint8Array | undefined {
    return this.files.get(name);
  }
}

/**
 * How far the CSV files are: by shard the entry up to which all is in them, and how long they are
 * with that. Written after the lines, all of it or nothing: what the files hold beyond it was
 * written by somebody who died before he could say so, and is written again.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceDurably } from "../../cluster/durable-file.ts";

export interface CsvShardPlace {
  readonly sequence: number;
  /** The chain over all entries up to there, in hex. */
  readonly entriesHash: string;
}

export interface CsvPlace {
  readonly version: 1;
  readonly shards: readonly CsvShardPlace[];
  /** By file, its bytes. */
  readonly lengths: Readonly<Record<CsvFileName, number>>;
}

export const csvFileNames = ["trades.csv", "performance.csv"] as const;
export type CsvFileName = (typeof csvFileNames)[number];

const placeName = "place.json";

/** undefined where nothing was written yet. */
export async function loadPlace(folder: string): Promise<CsvPlace | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, placeName), "utf8")) as CsvPlace;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function savePlace(folder: string, place: CsvPlace): Promise<void> {
  const path = join(folder, placeName);
  await replaceDurably(path, [Buffer.from(`${JSON.stringify(place)}\n`)]);
}

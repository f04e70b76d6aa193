/**
 * Where a page of history ends, as text that its reader hands back for the next one: the place of
 * its last row, and what of the logs was in the history when the first page was read.
 *
 * Rows that came in since are on no page, so that those that come between others, as a slower
 * shard's do, are not told to one reader and withheld from another.
 */
import { historyCursorPattern } from "../../../protocols/api/history-requests.ts";

export interface PagePlace {
  /** Of the last row: its time, in µs since 1970, and what tells rows of one time apart. */
  readonly key: readonly number[];
  /** By shard, the last entry of which there are rows on these pages. */
  readonly asOf: readonly number[];
}

const pattern = new RegExp(historyCursorPattern);

export function encodePagePlace({ key, asOf }: PagePlace): string {
  return `${key.join("-")}_${asOf.join("-")}`;
}

/** undefined for what no page has ever had, of rows that have so many numbers in their key. */
export function decodePagePlace(text: string, keyLength: number): PagePlace | undefined {
  if (!pattern.test(text)) return undefined;
  const [key = [], asOf = []] = text.split("_").map((part) => part.split("-").map(Number));
  const isSafe = [...key, ...asOf].every(Number.isSafeInteger);
  return isSafe && key.length === keyLength ? { key, asOf } : undefined;
}

/** The rows of a Parquet file as lines, read by another library than the one that wrote it. */
import { parquetReadObjects } from "hyparquet";
import { columns } from "../columns.ts";
import { lineOf } from "../record-row.ts";
import type { RecordRow } from "../record-row.ts";

export async function linesOfParquet(bytes: Uint8Array): Promise<readonly string[]> {
  const file = new Uint8Array(bytes).buffer;
  // A moment has more digits than a Date.
  const parsers = { timestampFromMicroseconds: (timeUs: bigint) => timeUs };
  const rows = await parquetReadObjects({ file, parsers });
  return rows.map((row) => lineOf(rowOf(row)));
}

function rowOf(read: Readonly<Record<string, unknown>>): RecordRow {
  const cells = columns.map(({ name }) => [name, read[name] ?? undefined]);
  return Object.fromEntries(cells) as RecordRow;
}

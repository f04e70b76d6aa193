/** One piece of a record: rows as the files that hold them. */
import type { FileFormat } from "./manifest.ts";
import { names, rowHashesName } from "./manifest.ts";
import { parquetOf } from "./parquet-file.ts";
import { hashOfLine, heading, lineOf } from "./record-row.ts";
import type { RecordRow } from "./record-row.ts";

export interface PieceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function filesOfPiece(
  { shard, number }: { readonly shard: number; readonly number: number },
  rows: readonly RecordRow[],
  formats: readonly FileFormat[],
): readonly PieceFile[] {
  const lines = rows.map(lineOf);
  const files = formats.map((format) => ({
    name: `${names.piece(shard, number)}.${format}`,
    bytes: format === "csv" ? csvOf(lines) : parquetOf(rows),
  }));
  const hashes = Buffer.concat(lines.map(hashOfLine));
  return [...files, { name: rowHashesName(shard, number), bytes: hashes }];
}

function csvOf(lines: readonly string[]): Uint8Array {
  return Buffer.from([heading, ...lines, ""].join("\n"));
}

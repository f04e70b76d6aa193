/** One piece of a record: rows as the files that hold them, and what is signed of these. */
import { recordVersion } from "./columns.ts";
import type { FileFormat, Manifest } from "./manifest.ts";
import { names, rowHashesName, sha256 } from "./manifest.ts";
import { parquetOf } from "./parquet-file.ts";
import type { Piece } from "./record-reading.ts";
import { hashOfLine, heading, lineOf } from "./record-row.ts";
import type { RecordRow } from "./record-row.ts";

export interface PieceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a piece stands among those of its shard: what of its manifest is not in the log. */
export type PiecePlace = Pick<Manifest, "shard" | "number" | "previous">;

/** The same entries come to the same bytes, whether they are written or compared. */
export function signable(
  { after, upTo, timesUs, rows }: Piece,
  place: PiecePlace,
  formats: readonly FileFormat[],
): { readonly manifest: Manifest; readonly files: readonly PieceFile[] } {
  const files = filesOfPiece(place, rows, formats);
  const manifest: Manifest = {
    ...{ version: recordVersion, shard: place.shard, number: place.number },
    ...{ previous: place.previous, after, upTo },
    ...(timesUs !== undefined && { times: [isoOf(timesUs[0]), isoOf(timesUs[1])] }),
    rows: rows.length,
    files: files.map(({ name, bytes }) => {
      return { name, bytes: bytes.length, sha256: sha256(bytes) };
    }),
  };
  return { manifest, files };
}

function filesOfPiece(
  { shard, number }: PiecePlace,
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

function isoOf(timeUs: number): string {
  return new Date(timeUs / 1000).toISOString();
}

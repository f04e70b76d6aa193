/**
 * Finds the first row in which a CSV file that is not as it was signed differs from what was.
 *
 * Parquet files are not decoded: whoever has edited one has chosen what its decoder works on.
 */
import type { Finding } from "./finding.ts";
import { hashOfLine, heading, linesOf, rowHashBytes } from "./record-row.ts";

/** A file that is not what was signed. */
interface AlteredFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @param hashes those of the rows as they were signed. */
export function findAlteredRow({ name, bytes }: AlteredFile, hashes: Uint8Array): Finding {
  const message = "its bytes are not those that were signed";
  const whole: Finding = { kind: "altered", file: name, message };
  if (!name.endsWith(".csv")) return whole;
  const [first, ...lines] = linesOf(Buffer.from(bytes).toString());
  if (first !== heading) return { ...whole, message: `${message}, from its heading on` };
  const row = firstDifference(lines, hashes);
  return row === undefined ? whole : { ...row, file: name };
}

/** Where the rows part from those that were signed; undefined where they do not. */
export function firstDifference(
  lines: readonly string[],
  hashes: Uint8Array,
): Omit<Finding, "file"> | undefined {
  const count = hashes.length / rowHashBytes;
  const is = (line: number, row: number): boolean =>
    row < count && isRow(lines[line], hashes.subarray(row * rowHashBytes));
  let at = 0;
  while (at < lines.length && is(at, at)) at += 1;
  if (at === lines.length && at === count) return undefined;
  const row = at + 1;
  if (at === lines.length) {
    return { kind: "row-removed", row, message: `${count - at} rows from here on are missing` };
  }
  const line = quoted(lines[at]!);
  if (at === count || (lines.length > count && is(at + 1, at))) {
    return { kind: "row-inserted", row, message: `was not signed: ${line}` };
  }
  if (lines.length < count && is(at, at + 1)) {
    return { kind: "row-removed", row, message: `a row is missing before ${line}` };
  }
  return { kind: "row-altered", row, message: `is not the row that was signed: ${line}` };
}

function isRow(line: string | undefined, hash: Uint8Array): boolean {
  return (
    line !== undefined && Buffer.compare(hashOfLine(line), hash.subarray(0, rowHashBytes)) === 0
  );
}

const shownCharacters = 80;

function quoted(line: string): string {
  return line.length <= shownCharacters ? line : `${line.slice(0, shownCharacters)}…`;
}

/**
 * Holds a record against the cluster's logs: whether each piece is of the entries that the log has
 * there, and has the rows that these come to.
 *
 * That a record is as it was signed does not say that what was signed was right; this does.
 */
import type { Finding } from "./finding.ts";
import { firstDifference } from "./altered-row.ts";
import { manifestName, rowHashesName } from "./manifest.ts";
import type { Description, Manifest } from "./manifest.ts";
import type { RecordFiles } from "./record-folder.ts";
import { RecordReading } from "./record-reading.ts";
import type { Piece, SourceLog } from "./record-reading.ts";
import { lineOf } from "./record-row.ts";

export interface ComparedLogs {
  /** By shard, from their first entries on. */
  readonly logs: readonly SourceLog[];
  /** Is told how far it is: entries that were read, and that are to be. */
  readonly onProgress?: ((read: number, all: number) => void) | undefined;
}

interface CheckedPieces {
  readonly description: Description;
  readonly pieces: ReadonlyMap<number, readonly Manifest[]>;
}

/** @returns for each shard the first place where the two differ. */
export async function compareWithLog(
  files: RecordFiles,
  { description, pieces }: CheckedPieces,
  { logs, onProgress }: ComparedLogs,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const ends = description.shards.map(({ shard }) => endOf(pieces.get(shard)));
  const all = ends.reduce((sum, end) => sum + end, 0);
  let read = 0;
  const onEntry = (): void => {
    if (++read % progressEvery === 0 || read === all) onProgress?.(read, all);
  };
  for (const [index, { shard }] of description.shards.entries()) {
    const log = logs[shard];
    const manifests = pieces.get(shard) ?? [];
    const [first] = manifests;
    if (first === undefined) continue;
    if (log === undefined) {
      const message = `there is no log of shard ${shard}`;
      findings.push({ kind: "log-differs", file: manifestName(shard, first.number), message });
      continue;
    }
    const reading = new RecordReading({
      ...{ shard, shards: logs.length, head: ends[index]!, onEntry },
      ...{ from: description.from, to: description.to, rowsMax: description.rowsMax },
    });
    const finding = await firstDifferenceOf(files, manifests, reading.pieces(log));
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

const progressEvery = 1000;

function endOf(manifests: readonly Manifest[] | undefined): number {
  return manifests?.at(-1)?.upTo.sequence ?? 0;
}

async function firstDifferenceOf(
  files: RecordFiles,
  manifests: readonly Manifest[],
  pieces: AsyncIterable<Piece>,
): Promise<Finding | undefined> {
  let index = 0;
  for await (const piece of pieces) {
    const manifest = manifests[index++];
    if (manifest === undefined) break;
    const finding = whyDifferent(files, manifest, piece);
    if (finding !== undefined) return finding;
  }
  const left = manifests[index];
  if (left === undefined) return undefined;
  const message = "the log ends before it";
  return { kind: "log-differs", file: manifestName(left.shard, left.number), message };
}

function whyDifferent(files: RecordFiles, manifest: Manifest, piece: Piece): Finding | undefined {
  const { shard, number, after, upTo } = manifest;
  const differs = (message: string): Finding => {
    return { kind: "log-differs", file: manifestName(shard, number), message };
  };
  if (piece.after.entriesHash !== after.entriesHash) {
    return differs(`the log has other entries before ${after.sequence + 1}`);
  }
  if (piece.upTo.sequence !== upTo.sequence || piece.upTo.entriesHash !== upTo.entriesHash) {
    return differs(`the log has other entries from ${after.sequence + 1} to ${upTo.sequence}`);
  }
  const file = rowHashesName(shard, number);
  const hashes = files.read(file);
  const row = hashes && firstDifference(piece.rows.map(lineOf), hashes)?.row;
  if (row === undefined) return undefined;
  return { ...differs(`is not what the log comes to`), file, row };
}

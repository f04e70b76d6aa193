/**
 * Holds a record against the cluster's logs: whether each piece is of the entries that the log has
 * there, whether all that is signed of it, file by file, is what these come to, and whether the
 * record has all pieces that there are.
 *
 * That a record is as it was signed does not say that what was signed was right; this does.
 */
import { isDeepStrictEqual } from "node:util";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { firstDifference } from "./altered-row.ts";
import type { CheckedRecord } from "./check-record.ts";
import { clusterNameIn } from "./cluster-name.ts";
import type { Finding } from "./finding.ts";
import { manifestName, names } from "./manifest.ts";
import type { Description, Manifest, SignedFile } from "./manifest.ts";
import type { RecordFiles } from "./record-folder.ts";
import { signable } from "./record-piece.ts";
import { RecordReading } from "./record-reading.ts";
import type { Piece } from "./record-reading.ts";
import { hashOfLine, lineOf, linesOf } from "./record-row.ts";

export interface ComparedLogs {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  /** Is told how far it is: entries that were read, and that are to be. */
  readonly onProgress?: ((read: number, all: number) => void) | undefined;
}

/** What was found of the record without the logs. */
interface Checked extends Pick<CheckedRecord, "findings" | "pieces"> {
  readonly description: Description;
}

/**
 * @returns for each shard the first place where the two differ; nothing that only follows from what
 *   was found without the logs.
 */
export async function compareWithLog(
  files: RecordFiles,
  checked: Checked,
  compared: ComparedLogs,
): Promise<readonly Finding[]> {
  return await new LogComparison(files, checked, compared).run();
}

const progressEvery = 1000;

type ShardEnd = Description["shards"][number];

class LogComparison {
  readonly #files: RecordFiles;
  readonly #description: Description;
  readonly #pieces: CheckedRecord["pieces"];
  readonly #logs: ComparedLogs["logs"];
  readonly #onProgress: ComparedLogs["onProgress"];
  /** Files of which something was found already. */
  readonly #told: ReadonlySet<string>;
  readonly #isUnfinished: boolean;

  constructor(
    files: RecordFiles,
    { description, findings, pieces }: Checked,
    { logs, onProgress }: ComparedLogs,
  ) {
    this.#files = files;
    this.#description = description;
    this.#pieces = pieces;
    this.#logs = logs;
    this.#onProgress = onProgress;
    this.#told = new Set(findings.map(({ file }) => file));
    this.#isUnfinished = findings.some(({ kind }) => kind === "unfinished");
  }

  async run(): Promise<readonly Finding[]> {
    // Of a record that this release cannot read there are none.
    const shards = this.#description.shards.filter(({ shard }) => this.#pieces.has(shard));
    const ends = await Promise.all(shards.map((each) => this.#endOf(each)));
    const all = ends.reduce((sum, end) => sum + end, 0);
    let read = 0;
    const onEntry = (): void => {
      if (++read % progressEvery === 0 || read === all) this.#onProgress?.(read, all);
    };
    const findings = [await this.#otherCluster()];
    for (const [index, { shard, head }] of shards.entries()) {
      const log = this.#logs[shard];
      if (log === undefined) {
        findings.push(differs(names.description, `there is no log of shard ${shard}`));
        continue;
      }
      const { from, to, rowsMax } = this.#description;
      const reading = new RecordReading({
        ...{ shard, shards: this.#logs.length, head: ends[index]!, onEntry },
        ...{ from, to, rowsMax },
      });
      findings.push(await this.#difference(shard, reading.pieces(log)));
      if (findings.at(-1) === undefined) findings.push(earlyEnd(shard, head, await log.head()));
    }
    return findings.filter((finding) => finding !== undefined);
  }

  /** The entry up to which the log has what the record should have. */
  async #endOf({ shard, head }: ShardEnd): Promise<number> {
    if (this.#isUnfinished) return this.#pieces.get(shard)?.at(-1)?.upTo.sequence ?? 0;
    // What the log has got since then is not in the record's range.
    if (this.#description.to === undefined) return head;
    return (await this.#logs[shard]?.head()) ?? 0;
  }

  async #otherCluster(): Promise<Finding | undefined> {
    const name = await clusterNameIn(this.#logs);
    const { cluster } = this.#description;
    if (cluster === name) return undefined;
    return differs(names.description, `is of cluster ${cluster}, and the log of ${name}`);
  }

  async #difference(shard: number, pieces: AsyncIterable<Piece>): Promise<Finding | undefined> {
    const manifests = new Map(this.#pieces.get(shard)?.map((each) => [each.number, each]));
    let number = 0;
    for await (const piece of pieces) {
      number += 1;
      const manifest = manifests.get(number);
      const finding =
        manifest === undefined
          ? this.#lack(manifestName(shard, number), piece)
          : this.#whyDifferent(manifest, piece);
      if (finding !== undefined) return finding;
    }
    const left = [...manifests.keys()].find((each) => each > number);
    if (left === undefined) return undefined;
    return differs(
      manifestName(shard, left),
      "the log, as far as the record is of it, ends before",
    );
  }

  #lack(file: string, { after, upTo }: Piece): Finding | undefined {
    const isTold = this.#told.has(file) || this.#told.has(names.signatureOf(file));
    if (isTold || this.#isUnfinished) return undefined;
    const message = `is not there: the log goes on from ${after.sequence + 1} to ${upTo.sequence}`;
    return differs(file, message);
  }

  #whyDifferent(manifest: Manifest, piece: Piece): Finding | undefined {
    const { shard, number, after, upTo } = manifest;
    const name = manifestName(shard, number);
    if (piece.after.entriesHash !== after.entriesHash) {
      return differs(name, `the log has other entries before ${after.sequence + 1}`);
    }
    if (piece.upTo.sequence > upTo.sequence) {
      return differs(name, `ends with entry ${upTo.sequence}, and not with ${piece.upTo.sequence}`);
    }
    if (piece.upTo.sequence !== upTo.sequence || piece.upTo.entriesHash !== upTo.entriesHash) {
      return differs(
        name,
        `the log has other entries from ${after.sequence + 1} to ${upTo.sequence}`,
      );
    }
    const right = signable(piece, manifest, this.#description.formats);
    const isOther = ({ name, sha256 }: SignedFile): boolean => {
      return manifest.files.some((each) => each.name === name && each.sha256 !== sha256);
    };
    // The hashes of rows come last, and say most.
    const other = right.manifest.files.findLast(isOther);
    if (other === undefined) return otherManifest(manifest, right.manifest);
    const row = this.#otherRow(other.name, piece);
    return {
      ...differs(other.name, "is not what the log comes to"),
      ...(row !== undefined && { row }),
    };
  }

  /** The first row of a file that is another one; undefined where that cannot be told. */
  #otherRow(file: string, { rows }: Piece): number | undefined {
    const bytes = this.#files.read(file);
    if (bytes === undefined) return undefined;
    const lines = rows.map(lineOf);
    if (file.endsWith(".rows")) return firstDifference(lines, bytes)?.row;
    if (!file.endsWith(".csv")) return undefined;
    const [, ...signed] = linesOf(Buffer.from(bytes).toString());
    return firstDifference(signed, Buffer.concat(lines.map(hashOfLine)))?.row;
  }
}

/** Whether the log ends earlier than the record says that it did. */
function earlyEnd(shard: number, head: number, end: number): Finding | undefined {
  if (end >= head) return undefined;
  const message = `says that the log of shard ${shard} had entry ${head}: it ends with ${end}`;
  return differs(names.description, message);
}

function otherManifest(signed: Manifest, right: Manifest): Finding | undefined {
  const [is, ought] = [new Map(Object.entries(signed)), new Map(Object.entries(right))];
  const others = [...new Set([...is.keys(), ...ought.keys()])].filter(
    (field) => !isDeepStrictEqual(is.get(field), ought.get(field)),
  );
  if (others.length === 0) return undefined;
  const name = manifestName(signed.shard, signed.number);
  return differs(name, `what it says of ${others.join(", ")} is not what the log comes to`);
}

function differs(file: string, message: string): Finding {
  return { kind: "log-differs", file, message };
}

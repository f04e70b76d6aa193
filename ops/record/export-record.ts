/**
 * Writes the order record of some shards into a folder, or goes on where an earlier attempt was
 * stopped: what was written stays as it is, and what follows is what would have followed.
 */
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { isDeepStrictEqual } from "node:util";
import { clusterNameIn } from "./cluster-name.ts";
import { recordVersion } from "./columns.ts";
import { bytesOf, manifestName, names, sha256 } from "./manifest.ts";
import type { Bound, Description, FileFormat, Manifest, Seal, ShardSeal } from "./manifest.ts";
import { RecordFault } from "./record-fault.ts";
import type { RecordFolder } from "./record-folder.ts";
import type { RecordKey } from "./record-key.ts";
import { signable } from "./record-piece.ts";
import { RecordReading } from "./record-reading.ts";
import type { Piece } from "./record-reading.ts";
import { earlierDescription, earlierSeal, parse, wholePieces } from "./signed-pieces.ts";

/** What is asked for. */
export interface WantedRecord {
  /** By number; each once, ascending. */
  readonly shards: readonly number[];
  readonly from?: Bound | undefined;
  readonly to?: Bound | undefined;
  readonly formats: readonly FileFormat[];
  readonly rowsMax: number;
}

export interface RecordSource {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly key: RecordKey;
  /** Is told how far it is: entries that were read, and that are to be. */
  readonly onProgress?: ((read: number, all: number) => void) | undefined;
  /** Is told when another export writes into the folder, and this one waits for it. */
  readonly onWait?: (() => void) | undefined;
}

export interface ExportedRecord {
  readonly cluster: string;
  readonly key: string;
  readonly shards: readonly ExportedShard[];
  /** Of all pieces, how many were there already. */
  readonly piecesBefore: number;
}

export interface ExportedShard extends ShardSeal {
  /** Where the log ended when the record was begun: what it holds later is in no piece. */
  readonly head: number;
  /** Where it ends now. */
  readonly headNow: number;
}

const progressEvery = 1000;

export async function exportRecord(
  folder: RecordFolder,
  wanted: WantedRecord,
  source: RecordSource,
): Promise<ExportedRecord> {
  return await folder.alone(() => exportAlone(folder, wanted, source), source.onWait);
}

async function exportAlone(
  folder: RecordFolder,
  wanted: WantedRecord,
  source: RecordSource,
): Promise<ExportedRecord> {
  const { key } = source;
  const bytes = await describe(folder, wanted, source);
  const description = parse<Description>(bytes);
  const record = sha256(bytes);
  const sealed = earlierSeal(folder, key.public);
  const shards: ShardSeal[] = [];
  const progress = progressOf(description, source);
  let piecesBefore = 0;
  for (const { shard, head } of description.shards) {
    const written = wholePieces(folder, { shard, first: record }, key.public);
    piecesBefore += written.manifests.length;
    const writer = new ShardWriter(folder, { description, shard, ...written }, key);
    if (sealed === undefined) {
      const reading = new RecordReading({
        ...{ shard, head, shards: source.logs.length, onEntry: progress },
        ...{ from: description.from, to: description.to, rowsMax: description.rowsMax },
        writtenTo: written.manifests.at(-1)?.upTo,
      });
      for await (const piece of reading.pieces(source.logs[shard]!)) await writer.write(piece);
    }
    shards.push(writer.seal());
  }
  if (sealed === undefined) {
    const seal: Seal = { version: recordVersion, record, shards };
    await folder.writeSigned(names.seal, bytesOf(seal), key);
  } else if (!isDeepStrictEqual(sealed.shards, shards) || sealed.record !== record) {
    const message = `${names.seal} names other pieces than are there: verify the folder`;
    throw new RecordFault("record-damaged", message);
  }
  const { cluster, key: signedWith } = description;
  const headed = await Promise.all(
    shards.map(async (seal, at) => {
      const headNow = await source.logs[seal.shard]!.head();
      return { ...seal, head: description.shards[at]!.head, headNow };
    }),
  );
  return { cluster, key: signedWith, shards: headed, piecesBefore };
}

/** The description that is there, or a new one. */
async function describe(
  folder: RecordFolder,
  { shards, from, to, formats, rowsMax }: WantedRecord,
  { logs, key }: RecordSource,
): Promise<Uint8Array> {
  const plan = {
    ...{ version: recordVersion, key: key.public.fingerprint, formats, rowsMax },
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  const earlier = earlierDescription(folder, { ...plan, shards }, key.public);
  folder.forgetUnfinished();
  if (earlier !== undefined) return earlier;
  const heads = await Promise.all(
    shards.map(async (shard) => ({ shard, head: await logs[shard]!.head() })),
  );
  checkOver(to, heads);
  const cluster = await clusterNameIn(logs);
  const bytes = bytesOf({ ...plan, cluster, shards: heads });
  await folder.write(names.key, Buffer.from(key.public.pem));
  await folder.writeSigned(names.description, bytes, key);
  return bytes;
}

/** What is asked for has to have happened: nothing may be added to a record that is sealed. */
function checkOver(to: Bound | undefined, heads: Description["shards"]): void {
  if (to === undefined) return;
  if ("timeUs" in to) {
    if (to.timeUs < Date.now() * 1000) return;
    const end = new Date(Math.floor(to.timeUs / 1000)).toISOString();
    throw new RecordFault("not-over", `${end} is yet to come: ${nameAnEarlierEnd}`);
  }
  const short = heads.find(({ head }) => head < to.sequence);
  if (short === undefined) return;
  const { shard, head } = short;
  const message = `the log of shard ${shard} ends with entry ${head}: ${nameAnEarlierEnd}`;
  throw new RecordFault("not-over", message);
}

const nameAnEarlierEnd = "name an earlier end, or none for all that there is now";

interface WriterStart {
  readonly description: Description;
  readonly shard: number;
  /** What is there already, */
  readonly manifests: readonly Manifest[];
  /** and what the next piece names as the one before it. */
  readonly last: string;
}

/** Writes one shard's pieces. */
class ShardWriter {
  readonly #folder: RecordFolder;
  readonly #start: WriterStart;
  readonly #key: RecordKey;
  #pieces: number;
  #rows: number;
  #last: string;

  constructor(folder: RecordFolder, start: WriterStart, key: RecordKey) {
    this.#folder = folder;
    this.#start = start;
    this.#key = key;
    this.#pieces = start.manifests.length;
    this.#rows = start.manifests.reduce((sum, { rows }) => sum + rows, 0);
    this.#last = start.last;
  }

  async write(piece: Piece): Promise<void> {
    const { description, shard } = this.#start;
    const number = this.#pieces + 1;
    const place = { shard, number, previous: this.#last };
    const { manifest, files } = signable(piece, place, description.formats);
    for (const { name, bytes } of files) await this.#folder.write(name, bytes);
    const signed = bytesOf(manifest);
    await this.#folder.writeSigned(manifestName(shard, number), signed, this.#key);
    this.#pieces = number;
    this.#rows += manifest.rows;
    this.#last = sha256(signed);
  }

  seal(): ShardSeal {
    const { shard } = this.#start;
    return { shard, pieces: this.#pieces, rows: this.#rows, last: this.#last };
  }
}

function progressOf({ shards }: Description, { onProgress }: RecordSource): () => void {
  const all = shards.reduce((sum, { head }) => sum + head, 0);
  let read = 0;
  return () => {
    if (++read % progressEvery === 0 || read === all) onProgress?.(read, all);
  };
}

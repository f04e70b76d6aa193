/**
 * A segment of an archive: consecutive entries of one log as compressed bytes.
 *
 * It begins with a digest of the rest, names the digest of the segment before, and says what the
 * chain over all entries (`hash-chain.ts`, the one that replicas keep) is before and behind it. So
 * what is in an archive can be checked by itself, against its neighbours and against any replica.
 *
 *     mark · digest · length of the heading · heading · entries (msgpack, zstd)
 */
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { assert, pack, unpack } from "../../protocols/index.ts";
import { hashOf, HashChain, isSameHash } from "../hash-chain.ts";
import { partsOfEntry } from "../log-origin.ts";
import type { LogEntry } from "../replicated-log.ts";
import { ArchiveDamaged } from "./archive-faults.ts";
import type { SegmentName } from "./archive-store.ts";

/** What a segment goes on from. */
export interface ArchiveEnd {
  /** The last sequence archived, 0 for none. */
  readonly sequence: number;
  /** The digest of the last segment. */
  readonly digest: Uint8Array;
  /** The chain over all entries up to there. */
  readonly entriesHash: Uint8Array;
}

export interface Segment {
  readonly before: ArchiveEnd;
  readonly end: ArchiveEnd;
  readonly entries: readonly LogEntry[];
}

const version = 1;
const mark = new TextEncoder().encode("OUTCRY-SEGMENT1\n");
const digestBytes = 32;
const lengthBytes = 4;
const noHash = new Uint8Array(digestBytes);

/** Where an archive begins. */
export const archiveStart: ArchiveEnd = { sequence: 0, digest: noHash, entriesHash: noHash };

type Row = [timeUs: number, producer: string, payload: Uint8Array];

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** The bytes of the entries that follow `before`, and the archive's end with them. */
export async function encodeSegment(
  log: string,
  before: ArchiveEnd,
  entries: readonly LogEntry[],
): Promise<{ readonly bytes: Uint8Array; readonly end: ArchiveEnd }> {
  assert(entries.length > 0, "a segment is never empty");
  const entriesHash = chainBehind(before, entries);
  const sequence = before.sequence + entries.length;
  const rows = entries.map(({ timeUs, producer, payload }): Row => [timeUs, producer, payload]);
  const body = await compress(pack(rows));
  const heading = pack([
    ...[version, log, before.sequence, sequence],
    ...[before.digest, before.entriesHash, entriesHash],
  ]);
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setUint32(0, heading.length);
  const digest = new Uint8Array(hashOf(length, heading, body));
  const bytes = Uint8Array.from(Buffer.concat([mark, digest, length, heading, body]));
  return { bytes, end: { sequence, digest, entriesHash } };
}

/** Rejects with `ArchiveDamaged` on anything but what was encoded under that name. */
export async function decodeSegment(name: SegmentName, bytes: Uint8Array): Promise<Segment> {
  const damaged = (detail: string): ArchiveDamaged =>
    new ArchiveDamaged(name.log, name.first, detail);
  const digestAt = mark.length;
  const lengthAt = digestAt + digestBytes;
  const headingAt = lengthAt + lengthBytes;
  if (bytes.length < headingAt || !isSameHash(bytes.subarray(0, digestAt), mark)) {
    throw damaged("it does not begin as a segment does");
  }
  const digest = bytes.slice(digestAt, lengthAt);
  if (!isSameHash(hashOf(bytes.subarray(lengthAt)), digest)) throw damaged("its digest differs");
  try {
    return await segmentIn(name, bytes, { digest, headingAt });
  } catch (error) {
    // Whoever altered it gave it the digest that goes with that.
    if (error instanceof ArchiveDamaged) throw error;
    throw damaged(`it cannot be read: ${String(error)}`);
  }
}

/** What is in the bytes of a segment whose digest is right. */
async function segmentIn(
  name: SegmentName,
  bytes: Uint8Array,
  { digest, headingAt }: { readonly digest: Uint8Array; readonly headingAt: number },
): Promise<Segment> {
  const damaged = (detail: string): ArchiveDamaged =>
    new ArchiveDamaged(name.log, name.first, detail);
  const lengthAt = headingAt - lengthBytes;
  const headingLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(lengthAt);
  const bodyAt = headingAt + headingLength;
  const [ofVersion, log, from, sequence, previous, hashBefore, entriesHash] = unpack(
    bytes.subarray(headingAt, bodyAt),
  ) as [number, string, number, number, Uint8Array, Uint8Array, Uint8Array];
  if (ofVersion !== version) throw damaged("its version is not one that this code knows");
  if (log !== name.log || from + 1 !== name.first) throw damaged("it bears another's name");
  const rows = unpack(await decompress(bytes.subarray(bodyAt))) as Row[];
  const entries = rows.map(([timeUs, producer, payload], index) => ({
    sequence: from + 1 + index,
    timeUs,
    producer,
    // Not a view of a Buffer: those share memory with all of the segment.
    payload: new Uint8Array(payload),
  }));
  const before = {
    sequence: from,
    digest: new Uint8Array(previous),
    entriesHash: new Uint8Array(hashBefore),
  };
  const end = { sequence, digest, entriesHash: new Uint8Array(entriesHash) };
  if (from + entries.length !== sequence) throw damaged("it has not as many entries as it says");
  if (!isSameHash(chainBehind(before, entries), end.entriesHash)) {
    throw damaged("its entries are not those that it was made of");
  }
  return { before, end, entries };
}

/** The chain over all entries behind these. */
function chainBehind(before: ArchiveEnd, entries: readonly LogEntry[]): Uint8Array {
  const chain = new HashChain(before.entriesHash);
  for (const [index, entry] of entries.entries()) {
    assert(entry.sequence === before.sequence + 1 + index, "a segment's entries are consecutive");
    chain.fold(entry.sequence, ...partsOfEntry(entry));
  }
  return new Uint8Array(chain.hash);
}

/**
 * Goal: whatever is done to an archive, its check names the first place where it is not what was
 * put there, and never takes it for whole.
 *
 * Method: segments are altered by a byte or many, cut short, lengthened, swapped, given another's
 * name, doubled and removed, at random; some by one who knows the format and gives what was altered
 * the digest that goes with it. The only thing an archive cannot know by itself is that its last
 * segments are gone, or were written anew with all that follows: then it ends elsewhere, or with
 * another hash, and that is compared with what replicas have.
 */
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { isSameHash } from "../hash-chain.ts";
import { MemoryLogStorage } from "../memory-log.ts";
import { readAll } from "../testing/read-all.ts";
import { ArchiveDamaged } from "./archive-faults.ts";
import { encodeSegment, type ArchiveEnd } from "./archive-segment.ts";
import { LogArchive } from "./log-archive.ts";
import { MemoryArchiveStore } from "../testing/memory-archive-store.ts";
import type { LogEntry } from "../replicated-log.ts";

const log = "LOG_0";
let segments: ReadonlyMap<number, Uint8Array>;
let entries: readonly LogEntry[];
let end: ArchiveEnd;

beforeAll(async () => {
  const storage = new MemoryLogStorage({ name: log });
  const handle = storage.open();
  for (let number = 1; number <= 60; number += 1) {
    const payload = Uint8Array.from({ length: number % 17 }, (_, index) => number * index);
    await handle.append(`gw-${String(number % 3)}`, payload);
    if (number % 20 === 0) await handle.roll(number / 20);
  }
  const store = new MemoryArchiveStore();
  const archive = new LogArchive(store, log, { segmentBytes: 60 });
  end = await archive.copy(handle, storage.head);
  entries = await readAll(handle);
  const firsts = await store.list(log);
  const loaded = firsts.map(async (first) => [first, (await store.get({ log, first }))!] as const);
  segments = new Map(await Promise.all(loaded));
});

const place = fc.nat({ max: 1_000_000 });
const edit = fc.oneof(
  fc.record({ kind: fc.constant("alter"), place, at: place, by: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constantFrom("shorten", "lengthen"), place, at: place }),
  fc.record({ kind: fc.constant("remove"), place }),
  fc.record({ kind: fc.constantFrom("swap", "double", "rename"), place, at: place }),
  fc.record({ kind: fc.constant("forge"), place, at: place, by: fc.integer({ min: 1, max: 255 }) }),
);
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

/** Does that to a copy of the segments. Returns from which entry on they differ. */
async function edited(copy: Map<number, Uint8Array>, change: Edit): Promise<number> {
  const firsts = [...copy.keys()];
  const first = firsts[change.place % firsts.length]!;
  const bytes = copy.get(first)!;
  switch (change.kind) {
    case "alter": {
      const { at, by } = change as Extract<Edit, { by: number }>;
      bytes[at % bytes.length]! ^= by;
      return first;
    }
    case "shorten":
      copy.set(first, bytes.slice(0, (change as { at: number }).at % bytes.length));
      return first;
    case "lengthen":
      copy.set(first, Uint8Array.from([...bytes, 0]));
      return first;
    case "remove":
      copy.delete(first);
      return first;
    case "forge":
      copy.set(first, await forged(first, change));
      return first;
    default:
      return moved(copy, first, change);
  }
}

function moved(
  copy: Map<number, Uint8Array>,
  first: number,
  { kind, at }: { kind: string; at: number },
) {
  const firsts = [...copy.keys()];
  const other = firsts[at % firsts.length]!;
  const bytes = copy.get(first)!;
  if (kind === "swap") {
    copy.set(first, copy.get(other)!);
    copy.set(other, bytes);
    return first === other ? Infinity : Math.min(first, other);
  }
  const taken = 1 + (at % entries.length);
  if (copy.has(taken)) return Infinity;
  copy.set(taken, bytes);
  if (kind === "double") return taken;
  copy.delete(first);
  return Math.min(first, taken);
}

/** One entry of the segment is another one, and all hashes in it fit. */
async function forged(
  first: number,
  { at, by }: Extract<Edit, { by: number }>,
): Promise<Uint8Array> {
  const store = new MemoryArchiveStore();
  for (const [start, bytes] of segments) await store.put({ log, first: start }, bytes);
  const before = (await new LogArchive(store, log).verify(first - 1)).end;
  const next = [...segments.keys()].find((start) => start > first) ?? entries.length + 1;
  const own = entries.slice(first - 1, next - 1).map((entry) => ({ ...entry }));
  const index = at % own.length;
  own[index] = { ...own[index]!, timeUs: own[index]!.timeUs + by };
  return (await encodeSegment(log, before, own)).bytes;
}

it("an archive that was altered, shortened, filled up or mixed is never taken for whole", async () => {
  await fc.assert(
    fc.asyncProperty(edit, async (change) => {
      const copy = new Map([...segments].map(([first, bytes]) => [first, bytes.slice()]));
      const differsFrom = await edited(copy, change);
      const store = new MemoryArchiveStore();
      for (const [first, bytes] of copy) await store.put({ log, first }, bytes);
      const verified = await new LogArchive(store, log).verify().catch((error: unknown) => error);
      if (differsFrom === Infinity) expect(verified).toMatchObject({ end });
      else if (verified instanceof Error) {
        expect(verified).toBeInstanceOf(ArchiveDamaged);
        // A forged segment fits by itself: what follows does not follow on it.
        const { sequence } = verified as ArchiveDamaged;
        if (change.kind === "forge") expect(sequence).toBeGreaterThan(differsFrom);
        else expect(sequence).toBe(differsFrom);
      } else {
        const proof = verified as { readonly end: ArchiveEnd };
        expect(["remove", "rename", "forge"]).toContain(change.kind);
        expect(isSameHash(proof.end.entriesHash, end.entriesHash)).toBe(false);
      }
    }),
    { numRuns: 3000 },
  );
});

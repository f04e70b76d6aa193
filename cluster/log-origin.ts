/**
 * Whether a log is the one that a snapshot was taken of.
 *
 * A node whose snapshots outlived its log (a wiped JetStream store, a cluster made anew) would go
 * on from a state that the log never led to. So the log must reach as far as the snapshot, and
 * still hold the entry that the snapshot ends with.
 */
import { hashOf, isSameHash } from "./hash-chain.ts";
import { SnapshotAheadOfLog, SnapshotOfAnotherLog } from "./replica-faults.ts";
import type { LogEntry, ReplicatedLog } from "./replicated-log.ts";

/** Where a snapshot ends. */
export interface SnapshotEnd {
  readonly sequence: number;
  readonly lastEntryHash: Uint8Array;
}

/** The log's head. Rejects when the log is not the snapshot's, as far as it reaches back. */
export async function headOfSameLog(
  log: Pick<ReplicatedLog, "name" | "first" | "head" | "read">,
  end?: SnapshotEnd,
): Promise<number> {
  const head = await log.head();
  if (end === undefined) return head;
  const { sequence, lastEntryHash } = end;
  if (head < sequence) throw new SnapshotAheadOfLog(log.name, sequence, head);
  if ((await log.first()) > sequence) return head;
  const [entry] = await log.read(sequence, { entriesMax: 1 });
  if (entry === undefined || !isSameHash(hashOfEntry(entry), lastEntryHash)) {
    throw new SnapshotOfAnotherLog(log.name, sequence);
  }
  return head;
}

export function hashOfEntry(entry: LogEntry): Uint8Array {
  return hashOf(...partsOfEntry(entry));
}

/** All of an entry that a replica's state depends on, beside its sequence. */
export function partsOfEntry({ timeUs, producer, payload }: LogEntry): readonly Uint8Array[] {
  return [encoder.encode(`${String(timeUs)} ${producer}`), payload];
}

const encoder = new TextEncoder();

/** A log from some entry on, piece by piece, for whoever reads it once and is done. */
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";

export interface WantedEntries {
  readonly from: number;
  /** The last one, if the log is as long. */
  readonly upTo: number;
}

const readLimits = { entriesMax: 2000, bytesMax: 4 * 1024 * 1024 };

/** None is empty. The next one is read while whoever asked works on this one. */
export async function* piecesOf(
  log: Pick<ReplicatedLog, "read">,
  { from, upTo }: WantedEntries,
): AsyncGenerator<readonly LogEntry[]> {
  let next: Promise<readonly LogEntry[]> | undefined;
  let sequence = from - 1;
  while (sequence < upTo) {
    const piece = await (next ?? log.read(sequence + 1, readLimits));
    const last = piece.at(-1);
    if (last === undefined) return;
    sequence = last.sequence;
    next = sequence < upTo ? log.read(sequence + 1, readLimits) : undefined;
    // It may turn out that nobody wants it.
    next?.catch(() => undefined);
    yield sequence > upTo ? piece.filter((entry) => entry.sequence <= upTo) : piece;
  }
}

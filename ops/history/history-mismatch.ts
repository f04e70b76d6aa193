/** What a database holds that is no history of these logs, which nobody may go on with. */
import type { HistoryPosition } from "./history-position.ts";

/** The database holds something else than the history of these logs up to where we are. */
export class HistoryMismatch extends Error {
  override readonly name = "HistoryMismatch";
  readonly code = "history-mismatch";
}

/** Throws unless a log has the entries that the history at that place was written from. */
export function holdToLog(
  place: string,
  { sequence, entriesHash }: HistoryPosition,
  log: { readonly shard: number; readonly entriesHash: string },
): void {
  if (sequence === 0 || log.entriesHash === entriesHash) return;
  const where = `shard ${log.shard} had other entries up to ${sequence}`;
  throw new HistoryMismatch(`${place} holds the history of other logs: ${where}`);
}

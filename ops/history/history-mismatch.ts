/** The database holds something else than the history of these logs up to where we are. */
export class HistoryMismatch extends Error {
  override readonly name = "HistoryMismatch";
  readonly code = "history-mismatch";
}

/** Up to where the log of a shard is written down. */
export interface HistoryPosition {
  readonly sequence: number;
  readonly timeUs: number;
  /** Of all entries so far, in hexadecimal digits. */
  readonly entriesHash: string;
}

/** Before the first entry. */
export const nowhere: HistoryPosition = { sequence: 0, timeUs: 0, entriesHash: "" };

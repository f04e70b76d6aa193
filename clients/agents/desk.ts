/** One agent in one instrument, as the trading floor sees it. */

/**
 * What a tick came to: `done` and `refused` are the exchange's answers, `idle` means that nothing
 * was asked for, `unanswered` that it is not known what became of it.
 */
export type DeskTick = "done" | "refused" | "idle" | "unanswered";

export interface Desk {
  /** Lots bought more than sold since it began. */
  readonly inventory: number;
  /** Takes a step. Must not be called again before it resolves. */
  tick(): Promise<DeskTick>;
  /** Takes back whatever rests. */
  close(): Promise<void>;
}

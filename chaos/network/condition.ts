/** How a way between two addresses is: what becomes of what passes. */

/** What becomes of bytes: passed on, kept for later, or lost. */
export type Conduct = "pass" | "hold" | "swallow";

export interface Condition {
  /** From who dialed to the target. */
  readonly there: Conduct;
  readonly back: Conduct;
  /** Added to each direction. */
  readonly delayMs: number;
  /** Of each direction of each connection. */
  readonly bytesPerSecond: number;
  /** Breaks connections and takes no new ones. */
  readonly isCut: boolean;
}

export const sound: Condition = {
  there: "pass",
  back: "pass",
  delayMs: 0,
  bytesPerSecond: Infinity,
  isCut: false,
};

/** What one check of this machine found. The doctor's whole answer is a list of these. */

/** `degraded` runs and may hurt later; `broken` does not run, or must not. */
export type FindingState = "ok" | "degraded" | "broken";

export interface Finding {
  /** What was looked at, in two or three words. */
  readonly subject: string;
  readonly state: FindingState;
  /** What was seen, with its figures. */
  readonly detail: string;
  /** What to do about it; present whenever the state is not `ok`. */
  readonly remedy?: string;
}

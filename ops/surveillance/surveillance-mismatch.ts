/** What is in the folder is of other logs, or not ours: nothing is written there. */
export class SurveillanceMismatch extends Error {
  readonly code = "surveillance-mismatch";
  override readonly name = "SurveillanceMismatch";
}

/** Why a site cannot follow another one, or take its place. */
export type SiteFaultCode =
  | "first-site-unknown"
  | "follows-another"
  | "not-a-site"
  | "still-following"
  | "following-already"
  | "history-incomplete"
  | "mirror-refused";

export class SiteFault extends Error {
  override readonly name = "SiteFault";
  readonly code: SiteFaultCode;

  constructor(code: SiteFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

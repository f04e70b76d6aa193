/** Why a cluster cannot be repaired, or not without being told to. */
export type RepairFaultCode =
  | "nothing-survives"
  | "majority-survives"
  | "still-running"
  | "repair-unsupported"
  | "no-such-survivor"
  | "log-not-recovered"
  | "loss-not-accepted"
  | "not-confirmed";

export class RepairFault extends Error {
  override readonly name = "RepairFault";
  readonly code: RepairFaultCode;

  constructor(code: RepairFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

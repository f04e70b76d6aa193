/** Why something is not backed up or restored. */
export type BackupFaultCode =
  "not-a-backup" | "data-not-empty" | "backup-damaged" | "no-such-place";

export class BackupFault extends Error {
  override readonly name = "BackupFault";
  readonly code: BackupFaultCode;

  constructor(code: BackupFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What can be wrong with a workload file. A book that errs is no fault: it gives another hash. */

export type ConformFaultCode =
  /** The file cannot be opened, read or decompressed. */
  | "file-unreadable"
  /** The file ends before its header says it does. */
  | "file-truncated"
  /** The file is not a workload, or says something that no workload may say. */
  | "file-malformed";

export class ConformFault extends Error {
  override readonly name = "ConformFault";
  readonly code: ConformFaultCode;
  readonly disposition = "fatal";

  constructor(code: ConformFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

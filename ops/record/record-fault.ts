/** Why an order record is not written, or not even looked at. */
export type RecordFaultCode =
  /** The folder holds another record, or things that are none. */
  | "record-of-something-else"
  /** What is written already is not what the log or the key gives. */
  | "record-damaged"
  | "record-is-whole"
  /** What is asked for ends later than the log does. */
  | "not-over"
  | "no-record"
  /** There is no folder to write into, and none can be made. */
  | "no-folder"
  | "key-unreadable";

export class RecordFault extends Error {
  override readonly name = "RecordFault";
  readonly code: RecordFaultCode;
  readonly disposition = "fatal";

  constructor(code: RecordFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

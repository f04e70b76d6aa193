/** What can go wrong with a LOBSTER run, other than that a row differs or a mistake of ours. */

export type LobsterFaultCode =
  /** A file cannot be read, or is not what it should be. */
  | "file-unreadable"
  | "file-malformed"
  /** No instrument can be listed for the run. */
  | "instrument-unsuitable"
  /** The exchange refused what it should have taken. */
  | "refused"
  /** The book is not what was answered: orders were lost or doubled. */
  | "book-differs"
  /** The exchange did not answer, however often it was asked. */
  | "unanswered"
  /** Somebody stopped the run. */
  | "interrupted";

export class LobsterFault extends Error {
  override readonly name = "LobsterFault";
  readonly code: LobsterFaultCode;
  readonly disposition = "fatal";

  constructor(code: LobsterFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A place in a file, for messages: files are named as the user named them, lines from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
}

export function malformed({ file, line }: FilePlace, what: string): LobsterFault {
  return new LobsterFault("file-malformed", `${file} line ${line}: ${what}`);
}

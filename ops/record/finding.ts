/** What is wrong with an order record, and where. */

export type FindingKind =
  /** A file that should be there is not. */
  | "missing"
  /** A file is there that should not. */
  | "unexpected"
  /** A file holds other bytes than were signed. */
  | "altered"
  /** A row of a file is another one than was signed, */
  | "row-altered"
  /** or is not there, */
  | "row-removed"
  /** or was put there. */
  | "row-inserted"
  /** The signature is not that of the key. */
  | "signature"
  /** It is signed, and belongs elsewhere. */
  | "misplaced"
  /** It was signed with another key. */
  | "other-key"
  /** Nothing says that it ends there. */
  | "unfinished"
  /** It was written by a release that this one does not know. */
  | "version"
  /** The cluster's log says something else. */
  | "log-differs"
  /** Somebody is said to have approved of a command who did not sign it. */
  | "approval";

export interface Finding {
  readonly kind: FindingKind;
  readonly file: string;
  /** The row of that file, from 1; the heading of a CSV file is none. */
  readonly row?: number;
  readonly message: string;
}

export function placeOf({ file, row }: Finding): string {
  return row === undefined ? file : `${file}, row ${row}`;
}

/**
 * The database that history is kept in: what is needed of PostgreSQL, on a server of its own or in
 * this process. `history.conformance.ts` holds both to it.
 */
import { ClusterFault } from "../../cluster/faults.ts";
import { InvariantViolation } from "../../protocols/index.ts";
import { HistoryMismatch } from "./history-mismatch.ts";
import type { CopyRows } from "./copy-rows.ts";

export type SqlValue = string | number | boolean | null;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Whether there are more rows than these. */
  readonly isCut: boolean;
}

/** Of one statement, the first rows that it gives. */
export interface Question {
  readonly statement: string;
  readonly values?: readonly SqlValue[];
  /** How many rows at most; many unless told. */
  readonly rowsMax?: number;
  /** How long it may take; a minute on a server and twenty seconds embedded unless told. */
  readonly timeoutMs?: number;
}

export interface DatabaseSession {
  /** One statement. Large integers come as digits, times as text. */
  query(text: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Adds rows to a table. */
  copy(table: string, columns: readonly string[], rows: CopyRows): Promise<void>;
}

export interface Database extends Pick<DatabaseSession, "query"> {
  /** For people: where it is. */
  readonly place: string;
  /** Makes or renews the tables. */
  migrate(): Promise<void>;
  /**
   * All that is done in it happens, or nothing. Rejects with {@link DatabaseUnavailable} when it is
   * to be tried again; it may have happened all the same.
   */
  transact<Value>(work: (session: DatabaseSession) => Promise<Value>): Promise<Value>;
  /** Answers one statement that changes nothing. Rejects with {@link StatementRefused}. */
  ask(question: Question): Promise<SqlAnswer>;
  close(): Promise<void>;
}

/** It cannot be reached, is full, or has stopped: nobody but it is at fault. */
export class DatabaseUnavailable extends ClusterFault {
  readonly code = "database-unavailable";
  readonly disposition = "unknown-outcome";

  constructor(place: string, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`the database ${place} is unavailable: ${detail}`, cause);
  }
}

/** A statement of somebody's is not one, or would change something. */
export class StatementRefused extends ClusterFault {
  readonly code = "statement-refused";
  readonly disposition = "fatal";

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/**
 * What the database says of a statement of somebody's: that it is wrong, takes too long, or is not
 * allowed. Any other error is handed back.
 */
export function refusedOr(error: unknown): unknown {
  const cause = error instanceof DatabaseUnavailable ? error.cause : error;
  return isAnswer(cause) && !/^(08|53|57P)/.test(cause.code) ? new StatementRefused(cause) : error;
}

/** Whether an error is the database's own word, with a code by the SQL standard. */
export function isAnswer(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "severity" in error && "code" in error;
}

/**
 * What a call of the database has failed with, for whoever called: what is wrong by itself as it
 * is, and all else as something that may be over when it is tried again.
 */
export function faultOf(place: string, error: unknown): unknown {
  const isKnown = error instanceof DatabaseUnavailable || error instanceof StatementRefused;
  return isKnown || isMistake(error) || isOurs(error)
    ? error
    : new DatabaseUnavailable(place, error);
}

/** Whether an error is of our own code, which worked in a transaction. */
export function isOurs(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof InvariantViolation ||
    error instanceof HistoryMismatch
  );
}

/**
 * Whether an error says that what was asked is wrong: data that does not fit, a constraint that is
 * broken, a statement that is none. To ask again is no use.
 */
function isMistake(error: unknown): boolean {
  return isAnswer(error) && /^(22|23|42)/.test(error.code);
}

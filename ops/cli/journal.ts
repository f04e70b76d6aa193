/**
 * The operators' journal: who ran which command when, and how it ended. A line of JSON for each, at
 * the end of the file that `OUTCRY_JOURNAL` names; without that there is none.
 */
import { appendFileSync } from "node:fs";
import { userInfo } from "node:os";

export interface JournalLine {
  /** When it ended, in ISO 8601. */
  readonly at: string;
  readonly user: string;
  readonly args: readonly string[];
  readonly exitCode: number;
}

/** A command whose line cannot be written has run all the same: that is said, and no more. */
export function keepJournal(args: readonly string[], exitCode: number): void {
  const file = process.env["OUTCRY_JOURNAL"];
  if (file === undefined || file === "") return;
  const at = new Date().toISOString();
  const line: JournalLine = { at, user: userInfo().username, args, exitCode };
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`outcry: nothing was written into the journal: ${why}\n`);
  }
}

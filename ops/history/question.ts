/**
 * Answers a question of somebody's: in a transaction that may only read, as a cursor, so that it is
 * one statement that gives rows, and no more of them are read than are wanted.
 */
import type { Question, SqlAnswer, SqlValue } from "./database.ts";
import { inReading } from "./transaction.ts";

export interface AskedSession {
  /** A statement's columns and rows. */
  readonly run: (
    text: string,
    values: readonly SqlValue[],
  ) => Promise<Pick<SqlAnswer, "columns" | "rows">>;
  /** What holds for the question alone. */
  readonly setting: string;
}

/** More than people read. */
export const rowsMaxByDefault = 10_000;

export async function answer(
  { statement, values = [], rowsMax = rowsMaxByDefault }: Question,
  { run, setting }: AskedSession,
): Promise<SqlAnswer> {
  const plainly = (text: string) => run(text, []);
  return await inReading(plainly, async () => {
    await plainly(setting);
    const text = statement.trim().replace(/;$/, "");
    // They give rows, and have no cursors.
    if (/^(explain|show)\b/i.test(text)) return { ...(await run(text, values)), isCut: false };
    await run(`DECLARE question NO SCROLL CURSOR FOR ${text}`, values);
    const { columns, rows } = await plainly(`FETCH ${rowsMax + 1} FROM question`);
    return { columns, rows: rows.slice(0, rowsMax), isCut: rows.length > rowsMax };
  });
}

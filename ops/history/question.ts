/**
 * Answers a question of somebody's within a transaction that may only read: as a cursor, so that it
 * is one statement that gives rows, and no more of them are read than are wanted.
 */
import type { Question, SqlAnswer, SqlValue } from "./database.ts";

/** A statement's columns and rows. */
export type RunStatement = (
  text: string,
  values: readonly SqlValue[],
) => Promise<Pick<SqlAnswer, "columns" | "rows">>;

/** More than people read. */
export const rowsMaxByDefault = 10_000;

export async function answer(
  { statement, values = [], rowsMax = rowsMaxByDefault }: Question,
  run: RunStatement,
): Promise<SqlAnswer> {
  const text = statement.trim().replace(/;$/, "");
  // They give rows, and have no cursors.
  if (/^(explain|show)\b/i.test(text)) return { ...(await run(text, values)), isCut: false };
  await run(`DECLARE question NO SCROLL CURSOR FOR ${text}`, values);
  const { columns, rows } = await run(`FETCH ${rowsMax + 1} FROM question`, []);
  return { columns, rows: rows.slice(0, rowsMax), isCut: rows.length > rowsMax };
}

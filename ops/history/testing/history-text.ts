/** All rows of a history as text, in an order of their own: equal histories give equal texts. */
import type { Database, Question, SqlAnswer } from "../database.ts";
import { appendTables, currentTables } from "../history-tables.ts";

/** Every table that follows from the logs. */
const historyTables: readonly string[] = [
  ...Object.keys(appendTables),
  ...Object.keys(currentTables),
  ...["accounts", "log_positions"],
];

/** Of every table, and of every row in it its fields as JSON. */
export type HistoryText = Readonly<Record<string, readonly string[]>>;

/** @param ask the database, or whoever asks it. */
export async function historyText(
  ask: (question: Question) => Promise<Pick<SqlAnswer, "rows">>,
): Promise<HistoryText> {
  const texts: [string, readonly string[]][] = [];
  for (const table of historyTables) {
    const statement = `SELECT to_jsonb(r)::text AS row FROM ${table} AS r`;
    const { rows } = await ask({ statement, rowsMax: 1_000_000 });
    texts.push([table, rows.map(([row]) => String(row)).sort()]);
  }
  return Object.fromEntries(texts);
}

export function textOf(database: Database): Promise<HistoryText> {
  return historyText((question) => database.ask(question));
}

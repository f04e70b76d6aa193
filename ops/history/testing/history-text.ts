/** All rows of a history as text, in an order of their own: equal histories give equal texts. */
import type { Database } from "../database.ts";
import { historyTables } from "../history-tables.ts";

/** Of every table, and of every row in it its fields as JSON. */
export type HistoryText = Readonly<Record<string, readonly string[]>>;

export async function historyText(database: Database): Promise<HistoryText> {
  const texts: [string, readonly string[]][] = [];
  for (const table of historyTables) {
    const rows = await database.query(`SELECT to_jsonb(r)::text AS row FROM ${table} AS r`);
    texts.push([table, rows.map(({ row }) => String(row)).sort()]);
  }
  return Object.fromEntries(texts);
}

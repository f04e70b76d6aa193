/** One page of a view as a statement: rows in order of time, from some place on. */
import type { TimeUs } from "../../../protocols/index.ts";
import { copyTime } from "../copy-text.ts";
import type { Question } from "../database.ts";
import type { HistoryView } from "./history-view.ts";

export interface PageAsked {
  /** By column, what rows have there. */
  readonly matches: Readonly<Record<string, string>>;
  /** At or after. */
  readonly fromUs?: TimeUs | undefined;
  /** Before. */
  readonly toUs?: TimeUs | undefined;
  readonly isOldestFirst: boolean;
  /** How many rows at most. */
  readonly limit: number;
  /** What the row before the first one has in the columns that rows are sorted by. */
  readonly afterKey?: readonly number[] | undefined;
  /** By shard, the last entry of which there are to be rows. */
  readonly asOf: readonly number[];
}

/** Its answer has a column for each that the view names, and times in µs since 1970. */
export function pageStatement(view: HistoryView, page: PageAsked): Question {
  const { table, time, key, columns, times = [] } = view;
  const { matches, isOldestFirst, limit, afterKey } = page;
  const values: string[] = [];
  /** As text, whatever it is of: then both databases take it for the same. */
  const value = (of: string, type: string): string => {
    values.push(of);
    return `$${values.length}::text::${type}`;
  };
  const moment = (timeUs: TimeUs): string => value(copyTime(timeUs), "timestamptz");
  const conditions = Object.entries(matches).map(
    ([column, matched]) => `${column} = ${value(matched, "text")}`,
  );
  if (page.fromUs !== undefined) conditions.push(`${time} >= ${moment(page.fromUs)}`);
  if (page.toUs !== undefined) conditions.push(`${time} < ${moment(page.toUs)}`);
  if (view.isAppended) {
    const positions = value(`{${page.asOf.join(",")}}`, "bigint[]");
    conditions.push(`sequence <= (${positions})[shard + 1]`);
  }
  if (afterKey !== undefined) {
    const [timeUs = 0, ...numbers] = afterKey;
    // The first says what the second does, so that no rows before it are looked at.
    conditions.push(`${time} ${isOldestFirst ? ">=" : "<="} ${moment(timeUs)}`);
    const place = [moment(timeUs), ...numbers.map((number) => value(String(number), "bigint"))];
    conditions.push(
      `(${[time, ...key].join(", ")}) ${isOldestFirst ? ">" : "<"} (${place.join(", ")})`,
    );
  }
  const asTimes = [time, ...times].map(
    (column) => `(extract(epoch FROM ${column}) * 1000000)::bigint AS ${column}`,
  );
  const direction = isOldestFirst ? "ASC" : "DESC";
  // Without the table's name a column that is selected under it would be what rows are sorted by.
  const order = [time, ...key].map((column) => `${table}.${column} ${direction}`);
  return {
    statement:
      `SELECT ${[...asTimes, ...key, ...columns].join(", ")} FROM ${table} ` +
      `WHERE ${conditions.join(" AND ")} ORDER BY ${order.join(", ")} LIMIT ${limit + 1}`,
    values,
    rowsMax: limit,
  };
}

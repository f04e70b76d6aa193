/** What a history would write of a venue's logs, row by row, without a database. */
import { Shard } from "../../../actors/index.ts";
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import { HistoryBatch } from "../history-batch.ts";
import { appendTables, currentTables } from "../history-tables.ts";
import type { AppendTableName, CurrentTableName } from "../history-tables.ts";
import { Positions } from "../positions.ts";
import { ShardHistorian } from "../shard-historian.ts";

/** By column, as COPY takes them. */
export type BatchRow = Readonly<Record<string, string>>;

export function batchOf({ logs }: TestVenue): HistoryBatch {
  const batch = new HistoryBatch();
  const positions = new Positions();
  for (const [index, log] of logs.entries()) {
    const shard = new Shard(index, logs.length);
    const historian = new ShardHistorian(shard, batch, positions);
    historian.begin();
    for (const entry of log) {
      shard.apply(entry);
      historian.endStep();
    }
    historian.turn(new HistoryBatch());
  }
  return batch;
}

export function rowsIn(
  batch: HistoryBatch,
  table: AppendTableName | CurrentTableName,
): readonly BatchRow[] {
  const isCurrent = table in currentTables;
  const columns = isCurrent
    ? currentTables[table as CurrentTableName].columns
    : appendTables[table as AppendTableName].columns;
  const text = isCurrent
    ? [...batch.current[table as CurrentTableName].values()].join("")
    : Buffer.concat(batch.added[table as AppendTableName].pieces()).toString();
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => {
    const fields = line.split("\t");
    return Object.fromEntries(columns.map((column, at) => [column, fields[at] ?? ""]));
  });
}

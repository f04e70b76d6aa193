/** Rows as a Parquet file. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { columns } from "./columns.ts";
import type { Column, ColumnKind } from "./columns.ts";
import type { Cell, RecordRow } from "./record-row.ts";

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]>[number];

const schema: SchemaElement[] = [
  { name: "order_record", num_children: columns.length },
  ...columns.map(elementOf),
];

/** The same rows give the same bytes. */
export function parquetOf(rows: readonly RecordRow[]): Uint8Array {
  const columnData = columns.map(({ name, kind }) => ({
    name,
    data: rows.map((row) => valueOf(kind, row[name])),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, createdBy: "outcry" }));
}

function elementOf({ name, kind }: Column): SchemaElement {
  const element = { name, repetition_type: "OPTIONAL" } as const;
  switch (kind) {
    case "text":
      return { ...element, type: "BYTE_ARRAY", converted_type: "UTF8" };
    case "integer":
      return { ...element, type: "INT64" };
    case "time":
      return { ...element, type: "INT64", converted_type: "TIMESTAMP_MICROS" };
  }
}

function valueOf(kind: ColumnKind, cell: Cell): string | bigint | undefined {
  if (cell === undefined || cell === "") return undefined;
  return kind === "text" ? String(cell) : BigInt(cell);
}

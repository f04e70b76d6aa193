/** What a report is made of: rows under columns, as text, and as counted where it is counted. */
import type { Amount } from "../../protocols/index.ts";

/** A decimal number of whole assets, and the units, ticks or lots that it says. */
export interface CountedCell {
  readonly text: string;
  readonly units: Amount;
}

/** undefined where there is nothing to say. */
export type Cell = string | number | CountedCell | undefined;
export type Row = readonly Cell[];

export interface Column {
  /** As CSV has it, such as `trade_id`. */
  readonly name: string;
  readonly meaning: string;
  readonly isNumber: boolean;
}

export function textColumn(name: string, meaning: string): Column {
  return { name, meaning, isNumber: false };
}

export function numberColumn(name: string, meaning: string): Column {
  return { name, meaning, isNumber: true };
}

export function textOf(cell: Cell): string {
  if (cell === undefined) return "";
  return typeof cell === "object" ? cell.text : String(cell);
}

/**
 * A report: listens to the facts of all logs from the first entry on, and gives rows for a period.
 *
 * What comes before the period it needs to know, too; `begin` says that it has begun. Rows may be
 * given at any time from then on, in an order that depends on the logs alone.
 */
import type { Shard } from "../../actors/index.ts";
import type { TimeUs } from "../../protocols/index.ts";
import type { FactListener } from "./fact.ts";
import type { Column, Row } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

/** Takes a row of a report. */
export type GiveRow = (row: Row) => void;

/** What there is at the beginning or the end of a period. */
export interface VenueState {
  readonly shards: readonly Shard[];
  readonly units: VenueUnits;
}

export interface Report extends FactListener {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Nothing was told yet. */
  open?(state: VenueState): void;
  /** All before the period was told. */
  begin(state: VenueState, give: GiveRow): void;
  /**
   * All of the period was told. Throws `ReportFault` where the report does not agree with what
   * the shards themselves have.
   */
  end(state: VenueState): void;
  /** What else there is to say, as JSON has it. */
  summary?(): Readonly<Record<string, unknown>>;
  /** What people have to know beside the rows, line by line. */
  notes?(): readonly string[];
}

/** From a moment on, and up to before another; undefined for from the first and to the last. */
export interface Period {
  readonly fromUs: TimeUs | undefined;
  readonly toUs: TimeUs | undefined;
}

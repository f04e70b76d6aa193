/**
 * Has reports made of the same reading of the logs, each into its own output.
 */
import type { KnownHashes } from "../past/known-hashes.ts";
import { momentOf } from "../past/past-place.ts";
import type { FactListener } from "./fact.ts";
import type { Period, Report } from "./report.ts";
import { ReportFault } from "./report-fault.ts";
import type { TableWriter } from "./table-format.ts";
import { VenueReading } from "./venue-reading.ts";
import type { ReadPlace, SourceLog } from "./venue-reading.ts";
import { VenueUnits } from "./venue-units.ts";

export interface ReportSource {
  /** By shard. */
  readonly logs: readonly SourceLog[];
  /** By shard, the last entry that is read; to the end of what there is unless told. */
  readonly upTo?: readonly number[] | undefined;
  /** By shard, what others say that it came to. */
  readonly known?: readonly (readonly KnownHashes[])[];
  readonly onProgress?: ((read: number, all: number) => void) | undefined;
}

/** Takes what is written; resolves when it takes more. */
export interface TextOutput {
  write(text: string): Promise<void>;
}

export interface WantedReport {
  readonly report: Report;
  readonly writer: TableWriter;
  readonly output: TextOutput;
}

export interface MadeReports {
  /** The venue's name, by its own logs. */
  readonly cluster: string;
  /** For which places of the logs they hold: whoever reads to there again gets the same. */
  readonly shards: readonly ReadPlace[];
}

/** So much waits in memory at most before it is written, and one entry's rows. */
const waitingMax = 64 * 1024;

/** Resolves when all is written. */
export async function makeReports(
  wanted: readonly WantedReport[],
  { fromUs, toUs }: Period,
  source: ReportSource,
): Promise<MadeReports> {
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) {
    const message = `the period ends at ${momentOf(toUs)}, before it begins`;
    throw new ReportFault("period-empty", message);
  }
  const open = wanted.map((each) => new OpenReport(each));
  const reading = await VenueReading.open({
    ...source,
    listener: listenersAsOne(wanted.map(({ report }) => report)),
    onPiece: async (read, all) => {
      source.onProgress?.(read, all);
      for (const report of open) await report.flush(waitingMax);
    },
  });
  try {
    const { shards } = reading;
    const units = new VenueUnits(shards);
    for (const { report } of wanted) report.open?.({ shards, units });
    if (fromUs !== undefined) await reading.readOn(fromUs);
    for (const report of open) report.begin({ shards, units });
    await reading.readOn(toUs);
    const places = reading.places();
    for (const { report } of wanted) report.end({ shards, units });
    const period = {
      from: fromUs === undefined ? null : momentOf(fromUs),
      to: toUs === undefined ? null : momentOf(toUs),
    };
    const cluster = shards[0]?.cluster ?? "";
    for (const report of open) await report.end({ cluster, period, shards: places });
    return { cluster, shards: places };
  } finally {
    await reading.close();
  }
}

/** Reading ends earlier than at its places where there is nothing more of the period. */
class OpenReport {
  readonly #wanted: WantedReport;
  #waiting = "";

  constructor(wanted: WantedReport) {
    this.#wanted = wanted;
  }

  begin(state: Parameters<Report["begin"]>[0]): void {
    const { report, writer } = this.#wanted;
    this.#waiting += writer.begin(report.columns);
    report.begin(state, (row) => (this.#waiting += writer.row(row)));
  }

  async flush(least = 1): Promise<void> {
    if (this.#waiting.length < least) return;
    const text = this.#waiting;
    this.#waiting = "";
    await this.#wanted.output.write(text);
  }

  async end(holds: Readonly<Record<string, unknown>>): Promise<void> {
    const { report, writer } = this.#wanted;
    const summary = { ok: true, report: report.name, ...report.summary?.(), ...holds };
    this.#waiting += writer.end(summary);
    await this.flush();
  }
}

function listenersAsOne(listeners: readonly FactListener[]): FactListener {
  const of = <Kind extends keyof FactListener>(kind: Kind): readonly FactListener[] =>
    listeners.filter((each) => each[kind] !== undefined);
  const transferred = of("transferred");
  const filled = of("filled");
  const positioned = of("positioned");
  const settled = of("settled");
  const traded = of("traded");
  const reported = of("reported");
  const placed = of("placed");
  return {
    transferred: (fact) => transferred.forEach((each) => each.transferred?.(fact)),
    filled: (fact) => filled.forEach((each) => each.filled?.(fact)),
    positioned: (fact) => positioned.forEach((each) => each.positioned?.(fact)),
    traded: (fact) => traded.forEach((each) => each.traded?.(fact)),
    reported: (fact) => reported.forEach((each) => each.reported?.(fact)),
    settled: (fact) => settled.forEach((each) => each.settled?.(fact)),
    placed: (fact) => placed.forEach((each) => each.placed?.(fact)),
  };
}

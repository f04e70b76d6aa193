/**
 * Goal: who writes down what happened says so when it cannot, and how far it is behind. Method: one
 * whose database, or disk, takes nothing for a while, asked as a scraper and a probe ask.
 */
import { expect, it, vi } from "vitest";
import type { CsvExporterStatus } from "../csv/csv-exporter.ts";
import type { ProjectorStatus } from "../history/projector.ts";
import type { SurveillantStatus } from "../surveillance/surveillant.ts";
import { measureExporter } from "./exporter-metrics.ts";
import { measureProjector } from "./projector-metrics.ts";
import { measureSurveillant } from "./surveillant-metrics.ts";
import { Scrape } from "./scrape.ts";
import { Telemetry } from "./telemetry.ts";

/** Of the second shard nothing is written yet, nor watched. */
const status = { read: [7, 5], heads: [9, 5], written: [6], watched: [6], isWaiting: false };

type Status = typeof status;

const kinds: Readonly<Record<string, (telemetry: Telemetry, status: () => Status) => void>> = {
  projector: (telemetry, of) => {
    const projector = { status: (): ProjectorStatus => ({ ...of(), rowsWritten: 40 }) };
    measureProjector(telemetry, projector);
  },
  exporter: (telemetry, of) => {
    const fileBytes = { "trades.csv": 40 };
    const exporter = { status: (): CsvExporterStatus => ({ ...of(), fileBytes }) };
    measureExporter(telemetry, exporter);
  },
  surveillant: (telemetry, of) => {
    const alerts = { spoofing: 40 };
    measureSurveillant(telemetry, { status: (): SurveillantStatus => ({ ...of(), alerts }) });
  },
};

it.each(Object.entries(kinds))("a %s that waits is not ready, and lives", (kind, measure) => {
  const events = { onListening: vi.fn(), onUnavailable: vi.fn(), onFault: vi.fn() };
  const telemetry = new Telemetry({ name: "x1", kind }, events);
  const measured = vi.spyOn(telemetry, "measure");
  let now = status;
  measure(telemetry, () => now);
  telemetry.started();
  const value = (name: string): readonly number[] => {
    const scrape = new Scrape();
    for (const [source] of measured.mock.calls) void source(scrape);
    return (scrape.samples.get(`outcry_${kind}_${name}`) ?? []).map((sample) => sample.value);
  };
  expect(telemetry.health.report()).toMatchObject({ ready: true, live: true, problems: [] });
  expect(value("waiting")).toEqual([0]);
  now = { ...status, isWaiting: true };
  expect(telemetry.health.report()).toMatchObject({
    ...{ ready: false, live: true },
    problems: [expect.stringMatching(/takes nothing$/)],
  });
  expect(value("waiting")).toEqual([1]);
  expect(value("head_sequence")).toEqual([9, 5]);
  expect(value("read_sequence")).toEqual([7, 5]);
  expect([...value("written_sequence"), ...value("watched_sequence")]).toEqual([6, 0]);
  const counted = [...value("rows_total"), ...value("file_bytes"), ...value("alerts")];
  expect(counted.filter((count) => count > 0)).toEqual([40]);
});

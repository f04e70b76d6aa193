/** What an exporter tells of itself: how far behind the logs its files are, if they can grow. */
import type { CsvExporter } from "../csv/csv-exporter.ts";
import type { Telemetry } from "./telemetry.ts";

/** While the disk takes nothing it does not do its work, which a restart would not mend. */
export function measureExporter(telemetry: Telemetry, exporter: Pick<CsvExporter, "status">): void {
  telemetry.health.readyUnless(() =>
    exporter.status().isWaiting ? ["the disk of its files takes nothing"] : [],
  );
  telemetry.measure((scrape) => {
    const { read, heads, written, fileBytes, isWaiting } = exporter.status();
    for (const [shard, sequence] of read.entries()) {
      scrape.value("outcry_exporter_read_sequence", { shard }, sequence);
      scrape.value("outcry_exporter_head_sequence", { shard }, heads[shard] ?? sequence);
      scrape.value("outcry_exporter_written_sequence", { shard }, written[shard] ?? 0);
    }
    for (const [file, bytes] of Object.entries(fileBytes)) {
      scrape.value("outcry_exporter_file_bytes", { file }, bytes);
    }
    scrape.value("outcry_exporter_waiting", {}, Number(isWaiting));
  });
}

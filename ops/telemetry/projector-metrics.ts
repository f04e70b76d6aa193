/** What a projector tells of itself: how far behind the logs history is, and if it is written. */
import type { Projector } from "../history/projector.ts";
import type { Telemetry } from "./telemetry.ts";

/** While its database takes nothing it does not do its work, which a restart would not mend. */
export function measureProjector(telemetry: Telemetry, projector: Pick<Projector, "status">): void {
  telemetry.health.readyUnless(() =>
    projector.status().isWaiting ? ["its database takes nothing"] : [],
  );
  telemetry.measure((scrape) => {
    const { read, heads, written, rowsWritten, isWaiting } = projector.status();
    for (const [shard, sequence] of read.entries()) {
      scrape.value("outcry_projector_read_sequence", { shard }, sequence);
      scrape.value("outcry_projector_head_sequence", { shard }, heads[shard] ?? sequence);
      scrape.value("outcry_projector_written_sequence", { shard }, written[shard] ?? 0);
    }
    scrape.value("outcry_projector_rows_total", {}, rowsWritten);
    scrape.value("outcry_projector_waiting", {}, Number(isWaiting));
  });
}

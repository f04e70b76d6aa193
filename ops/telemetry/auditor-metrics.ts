/** What an auditor tells of itself: how far it has read the logs, and how much it told. */
import type { Auditor } from "../audit/auditor.ts";
import type { Telemetry } from "./telemetry.ts";

/** Where it stands still is for its receiver of traces to mend: a restart would not help. */
export function measureAuditor(telemetry: Telemetry, auditor: Pick<Auditor, "status">): void {
  telemetry.measure((scrape) => {
    const { read, heads, spansTold } = auditor.status();
    for (const [shard, sequence] of read.entries()) {
      scrape.value("outcry_auditor_read_sequence", { shard }, sequence);
      scrape.value("outcry_auditor_head_sequence", { shard }, heads[shard] ?? sequence);
    }
    scrape.value("outcry_auditor_spans_total", {}, spansTold);
  });
}

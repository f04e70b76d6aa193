/**
 * What a surveillant tells of itself: how far behind the logs it is, and how many alerts there are.
 */
import { ruleNames } from "../surveillance/rule-parameters.ts";
import type { Surveillant } from "../surveillance/surveillant.ts";
import type { Telemetry } from "./telemetry.ts";

/** While the disk takes nothing it does not do its work, which a restart would not mend. */
export function measureSurveillant(
  telemetry: Telemetry,
  surveillant: Pick<Surveillant, "status">,
): void {
  telemetry.health.readyUnless(() =>
    surveillant.status().isWaiting ? ["the disk of its alerts takes nothing"] : [],
  );
  telemetry.measure((scrape) => {
    const { read, heads, watched, alerts, isWaiting } = surveillant.status();
    for (const [shard, sequence] of read.entries()) {
      scrape.value("outcry_surveillant_read_sequence", { shard }, sequence);
      scrape.value("outcry_surveillant_head_sequence", { shard }, heads[shard] ?? sequence);
      scrape.value("outcry_surveillant_watched_sequence", { shard }, watched[shard] ?? 0);
    }
    for (const rule of ruleNames) {
      scrape.value("outcry_surveillant_alerts", { rule }, alerts[rule] ?? 0);
    }
    scrape.value("outcry_surveillant_waiting", {}, Number(isWaiting));
  });
}

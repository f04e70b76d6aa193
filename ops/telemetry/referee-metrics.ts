/** What a referee tells of itself: how far it is with each shard, and of alarms. */
import type { Referee } from "../../cluster/referee.ts";
import type { WatchedLog } from "./log-watch.ts";
import { LogWatch } from "./log-watch.ts";
import { StallWatch } from "./stall-watch.ts";
import type { Telemetry } from "./telemetry.ts";

export interface RefereeParts {
  readonly referee: Pick<Referee, "status">;
  /** By shard. */
  readonly logs: readonly WatchedLog[];
}

export function measureReferee(telemetry: Telemetry, { referee, logs }: RefereeParts): void {
  const stalls = new StallWatch();
  const watches = logs.map((log) => new LogWatch(log));
  telemetry.health.liveUnless(() => {
    // After an alarm it goes no further, and is to say so to whoever asks.
    const goingOn = referee.status().shards.filter(({ alarm }) => alarm === null);
    return stalls.look(
      goingOn.map(({ shard, appliedSequence: position, headSequence: target }) => {
        const canGoOn = watches[shard]?.look() ?? false;
        return { what: `shard ${shard}`, position, target, canGoOn };
      }),
    );
  });
  telemetry.measure((scrape) => {
    for (const { shard, appliedSequence, headSequence, alarm } of referee.status().shards) {
      scrape.value("outcry_referee_applied_sequence", { shard }, appliedSequence);
      scrape.value("outcry_referee_head_sequence", { shard }, headSequence);
      scrape.value("outcry_referee_alarm", { shard }, Number(alarm !== null));
    }
  });
}

/** Logs in memory under surveillance, entry by entry, as a process would have them. */
import { Shard } from "../../../actors/index.ts";
import type { ShardEntry } from "../../../actors/shard/step.ts";
import { CausalOrder } from "../../downstream/causal-order.ts";
import type { Alert } from "../alert.ts";
import { MarketWatch } from "../market-watch.ts";
import type { WatchParts } from "../market-watch.ts";
import { Owners } from "../owners.ts";
import { SurveillanceSettings } from "../surveillance-settings.ts";

export interface Watching extends Partial<Omit<WatchParts, "alert">> {
  /** Whether it is saved and begun anew after so many entries; never unless told. */
  readonly restartsAfter?: (entries: number) => boolean;
  readonly readsLastFirst?: boolean;
}

/** What is found in logs, in the order of finding. */
export function alertsIn(
  logs: readonly (readonly ShardEntry[])[],
  watching: Watching = {},
): readonly Alert[] {
  const { settings = new SurveillanceSettings(), owners = new Owners() } = watching;
  const { restartsAfter, readsLastFirst } = watching;
  const alerts: Alert[] = [];
  const parts: WatchParts = { settings, owners, alert: (alert) => alerts.push(alert) };
  const shards = logs.map((_, shard) => new Shard(shard, logs.length));
  const order = new CausalOrder();
  for (const shard of shards) order.begin(shard);
  let watch = MarketWatch.begin(parts);
  const beginAll = () =>
    shards.map((shard) => {
      const witness = watch.witnessOf(shard);
      witness.begin();
      return witness;
    });
  let witnesses = beginAll();
  const applied = logs.map(() => 0);
  const turns = readsLastFirst === true ? [...logs.keys()].toReversed() : [...logs.keys()];
  let entries = 0;
  for (let hasApplied = true; hasApplied;) {
    hasApplied = false;
    for (const index of turns) {
      const log = logs[index]!;
      for (let entry = log[applied[index]!]; entry !== undefined; entry = log[applied[index]!]) {
        if (!order.mayFollow(index, entry)) break;
        order.applied(index, shards[index]!.apply(entry));
        witnesses[index]!.endStep();
        applied[index]! += 1;
        entries += 1;
        hasApplied = true;
        if (restartsAfter?.(entries) !== true) continue;
        watch = MarketWatch.restore(parts, watch.save());
        witnesses = beginAll();
      }
    }
  }
  return alerts;
}

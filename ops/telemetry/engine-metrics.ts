/** What an engine node tells of itself: of each replica where it is, and whether it serves. */
import type { EngineNode } from "../../cluster/engine-node.ts";
import { replicaPhaseMachine } from "../../cluster/replica-phase.machine.ts";
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import type { WatchedLog } from "./log-watch.ts";
import { headOf, LogWatch } from "./log-watch.ts";
import type { Scrape } from "./scrape.ts";
import { StallWatch } from "./stall-watch.ts";
import type { Telemetry } from "./telemetry.ts";

export interface EngineParts {
  readonly node: Pick<EngineNode, "status" | "replica">;
  /** By shard. */
  readonly logs: readonly WatchedLog[];
}

const replicaPhases = Object.keys(replicaPhaseMachine.states);

export function measureEngine(telemetry: Telemetry, { node, logs }: EngineParts): void {
  const stalls = new StallWatch();
  const watches = logs.map((log) => new LogWatch(log));
  telemetry.health.readyUnless(() => whyNotReady(node.status()));
  telemetry.health.liveUnless(() => stalls.look(progressOf(node.status(), watches)));
  telemetry.measure(async (scrape) => {
    const { isDrained, replicas } = node.status();
    scrape.value("outcry_node_drained", {}, Number(isDrained));
    for (const replica of replicas) {
      measureReplica(scrape, replica);
      measureCounts(scrape, replica.shard, node);
    }
    await Promise.all(logs.map((log, shard) => measureLog(scrape, shard, log)));
  });
}

function whyNotReady({ isDrained, replicas }: NodeStatus): readonly string[] {
  const idle = replicas.filter(({ phase }) => phase !== "following" && phase !== "emitting");
  return [
    ...(isDrained ? ["it is drained"] : []),
    ...idle.map(({ shard, phase }) => `its replica of shard ${shard} is ${phase}`),
  ];
}

/** Who has diverged or failed is not to go on; a restart would only hide it. */
function progressOf({ replicas }: NodeStatus, watches: readonly LogWatch[]) {
  return replicas
    .filter(({ phase }) => phase !== "diverged" && phase !== "failed" && phase !== "stopped")
    .map(({ shard, appliedSequence: position, headSequence: target }) => {
      const canGoOn = watches[shard]?.look() ?? false;
      return { what: `its replica of shard ${shard}`, position, target, canGoOn };
    });
}

function measureReplica(scrape: Scrape, replica: ReplicaStatus): void {
  const { shard } = replica;
  for (const phase of replicaPhases) {
    scrape.value("outcry_replica_phase", { shard, phase }, Number(phase === replica.phase));
  }
  scrape.value("outcry_replica_applied_sequence", { shard }, replica.appliedSequence);
  scrape.value("outcry_replica_head_sequence", { shard }, replica.headSequence);
  scrape.value("outcry_replica_emitting", { shard }, Number(replica.isEmitter));
  scrape.value("outcry_replica_snapshot_sequence", { shard }, replica.snapshotSequence);
  scrape.value("outcry_replica_commands_applied", { shard }, replica.commandsApplied);
  scrape.value("outcry_emitter_epoch", { shard }, replica.emitterEpoch);
}

function measureCounts(scrape: Scrape, shard: number, node: EngineParts["node"]): void {
  const { counts, framesOwed, tailRestarts, deficits } = node.replica(shard);
  for (const [asset, balance] of deficits) {
    scrape.value("outcry_ledger_deficit", { shard, asset }, Number(balance));
  }
  scrape.value("outcry_replica_frames_owed", { shard }, framesOwed);
  scrape.value("outcry_replica_differences_total", { shard }, counts.differences);
  scrape.value("outcry_replica_tail_restarts_total", { shard }, tailRestarts);
  scrape.value("outcry_emitter_changes_total", { shard }, counts.emitterChanges);
  scrape.value("outcry_feed_steps_total", { shard }, counts.feedSteps);
  scrape.value("outcry_feed_steps_missed_total", { shard }, counts.feedStepsMissed);
}

/** Asks the leader of the log's stream, which is what an append would wait for. */
async function measureLog(scrape: Scrape, shard: number, log: WatchedLog): Promise<void> {
  const askedAtMs = performance.now();
  const head = await headOf(log);
  scrape.value("outcry_log_available", { shard }, Number(head !== undefined));
  if (head === undefined) return;
  scrape.value("outcry_log_head_sequence", { shard }, head);
  scrape.value("outcry_log_answer_seconds", { shard }, (performance.now() - askedAtMs) / 1000);
}

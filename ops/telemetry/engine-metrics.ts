/** What an engine node tells of itself: of each replica where it is, and whether it serves. */
import type { EngineNode } from "../../cluster/engine-node.ts";
import { replicaPhaseMachine } from "../../cluster/replica-phase.machine.ts";
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import type { Scrape } from "./scrape.ts";
import { StallWatch } from "./stall-watch.ts";
import type { Telemetry } from "./telemetry.ts";

const replicaPhases = Object.keys(replicaPhaseMachine.states);

export function measureEngine(telemetry: Telemetry, node: Pick<EngineNode, "status">): void {
  const stalls = new StallWatch();
  telemetry.health.readyUnless(() => whyNotReady(node.status()));
  telemetry.health.liveUnless(() => stalls.look(progressOf(node.status())));
  telemetry.measure((scrape) => {
    const { isDrained, replicas } = node.status();
    scrape.value("outcry_node_drained", {}, Number(isDrained));
    for (const replica of replicas) measureReplica(scrape, replica);
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
function progressOf({ replicas }: NodeStatus) {
  return replicas
    .filter(({ phase }) => phase !== "diverged" && phase !== "failed" && phase !== "stopped")
    .map(({ shard, appliedSequence: position, headSequence: target }) => {
      return { what: `its replica of shard ${shard}`, position, target };
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

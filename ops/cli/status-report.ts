/** A cluster's status as data, and as the tables that people read. */
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import type { ProcessRecord } from "../supervisor/control-socket.ts";
import { paint, renderTable } from "./output.ts";

export interface ShardLine {
  readonly shard: number;
  /** The log's last sequence, and the nats-server that leads it. */
  readonly head: number;
  readonly leader: string;
  readonly emitter: string;
  readonly emitterEpoch: number;
}

export interface StatusReport {
  /** Every shard has its emitter, and no replicas differ. */
  readonly ok: boolean;
  readonly startedAt: string;
  readonly data: string;
  readonly processes: readonly ProcessRecord[];
  readonly shards: readonly ShardLine[];
  readonly nodes: readonly NodeStatus[];
  /** Engine nodes that did not answer. */
  readonly missing: readonly string[];
  readonly differences: readonly string[];
}

/** Replicas that cannot both be right, each in words. */
export function disagreements(nodes: readonly NodeStatus[]): string[] {
  const replicas = nodes.flatMap(({ node, replicas: of }) =>
    of.map((replica) => ({ node, replica })),
  );
  const found = replicas
    .filter(({ replica }) => replica.phase === "diverged" || replica.phase === "failed")
    .map(({ node, replica }) => `${node} ${replica.phase} on shard ${replica.shard}`);
  for (const [index, { node, replica }] of replicas.entries()) {
    for (const other of replicas.slice(index + 1)) {
      for (const hash of differingHashes(replica, other.replica)) {
        const sequence = hash === "state" ? replica.checkpointSequence : replica.appliedSequence;
        const at = `shard ${replica.shard} at ${sequence}`;
        found.push(`${node} and ${other.node} differ on ${at}: ${hash}`);
      }
    }
  }
  return found;
}

/** Only what was hashed at the same sequence can be compared. */
function differingHashes(a: ReplicaStatus, b: ReplicaStatus): readonly string[] {
  if (a.shard !== b.shard) return [];
  const isSamePlace = a.appliedSequence === b.appliedSequence;
  const isSameCheckpoint = a.checkpointSequence === b.checkpointSequence;
  return [
    ...(isSamePlace && a.entriesHash !== b.entriesHash ? ["entries"] : []),
    ...(isSamePlace && a.outputsHash !== b.outputsHash ? ["outputs"] : []),
    ...(isSameCheckpoint && a.checkpointHash !== b.checkpointHash ? ["state"] : []),
  ];
}

export function renderStatus(report: StatusReport): string {
  return [
    `${report.ok ? paint("green", "well") : paint("red", "NOT WELL")}  ${report.data}, since ${report.startedAt}`,
    "",
    renderProcesses(report),
    "",
    renderShards(report),
    "",
    renderReplicas(report),
    ...report.missing.map((node) => paint("red", `${node} does not answer`)),
    ...report.differences.map((difference) => paint("red", difference)),
  ].join("\n");
}

function renderProcesses({ processes, nodes }: StatusReport): string {
  const rows = processes.map(({ name, kind, phase, pid }) => {
    const server = nodes.find(({ node }) => node === name)?.natsServer ?? "";
    return [name, kind, phase, pid === undefined ? "" : String(pid), server];
  });
  return renderTable(["PROCESS", "KIND", "STATE", " PID", "CONNECTED TO"], rows);
}

function renderShards({ shards }: StatusReport): string {
  const rows = shards.map(({ shard, head, leader, emitter, emitterEpoch }) => {
    return [
      String(shard),
      String(head),
      leader,
      emitter === "" ? "none" : emitter,
      String(emitterEpoch),
    ];
  });
  return renderTable([" SHARD", " LOG HEAD", "LOG LEADER", "EMITTER", " EPOCH"], rows);
}

function renderReplicas({ nodes, shards }: StatusReport): string {
  const rows = shards.flatMap(({ shard, head }) =>
    nodes.flatMap(({ node, replicas }) =>
      replicas
        .filter((replica) => replica.shard === shard)
        .map((replica) => {
          const behind = Math.max(0, head - replica.appliedSequence);
          return [
            String(shard),
            node,
            replica.phase,
            String(replica.appliedSequence),
            String(behind),
            short(replica.entriesHash),
            short(replica.outputsHash),
            checkpointOf(replica),
            String(replica.commandsApplied),
          ];
        }),
    ),
  );
  const headings = [" SHARD", "NODE", "PHASE", " APPLIED", " BEHIND"];
  return renderTable([...headings, "ENTRIES", "OUTPUTS", "STATE", " COMMANDS"], rows);
}

function checkpointOf({ checkpointSequence, checkpointHash }: ReplicaStatus): string {
  return checkpointHash === "" ? "" : `${short(checkpointHash)}@${checkpointSequence}`;
}

function short(hash: string): string {
  return hash.slice(0, 8);
}

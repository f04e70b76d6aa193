/** A cluster's status as data, and as the tables that people read. */
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import type { ProcessRecord } from "../supervisor/control-socket.ts";
import { paint, renderTable } from "./output.ts";

export interface ShardLine {
  readonly shard: number;
  /** The log's last sequence, null when it is unavailable, and the nats-server that leads it. */
  readonly head: number | null;
  readonly leader: string;
  readonly emitter: string;
  readonly emitterEpoch: number;
}

/** `degraded` serves everybody, and has less to lose; `not-well` does not serve, or is wrong. */
export type ClusterState = "well" | "degraded" | "not-well";

export interface Verdict {
  /** It is well, and nothing less. */
  readonly ok: boolean;
  readonly state: ClusterState;
  /** What keeps it from being well, each in words. */
  readonly problems: readonly string[];
}

/** What was seen of a cluster, to be judged. */
export interface StatusSeen {
  readonly startedAt: string;
  readonly data: string;
  readonly processes: readonly ProcessRecord[];
  readonly shards: readonly ShardLine[];
  readonly nodes: readonly NodeStatus[];
  /** Engine nodes that did not answer. */
  readonly missing: readonly string[];
  readonly differences: readonly string[];
  readonly doesGatewayAnswer: boolean;
  /** Where trading is halted: somebody's decision, and no fault. Unknown while no gateway answers. */
  readonly halted: readonly string[];
}

export interface StatusReport extends StatusSeen, Verdict {}

export function judge(seen: StatusSeen): Verdict {
  const grave = [
    ...seen.differences,
    ...seen.shards.flatMap((shard) => shardProblem(shard, seen.nodes)),
    ...(seen.doesGatewayAnswer ? [] : ["no gateway answers"]),
    ...quorumProblem(seen, 0),
  ];
  const down = seen.processes.filter(({ phase }) => phase !== "up");
  const slight = [
    ...down.map(({ name, phase }) => `${name} does not run (${phase})`),
    ...seen.missing
      .filter((node) => !down.some(({ name }) => name === node))
      .map((node) => `${node} does not answer`),
    ...(grave.length > 0 ? [] : quorumProblem(seen, 1)),
  ];
  const problems = [...grave, ...slight];
  const state = grave.length > 0 ? "not-well" : slight.length > 0 ? "degraded" : "well";
  return { ok: state === "well", state, problems };
}

/** What `losses` more nats-servers lost would mean. */
function quorumProblem({ processes }: StatusSeen, losses: number): string[] {
  const servers = processes.filter(({ kind }) => kind === "server");
  const running = servers.filter(({ phase }) => phase === "up").length;
  // Few servers that all run have no more to spare, and nothing to be told of.
  if (running === servers.length || (running - losses) * 2 > servers.length) return [];
  const count = `${running} of ${servers.length} nats-servers run`;
  return [losses === 0 ? `no quorum: ${count}` : `${count}: one more lost ends the quorum`];
}

function shardProblem({ shard, head, emitter }: ShardLine, nodes: readonly NodeStatus[]): string[] {
  if (head === null) return [`shard ${shard} is unavailable: its log has no leader`];
  const isServed = nodes.some(
    ({ node, replicas }) =>
      node === emitter && replicas.some((of) => of.shard === shard && of.isEmitter),
  );
  return isServed ? [] : [`shard ${shard} has no emitter`];
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
    `${headlines[report.state]()}  ${report.data}, since ${report.startedAt}`,
    ...report.problems.map((problem) => paint("red", `  ${problem}`)),
    ...renderHalted(report),
    "",
    renderProcesses(report),
    "",
    renderShards(report),
    "",
    renderReplicas(report),
  ].join("\n");
}

const headlines: Readonly<Record<ClusterState, () => string>> = {
  well: () => paint("green", "well"),
  degraded: () => paint("yellow", "DEGRADED"),
  "not-well": () => paint("red", "NOT WELL"),
};

function renderHalted({ halted }: StatusReport): string[] {
  if (halted.length === 0) return [];
  return [paint("yellow", `  trading is halted in ${halted.join(", ")}`)];
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
      head === null ? "" : String(head),
      head === null ? "unavailable" : leader,
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
          const behind = Math.max(0, (head ?? 0) - replica.appliedSequence);
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

/** A cluster's status as data, and as the tables that people read. */
import type {
  InvariantStatus,
  NodeStatus,
  RefereeStatus,
  ReplicaStatus,
} from "../../protocols/queries.ts";
import { governorShard } from "../../protocols/placement.ts";
import { invariantList } from "../../protocols/invariants.ts";
import type { ProcessRecord } from "../supervisor/control-socket.ts";
import { renderFollowers } from "./follower-lines.ts";
import type { FollowersSeen } from "./follower-lines.ts";
import { paint, renderTable } from "./output.ts";

export interface ShardLine {
  readonly shard: number;
  /** The log's last sequence, null when it is unavailable, and the nats-server that leads it. */
  readonly head: number | null;
  readonly leader: string;
  readonly emitter: string;
  readonly emitterEpoch: number;
  /** The version of the actors' logic that it goes by; 0 when nobody says. */
  readonly logic: number;
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
export interface StatusSeen extends FollowersSeen {
  readonly startedAt: string;
  readonly data: string;
  readonly processes: readonly ProcessRecord[];
  readonly shards: readonly ShardLine[];
  readonly nodes: readonly NodeStatus[];
  readonly referees: readonly RefereeStatus[];
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
    ...alarmsOf(seen.referees),
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

/** What referees found, each in words. */
function alarmsOf(referees: readonly RefereeStatus[]): string[] {
  return referees
    .flatMap(({ referee, shards }) => shards.map(({ alarm }) => ({ referee, alarm })))
    .flatMap(({ referee, alarm }) => {
      if (alarm === null) return [];
      return [`${referee}: alarm at shard ${alarm.shard} entry ${alarm.sequence}: ${alarm.what}`];
    });
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
    .map(({ node, replica: { phase, shard, violation } }) => {
      return `${node} ${phase} on shard ${shard}${violation === "" ? "" : `: ${violation}`}`;
    });
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
    ...renderMoves(report),
    `  ${invariantsInWords(invariantsOf(report.nodes))}`,
    ...report.referees.map((referee) => `  ${refereeInWords(referee)}`),
    ...renderFollowers(report),
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

/** What the governor's shard knows, at the node that is furthest. */
function renderMoves({ nodes }: StatusReport): string[] {
  const replicas = nodes.flatMap((node) => node.replicas);
  const [newest] = replicas
    .filter(({ shard }) => shard === governorShard)
    .toSorted((a, b) => b.appliedSequence - a.appliedSequence);
  if (newest === undefined || newest.placementEpoch === 0) return [];
  const now = newest.moving === "" ? "" : `; ${newest.moving} moves now`;
  return [`  ${newest.placementEpoch} moves of actors so far${now}`];
}

/** How often all nodes together looked at each invariant. */
export function invariantsOf(nodes: readonly NodeStatus[]): readonly InvariantStatus[] {
  const sums = new Map<string, InvariantStatus>();
  for (const { name, checks, violations } of nodes.flatMap((node) => node.invariants)) {
    const sum = sums.get(name) ?? { name, checks: 0, violations: 0 };
    sums.set(name, { name, checks: sum.checks + checks, violations: sum.violations + violations });
  }
  return [...sums.values()];
}

function invariantsInWords(invariants: readonly InvariantStatus[]): string {
  const sum = (what: "checks" | "violations"): number =>
    invariants.reduce((all, of) => all + of[what], 0);
  const checks = sum("checks").toLocaleString("en-US");
  const text = `invariants ${invariants.length} checked ${checks} times, ${sum("violations")} violated`;
  return sum("violations") > 0 ? paint("red", text) : text;
}

/** How far it has come, and how far it is behind. */
export function refereeInWords({ referee, shards }: RefereeStatus): string {
  const each = shards.map(({ shard, phase, appliedSequence, headSequence, alarm }) => {
    const behind = headSequence - appliedSequence;
    const lag = behind > 0 && alarm === null ? `, ${behind} behind` : "";
    return `shard ${shard} ${phase} at ${appliedSequence}${lag}`;
  });
  return `referee ${referee}: ${each.join("; ")}`;
}

/** A line for each. */
export function renderInvariants(invariants: readonly InvariantStatus[]): string {
  const rows = invariants.map(({ name, checks, violations }) => {
    const { checkedAt, meaning } = invariantList.find((of) => of.name === name) ?? unknownOne;
    const times = checks.toLocaleString("en-US");
    return [name, times, String(violations), checkedAt, meaning];
  });
  return renderTable(["INVARIANT", " CHECKED", " VIOLATED", "AT EACH", "SAYS THAT"], rows);
}

/** Of a node of another version. */
const unknownOne = { checkedAt: "", meaning: "" };

function renderProcesses({ processes, nodes }: StatusReport): string {
  const rows = processes.map(({ name, kind, phase, pid, telemetryUrl = "" }) => {
    const node = nodes.find((each) => each.node === name);
    const state = node?.isDrained === true ? `${phase}, drained` : phase;
    const release = node === undefined ? "" : `${node.version}, logic 1 to ${node.logicMax}`;
    const server = node?.natsServer ?? "";
    const at = telemetryUrl.replace("http://", "");
    return [name, kind, state, pid === undefined ? "" : String(pid), at, server, release];
  });
  const headings = ["PROCESS", "KIND", "STATE", " PID", "METRICS AT", "CONNECTED TO", "RELEASE"];
  return renderTable(headings, rows);
}

function renderShards({ shards }: StatusReport): string {
  const rows = shards.map(({ shard, head, leader, emitter, emitterEpoch, logic }) => {
    return [
      String(shard),
      head === null ? "" : String(head),
      head === null ? "unavailable" : leader,
      emitter === "" ? "none" : emitter,
      String(emitterEpoch),
      logic === 0 ? "" : String(logic),
    ];
  });
  return renderTable([" SHARD", " LOG HEAD", "LOG LEADER", "EMITTER", " EPOCH", " LOGIC"], rows);
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

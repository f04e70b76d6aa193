/**
 * How far an upgrade is: which release every node runs, by which logic every shard goes, what is to
 * be restarted and activated, and what stands in the way. Data, and the text that people read.
 *
 * An upgrade is two things that do not happen together. Nodes are restarted with the new release
 * one by one and go on by the old logic; that can be taken back. Then the new logic is activated in
 * the logs, and that cannot.
 */
import type { NodeStatus } from "../../protocols/queries.ts";
import { paint, renderTable } from "./output.ts";

/** What was seen of a cluster. */
export interface UpgradeSeen {
  /** What is here to be started. */
  readonly installed: { readonly release: string; readonly logic: number };
  /** The engine nodes that there should be, and those that answer. */
  readonly configured: readonly string[];
  readonly nodes: readonly NodeStatus[];
  readonly shards: number;
  /** Who reads the logs beside the engine nodes, by name. */
  readonly readers: readonly string[];
}

export interface UpgradeReport {
  readonly state: "current" | "restarts-due" | "activation-due";
  readonly installed: UpgradeSeen["installed"];
  readonly nodes: readonly NodeLine[];
  readonly shards: readonly ShardLine[];
  /** Nodes to be restarted, in this order: those that emit least first. */
  readonly restarts: readonly string[];
  /** Who is restarted before all of them: they must read whatever the new release writes. */
  readonly readers: readonly string[];
  readonly activates: readonly Activation[];
  /** What stands in the way of activating that now, each in words. */
  readonly prevented: readonly string[];
}

interface NodeLine {
  readonly node: string;
  readonly answers: boolean;
  readonly release: string;
  /** The last logic that it carries; 0 when it does not answer. */
  readonly logicMax: number;
  readonly isDrained: boolean;
  /** The shards that it emits. */
  readonly emits: readonly number[];
}

interface ShardLine {
  readonly shard: number;
  /** By which logic it goes; 0 when nobody says. */
  readonly logic: number;
  readonly emitter: string;
}

export interface Activation {
  readonly shard: number;
  readonly from: number;
  readonly to: number;
}

/** @param to the logic to come to; the installed one unless told otherwise. */
export function reportOf(seen: UpgradeSeen, to = seen.installed.logic): UpgradeReport {
  const { installed, configured, readers } = seen;
  const nodes = configured.map((name) => nodeLine(name, seen.nodes));
  const shards = Array.from({ length: seen.shards }, (_, shard) => shardLine(shard, seen.nodes));
  const restarts = nodes
    .filter(({ answers, release, logicMax }) => {
      return answers && (release !== installed.release || logicMax < installed.logic);
    })
    .toSorted((a, b) => a.emits.length - b.emits.length || (a.node < b.node ? -1 : 1))
    .map(({ node }) => node);
  const activates = shards
    .filter(({ logic }) => logic > 0 && logic < to)
    .map(({ shard, logic }) => ({ shard, from: logic, to }));
  const state =
    restarts.length > 0 ? "restarts-due" : activates.length > 0 ? "activation-due" : "current";
  const prevented = [
    ...nodes.flatMap((line) => lackOf(line, to)),
    ...seen.nodes.flatMap(notServing),
    ...shards.flatMap(({ shard, logic }) =>
      logic > 0 ? [] : [`nobody says by which logic shard ${shard} goes`],
    ),
  ];
  return { state, installed, nodes, shards, restarts, readers, activates, prevented };
}

function nodeLine(name: string, nodes: readonly NodeStatus[]): NodeLine {
  const status = nodes.find(({ node }) => node === name);
  return {
    node: name,
    answers: status !== undefined,
    release: status?.version ?? "",
    logicMax: status?.logicMax ?? 0,
    isDrained: status?.isDrained ?? false,
    emits: (status?.replicas ?? []).filter(({ isEmitter }) => isEmitter).map(({ shard }) => shard),
  };
}

/** As those see it who have come furthest. */
function shardLine(shard: number, nodes: readonly NodeStatus[]): ShardLine {
  const [newest] = nodes
    .flatMap(({ replicas }) => replicas.filter((replica) => replica.shard === shard))
    .toSorted((a, b) => b.appliedSequence - a.appliedSequence);
  return { shard, logic: newest?.logic ?? 0, emitter: newest?.emitter ?? "" };
}

function lackOf({ node, answers, logicMax }: NodeLine, to: number): string[] {
  if (!answers) return [`${node} does not answer`];
  return logicMax < to ? [`${node} carries logic 1 to ${logicMax}, not ${to}`] : [];
}

function notServing({ node, replicas }: NodeStatus): string[] {
  return replicas
    .filter(({ phase }) => phase !== "following" && phase !== "emitting")
    .map(({ shard, phase }) => `${node} is ${phase} on shard ${shard}`);
}

/**
 * Why an upgrade cannot be called off any more; undefined as long as it can: no log has heard of
 * the newest logic that nodes carry.
 */
export function whyNotAborted({ nodes, shards }: UpgradeReport): string | undefined {
  const carried = Math.max(...nodes.map(({ logicMax }) => logicMax));
  const active = shards.filter(({ logic }) => logic === carried);
  if (carried <= 1 || active.length === 0) return undefined;
  const where = active.map(({ shard }) => shard).join(", ");
  return (
    `logic ${carried} is in force in shard ${where}: what it decided stays in the log, and a release ` +
    "that lacks it cannot read on from there"
  );
}

/** The logic that any release must carry that is to read the logs. */
export function neededLogic({ shards }: UpgradeReport): number {
  return Math.max(...shards.map(({ logic }) => logic));
}

/** Nodes that run a later release than the shards need. */
export function aheadOf(report: UpgradeReport): readonly string[] {
  const needed = neededLogic(report);
  return report.nodes.filter(({ logicMax }) => logicMax > needed).map(({ node }) => node);
}

export function renderUpgrade(report: UpgradeReport): string {
  const { state, installed, restarts, readers, activates, prevented } = report;
  return [
    `${headlines[state]()}  release ${installed.release} is installed, with logic 1 to ${installed.logic}`,
    "",
    renderNodes(report),
    "",
    renderShards(report),
    ...(restarts.length === 0
      ? []
      : [
          "",
          `To restart, in this order: ${[...readers, ...restarts].join(", ")} (./outcry upgrade run)`,
        ]),
    ...(activates.length === 0
      ? []
      : ["", `To activate: ${activates.map(inWords).join(", ")} (./outcry upgrade start)`]),
    ...(activates.length === 0 ? [] : prevented.map((why) => paint("yellow", `  not yet: ${why}`))),
  ].join("\n");
}

const headlines: Readonly<Record<UpgradeReport["state"], () => string>> = {
  current: () => paint("green", "current"),
  "restarts-due": () => paint("yellow", "nodes to be restarted"),
  "activation-due": () => paint("yellow", "logic to be activated"),
};

function inWords({ shard, from, to }: Activation): string {
  return `shard ${shard} from logic ${from} to ${to}`;
}

function renderNodes({ nodes }: UpgradeReport): string {
  const rows = nodes.map(({ node, answers, release, logicMax, isDrained, emits }) => [
    node,
    answers ? release : "does not answer",
    answers ? `1 to ${logicMax}` : "",
    emits.join(", "),
    isDrained ? "drained" : "",
  ]);
  return renderTable(["NODE", "RELEASE", "CARRIES LOGIC", "EMITS SHARDS", ""], rows);
}

function renderShards({ shards }: UpgradeReport): string {
  const rows = shards.map(({ shard, logic, emitter }) => [
    String(shard),
    logic === 0 ? "?" : String(logic),
    emitter === "" ? "none" : emitter,
  ]);
  return renderTable([" SHARD", " LOGIC", "EMITTER"], rows);
}

/**
 * Which processes a cluster consists of on this machine, and with what each is started: settings
 * files and credentials. Written anew at every start, so that they always say what is so.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startingAt } from "../../cluster/in-turn.ts";
import {
  firstSequencesOf,
  gatewayNames,
  keepingOf,
  nodeNames,
  replicasOf,
} from "../config/cluster-settings.ts";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { metricsPortsOf } from "../config/metrics-ports.ts";
import { projectRoot, writeFileWhole } from "../config/data-directory.ts";
import type {
  AuditorSettings,
  ChainSettings,
  CustodianSettings,
  EngineSettings,
  ExporterSettings,
  GatewaySettings,
  LineSettings,
  ProjectorSettings,
  RefereeSettings,
  SurveillantSettings,
  TelemetrySettings,
} from "../config/process-settings.ts";
import {
  csvSocketPath,
  custodySocketPath,
  historySocketPath,
  surveillanceSocketPath,
  tracesSocketPath,
} from "../config/local-socket.ts";
import { agentFundings, demoAccount } from "../config/venue.ts";
import { tlsFiles } from "../credentials/certificates.ts";
import type { Keys } from "../credentials/keys.ts";
import { accountTokenFile } from "../credentials/keys.ts";
import type { RoleName } from "../credentials/permissions.ts";
import { ensureUser } from "../credentials/users.ts";
import { Bundles } from "./bundles.ts";
import { setUpCustody } from "./custody-set-up.ts";
import type { ProcessPlan } from "./managed-process.ts";

export interface ClusterPlan {
  readonly engines: readonly ProcessPlan[];
  readonly gateways: readonly ProcessPlan[];
  /** Undefined for a cluster that nobody looks over. */
  readonly referee: ProcessPlan | undefined;
  /** Undefined where nobody wants traces. */
  readonly auditor: ProcessPlan | undefined;
  /** Undefined where nobody wants history. */
  readonly projector: ProcessPlan | undefined;
  /** Undefined where nobody wants CSV files. */
  readonly exporter: ProcessPlan | undefined;
  /** Undefined where nobody wants surveillance. */
  readonly surveillant: ProcessPlan | undefined;
  /** Undefined where nobody wants custody. */
  readonly custodian: ProcessPlan | undefined;
  /** Undefined where there is no custodian, or its chains are others' to run. */
  readonly chain: ProcessPlan | undefined;
  /** Undefined for a quiet market. */
  readonly agents: ProcessPlan | undefined;
  /** Credentials files for people and tools. */
  readonly credentials: {
    readonly admin: string;
    readonly engine: string;
    readonly referee: string;
    readonly demo: string;
  };
}

/** The names under which tools of this machine speak to the cluster. */
export const toolNames = {
  admin: "admin",
  engine: "cli",
  referee: "ref-cli",
  /** Speaks about the shards themselves, which only nodes may. */
  operator: "node-cli",
} as const;

/** Of the referee that a cluster runs. */
const refereeName = "ref-1";
/** Of its auditor. */
const auditorName = "aud-1";
/** What its logs say of themselves, and its traces go by. */
const clusterName = "outcry";
/** Of its projector. */
const projectorName = "prj-1";
/** Of its exporter. */
const exporterName = "csv-1";
/** Of its surveillant. */
export const surveillantName = "sur-1";

/** Of its custodian, as the rules of assets are to name it. */
const custodianName = "custodian";

export interface WantedCustody {
  /** By their names. */
  readonly assets: readonly string[];
  /** How often simulated chains have a block. */
  readonly blockSeconds: number;
}

export interface WantedTraces {
  /** Where they are taken by OTLP over HTTP. */
  readonly otlp: string;
  /** Of how many orders in a thousand. */
  readonly perMille: number;
}

export interface PlanParts {
  readonly keys: Keys;
  /** Where the nats-servers will listen. */
  readonly urls: readonly string[];
  /** What the agents' choices follow from; undefined for no agents. */
  readonly agentsSeed: number | undefined;
  /** The last version of logic that engine nodes are to carry, to rehearse an upgrade. */
  readonly logicMax?: number | undefined;
  readonly hasReferee: boolean;
  /** Whether processes measure what they do, and tell it. */
  readonly hasTelemetry: boolean;
  /** Where traces of orders are wanted. */
  readonly traces: WantedTraces | undefined;
  /** The database for history: its address, or `embedded`; undefined for none. */
  readonly history: string | undefined;
  /** The folder for CSV files; undefined for none. */
  readonly csv: string | undefined;
  /** The compliance officer's folder; undefined for no surveillance. */
  readonly surveillance: string | undefined;
  /** Undefined for no custodian. */
  readonly custody: WantedCustody | undefined;
  /** By process: other addresses at which it finds the nats-servers. */
  readonly clientWays: Readonly<Record<string, readonly string[]>>;
}

export async function planCluster(
  directory: DataDirectory,
  settings: ClusterSettings,
  planned: PlanParts,
): Promise<ClusterPlan> {
  const { keys, urls, agentsSeed, logicMax, clientWays, hasReferee, hasTelemetry } = planned;
  const { traces, history, csv, surveillance, custody } = planned;
  mkdirSync(directory.processes, { recursive: true, mode: 0o700 });
  const credentials = (role: RoleName, name: string) => credentialsFile(keys, role, name);
  const line = lineSettings(directory, settings);
  const shared = { shards: settings.shards, replicas: replicasOf(settings), ...line };
  const parts = { directory, bundles: new Bundles() };
  const engineParts = { keys, urls, logicMax, clientWays, hasTelemetry, bundles: parts.bundles };
  const ports = metricsPortsOf(settings);
  const telemetryAt = (port: number | undefined): TelemetrySettings =>
    hasTelemetry ? telemetryOf(settings, port) : {};
  const engines = nodeNames(settings).map((node) =>
    planEngine(directory, settings, { ...engineParts, node }),
  );
  const gateways = gatewayNames(settings.gateways).map(async (name, index) => {
    const gateway: GatewaySettings = {
      ...shared,
      ...{ cluster: clusterName, gateway: name },
      ...telemetryAt(ports.gateways[name]),
      servers: startingAt(index, clientWays[name] ?? urls),
      backCredentials: await credentials("gateway-back", name),
      frontCredentials: await credentials("gateway-front", name),
      administrators: accountTokenFile(keys, "CLIENTS"),
    };
    return planProcess(parts, "ops/processes/gateway.ts", { name, settings: gateway });
  });
  const planReferee = async (): Promise<ProcessPlan> => {
    const referee: RefereeSettings = {
      ...shared,
      ...telemetryAt(ports.singles.referee),
      servers: urls,
      archive: keepingOf(directory).archive,
      referee: refereeName,
      refereeCredentials: await credentials("referee", refereeName),
    };
    return planProcess(parts, "ops/processes/referee.ts", { name: refereeName, settings: referee });
  };
  const readerParts = { ...parts, ...shared, urls, credentials };
  const auditorParts = { ...readerParts, ...telemetryAt(ports.singles.auditor) };
  const projectorParts = { ...readerParts, ...telemetryAt(ports.singles.projector) };
  const exporterParts = { ...readerParts, ...telemetryAt(ports.singles.exporter) };
  const surveillantParts = { ...readerParts, ...telemetryAt(ports.singles.surveillant) };
  const custodyParts = { ...parts, ...line, urls, credentials };
  const custodianParts = { ...custodyParts, ...telemetryAt(ports.singles.custodian) };
  const agentParts = { ...parts, ...line, urls, credentials };
  return {
    engines: await Promise.all(engines),
    gateways: await Promise.all(gateways),
    referee: hasReferee ? await planReferee() : undefined,
    auditor: traces === undefined ? undefined : await planAuditor(traces, auditorParts),
    projector: history === undefined ? undefined : await planProjector(history, projectorParts),
    exporter: csv === undefined ? undefined : await planExporter(csv, exporterParts),
    surveillant:
      surveillance === undefined
        ? undefined
        : await planSurveillant(surveillance, surveillantParts),
    ...(custody === undefined
      ? { custodian: undefined, chain: undefined }
      : await planCustody(custody, custodianParts)),
    agents: agentsSeed === undefined ? undefined : await planAgents(agentsSeed, agentParts),
    credentials: await toolCredentials(keys),
  };
}

/** By which certificate the servers of a cluster that encrypts are known. */
export function lineSettings(directory: DataDirectory, { tls }: ClusterSettings): LineSettings {
  return tls === true ? { ca: tlsFiles(directory.keys).authority } : {};
}

async function credentialsFile(keys: Keys, role: RoleName, name: string): Promise<string> {
  return (await ensureUser(keys, { role, name })).file;
}

async function toolCredentials(keys: Keys): Promise<ClusterPlan["credentials"]> {
  return {
    admin: await credentialsFile(keys, "admin", toolNames.admin),
    engine: await credentialsFile(keys, "engine", toolNames.engine),
    referee: await credentialsFile(keys, "referee", toolNames.referee),
    demo: await credentialsFile(keys, "participant", demoAccount),
  };
}

/** Where a process that has this port tells of itself. */
function telemetryOf(
  { metricsHost }: ClusterSettings,
  metricsPort: number | undefined,
): TelemetrySettings {
  if (metricsPort === undefined) return {};
  return { metricsPort, ...(metricsHost !== undefined && { metricsHost }) };
}

interface AgentParts extends LineSettings {
  readonly directory: DataDirectory;
  readonly bundles: Bundles;
  readonly urls: readonly string[];
  readonly credentials: (role: RoleName, name: string) => Promise<string>;
}

async function planAgents(
  seed: number,
  { directory, bundles, urls, credentials, ...line }: AgentParts,
): Promise<ProcessPlan> {
  const files = await Promise.all(
    agentFundings.map(({ account }) => credentials("participant", account)),
  );
  const settings = { servers: urls, ...line, credsDir: dirname(files[0] ?? ""), seed };
  const program = "clients/agents/main.ts";
  return planProcess({ directory, bundles }, program, { name: "agents", settings });
}

interface ReaderParts
  extends AgentParts, TelemetrySettings, Pick<ProjectorSettings, "shards" | "replicas"> {}

async function planAuditor(
  traces: WantedTraces,
  { directory, bundles, urls, credentials, ...shared }: ReaderParts,
): Promise<ProcessPlan> {
  const name = auditorName;
  const settings: AuditorSettings = {
    ...shared,
    ...traces,
    servers: urls,
    archive: keepingOf(directory).archive,
    folder: directory.auditor(name),
    socket: tracesSocketPath(directory.path),
    auditor: name,
    auditorCredentials: await credentials("auditor", name),
  };
  return planProcess({ directory, bundles }, "ops/processes/auditor.ts", { name, settings });
}

async function planProjector(
  database: string,
  { directory, bundles, urls, credentials, ...shared }: ReaderParts,
): Promise<ProcessPlan> {
  const name = projectorName;
  const settings: ProjectorSettings = {
    ...shared,
    database,
    servers: urls,
    archive: keepingOf(directory).archive,
    folder: directory.projector(name),
    socket: historySocketPath(directory.path),
    projector: name,
    projectorCredentials: await credentials("projector", name),
    frontCredentials: await credentials("history-front", name),
  };
  return planProcess({ directory, bundles }, "ops/processes/projector.ts", { name, settings });
}

async function planExporter(
  csv: string,
  { directory, bundles, urls, credentials, ...shared }: ReaderParts,
): Promise<ProcessPlan> {
  const name = exporterName;
  const settings: ExporterSettings = {
    ...shared,
    csv,
    servers: urls,
    archive: keepingOf(directory).archive,
    folder: directory.exporter(name),
    socket: csvSocketPath(directory.path),
    exporter: name,
    // It reads as a projector does.
    exporterCredentials: await credentials("projector", name),
  };
  return planProcess({ directory, bundles }, "ops/processes/exporter.ts", { name, settings });
}

async function planSurveillant(
  surveillance: string,
  { directory, bundles, urls, credentials, ...shared }: ReaderParts,
): Promise<ProcessPlan> {
  const name = surveillantName;
  const settings: SurveillantSettings = {
    ...shared,
    surveillance,
    servers: urls,
    archive: keepingOf(directory).archive,
    folder: directory.surveillant(name),
    socket: surveillanceSocketPath(directory.path),
    surveillant: name,
    // It reads as a projector does.
    surveillantCredentials: await credentials("projector", name),
  };
  return planProcess({ directory, bundles }, "ops/processes/surveillant.ts", { name, settings });
}

async function planCustody(
  { assets, blockSeconds }: WantedCustody,
  { directory, bundles, urls, credentials, ...shared }: AgentParts & TelemetrySettings,
): Promise<Pick<ClusterPlan, "custodian" | "chain">> {
  const { wallets, chains } = await setUpCustody(directory.custodian, assets);
  const name = custodianName;
  const settings: CustodianSettings = {
    ...shared,
    wallets,
    servers: urls,
    custodian: name,
    custodianCredentials: await credentials("custodian", name),
    folder: join(directory.custodian, "told"),
    pollMs: 1000,
    socket: custodySocketPath(directory.path),
  };
  const parts = { directory, bundles };
  const ofChains = { name: "chain", settings: { chains, blockSeconds } satisfies ChainSettings };
  return {
    custodian: await planProcess(parts, "ops/processes/custodian.ts", { name, settings }),
    chain:
      chains.length === 0
        ? undefined
        : await planProcess(parts, "ops/processes/chain.ts", ofChains),
  };
}

type ReadersWanted = "hasReferee" | "traces" | "history" | "csv" | "surveillance" | "custody";

interface EngineParts extends Omit<PlanParts, "agentsSeed" | ReadersWanted> {
  readonly node: string;
  readonly bundles: Bundles;
}

/** One engine node of those in the settings. */
export async function planEngine(
  directory: DataDirectory,
  settings: ClusterSettings,
  { node, keys, urls, logicMax, clientWays, bundles, hasTelemetry }: EngineParts,
): Promise<ProcessPlan> {
  const nodes = nodeNames(settings);
  const engine: EngineSettings = {
    shards: settings.shards,
    replicas: replicasOf(settings),
    // As on machines of their own, where each has a server and turns to it first.
    servers: startingAt(nodes.indexOf(node), clientWays[node] ?? urls),
    ...lineSettings(directory, settings),
    cluster: clusterName,
    node,
    nodes,
    engineCredentials: await credentialsFile(keys, "engine", node),
    publisherCredentials: await credentialsFile(keys, "publisher", node),
    snapshots: directory.snapshots(node),
    dumps: directory.dumps(node),
    emission: settings.emission ?? "chosen",
    ...(logicMax !== undefined && { logicMax }),
    ...keepingOf(directory),
    ...(hasTelemetry && telemetryOf(settings, metricsPortsOf(settings).engines[node])),
    firstSequences: firstSequencesOf(settings),
  };
  const program = "ops/processes/engine.ts";
  return planProcess({ directory, bundles }, program, { name: node, settings: engine });
}

/**
 * The plan for starting a process again as its sources are now, with the settings that it has and,
 * for an engine node, the logic that it is to carry.
 */
export async function renewedPlan(
  plan: ProcessPlan,
  { logicMax }: { readonly logicMax?: number | undefined },
): Promise<ProcessPlan> {
  const [script, , settingsFile = ""] = plan.command;
  rewrite(settingsFile, ({ logicMax: _, ...others }) => {
    return logicMax === undefined ? others : { ...others, logicMax };
  });
  return { ...plan, bundle: await new Bundles().of(script) };
}

/** Has a process serve so many shards from its next start on. */
export function replanForShards(directory: DataDirectory, name: string, shards: number): void {
  rewrite(directory.settingsFile(name), (settings) => ({ ...settings, shards }));
}

type Settings = Readonly<Record<string, unknown>>;

function rewrite(settingsFile: string, change: (settings: Settings) => Settings): void {
  const settings = JSON.parse(readFileSync(settingsFile, "utf8")) as Settings;
  writeFileWhole(settingsFile, settingsText(change(settings)));
}

function settingsText(settings: object): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}

async function planProcess(
  { directory, bundles }: { readonly directory: DataDirectory; readonly bundles: Bundles },
  program: string,
  { name, settings }: { readonly name: string; readonly settings: object },
): Promise<ProcessPlan> {
  const script = join(projectRoot, program);
  const settingsFile = directory.settingsFile(name);
  writeFileWhole(settingsFile, settingsText(settings));
  return {
    name,
    command: [script, "--config", settingsFile],
    bundle: await bundles.of(script),
    logFile: directory.logFile(name),
    pidFile: directory.pidFile(name),
  };
}

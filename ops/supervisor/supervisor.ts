/**
 * Runs a whole cluster on this machine: starts its processes in order, sets the venue up, answers
 * the command line, and stops everything again.
 *
 * It stops what it started and only that. Everything it knows is on disk, so that the next start
 * resumes from there; nothing of the exchange depends on its living.
 */
import { readFileSync, rmSync } from "node:fs";
import { AdminClient } from "../../clients/sdk/index.ts";
import { unreachable } from "../../protocols/assert.ts";
import { isProducerId, shardsMax } from "../../protocols/identifiers.ts";
import { removeClusterFile, writeClusterFile } from "../config/cluster-file.ts";
import {
  firstPortsOf,
  firstSequencesOf,
  gatewayNames,
  keepingOf,
  nodeNames,
  replicasOf,
  withNodes,
} from "../config/cluster-settings.ts";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { agentFundings, demoFunding } from "../config/venue.ts";
import { isLogReader, logReaderKinds } from "../config/log-readers.ts";
import type { Ways } from "../config/ways.ts";
import type { LineSettings } from "../config/process-settings.ts";
import { initCertificates } from "../credentials/certificates.ts";
import { initKeys } from "../credentials/keys.ts";
import type { SiteLink } from "../nats-servers/nats-configuration.ts";
import { Bundles } from "./bundles.ts";
import type { ClusterPlan, WantedCustody, WantedTraces } from "./cluster-plan.ts";
import {
  lineSettings,
  planCluster,
  planEngine,
  replanForShards,
  toolNames,
} from "./cluster-plan.ts";
import type { ControlAnswers, ControlRequest, ProcessRecord } from "./control-socket.ts";
import { Fleet } from "./fleet.ts";
import { spreadLeaders } from "./log-leaders.ts";
import type { Progress } from "./progress.ts";
import { SupervisorFault } from "./supervisor-fault.ts";
import { setUpVenue } from "./venue-set-up.ts";

export interface SupervisorOptions {
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  readonly binary: { readonly path: string; readonly version: string };
  /** Where other programs reach this supervisor. */
  readonly socket: string;
  readonly progress: Progress;
  /** Seeds the agents; undefined for a quiet market. */
  readonly agentsSeed: number | undefined;
  /** The last version of logic that engine nodes are to carry, to rehearse an upgrade. */
  readonly logicMax: number | undefined;
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
  /** By which ways processes reach the servers; undefined for directly. */
  readonly ways: Ways | undefined;
  /** Is told of what happens once the cluster is up. */
  readonly tell: (line: string) => void;
}

/**
 * Under which names the servers of one machine are reached. A server that it dials by its address
 * the client's library holds to the name `localhost`.
 */
const localHosts = ["127.0.0.1", "localhost"];

/** Where servers of a second site may connect, if anywhere. */
function siteLinkOf({ sitePort }: ClusterSettings): SiteLink | undefined {
  return sitePort === undefined ? undefined : { site: "first", port: sitePort };
}

/** Who is told by its settings how many shards there are. */
function servesShards(kind: ProcessRecord["kind"]): boolean {
  return kind === "engine" || kind === "gateway" || isLogReader(kind);
}

/** What a person should know of a cluster that runs. */
export interface StartedCluster {
  readonly urls: readonly string[];
  /** The demo account's credentials file. */
  readonly demoCredentials: string;
  readonly hasAgents: boolean;
  /** Where processes tell of themselves, by name; null where the port cannot be had. */
  readonly metrics: Readonly<Record<string, string | null>>;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  #settings: ClusterSettings;
  readonly #startedAt = new Date().toISOString();
  readonly #giveUp = Promise.withResolvers<never>();
  #fleet: Fleet | undefined;
  #plan: ClusterPlan | undefined;
  #isUp = false;
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    // Nobody may be waiting when it is given up.
    this.#giveUp.promise.catch(() => undefined);
  }

  /** Resolves when the exchange takes orders. When it rejects, nothing of it runs. */
  async start(): Promise<StartedCluster> {
    try {
      const plan = await Promise.race([this.#startAll(), this.#giveUp.promise]);
      this.#isUp = true;
      return plan;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops everything, in order. May be called while it starts, and again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /** Ends everything at once, for whoever cannot wait. */
  force(): void {
    this.#fleet?.force();
    removeClusterFile(this.#options.directory);
    rmSync(this.#options.socket, { force: true });
  }

  /** Answers what the command line asks; "stop" is not for here. */
  async answer(
    request: Exclude<ControlRequest, { command: "stop" }>,
  ): Promise<ControlAnswers[keyof ControlAnswers]> {
    const fleet = this.#fleet;
    if (fleet === undefined) throw new SupervisorFault("not-up", "the cluster is still starting");
    switch (request.command) {
      case "processes":
        return { supervisor: process.pid, processes: fleet.records() };
      case "stop-processes":
        return { stopped: await fleet.stopProcesses() };
      case "kill":
        return { pid: await fleet.kill(request) };
      case "restart":
        return { pid: await fleet.restart(request.process, request.renewed) };
      case "add-node":
        return { nodes: await this.#addNode(fleet, request.node) };
      case "remove-node":
        return { nodes: await this.#removeNode(fleet, request.node) };
      case "serve-shards":
        return { shards: await this.#serveShards(fleet, request.shards) };
      default:
        return unreachable(request);
    }
  }

  /** Adding and removing do nothing where it is done: whoever was interrupted asks again. */
  async #addNode(fleet: Fleet, node: string): Promise<readonly string[]> {
    const { directory, logicMax, ways, hasTelemetry } = this.#options;
    const names = nodeNames(this.#settings);
    if (names.includes(node)) return names;
    const isName: boolean = isProducerId(node);
    if (!isName) throw new SupervisorFault("not-ours", `${node} is no node's name`);
    const settings = withNodes(this.#settings, [...names, node]);
    const keys = await initKeys(directory.keys);
    const clientWays = ways?.clients ?? {};
    const { urls } = fleet.servers;
    const bundles = new Bundles();
    const parts = { node, keys, urls, logicMax, clientWays, bundles, hasTelemetry };
    const plan = await planEngine(directory, settings, parts);
    this.#settle(settings);
    await fleet.launch("engine", plan);
    return nodeNames(settings);
  }

  async #removeNode(fleet: Fleet, node: string): Promise<readonly string[]> {
    const names = nodeNames(this.#settings);
    const others = names.filter((name) => name !== node);
    if (others.length < names.length) this.#settle(withNodes(this.#settings, others));
    await fleet.remove(node);
    return others;
  }

  /** Does nothing where it is done, likewise. */
  async #serveShards(fleet: Fleet, shards: number): Promise<number> {
    const { directory } = this.#options;
    const before = this.#settings.shards;
    const plan = this.#plan;
    if (shards === before || plan === undefined) return before;
    if (shards !== before + 1 || shards > shardsMax) {
      const message = `${shards} shards cannot be served: there are ${before}, and one can be added`;
      throw new SupervisorFault("not-ours", message);
    }
    const settings = { ...this.#settings, shards };
    await this.#spreadLeaders(fleet, plan, settings);
    for (const { name, kind } of fleet.records()) {
      if (servesShards(kind)) replanForShards(directory, name, shards);
    }
    this.#settle(settings);
    return shards;
  }

  /** From now on, and at the next start. */
  #settle(settings: ClusterSettings): void {
    this.#settings = settings;
    this.#options.directory.claim(settings);
    this.#describeCluster();
  }

  async #startAll(): Promise<StartedCluster> {
    const { directory, settings, progress, binary } = this.#options;
    const keys = await progress.step("keys and credentials", () => initKeys(directory.keys));
    this.#checkGoing();
    const fleet = new Fleet(
      {
        binary,
        keys,
        dataDirectory: directory.path,
        count: settings.servers,
        firstPorts: firstPortsOf(settings),
        routePorts: this.#options.ways?.routes ?? {},
        siteLink: siteLinkOf(settings),
        tls: settings.tls === true ? initCertificates(directory.keys, localHosts) : undefined,
      },
      {
        tell: (line) => {
          if (this.#isUp && this.#stopped === undefined) this.#options.tell(line);
        },
        onChange: () => this.#describeCluster(),
      },
    );
    this.#fleet = fleet;
    const plan = await planCluster(directory, settings, {
      keys,
      urls: fleet.servers.urls,
      agentsSeed: this.#options.agentsSeed,
      logicMax: this.#options.logicMax,
      hasReferee: this.#options.hasReferee,
      hasTelemetry: this.#options.hasTelemetry,
      traces: this.#options.traces,
      history: this.#options.history,
      csv: this.#options.csv,
      surveillance: this.#options.surveillance,
      custody: this.#options.custody,
      clientWays: this.#options.ways?.clients ?? {},
    });
    this.#plan = plan;
    const servers = fleet.servers.status().map(({ name }) => name);
    // Nodes load their code and dial while the servers elect their leaders.
    const nodes = this.#startNodes(fleet, plan);
    const nodesFailed = new Promise<never>((_, reject) => void nodes.catch(reject));
    nodesFailed.catch(() => undefined);
    await progress.step(`nats-servers ${servers.join(", ")}`, () =>
      Promise.race([fleet.servers.start(), nodesFailed]),
    );
    await progress.step(this.#nodesInWords(), async () => {
      await this.#spreadLeaders(fleet, plan, this.#settings);
      await nodes;
    });
    await progress.step("assets, instruments, accounts", () => this.#setUp(fleet, plan));
    const { agents } = plan;
    for (const kind of logReaderKinds) {
      const reader = plan[kind];
      if (reader !== undefined) await progress.step(kind, () => fleet.launch(kind, reader));
    }
    const { chain, custodian } = plan;
    if (chain !== undefined) await progress.step("chain", () => fleet.launch("chain", chain));
    if (custodian !== undefined) {
      await progress.step("custodian", () => fleet.launch("custodian", custodian));
    }
    if (agents !== undefined) {
      await progress.step("agents that trade", () => fleet.launch("agents", agents));
    }
    return {
      urls: fleet.servers.urls,
      demoCredentials: plan.credentials.demo,
      hasAgents: agents !== undefined,
      metrics: this.#metricsOf(fleet),
    };
  }

  #metricsOf(fleet: Fleet): StartedCluster["metrics"] {
    if (!this.#options.hasTelemetry) return {};
    const ours = fleet.records().filter(({ kind }) => servesShards(kind) || kind === "custodian");
    return Object.fromEntries(
      ours.map(({ name, telemetryUrl }) => {
        return [name, telemetryUrl === undefined ? null : `${telemetryUrl}/metrics`];
      }),
    );
  }

  async #setUp(fleet: Fleet, { credentials }: ClusterPlan): Promise<void> {
    this.#checkGoing();
    const { ca } = this.#line();
    const admin = await AdminClient.connect({
      servers: fleet.servers.urls,
      ca: ca === undefined ? undefined : readFileSync(ca, "utf8"),
      administrator: toolNames.admin,
      credentials: readFileSync(credentials.admin, "utf8"),
      name: "set-up",
    });
    try {
      const agents = this.#options.agentsSeed === undefined ? [] : agentFundings;
      await setUpVenue(admin, [demoFunding, ...agents]);
    } finally {
      await admin.close();
    }
  }

  #line(): LineSettings {
    return lineSettings(this.#options.directory, this.#settings);
  }

  #nodesInWords(): string {
    const { settings } = this.#options;
    const nodes = nodeNames(settings).join(", ");
    return `engine nodes ${nodes}; gateways ${gatewayNames(settings.gateways).join(", ")}`;
  }

  async #startNodes(fleet: Fleet, plan: ClusterPlan): Promise<void> {
    await Promise.all([
      ...plan.engines.map((engine) => fleet.launch("engine", engine)),
      ...plan.gateways.map((gateway) => fleet.launch("gateway", gateway)),
    ]);
  }

  async #spreadLeaders(fleet: Fleet, plan: ClusterPlan, settings: ClusterSettings) {
    this.#checkGoing();
    const { binary } = this.#options;
    const logs = {
      ...this.#line(),
      urls: fleet.servers.urls,
      servers: fleet.servers.status().map(({ name }) => name),
      shards: settings.shards,
      replicas: replicasOf(settings),
      firstSequences: firstSequencesOf(settings),
      user: toolNames.engine,
      credentialsFile: plan.credentials.engine,
    };
    await spreadLeaders(logs, binary.version);
  }

  async #stopAll(): Promise<void> {
    this.#giveUp.reject(new SupervisorFault("stopped", "stopped while starting"));
    await this.#fleet?.stop();
    removeClusterFile(this.#options.directory);
  }

  #checkGoing(): void {
    if (this.#stopped === undefined) return;
    throw new SupervisorFault("stopped", "stopped while starting");
  }

  /** For other programs of this machine. */
  #describeCluster(): void {
    const [fleet, plan] = [this.#fleet, this.#plan];
    if (fleet === undefined || plan === undefined || this.#stopped !== undefined) return;
    const { directory, socket } = this.#options;
    const settings = this.#settings;
    writeClusterFile(directory, {
      version: 1,
      supervisor: { pid: process.pid, socket },
      startedAt: this.#startedAt,
      shards: settings.shards,
      replicas: replicasOf(settings),
      servers: fleet.servers
        .status()
        .map(({ name, url, monitorUrl }) => ({ name, url, monitorUrl })),
      nodes: nodeNames(settings),
      gateways: gatewayNames(settings.gateways),
      processes: fleet.records().map(({ name, kind, pid, telemetryUrl }) => {
        return { name, kind, pid: pid ?? null, telemetryUrl: telemetryUrl ?? null };
      }),
      ...this.#line(),
      archive: keepingOf(directory).archive,
      keys: directory.keys,
      credentials: plan.credentials,
    });
  }
}

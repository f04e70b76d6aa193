/**
 * Which processes a cluster consists of on this machine, and with what each is started: settings
 * files and credentials. Written anew at every start, so that they always say what is so.
 */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { startingAt } from "../../cluster/in-turn.ts";
import { gatewayNames, nodeNames, replicasOf } from "../config/cluster-settings.ts";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { projectRoot, writeFileWhole } from "../config/data-directory.ts";
import type { EngineSettings, GatewaySettings } from "../config/process-settings.ts";
import { agentFundings, demoAccount } from "../config/venue.ts";
import type { Keys } from "../credentials/keys.ts";
import type { RoleName } from "../credentials/permissions.ts";
import { ensureUser } from "../credentials/users.ts";
import { Bundles } from "./bundles.ts";
import type { ProcessPlan } from "./managed-process.ts";

export interface ClusterPlan {
  readonly engines: readonly ProcessPlan[];
  readonly gateways: readonly ProcessPlan[];
  /** Undefined for a quiet market. */
  readonly agents: ProcessPlan | undefined;
  /** Credentials files for people and tools. */
  readonly credentials: {
    readonly admin: string;
    readonly engine: string;
    readonly demo: string;
  };
}

/** The names under which tools of this machine speak to the cluster. */
export const toolNames = { admin: "admin", engine: "cli" } as const;

export interface PlanParts {
  readonly keys: Keys;
  /** Where the nats-servers will listen. */
  readonly urls: readonly string[];
  /** What the agents' choices follow from; undefined for no agents. */
  readonly agentsSeed: number | undefined;
}

export async function planCluster(
  directory: DataDirectory,
  settings: ClusterSettings,
  { keys, urls, agentsSeed }: PlanParts,
): Promise<ClusterPlan> {
  mkdirSync(directory.processes, { recursive: true, mode: 0o700 });
  const credentials = async (role: RoleName, name: string): Promise<string> =>
    (await ensureUser(keys, { role, name })).file;
  const shared = { shards: settings.shards, replicas: replicasOf(settings) };
  const parts = { directory, bundles: new Bundles() };
  const nodes = nodeNames(settings.nodes);
  const engines = nodes.map(async (node, index) => {
    const engine: EngineSettings = {
      ...shared,
      // As on machines of their own, where each has a server and turns to it first.
      servers: startingAt(index, urls),
      cluster: "outcry",
      node,
      nodes,
      engineCredentials: await credentials("engine", node),
      publisherCredentials: await credentials("publisher", node),
      snapshots: directory.snapshots(node),
    };
    return planProcess(parts, "ops/processes/engine.ts", { name: node, settings: engine });
  });
  const gateways = gatewayNames(settings.gateways).map(async (name, index) => {
    const gateway: GatewaySettings = {
      ...shared,
      servers: startingAt(index, urls),
      gateway: name,
      backCredentials: await credentials("gateway-back", name),
      frontCredentials: await credentials("gateway-front", name),
    };
    return planProcess(parts, "ops/processes/gateway.ts", { name, settings: gateway });
  });
  const planAgents = async (seed: number): Promise<ProcessPlan> => {
    const files = await Promise.all(
      agentFundings.map(({ account }) => credentials("participant", account)),
    );
    const agents = { servers: urls, credsDir: dirname(files[0] ?? ""), seed };
    return planProcess(parts, "clients/agents/main.ts", { name: "agents", settings: agents });
  };
  return {
    engines: await Promise.all(engines),
    gateways: await Promise.all(gateways),
    agents: agentsSeed === undefined ? undefined : await planAgents(agentsSeed),
    credentials: {
      admin: await credentials("admin", toolNames.admin),
      engine: await credentials("engine", toolNames.engine),
      demo: await credentials("participant", demoAccount),
    },
  };
}

async function planProcess(
  { directory, bundles }: { readonly directory: DataDirectory; readonly bundles: Bundles },
  program: string,
  { name, settings }: { readonly name: string; readonly settings: object },
): Promise<ProcessPlan> {
  const script = join(projectRoot, program);
  const settingsFile = directory.settingsFile(name);
  writeFileWhole(settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  return {
    name,
    command: [script, "--config", settingsFile],
    bundle: await bundles.of(script),
    logFile: directory.logFile(name),
    pidFile: directory.pidFile(name),
  };
}

/**
 * Which processes a cluster consists of on this machine, and with what each is started: settings
 * files and credentials. Written anew at every start, so that they always say what is so.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gatewayNames, nodeNames, replicasOf } from "../config/cluster-settings.ts";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { writeFileWhole } from "../config/data-directory.ts";
import type { EngineSettings, GatewaySettings } from "../config/process-settings.ts";
import { demoAccount } from "../config/venue.ts";
import type { Keys } from "../credentials/keys.ts";
import type { RoleName } from "../credentials/permissions.ts";
import { ensureUser } from "../credentials/users.ts";
import type { ProcessPlan } from "./managed-process.ts";

export interface ClusterPlan {
  readonly engines: readonly ProcessPlan[];
  readonly gateways: readonly ProcessPlan[];
  /** Credentials files for people and tools. */
  readonly credentials: {
    readonly admin: string;
    readonly engine: string;
    readonly demo: string;
  };
}

/** The names under which tools of this machine speak to the cluster. */
export const toolNames = { admin: "admin", engine: "cli" } as const;

export async function planCluster(
  directory: DataDirectory,
  settings: ClusterSettings,
  { keys, urls }: { readonly keys: Keys; readonly urls: readonly string[] },
): Promise<ClusterPlan> {
  mkdirSync(directory.processes, { recursive: true, mode: 0o700 });
  const credentials = async (role: RoleName, name: string): Promise<string> =>
    (await ensureUser(keys, { role, name })).file;
  const shared = { shards: settings.shards, replicas: replicasOf(settings), servers: urls };
  const nodes = nodeNames(settings.nodes);
  const engines = nodes.map(async (node) => {
    const engine: EngineSettings = {
      ...shared,
      cluster: "outcry",
      node,
      nodes,
      engineCredentials: await credentials("engine", node),
      publisherCredentials: await credentials("publisher", node),
      snapshots: directory.snapshots(node),
    };
    return planProcess(directory, "engine.ts", { name: node, settings: engine });
  });
  const gateways = gatewayNames(settings.gateways).map(async (name) => {
    const gateway: GatewaySettings = {
      ...shared,
      gateway: name,
      backCredentials: await credentials("gateway-back", name),
      frontCredentials: await credentials("gateway-front", name),
    };
    return planProcess(directory, "gateway.ts", { name, settings: gateway });
  });
  return {
    engines: await Promise.all(engines),
    gateways: await Promise.all(gateways),
    credentials: {
      admin: await credentials("admin", toolNames.admin),
      engine: await credentials("engine", toolNames.engine),
      demo: await credentials("participant", demoAccount),
    },
  };
}

function planProcess(
  directory: DataDirectory,
  program: string,
  { name, settings }: { readonly name: string; readonly settings: object },
): ProcessPlan {
  const settingsFile = directory.settingsFile(name);
  writeFileWhole(settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  return {
    name,
    command: [
      fileURLToPath(new URL(`../processes/${program}`, import.meta.url)),
      "--config",
      settingsFile,
    ],
    logFile: directory.logFile(name),
    pidFile: directory.pidFile(name),
  };
}

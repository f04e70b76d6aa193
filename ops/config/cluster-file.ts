/**
 * What a running cluster says about itself to other programs of this machine, as a file: where it
 * listens, who runs, and where the credentials lie. Written by the supervisor, read by the command
 * line. It names files, and holds no secret.
 */
import { rmSync } from "node:fs";
import { ConfigFault } from "./config-fault.ts";
import type { DataDirectory } from "./data-directory.ts";
import { readIfThere, writeFileWhole } from "./data-directory.ts";

export interface ClusterFile {
  readonly version: 1;
  readonly supervisor: { readonly pid: number; readonly socket: string };
  readonly startedAt: string;
  readonly shards: number;
  /** On how many servers each entry is stored. */
  readonly replicas: number;
  readonly servers: readonly ServerRecord[];
  readonly nodes: readonly string[];
  readonly gateways: readonly string[];
  /** Who runs now; null for who is down. */
  readonly processes: readonly {
    readonly name: string;
    readonly kind: string;
    readonly pid: number | null;
    /** Where it tells of itself, see ops/telemetry; null where it does not. */
    readonly telemetryUrl: string | null;
  }[];
  /** The certificate file by which the servers are known; in the clear without it. */
  readonly ca?: string | undefined;
  /** Where the logs are archived. */
  readonly archive: string;
  /** The keys' folder, with which credentials are made. */
  readonly keys: string;
  /** Credentials files. */
  readonly credentials: {
    readonly admin: string;
    /** For tools that look into the engine. */
    readonly engine: string;
    /** For a referee. */
    readonly referee: string;
    readonly demo: string;
  };
}

export interface ServerRecord {
  readonly name: string;
  readonly url: string;
  readonly monitorUrl: string;
}

export function writeClusterFile(directory: DataDirectory, file: ClusterFile): void {
  writeFileWhole(directory.clusterFile, `${JSON.stringify(file, null, 2)}\n`);
}

/** The running cluster's description; it may have died since without a word. */
export function readClusterFile(directory: DataDirectory): ClusterFile | undefined {
  const text = readIfThere(directory.clusterFile);
  if (text === undefined) return undefined;
  const file = JSON.parse(text) as ClusterFile;
  if (Number(file.version) !== 1) {
    throw new ConfigFault(
      "settings-invalid",
      `${directory.clusterFile} was written by another release`,
    );
  }
  return file;
}

export function removeClusterFile(directory: DataDirectory): void {
  rmSync(directory.clusterFile, { force: true });
}

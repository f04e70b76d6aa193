/**
 * Finds the cluster that a command is about: the one that runs in the data directory.
 */
import type { ClusterFile } from "../config/cluster-file.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory, dataOption } from "../config/data-directory.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault } from "./output.ts";

export interface RunningCluster {
  readonly directory: DataDirectory;
  readonly file: ClusterFile;
}

/** Whether it still answers is found out by asking it. */
export function findCluster({ data }: CommonOptions): RunningCluster {
  const directory = DataDirectory.find(data);
  const file = directory === undefined ? undefined : readClusterFile(directory);
  if (directory === undefined || file === undefined) throw notRunning(directory?.path ?? data);
  return { directory, file };
}

/** How the servers are reached, for those who read the certificate's file themselves. */
export function lineOf({ file }: RunningCluster): {
  readonly servers: readonly string[];
  readonly ca: string | undefined;
} {
  return { servers: file.servers.map(({ url }) => url), ca: file.ca };
}

export function urlsOf({ file }: RunningCluster): readonly string[] {
  return file.servers.map(({ url }) => url);
}

export function notRunning(path: string | undefined): CommandFault {
  const where = path === undefined ? "" : ` in ${path}`;
  const option = dataOption(path);
  const npmStart = option === "" ? "npm start" : `npm start --${option}`;
  return new CommandFault(
    "not-running",
    `no cluster runs${where}: ${npmStart}, or ./outcry start${option}`,
  );
}

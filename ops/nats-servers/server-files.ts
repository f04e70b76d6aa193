/** Where each server keeps its things, inside the cluster's data directory. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isErrno } from "../../cluster/errno.ts";

export interface ServerFiles {
  /** The folder that holds all of the following. */
  readonly directory: string;
  readonly configurationFile: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly storeDirectory: string;
}

export function serverFiles(dataDirectory: string, name: string): ServerFiles {
  const directory = join(dataDirectory, "nats", name);
  return {
    directory,
    configurationFile: join(directory, "nats-server.conf"),
    pidFile: join(directory, "nats-server.pid"),
    logFile: join(directory, "nats-server.log"),
    storeDirectory: join(directory, "store"),
  };
}

/** The servers that have files in this data directory, running or not. */
export async function listServers(dataDirectory: string): Promise<string[]> {
  try {
    const entries = await readdir(join(dataDirectory, "nats"), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

/** Which nats-server has kept its store, when the others have lost theirs for good. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { findRunningServers } from "../nats-servers/running-servers.ts";
import { serverFiles } from "../nats-servers/server-files.ts";
import { answersAt } from "../config/local-socket.ts";
import { controlSocketPath } from "../supervisor/control-socket.ts";
import { RepairFault } from "./repair-fault.ts";

/** What is left of a cluster. */
export interface Remains {
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  /** The server whose store is left, and those whose stores are gone. */
  readonly survivor: string;
  readonly lost: readonly string[];
}

/** A majority mends itself; what was never a group of three is not this kind of loss. */
const serversCount = 3;

/**
 * @param named the server to go by; unless told, the only one that has a store.
 */
export async function findRemains(directory: DataDirectory, named?: string): Promise<Remains> {
  const settings = directory.settings();
  if (settings === undefined) {
    throw new RepairFault("nothing-survives", `${directory.path} is not the data of a cluster`);
  }
  if (settings.servers !== serversCount) {
    const why = `a cluster of ${settings.servers} nats-server(s) is not repaired by this`;
    throw new RepairFault("repair-unsupported", why);
  }
  await refuseIfRunning(directory);
  const names = Array.from({ length: serversCount }, (_, index) => `n${index + 1}`);
  const survivor = chooseSurvivor(directory, names, named);
  return { directory, settings, survivor, lost: names.filter((name) => name !== survivor) };
}

async function refuseIfRunning(directory: DataDirectory): Promise<void> {
  const servers = await findRunningServers(directory.path);
  if (servers.length === 0 && !(await answersAt(controlSocketPath(directory)))) return;
  throw new RepairFault(
    "still-running",
    `processes of ${directory.path} still run: ./outcry stop --data ${directory.path}`,
  );
}

function chooseSurvivor(
  directory: DataDirectory,
  names: readonly string[],
  named: string | undefined,
): string {
  const kept = names.filter((name) => hasStore(serverFiles(directory.path, name).storeDirectory));
  if (named !== undefined) {
    if (kept.includes(named)) return named;
    throw new RepairFault(
      "no-such-survivor",
      `${named} has no store in ${directory.path}: ${kept.join(", ") || "no server"} has`,
    );
  }
  const [only] = kept;
  if (only === undefined) {
    throw new RepairFault(
      "nothing-survives",
      `no nats-server has a store in ${directory.path}: restore a backup`,
    );
  }
  if (kept.length === 1) return only;
  throw new RepairFault(
    "majority-survives",
    `${kept.join(" and ")} have kept their stores, and a majority mends itself: start the cluster, ` +
      `or name with --survivor the one whose store is sound`,
  );
}

/** Whether it knows which streams there are: a server that was begun anew has an empty folder. */
function hasStore(storeDirectory: string): boolean {
  const jetStream = join(storeDirectory, "jetstream");
  if (!existsSync(jetStream)) return false;
  return readdirSync(jetStream).some((account) => {
    const streams = join(jetStream, account, "streams");
    return existsSync(streams) && readdirSync(streams).some((name) => name.startsWith("LOG_"));
  });
}

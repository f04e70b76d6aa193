/**
 * Processes of a data directory that run without a supervisor: it was killed, and its warden too.
 * Found by their pid files, each believed only when that process really runs with our settings.
 */
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isErrno } from "../../cluster/errno.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import { readIfThere } from "../config/data-directory.ts";
import { stopRunningServers } from "../nats-servers/running-servers.ts";
import { commandLineOf, isRunning, signalProcess } from "./process-table.ts";

export interface Leftover {
  readonly name: string;
  readonly pid: number;
}

const suffix = ".pid";
const earlyTimeoutMs = 5000;
const pollMs = 20;

/** Stops them in the order in which a supervisor would. Resolves with those that ran. */
export async function stopLeftovers(directory: DataDirectory): Promise<readonly Leftover[]> {
  const early = findProcesses(directory);
  for (const { pid } of early) {
    signalProcess(pid, "SIGTERM");
    signalProcess(pid, "SIGCONT");
  }
  const deadlineMs = performance.now() + earlyTimeoutMs;
  while (early.some(({ pid }) => isRunning(pid))) {
    if (performance.now() > deadlineMs) {
      for (const { pid } of findProcesses(directory)) signalProcess(pid, "SIGKILL");
    }
    await sleep(pollMs);
  }
  return [...early, ...(await stopRunningServers(directory.path))];
}

function findProcesses(directory: DataDirectory): readonly Leftover[] {
  return namesWithPid(directory).flatMap((name) => {
    const pid = Number(readIfThere(directory.pidFile(name)));
    if (!Number.isSafeInteger(pid) || pid <= 1 || !isRunning(pid)) return [];
    return commandLineOf(pid).includes(directory.settingsFile(name)) ? [{ name, pid }] : [];
  });
}

function namesWithPid(directory: DataDirectory): readonly string[] {
  try {
    const files = readdirSync(directory.processes).sort();
    return files.flatMap((file) => (file.endsWith(suffix) ? [file.slice(0, -suffix.length)] : []));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

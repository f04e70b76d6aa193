/**
 * Servers as another process sees them, knowing nothing but the data directory: it finds them by
 * the process ids in their pid files, each believed only when that process really runs with this
 * server's configuration.
 */
import { execFile } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { isErrno } from "../../cluster/errno.ts";
import type { ServerFiles } from "./server-files.ts";
import { listServers, serverFiles } from "./server-files.ts";

export interface RunningServer {
  readonly name: string;
  readonly pid: number;
}

/** The servers of this data directory that run now, whoever started them. */
export async function findRunningServers(dataDirectory: string): Promise<RunningServer[]> {
  const names = await listServers(dataDirectory);
  if (names.length === 0) return [];
  const root = await realpath(dataDirectory);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const pid = await readPid(serverFiles(root, name));
      return pid === undefined ? [] : [{ name, pid }];
    }),
  );
  return found.flat();
}

/** Signals a server of this data directory; false when it does not run. */
export async function signalServer(
  dataDirectory: string,
  name: string,
  signal: NodeJS.Signals,
): Promise<boolean> {
  const running = await findRunningServers(dataDirectory);
  const server = running.find((candidate) => candidate.name === name);
  if (server === undefined) return false;
  try {
    return process.kill(server.pid, signal);
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  }
}

/**
 * Stops what runs in this data directory, whoever started it: servers that outlived their
 * supervisor, that is. A supervisor that lives and was told to restart servers would do so.
 */
export async function stopRunningServers(
  dataDirectory: string,
  timeoutMs = 10_000,
): Promise<RunningServer[]> {
  const running = await findRunningServers(dataDirectory);
  for (const signal of ["SIGTERM", "SIGCONT"] as const) {
    for (const { name } of running) await signalServer(dataDirectory, name, signal);
  }
  const deadlineMs = performance.now() + timeoutMs;
  for (let left = running; left.length > 0; left = await findRunningServers(dataDirectory)) {
    if (performance.now() > deadlineMs) {
      for (const { name } of left) await signalServer(dataDirectory, name, "SIGKILL");
    }
    await sleep(20);
  }
  return running;
}

async function readPid(files: ServerFiles): Promise<number | undefined> {
  const text = await readIfThere(files.pidFile);
  const pid = Number(text);
  if (text === undefined || !Number.isSafeInteger(pid) || pid <= 1) return undefined;
  // Process ids are used again: after a crash the number may belong to anything.
  const isOurs = (await commandLine(pid)).includes(files.configurationFile);
  return isOurs ? pid : undefined;
}

/** Empty when there is no such process, or when it has ended and nobody has noticed yet. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") return (await readIfThere(`/proc/${pid}/cmdline`)) ?? "";
  try {
    const { stdout } = await promisify(execFile)("ps", ["-ww", "-o", "args=", "-p", String(pid)]);
    return stdout;
  } catch (error) {
    // ps ends with 1 when it finds no such process.
    if (error instanceof Error && "code" in error && error.code === 1) return "";
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH")) return undefined;
    throw error;
  }
}

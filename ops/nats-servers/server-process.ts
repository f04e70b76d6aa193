/**
 * One nats-server as a child process. It gets a process group of its own: Ctrl-C in the
 * terminal reaches only the supervisor, which decides in which order things stop.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isErrno } from "../../cluster/errno.ts";
import { NatsServersFault } from "./nats-servers-fault.ts";
import type { ServerFiles } from "./server-files.ts";

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServerProcess {
  readonly pid: number;
  /** Resolves when the process is gone, and then for ever. Never rejects. */
  readonly exited: Promise<ServerExit>;
  readonly #signal: (signal: NodeJS.Signals) => void;

  /** When this returns, the pid file names it; whether it will serve is another matter. */
  static start(binary: string, files: ServerFiles): ServerProcess {
    return new ServerProcess(binary, files);
  }

  private constructor(binary: string, files: ServerFiles) {
    // The server writes its log by itself; what it says before it has read its configuration, and
    // when it breaks down, comes this way.
    const log = openSync(files.logFile, "a", 0o600);
    try {
      const child = spawn(binary, ["--config", files.configurationFile], {
        detached: true,
        stdio: ["ignore", log, log],
      });
      this.exited = new Promise((resolve) => {
        child.once("exit", (code, signal) => {
          removePidFile(files.pidFile, child.pid);
          resolve({ code, signal });
        });
        // Without a process there is no exit event.
        child.once("error", () => {
          if (child.pid === undefined) resolve({ code: null, signal: null });
        });
      });
      if (child.pid === undefined) {
        throw new NatsServersFault("server-exited", `${binary} cannot be started`);
      }
      this.pid = child.pid;
      this.#signal = (signal) => child.kill(signal);
      writeFileSync(files.pidFile, `${child.pid}\n`);
    } finally {
      closeSync(log);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#signal(signal);
  }

  /** Asks it to stop, and makes it stop when it has not done so by the deadline. */
  async stop(timeoutMs: number): Promise<ServerExit> {
    this.signal("SIGTERM");
    // One that is paused could not hear it.
    this.signal("SIGCONT");
    const deadline = setTimeout(() => this.signal("SIGKILL"), timeoutMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(deadline);
    }
  }
}

/** Unless it names a successor already. */
function removePidFile(path: string, pid: number | undefined): void {
  try {
    if (Number(readFileSync(path, "utf8")) === pid) rmSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

/** What the log says at its end about an error, or else its last line. */
export async function lastComplaint(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8")).split("\n").filter((line) => line !== "");
  const end = lines.slice(-12);
  return end.findLast((line) => /\[(ERR|FTL)\]|error/i.test(line)) ?? end.at(-1) ?? "no word";
}

/**
 * Ends the processes a test started when the test itself is ended, however that happens.
 *
 * A killed test cannot clean up after itself. So a small process of its own stands by, is told over
 * its standard input who runs, and when that closes, because whoever held it is gone, it kills
 * those that still run and removes the folder. It names processes by id only, and only those it was
 * told.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

export class ProcessGuard {
  readonly #guardian: ChildProcess;

  /** @param folder is removed, with all in it, at the end. */
  constructor(folder: string) {
    this.#guardian = spawn(process.execPath, [fileURLToPath(import.meta.url), folder], {
      // In a group of its own: the interrupt key reaches the whole group of the test.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    // A guardian that is gone cannot be told anything; there is nobody to report that to.
    this.#guardian.stdin?.on("error", () => undefined);
    this.#guardian.unref();
  }

  /** From now on that process ends with us. */
  watch(pid: number): void {
    this.#guardian.stdin?.write(`+${pid}\n`);
  }

  /** That process has ended: its number may be somebody else's by now. */
  forget(pid: number): void {
    this.#guardian.stdin?.write(`-${pid}\n`);
  }

  /** Ends what still runs, removes the folder, and resolves when that is done. */
  async release(): Promise<void> {
    const guardian = this.#guardian;
    if (guardian.exitCode !== null || guardian.signalCode !== null) return;
    guardian.ref();
    await new Promise<void>((resolve) => {
      guardian.once("exit", () => resolve());
      guardian.stdin?.end();
    });
  }
}

function standGuard(folder: string): void {
  const pids = new Set<number>();
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith("+")) pids.add(pid);
    else pids.delete(pid);
  });
  lines.on("close", () => {
    for (const pid of pids) killIfRunning(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("the guardian needs a folder");
  standGuard(folder);
}

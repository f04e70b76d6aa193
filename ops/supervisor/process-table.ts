/**
 * The machine's processes, as far as their numbers can be trusted: a number is used again after a
 * crash, so whoever reads one from a file also looks at what that process runs.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Sends a signal. False when there is no such process (any more). */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Whether it runs. One that has ended and that nobody took notice of does not. */
export function isRunning(pid: number): boolean {
  if (process.platform !== "linux") return signalProcess(pid, 0);
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // "4711 (name) S …"; the name may hold anything, a bracket too.
  const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** What it was started with; empty when there is no such process. */
export function commandLineOf(pid: number): string {
  if (process.platform === "linux") return readOrEmpty(`/proc/${pid}/cmdline`);
  try {
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch (error) {
    // ps ends with 1 when it finds no such process.
    if (error instanceof Error && "status" in error && error.status === 1) return "";
    throw error;
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

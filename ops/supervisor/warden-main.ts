/**
 * The warden's process: see warden.ts. It names processes by number only, and only those that it
 * was told of, a line for each:
 *
 *   +4711 early     process 4711 runs, and goes in the first round
 *   -4711           it has ended
 */
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, signalProcess } from "./process-table.ts";
import type { StopRound } from "./warden.ts";

const patienceMs: Readonly<Record<StopRound, number>> = { early: 4000, late: 10_000 };
/** After SIGKILL a process is gone as soon as the kernel comes to it. */
const killedPatienceMs = 2000;
const pollMs = 50;

async function standBy(): Promise<void> {
  const wards = new Map<number, StopRound>();
  for await (const line of createInterface({ input: process.stdin })) {
    const pid = Number.parseInt(line.slice(1), 10);
    if (line.startsWith("+")) wards.set(pid, line.endsWith("late") ? "late" : "early");
    else wards.delete(pid);
  }
  for (const round of ["early", "late"] as const) {
    const pids = [...wards].filter(([, of]) => of === round).map(([pid]) => pid);
    for (const pid of pids) {
      signalProcess(pid, "SIGTERM");
      // One that is paused could not hear it.
      signalProcess(pid, "SIGCONT");
    }
    if (await areGone(pids, patienceMs[round])) continue;
    for (const pid of pids.filter(isRunning)) signalProcess(pid, "SIGKILL");
    await areGone(pids, killedPatienceMs);
  }
}

async function areGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (pids.some(isRunning)) {
    if (performance.now() > deadlineMs) return false;
    await sleep(pollMs);
  }
  return true;
}

// Ctrl-C and hang-ups are for the supervisor, whose end is told by the pipe.
for (const ignored of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(ignored, () => {});
await standBy();

/** What a process's session weighs against others, where sessions weigh anything: sched(7). */
import { readFileSync } from "node:fs";

/** Why sessions have no weight here: another system, or one without. Undefined where they have. */
export function whyNoWeights(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/sched_autogroup_enabled", "utf8").trim() === "1"
      ? undefined
      : "sessions share no processors here";
  } catch {
    return "sessions have no weight here";
  }
}

/** "0" as anybody's, more for less. */
export function nicenessOf(pid: number): string | undefined {
  return /nice (-?\d+)/.exec(readFileSync(`/proc/${pid}/autogroup`, "utf8"))?.[1];
}

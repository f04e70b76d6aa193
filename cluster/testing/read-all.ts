/** Reads a whole log, however many reads that takes: for tests that compare what is stored. */
import type { LogEntry, ReplicatedLog } from "../replicated-log.ts";

/** From that entry to its head. */
export async function readAll(log: ReplicatedLog, from = 1): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const page = await log.read(from + entries.length, { entriesMax: 1000 });
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

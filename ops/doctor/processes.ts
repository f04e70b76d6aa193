/**
 * The processes of a cluster that runs, as its supervisor tells of them: those that should run and
 * do not.
 */
import type { Finding } from "./finding.ts";

export interface ProcessSeen {
  readonly name: string;
  /** "up", "down", or a word for what lies between. */
  readonly phase: string;
}

/** @param restart the command that starts a process again. */
export function judgeProcesses(
  processes: readonly ProcessSeen[],
  restart: (name: string) => string,
): Finding[] {
  const missing = processes.filter(({ phase }) => phase !== "up");
  if (missing.length === 0) {
    const detail = `all ${processes.length} of the cluster run`;
    return [{ subject: "processes", state: "ok", detail }];
  }
  return missing.map(({ name, phase }): Finding => {
    const subject = `process ${name}`;
    if (phase === "down") {
      return { subject, state: "broken", detail: "does not run", remedy: restart(name) };
    }
    // Its supervisor is bringing it back, or taking it away.
    const remedy = "wait for it, and look at its log if that goes on";
    return { subject, state: "degraded", detail: `does not run yet (${phase})`, remedy };
  });
}

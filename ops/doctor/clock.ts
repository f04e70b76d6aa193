/**
 * The wall clock. The log's time comes from the clock of whichever nats-server leads a stream and is
 * clamped so that it never runs backwards; a clock far ahead therefore makes time stand still until
 * the others have caught up, and expiries come early.
 */
import { existsSync } from "node:fs";
import type { Finding } from "./finding.ts";
import { firstLineOf } from "./program.ts";

const jumpMsMax = 250;
const plausible = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2100, 0, 1) };
const timesyncdMark = "/run/systemd/timesync/synchronized";

export interface ClockReading {
  readonly wallMs: number;
  /** The same moment by the clock that nobody can set. */
  readonly steadyMs: number;
  /** Undefined where no time service could be asked. */
  readonly synchronized: boolean | undefined;
}

export async function examineClock(): Promise<Finding[]> {
  const synchronized = await isSynchronized();
  const wallMs = Date.now();
  const steadyMs = performance.timeOrigin + performance.now();
  return [judgeClock({ wallMs, steadyMs, synchronized })];
}

export function judgeClock({ wallMs, steadyMs, synchronized }: ClockReading): Finding {
  const subject = "clock";
  const now = new Date(wallMs).toISOString();
  const remedy = "set the clock, and run a time service (systemd-timesyncd or chrony)";
  if (wallMs < plausible.from || wallMs >= plausible.to) {
    return { subject, state: "broken", detail: `${now} cannot be the present`, remedy };
  }
  const jumpMs = Math.round(wallMs - steadyMs);
  if (Math.abs(jumpMs) > jumpMsMax) {
    const detail = `${now}; it was moved by ${jumpMs} ms since this process started`;
    return { subject, state: "degraded", detail, remedy };
  }
  const steady = `${now}, steady since this process started`;
  switch (synchronized) {
    case true:
      return { subject, state: "ok", detail: `${steady}, kept by a time service` };
    case false:
      return { subject, state: "degraded", detail: `${now}; no time service keeps it`, remedy };
    case undefined:
      return { subject, state: "ok", detail: `${steady}; time service not checked: none to ask` };
  }
}

async function isSynchronized(): Promise<boolean | undefined> {
  const args = ["show", "--property=NTPSynchronized", "--value"];
  const timedatectl = await firstLineOf("timedatectl", args);
  if (timedatectl === "yes" || timedatectl === "no") return timedatectl === "yes";
  if (existsSync(timesyncdMark)) return true;
  // One line of comma-separated values, whose last is the leap status.
  const chrony = await firstLineOf("chronyc", ["-c", "tracking"]);
  return chrony === undefined ? undefined : !chrony.endsWith("Not synchronised");
}

/**
 * Examines this machine: can a cluster run here, and would it keep what it acknowledges? Looks
 * only, and changes nothing; every finding that is not `ok` says what to do.
 */
import type { Finding } from "./finding.ts";
import type { PortUse } from "./ports.ts";
import { examineClock } from "./clock.ts";
import { examineDisk } from "./disk.ts";
import { examineMachine } from "./machine.ts";
import { examineNatsServer } from "./nats-server.ts";
import { examineNode } from "./node-version.ts";
import { examinePorts } from "./ports.ts";

export type { Finding } from "./finding.ts";
export type { PortUse } from "./ports.ts";

export interface ExamineOptions {
  /** Where streams and snapshots lie or will lie; need not exist yet. */
  readonly dataDirectory: string;
  /** Every port the cluster listens on. */
  readonly ports?: readonly PortUse[];
  /** The configuration files of the cluster's nats-servers; those that do not exist are ignored. */
  readonly natsConfigurationPaths?: readonly string[];
  /** Monitoring ports on this machine; where one answers, the running server's word counts. */
  readonly natsMonitoringPorts?: readonly number[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Findings in a fixed order: programs, ports, disk, clock, machine. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const [node, server, ports, disk, clock] = await Promise.all([
    examineNode(options.env ?? process.env),
    examineNatsServer(options),
    examinePorts(options.ports ?? []),
    examineDisk(options.dataDirectory),
    examineClock(),
  ]);
  return [...node, ...server, ...ports, ...disk, ...clock, ...examineMachine()];
}

/** The gravest state among the findings: what the doctor's exit status is made of. */
export function gravest(findings: readonly Finding[]): Finding["state"] {
  const states = new Set(findings.map(({ state }) => state));
  if (states.has("broken")) return "broken";
  return states.has("degraded") ? "degraded" : "ok";
}

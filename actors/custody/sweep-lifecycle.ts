/** The life of a sweep by the compiled table, in the statuses that everybody knows. */
import { SweepStatus } from "../../protocols/index.ts";
import { compileMachine } from "../transition-table.ts";
import { StatusTable } from "./status-table.ts";
import { sweepEvents, sweepLifecycleMachine } from "./sweep-lifecycle.machine.ts";

export const sweepTable = compileMachine(sweepLifecycleMachine, sweepEvents);

export const sweepLifecycle = new StatusTable(sweepTable, SweepStatus);

export function isSweepOver(status: SweepStatus): boolean {
  return status >= SweepStatus.done;
}

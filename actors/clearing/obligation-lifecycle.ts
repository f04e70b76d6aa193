/** The life of obligations by the compiled table, in the statuses that everybody knows. */
import { assert, ObligationStatus } from "../../protocols/index.ts";
import { StatusTable } from "../custody/status-table.ts";
import { compileMachine } from "../transition-table.ts";
import { obligationEvents, obligationLifecycleMachine } from "./obligation-lifecycle.machine.ts";
import type { ObligationEvent } from "./obligation-lifecycle.machine.ts";

export const obligationTable = compileMachine(obligationLifecycleMachine, obligationEvents);

const obligationLifecycle = new StatusTable(obligationTable, ObligationStatus);

/** The status after an event that the machine allows: others are defects. */
export function obligationAfter(
  status: ObligationStatus,
  event: ObligationEvent,
): ObligationStatus {
  const next = obligationLifecycle.after(status, event);
  assert(next !== undefined, "an obligation goes a way that its machine does not know");
  return next;
}

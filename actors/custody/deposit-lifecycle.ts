/** The life of a deposit by the compiled table, in the statuses that everybody knows. */
import { DepositStatus } from "../../protocols/index.ts";
import { compileMachine } from "../transition-table.ts";
import { depositEvents, depositLifecycleMachine } from "./deposit-lifecycle.machine.ts";
import { StatusTable } from "./status-table.ts";

export const depositTable = compileMachine(depositLifecycleMachine, depositEvents);

/** Dust is none of it: it stays what it is. */
const { dust: _, ...statuses } = DepositStatus;

export const depositLifecycle = new StatusTable(depositTable, statuses);

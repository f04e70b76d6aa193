/** The life of a withdrawal by the compiled table, in the statuses that everybody knows. */
import { WithdrawalStatus } from "../../protocols/index.ts";
import { compileMachine } from "../transition-table.ts";
import { StatusTable } from "./status-table.ts";
import { withdrawalEvents, withdrawalLifecycleMachine } from "./withdrawal-lifecycle.machine.ts";

export const withdrawalTable = compileMachine(withdrawalLifecycleMachine, withdrawalEvents);

export const withdrawalLifecycle = new StatusTable(withdrawalTable, WithdrawalStatus);

/** Whether nothing can happen to it any more. */
export function isWithdrawalOver(status: WithdrawalStatus): boolean {
  return status >= WithdrawalStatus.completed;
}

/** Whether what was set aside for it has been given back. */
export function isWithdrawalUndone(status: WithdrawalStatus): boolean {
  return status > WithdrawalStatus.completed;
}

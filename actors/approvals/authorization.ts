/**
 * Whether enough others have approved of a command. Gateways have looked whether their signatures
 * are genuine; here they are counted, in the same way on every replica.
 */
import { approvalLifetimeUsMax, RejectReason } from "../../protocols/index.ts";
import type { AdminCommand, Approval } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { UsedApprovals } from "./used-approvals.ts";

const { none } = RejectReason;

/**
 * Why a command may not be done: that of its approvals which comes first in the list of reasons, or
 * that there are too few. Any that does not hold refuses the command, also where nobody is needed.
 *
 * @param needed how many others have to approve
 * @param counted whose approval counts; everybody's unless told otherwise
 */
export function whyNotAuthorized(
  command: AdminCommand,
  { needed, used, counted = () => true }: AuthorizationRule,
  context: ActorContext,
): RejectReason {
  const { approvals = [], author } = command;
  if (!context.logic.asksForApprovals) {
    return approvals.length === 0 ? none : RejectReason["command-not-permitted"];
  }
  const { timeUs } = context;
  const approvers = approvals.map(({ approver }) => approver);
  const has = (isWrong: (approval: Approval) => boolean): boolean => approvals.some(isWrong);
  if (has(({ approver }) => approver === author)) return RejectReason["approval-own"];
  if (new Set(approvers).size < approvers.length) return RejectReason["approval-repeated"];
  if (has(({ untilUs }) => untilUs < timeUs)) return RejectReason["approval-expired"];
  if (has(({ untilUs }) => untilUs > timeUs + approvalLifetimeUsMax)) {
    return RejectReason["approval-too-long"];
  }
  if (has((approval) => used.has(approval))) return RejectReason["approval-used"];
  return approvers.filter(counted).length < needed ? RejectReason["approvals-missing"] : none;
}

export interface AuthorizationRule {
  readonly needed: number;
  readonly used: UsedApprovals;
  readonly counted?: (approver: string) => boolean;
}

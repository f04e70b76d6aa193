/**
 * Approval rules: which of administrators' commands the governor takes, by who has approved of
 * them, and how the policy for that changes.
 */
import { approvalsMax, RejectReason } from "../../protocols/index.ts";
import type {
  AdminCommand,
  ConfirmKillSwitch,
  MakeGoodDeficit,
  PublishIndexPrice,
  PublishMarkPrice,
  SetApprovalPolicy,
  WithdrawalCommand,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { whyNotAuthorized } from "../approvals/authorization.ts";
import { UsedApprovals } from "../approvals/used-approvals.ts";
import type { SavedUsedApprovals } from "../approvals/used-approvals.ts";
import type { Interventions } from "./interventions.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

export class ApprovalRules {
  readonly #interventions: Interventions;
  readonly #tickets: Tickets;
  readonly #used = new UsedApprovals();

  constructor(interventions: Interventions, tickets: Tickets) {
    this.#interventions = interventions;
    this.#tickets = tickets;
  }

  whyNot(command: GovernorCommand, context: ActorContext): RejectReason {
    const used = this.#used;
    if (command.kind === "confirm-kill-switch") {
      return whyNotAuthorized(command, { ...this.#confirmation(command, context), used }, context);
    }
    const needed =
      command.kind === "set-approval-policy"
        ? neededForChange(command, context)
        : context.venue.approvalPolicy.neededFor(command.kind);
    return whyNotAuthorized(command, { needed, used }, context);
  }

  /**
   * Who confirms is one of those who have to agree with whoever armed the switch; the latter's own
   * signature does not count.
   */
  #confirmation({ kind, number }: ConfirmKillSwitch, context: ActorContext) {
    const needed = Math.max(0, context.venue.approvalPolicy.neededFor(kind) - 1);
    const armer = this.#interventions.armerOf(number);
    return { needed, counted: (approver: string) => approver !== armer };
  }

  /** The command was done: what has approved of it approves of nothing else. */
  use({ approvals = [] }: GovernorCommand, context: ActorContext): void {
    if (approvals.length > 0) this.#used.add(approvals, context.timeUs);
  }

  setPolicy(command: SetApprovalPolicy, context: ActorContext): RejectReason {
    if (!context.logic.asksForApprovals) {
      return answer(context, RejectReason["command-not-permitted"]);
    }
    if (!isNumberOfApprovals(command.needed)) {
      return answer(context, RejectReason["approval-policy-invalid"]);
    }
    // The public is not told: what it takes to run the venue is for those who do.
    const policy = context.venue.approvalPolicy.with(command.command, command.needed).entries;
    const ticket = this.#tickets.take(context, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-approval-policy", shard, policy, ticket });
    }
    return none;
  }

  snapshot(): SavedUsedApprovals | undefined {
    return this.#used.snapshot();
  }

  restore(saved: SavedUsedApprovals): void {
    this.#used.restore(saved);
  }
}

/** Mark prices are the books', and withdrawals the accounts'. */
export type GovernorCommand = Exclude<
  AdminCommand,
  PublishIndexPrice | PublishMarkPrice | WithdrawalCommand | MakeGoodDeficit
>;

/** What the kind has, what it is to have, and what every change of the policy has to have. */
function neededForChange(
  { kind, command, needed }: SetApprovalPolicy,
  { venue: { approvalPolicy } }: ActorContext,
): number {
  const wanted = isNumberOfApprovals(needed) ? needed : 0;
  return Math.max(approvalPolicy.neededFor(kind), approvalPolicy.neededFor(command), wanted);
}

function isNumberOfApprovals(needed: number): boolean {
  return needed >= 0 && needed <= approvalsMax;
}

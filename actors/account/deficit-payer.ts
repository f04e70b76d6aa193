/**
 * Deficit payer: has one account pay what an insurance fund has lacked before, in the shard in
 * which the account lives. An administrator says so, and others approve where that is asked for.
 *
 * The ledger account `deficit` is never above zero: nobody pays more than was lacked.
 */
import { add, RejectReason, subtract } from "../../protocols/index.ts";
import type { MakeGoodDeficit } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { whyNotAuthorized } from "../approvals/authorization.ts";
import type { UsedApprovals } from "../approvals/used-approvals.ts";
import type { AccountState } from "./account-state.ts";

const { none } = RejectReason;

export class DeficitPayer {
  readonly #state: AccountState;
  readonly #used: UsedApprovals;

  /** `used`: approvals that were used up by what was done to the account. */
  constructor(state: AccountState, used: UsedApprovals) {
    this.#state = state;
    this.#used = used;
  }

  receive(command: MakeGoodDeficit, context: ActorContext): void {
    const rejectReason = this.#whyNot(command, context);
    if (rejectReason === none) this.#pay(command, context);
    context.emit({ kind: "command-replied", origin: context.origin, rejectReason, detail: 0 });
  }

  /** Each reason in the order of their numbers. */
  #whyNot(command: MakeGoodDeficit, context: ActorContext): RejectReason {
    if (!context.logic.hasContracts) return RejectReason["command-not-permitted"];
    const needed = context.venue.approvalPolicy.neededFor(command.kind);
    const whyNot = whyNotAuthorized(command, { needed, used: this.#used }, context);
    if (whyNot !== none) return whyNot;
    const { asset, amount } = command;
    const { holdings } = this.#state;
    if (amount > holdings.available(asset)) return RejectReason["funds-insufficient"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    if (amount > holdings.withdrawable(asset)) return RejectReason["funds-unsettled"];
    if (!holdings.isFree(asset, amount, context.venue)) return RejectReason["margin-insufficient"];
    const { deficit } = holdings.balance(asset).ledger;
    return add(deficit.balance, amount) > 0 ? RejectReason["deficit-smaller"] : none;
  }

  #pay(command: MakeGoodDeficit, context: ActorContext): void {
    const { account, asset, amount, author, reason, approvals = [] } = command;
    this.#used.add(approvals, context.timeUs);
    const balance = this.#state.holdings.balance(asset);
    balance.makeGood(amount);
    this.#state.risk.moved(asset, context);
    const lacking = subtract(0, balance.ledger.deficit.balance);
    const told = { account, asset, amount, lacking, author, reason };
    context.emit({ kind: "deficit-made-good", ...told });
  }
}

/**
 * Withdrawals: what one account wants sent out of the venue, as two-phase transfers.
 *
 * Asked for, it is set aside; released by those whom the rules of its asset name, the custodian may
 * begin to send it; when the chain has it for good, it leaves the ledger. Whatever ends it before
 * that gives it back. Gateways have looked whether signatures are genuine; here they are counted.
 */
import {
  add,
  approvalsForAmount,
  assert,
  nameIn,
  RejectReason,
  unreachable,
  withdrawalDayUs,
  WithdrawalStatus,
  WithdrawalStep,
} from "../../protocols/index.ts";
import type {
  AdvanceWithdrawal,
  CancelWithdrawal,
  CustodyPolicy,
  CustodyRequest,
  RefuseWithdrawal,
  ReleaseWithdrawal,
  RequestWithdrawal,
  WithdrawalCommand,
  WithdrawalView,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { whyNotAuthorized } from "../approvals/authorization.ts";
import { UsedApprovals } from "../approvals/used-approvals.ts";
import type { SavedUsedApprovals } from "../approvals/used-approvals.ts";
import {
  isWithdrawalOver,
  isWithdrawalUndone,
  withdrawalLifecycle,
} from "../custody/withdrawal-lifecycle.ts";
import type { WithdrawalEvent } from "../custody/withdrawal-lifecycle.machine.ts";
import type { AccountState } from "./account-state.ts";
import { AllowedAddresses } from "./allowed-addresses.ts";
import type { SavedAddresses } from "./allowed-addresses.ts";
import { KnownWithdrawals } from "./known-withdrawals.ts";
import type { SavedWithdrawals, Withdrawal } from "./known-withdrawals.ts";

const { none } = RejectReason;

export class Withdrawals {
  readonly #state: AccountState;
  readonly #addresses = new AllowedAddresses();
  readonly #known = new KnownWithdrawals();
  /** Of all that was approved to be done to the account. */
  readonly used = new UsedApprovals();

  constructor(state: AccountState) {
    this.#state = state;
  }

  receive(message: CustodyRequest | WithdrawalCommand, context: ActorContext): void {
    if (!context.logic.hasCustody) answer(RejectReason["command-not-permitted"], context);
    else this.#decide(message, context);
  }

  #decide(message: CustodyRequest | WithdrawalCommand, context: ActorContext): void {
    switch (message.kind) {
      case "request-withdrawal":
        this.#request(message, context);
        return;
      case "cancel-withdrawal":
        this.#cancel(message, context);
        return;
      case "allow-address":
        answer(this.#addresses.allow(message, context), context);
        return;
      case "forget-address":
        answer(this.#addresses.forget(message), context);
        return;
      case "release-withdrawal":
        this.#judge(message, "released", context);
        return;
      case "refuse-withdrawal":
        this.#judge(message, "refused", context);
        return;
      case "advance-withdrawal":
        this.#advance(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  // ---- The account's own requests ----------------------------------------------------------

  #request(command: RequestWithdrawal, context: ActorContext): void {
    this.#known.forgetOver(context.timeUs);
    const before = this.#known.referred(command.reference);
    if (before !== undefined && isSame(before, command)) {
      answer(none, context, before.number);
      return;
    }
    const { asset, amount } = command;
    const policy = context.venue.custodyPolicyOf(asset);
    const reason = this.#whyNotRequest(command, context);
    if (reason !== none || policy === undefined) {
      answer(reason, context);
      return;
    }
    const needed = approvalsForAmount(policy, amount);
    const withdrawal = this.#known.open(command, { policy, needed, timeUs: context.timeUs });
    this.#state.holdings.balance(asset).setAside(amount);
    this.#tell(withdrawal, context);
    if (needed === 0) this.#move(withdrawal, { event: "released" }, context);
    answer(none, context, withdrawal.number);
  }

  /** Each reason in the order of their numbers. */
  #whyNotRequest(command: RequestWithdrawal, context: ActorContext): RejectReason {
    const { reference, asset, amount } = command;
    const { isBlocked, holdings } = this.#state;
    if (isBlocked) return RejectReason["account-blocked"];
    if (this.#known.referred(reference) !== undefined) return RejectReason["reference-reused"];
    if (amount > holdings.available(asset)) return RejectReason["funds-insufficient"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    const policy = context.venue.custodyPolicyOf(asset);
    if (policy === undefined) return RejectReason["custody-unknown"];
    const whyNotThere = this.#addresses.whyNot(command, context);
    if (whyNotThere !== none) return whyNotThere;
    const whyNotAmount = this.#whyNotAmount(command, policy, context);
    if (whyNotAmount !== none) return whyNotAmount;
    const isSettled = amount <= holdings.withdrawable(asset);
    if (!isSettled) return RejectReason["funds-unsettled"];
    const isFree = holdings.isFree(asset, amount, context.venue);
    return isFree ? none : RejectReason["margin-insufficient"];
  }

  #whyNotAmount(
    { asset, amount }: RequestWithdrawal,
    { withdrawalMin, withdrawalMax, dailyMax }: CustodyPolicy,
    { timeUs }: ActorContext,
  ): RejectReason {
    if (amount < withdrawalMin) return RejectReason["withdrawal-too-small"];
    if (amount > withdrawalMax) return RejectReason["withdrawal-too-large"];
    if (this.#known.isFull) return RejectReason["withdrawals-too-many"];
    const ofDay = this.#known.since(asset, timeUs - withdrawalDayUs);
    return add(ofDay, amount) > dailyMax ? RejectReason["withdrawals-of-day-exceeded"] : none;
  }

  #cancel({ number }: CancelWithdrawal, context: ActorContext): void {
    const withdrawal = this.#known.numbered(number);
    if (withdrawal === undefined) answer(RejectReason["withdrawal-unknown"], context);
    else if (withdrawal.status === WithdrawalStatus.canceled) answer(none, context, number);
    else answer(this.#move(withdrawal, { event: "canceled" }, context), context, number);
  }

  // ---- What administrators say -------------------------------------------------------------

  #judge(
    command: ReleaseWithdrawal | RefuseWithdrawal,
    event: "released" | "refused",
    context: ActorContext,
  ): void {
    const withdrawal = this.#known.numbered(command.number);
    const reason = this.#whyNotJudge(command, withdrawal, context);
    if (reason !== none || withdrawal === undefined) {
      answer(reason, context);
      return;
    }
    const { approvals = [] } = command;
    const approvers = approvals.map(({ approver }) => approver);
    const moved = this.#move(withdrawal, { event, approvers }, context);
    if (moved === none) this.used.add(approvals, context.timeUs);
    answer(moved, context, withdrawal.number);
  }

  #whyNotJudge(
    command: ReleaseWithdrawal | RefuseWithdrawal,
    withdrawal: Withdrawal | undefined,
    context: ActorContext,
  ): RejectReason {
    const { kind, approvals = [] } = command;
    const isRelease = kind === "release-withdrawal";
    const asked = context.venue.approvalPolicy.neededFor(kind);
    const needed = Math.max(asked, isRelease ? (withdrawal?.needed ?? 0) : 0);
    const reason = whyNotAuthorized(command, { needed, used: this.used }, context);
    if (reason !== none) return reason;
    if (isRelease && this.#state.isBlocked) return RejectReason["account-blocked"];
    if (withdrawal === undefined) return RejectReason["withdrawal-unknown"];
    if (!isOfTerms(withdrawal, command)) return RejectReason["withdrawal-terms-differ"];
    const { approvers = [] } = context.venue.custodyPolicyOf(withdrawal.asset) ?? {};
    if (!isRelease) return none;
    const isOf = (is: (approver: string) => boolean) =>
      approvals.some(({ approver }) => is(approver));
    if (isOf((approver) => !approvers.includes(approver))) {
      return RejectReason["approver-not-named"];
    }
    const isInitiator = isOf((approver) => this.#isInitiator(approver));
    return isInitiator ? RejectReason["approver-is-initiator"] : none;
  }

  /** Accounts ask for withdrawals themselves: nobody approves of what is sent to oneself. */
  #isInitiator(approver: string): boolean {
    return approver === this.#state.id || approver === this.#state.participant;
  }

  // ---- What the custodian says -------------------------------------------------------------

  #advance(command: AdvanceWithdrawal, context: ActorContext): void {
    const withdrawal = this.#known.numbered(command.number);
    const reason = this.#whyNotAdvance(command, withdrawal, context);
    if (reason !== none || withdrawal === undefined) {
      answer(reason, context);
      return;
    }
    const { step, transaction } = command;
    const isDone = reachedBy[step] === withdrawal.status;
    // Said again, as whoever starts anew does: it is so already.
    const event = nameIn(WithdrawalStep, step);
    const told = isDone ? none : this.#move(withdrawal, { event, transaction }, context);
    answer(told, context, withdrawal.number);
  }

  #whyNotAdvance(
    command: AdvanceWithdrawal,
    withdrawal: Withdrawal | undefined,
    context: ActorContext,
  ): RejectReason {
    const { kind, author, step, transaction } = command;
    const needed = context.venue.approvalPolicy.neededFor(kind);
    const reason = whyNotAuthorized(command, { needed, used: this.used }, context);
    if (reason !== none) return reason;
    const isBegun = step === WithdrawalStep.begun;
    if (isBegun && this.#state.isBlocked) return RejectReason["account-blocked"];
    if (withdrawal === undefined) return RejectReason["withdrawal-unknown"];
    const policy = context.venue.custodyPolicyOf(withdrawal.asset);
    if (policy?.custodian !== author) return RejectReason["custodian-other"];
    // One withdrawal has one transaction, however often it is said and whatever becomes of it.
    const isOther = withdrawal.transaction !== "" && transaction !== withdrawal.transaction;
    const isNamed = transaction !== "" || isBegun || step === WithdrawalStep.failed;
    const isSound = isNamed && (!isOther || isBegun);
    return isSound ? none : RejectReason["withdrawal-terms-differ"];
  }

  // ---- What follows ------------------------------------------------------------------------

  /** The rules have changed, here or where the account was: what is older than they is voided. */
  rulesChanged(context: ActorContext): void {
    for (const withdrawal of this.#known.all()) {
      const policy = context.venue.custodyPolicyOf(withdrawal.asset);
      const isOld = policy !== undefined && withdrawal.revision < policy.revision;
      if (isOld && withdrawal.status <= WithdrawalStatus.approved) {
        this.#move(withdrawal, { event: "voided" }, context);
      }
    }
  }

  /** Does what an event means for it, or says that it is out of turn. */
  #move(
    withdrawal: Withdrawal,
    { event, approvers, transaction = "" }: Move,
    context: ActorContext,
  ): RejectReason {
    const status = withdrawalLifecycle.after(withdrawal.status, event);
    if (status === undefined) return RejectReason["withdrawal-out-of-turn"];
    withdrawal.status = status;
    if (isWithdrawalOver(status)) withdrawal.overUs = context.timeUs;
    if (approvers !== undefined) withdrawal.approvers = approvers;
    if (transaction !== "") withdrawal.transaction = transaction;
    const { asset, amount } = withdrawal;
    const balance = this.#state.holdings.balance(asset);
    if (isWithdrawalUndone(status)) balance.giveBack(amount);
    if (status === WithdrawalStatus.completed) {
      balance.payOut(amount);
      this.#state.risk.moved(asset, context);
      context.send({ kind: "withdrawal-settled", asset, amount });
    }
    this.#tell(withdrawal, context);
    return none;
  }

  #tell({ number, asset, amount, status, transaction }: Withdrawal, context: ActorContext): void {
    const account = this.#state.id;
    context.emit({
      ...{ kind: "withdrawal-changed", account, number, asset, amount, status, transaction },
    });
    const { available, reserved } = this.#state.holdings.balance(asset);
    context.emit({ kind: "balance-changed", account, asset, available, reserved });
  }

  // ---- Questions, audit and snapshot -------------------------------------------------------

  /** Oldest first. */
  views(): readonly WithdrawalView[] {
    const account = this.#state.id;
    return this.#known.all().map(({ revision: _, overUs: __, ...withdrawal }) => {
      return { account, ...withdrawal };
    });
  }

  addresses(venue: Venue) {
    return this.#addresses.views(venue);
  }

  /** Holds what is set aside against what is asked for. */
  audit(): void {
    this.#state.holdings.auditWithdrawing(this.#known.openSums());
  }

  /** Undefined while there is nothing to say. */
  snapshot(): SavedAccountCustody | undefined {
    const [addresses, known] = [this.#addresses.snapshot(), this.#known.snapshot()];
    const used = this.used.snapshot();
    if (addresses.length === 0 && known[0] === 0 && used === undefined) return undefined;
    return used === undefined ? [addresses, known] : [addresses, known, used];
  }

  restore([addresses, known, used]: SavedAccountCustody): void {
    this.#addresses.restore(addresses);
    this.#known.restore(known);
    if (used !== undefined) this.used.restore(used);
  }
}

export type SavedAccountCustody = readonly [
  SavedAddresses,
  SavedWithdrawals,
  used?: SavedUsedApprovals,
];

/** What happens to one, by whom it was approved or in which transaction it is. */
interface Move {
  readonly event: WithdrawalEvent;
  readonly approvers?: readonly string[];
  readonly transaction?: string;
}

/** Where each step leads. */
const reachedBy: Readonly<Record<WithdrawalStep, WithdrawalStatus>> = {
  [WithdrawalStep.begun]: WithdrawalStatus.sending,
  [WithdrawalStep.broadcast]: WithdrawalStatus.sent,
  [WithdrawalStep.displaced]: WithdrawalStatus.sending,
  [WithdrawalStep.confirmed]: WithdrawalStatus.completed,
  [WithdrawalStep.failed]: WithdrawalStatus.failed,
};

function isSame(withdrawal: Withdrawal, { asset, amount, address }: RequestWithdrawal): boolean {
  return (
    withdrawal.asset === asset && withdrawal.amount === amount && withdrawal.address === address
  );
}

function isOfTerms(withdrawal: Withdrawal, named: ReleaseWithdrawal | RefuseWithdrawal): boolean {
  const { asset, amount, address } = named;
  return (
    withdrawal.asset === asset && withdrawal.amount === amount && withdrawal.address === address
  );
}

function answer(rejectReason: RejectReason, context: ActorContext, number = 0): void {
  assert(number >= 0);
  const detail = rejectReason === none ? number : 0;
  context.emit({ kind: "command-replied", origin: context.origin, rejectReason, detail });
}

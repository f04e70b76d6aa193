/**
 * Custody: the rules by which assets come in from chains and go out to them, the addresses that are
 * accounts', and every output that ever came to one of them.
 *
 * What came in is credited once for each output of a transaction, whoever says so how often. What
 * accounts withdraw they decide themselves; here it is counted that it has left.
 */
import {
  areCustodyTermsSound,
  assert,
  DepositStatus,
  DepositStep,
  nameIn,
  RejectReason,
} from "../../protocols/index.ts";
import type {
  Amount,
  AnnounceCustodyPolicy,
  AssetId,
  AssignDepositAddress,
  CustodyPolicy,
  CustodyTerms,
  DepositAddressView,
  DepositView,
  ReportDeposit,
  SetCustodyPolicy,
  WithdrawalSettled,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { depositLifecycle } from "../custody/deposit-lifecycle.ts";
import { DepositBook } from "./deposit-book.ts";
import type { ChainDeposit, SavedDeposits } from "./deposit-book.ts";
import { record } from "./interventions.ts";
import type { Register } from "./register.ts";
import { Sweeps } from "./sweeps.ts";
import type { Supply } from "./supply.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

export class Custody {
  readonly #register: Register;
  readonly #tickets: Tickets;
  readonly #supply: Supply;
  readonly #deposits = new DepositBook();
  readonly sweeps = new Sweeps();

  constructor(register: Register, tickets: Tickets, supply: Supply) {
    this.#register = register;
    this.#tickets = tickets;
    this.#supply = supply;
  }

  // ---- Rules -------------------------------------------------------------------------------

  setPolicy(command: SetCustodyPolicy, context: ActorContext): RejectReason {
    const reason = this.#whyNotPolicy(command, context);
    if (reason !== none) return answer(context, reason);
    const { kind, author, reason: why, approvals, ...terms } = command;
    assert(kind === "set-custody-policy" && approvals !== undefined);
    const { asset } = terms;
    const revision = (context.venue.custodyPolicyOf(asset)?.revision ?? 0) + 1;
    record(command, { target: asset, author, reason: why }, context);
    this.sweeps.void(asset);
    const ticket = this.#tickets.take(context, context.shards);
    const policy: CustodyPolicy = { ...terms, revision };
    for (let shard = 0; shard < context.shards; shard++) {
      const told: AnnounceCustodyPolicy = {
        ...{ kind: "announce-custody-policy", shard, policy, ticket },
      };
      context.send(told);
    }
    return none;
  }

  /** A change takes a quorum of those whom the rules name, and of those whom they are to name. */
  #whyNotPolicy(command: SetCustodyPolicy, { logic, venue }: ActorContext): RejectReason {
    if (!logic.hasCustody) return RejectReason["command-not-permitted"];
    const { asset, approvals = [] } = command;
    const before = venue.custodyPolicyOf(asset);
    const isSound = areCustodyTermsSound(command);
    const approvers = approvals.map(({ approver }) => approver);
    const isQuorum = (terms: CustodyTerms) =>
      approvers.filter((name) => terms.approvers.includes(name)).length >= terms.quorum;
    const isAgreed = (before === undefined || isQuorum(before)) && (!isSound || isQuorum(command));
    if (!isAgreed) return RejectReason["approvals-missing"];
    if (!this.#supply.has(asset)) return RejectReason["asset-unknown"];
    return isSound ? none : RejectReason["custody-policy-invalid"];
  }

  // ---- Deposits ----------------------------------------------------------------------------

  assignAddress(command: AssignDepositAddress, context: ActorContext): RejectReason {
    const { account, asset, address } = command;
    const reason = this.#whyNotAddress(command, context);
    if (reason === none) this.#deposits.assign({ account, asset, address });
    return answer(context, reason);
  }

  #whyNotAddress(command: AssignDepositAddress, context: ActorContext): RejectReason {
    const { account, asset, address, author, approvals = [] } = command;
    if (!context.logic.hasCustody) return RejectReason["command-not-permitted"];
    if (!this.#register.accounts.has(account)) return RejectReason["account-unknown"];
    const policy = context.venue.custodyPolicyOf(asset);
    if (policy === undefined) return RejectReason["custody-unknown"];
    const named = approvals.filter(({ approver }) => policy.approvers.includes(approver));
    const isHeard = policy.custodian === author || named.length >= policy.quorum;
    if (!isHeard) return RejectReason["custodian-other"];
    const owner = this.#deposits.ownerOf(asset, address);
    return owner === undefined || owner === account ? none : RejectReason["address-taken"];
  }

  report(command: ReportDeposit, context: ActorContext): RejectReason {
    const known = this.#deposits.find(command);
    const reason = this.#whyNotReport(command, known, context);
    if (reason !== none) return answer(context, reason);
    if (known === undefined) return this.#see(command, context);
    const { step } = command;
    // Said again: it is so already, or is about to be.
    if (reachedBy[step].includes(known.status)) {
      this.#tickets.answerWith(known.ticket, context);
      return none;
    }
    const event = nameIn(DepositStep, step);
    const status =
      known.status === DepositStatus.dust
        ? known.status
        : depositLifecycle.after(known.status, event);
    if (status === undefined) return answer(context, RejectReason["deposit-out-of-turn"]);
    return this.#advance(known, status, context);
  }

  #whyNotReport(
    command: ReportDeposit,
    known: ChainDeposit | undefined,
    { logic, venue }: ActorContext,
  ): RejectReason {
    const { asset, address, amount, author, step, confirmations } = command;
    if (!logic.hasCustody) return RejectReason["command-not-permitted"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    const isCredit = step === DepositStep.confirmed && known?.status === DepositStatus.seen;
    if (isCredit && !this.#supply.hasRoomFor(asset, amount)) {
      return RejectReason["supply-too-large"];
    }
    const policy = venue.custodyPolicyOf(asset);
    if (policy === undefined) return RejectReason["custody-unknown"];
    if (policy.custodian !== author) return RejectReason["custodian-other"];
    if (this.#deposits.ownerOf(asset, address) === undefined)
      return RejectReason["address-unknown"];
    if (known === undefined)
      return step === DepositStep.seen ? none : RejectReason["deposit-unknown"];
    const isOther = known.amount !== amount || known.address !== address;
    if (isOther) return RejectReason["deposit-terms-differ"];
    const isDeep = confirmations >= policy.confirmations;
    return isCredit && !isDeep ? RejectReason["deposit-unconfirmed"] : none;
  }

  #see(command: ReportDeposit, context: ActorContext): RejectReason {
    const { asset, amount } = command;
    const { depositMin = 0 } = context.venue.custodyPolicyOf(asset) ?? {};
    const status = amount < depositMin ? DepositStatus.dust : DepositStatus.seen;
    this.#tell(this.#deposits.see(command, status), context);
    return answer(context, none);
  }

  #advance(deposit: ChainDeposit, status: DepositStatus, context: ActorContext): RejectReason {
    const isCredited = status === DepositStatus.credited && deposit.status === DepositStatus.seen;
    deposit.status = status;
    this.#tell(deposit, context);
    if (status === DepositStatus.lost) {
      const { account, transaction } = deposit;
      const what = { target: account, author: "custody", reason: `${transaction} is gone` };
      record({ kind: "report-deposit" }, what, context);
    }
    if (!isCredited) return answer(context, none);
    const { account, asset, amount } = deposit;
    this.#supply.receive(context.ledgerOf(asset), amount);
    deposit.ticket = this.#tickets.take(context, 1);
    context.send({ kind: "credit-deposit", account, asset, amount, ticket: deposit.ticket });
    return none;
  }

  #tell(deposit: ChainDeposit, context: ActorContext): void {
    const { account, asset, amount, transaction, output, status } = deposit;
    context.emit({
      ...{ kind: "deposit-changed", account, asset, amount, transaction, output, status },
    });
  }

  // ---- What has left -----------------------------------------------------------------------

  settled({ asset, amount }: WithdrawalSettled, context: ActorContext): void {
    this.#supply.payOut(context.ledgerOf(asset), amount);
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  addresses(): readonly DepositAddressView[] {
    return this.#deposits.addresses();
  }

  deposits(): readonly DepositView[] {
    return this.#deposits.views();
  }

  /** Units that lie at addresses of accounts and are owed to nobody. */
  dustOf(asset: AssetId): Amount {
    return this.#deposits.sumOf(asset, DepositStatus.dust);
  }

  /** Undefined while there is nothing to say. */
  snapshot(): SavedDeposits | undefined {
    return this.#deposits.snapshot();
  }

  restore(saved: SavedDeposits): void {
    this.#deposits.restore(saved);
  }
}

/** Where each step leads: what is gone from the chain may have been credited before. */
const reachedBy: Readonly<Record<DepositStep, readonly DepositStatus[]>> = {
  [DepositStep.seen]: [DepositStatus.seen],
  [DepositStep.confirmed]: [DepositStatus.credited],
  [DepositStep.orphaned]: [DepositStatus.orphaned, DepositStatus.lost],
};

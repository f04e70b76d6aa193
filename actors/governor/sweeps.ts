/**
 * Sweeps: what is moved between the wallets of an asset. The custodian proposes, a quorum of
 * those whom the rules of the asset name approves, and what became of it is said here.
 *
 * Nothing stands on a ledger for it: all wallets are the venue's, and who is owed what stays as
 * it is.
 */
import {
  assert,
  nameIn,
  RejectReason,
  SweepStatus,
  SweepStep,
  sweepsOpenMax,
} from "../../protocols/index.ts";
import type {
  AdvanceSweep,
  Amount,
  AssetId,
  ProposeSweep,
  ReleaseSweep,
  SweepTerms,
  SweepView,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { isSweepOver, sweepLifecycle } from "../custody/sweep-lifecycle.ts";
import { answer } from "./tickets.ts";

const { none } = RejectReason;

type Sweep = { -readonly [Field in keyof SweepView]: SweepView[Field] };

export class Sweeps {
  /** By asset, in the order of proposing. They only grow: a reference names one for good. */
  readonly #sweeps = new Map<AssetId, Sweep[]>();

  propose(command: ProposeSweep, context: ActorContext): RejectReason {
    const { asset, from, to, amount, reference } = command;
    const of = this.#sweeps.get(asset) ?? [];
    const known = of.find((sweep) => sweep.reference === reference);
    const reason = this.#whyNotProposed(command, known, context);
    if (reason !== none) return answer(context, reason);
    if (known !== undefined) return answer(context, none, known.number);
    const { quorum } = context.venue.custodyPolicyOf(asset) ?? {};
    assert(quorum !== undefined, "a sweep of an asset without rules");
    const number = of.length + 1;
    const begins = { status: SweepStatus.proposed, needed: quorum, approvers: [], transaction: "" };
    of.push({ asset, number, reference, from, to, amount, ...begins });
    this.#sweeps.set(asset, of);
    return answer(context, none, number);
  }

  #whyNotProposed(
    command: ProposeSweep,
    known: Sweep | undefined,
    { logic, venue }: ActorContext,
  ): RejectReason {
    const { asset, from, to, amount, author } = command;
    if (!logic.hasCustody) return RejectReason["command-not-permitted"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    const policy = venue.custodyPolicyOf(asset);
    if (policy === undefined) return RejectReason["custody-unknown"];
    if (policy.custodian !== author) return RejectReason["custodian-other"];
    if (known !== undefined) {
      return isSame(known, command) ? none : RejectReason["sweep-inconsistent"];
    }
    const isRoom = this.#openOf(asset).length < sweepsOpenMax;
    return from !== to && isRoom ? none : RejectReason["sweep-inconsistent"];
  }

  release(command: ReleaseSweep, context: ActorContext): RejectReason {
    const sweep = this.#find(command);
    const reason = this.#whyNotReleased(command, sweep, context);
    if (reason !== none) return answer(context, reason);
    assert(sweep !== undefined);
    sweep.status = SweepStatus.approved;
    sweep.approvers = (command.approvals ?? []).map(({ approver }) => approver);
    return answer(context, none);
  }

  #whyNotReleased(
    command: ReleaseSweep,
    sweep: Sweep | undefined,
    { logic, venue }: ActorContext,
  ): RejectReason {
    if (!logic.hasCustody) return RejectReason["command-not-permitted"];
    const policy = venue.custodyPolicyOf(command.asset);
    if (policy === undefined) return RejectReason["custody-unknown"];
    if (sweep === undefined) return RejectReason["sweep-unknown"];
    const isNext = sweepLifecycle.after(sweep.status, "released") !== undefined;
    if (!isSame(sweep, command) || !isNext) return RejectReason["sweep-inconsistent"];
    const approvers = (command.approvals ?? []).map(({ approver }) => approver);
    if (approvers.some((name) => !policy.approvers.includes(name))) {
      return RejectReason["approver-not-named"];
    }
    return approvers.length >= sweep.needed ? none : RejectReason["approvals-missing"];
  }

  advance(command: AdvanceSweep, context: ActorContext): RejectReason {
    const { step, transaction } = command;
    const sweep = this.#find(command);
    const reason = whyNotAdvanced(command, sweep, context);
    if (reason !== none) return answer(context, reason);
    assert(sweep !== undefined);
    const isSaidAgain = sweep.status === reachedBy[step];
    const isOther = transaction !== sweep.transaction;
    if (isSaidAgain && isOther) return answer(context, RejectReason["sweep-inconsistent"]);
    if (isSaidAgain) return answer(context, none);
    const status = sweepLifecycle.after(sweep.status, nameIn(SweepStep, step));
    const isNamed = (step === SweepStep.done) === (transaction !== "");
    if (status === undefined || !isNamed) {
      return answer(context, RejectReason["sweep-inconsistent"]);
    }
    sweep.status = status;
    sweep.transaction = transaction;
    return answer(context, none);
  }

  /** The rules of the asset change: what was not begun by then is not to be sent. */
  void(asset: AssetId): void {
    for (const sweep of this.#openOf(asset)) {
      sweep.status = sweepLifecycle.after(sweep.status, "voided") ?? sweep.status;
    }
  }

  views(): readonly SweepView[] {
    return [...this.#sweeps.values()].flatMap((of) => of.map((sweep) => ({ ...sweep })));
  }

  #find({ asset, number }: Pick<ReleaseSweep, "asset" | "number">): Sweep | undefined {
    return this.#sweeps.get(asset)?.[number - 1];
  }

  #openOf(asset: AssetId): readonly Sweep[] {
    return (this.#sweeps.get(asset) ?? []).filter(({ status }) => !isSweepOver(status));
  }

  /** Undefined while there is nothing to say. */
  snapshot(): SavedSweeps | undefined {
    if (this.#sweeps.size === 0) return undefined;
    return this.views().map(
      ({ asset, reference, from, to, amount, status, needed, approvers, transaction }) => [
        ...([asset, reference, from, to, amount, status, needed, approvers, transaction] as const),
      ],
    );
  }

  restore(saved: SavedSweeps): void {
    for (const [asset, reference, from, to, amount, status, ...rest] of saved) {
      const [needed, approvers, transaction] = rest;
      const of = this.#sweeps.get(asset) ?? [];
      const terms = { asset, number: of.length + 1, reference, from, to, amount };
      of.push({ ...terms, status, needed, approvers: [...approvers], transaction });
      this.#sweeps.set(asset, of);
    }
  }
}

/** Who has the key of a wallet that is not the custodian's says it himself, as an approver. */
function whyNotAdvanced(
  { asset, author }: AdvanceSweep,
  sweep: Sweep | undefined,
  { logic, venue }: ActorContext,
): RejectReason {
  if (!logic.hasCustody) return RejectReason["command-not-permitted"];
  const policy = venue.custodyPolicyOf(asset);
  if (policy === undefined) return RejectReason["custody-unknown"];
  const isHeard = policy.custodian === author || policy.approvers.includes(author);
  if (!isHeard) return RejectReason["custodian-other"];
  return sweep === undefined ? RejectReason["sweep-unknown"] : none;
}

const reachedBy: Readonly<Record<SweepStep, SweepStatus>> = {
  [SweepStep.begun]: SweepStatus.sending,
  [SweepStep.done]: SweepStatus.done,
  [SweepStep.dropped]: SweepStatus.dropped,
};

function isSame(sweep: SweepTerms, { from, to, amount }: SweepTerms): boolean {
  return sweep.from === from && sweep.to === to && sweep.amount === amount;
}

export type SavedSweeps = readonly (readonly [
  AssetId,
  reference: string,
  from: string,
  to: string,
  Amount,
  SweepStatus,
  needed: number,
  approvers: readonly string[],
  transaction: string,
])[];

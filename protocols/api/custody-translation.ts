/** What is asked about deposits and withdrawals as commands, what is known of them as replies. */
import { DepositStatus, DepositStep, WithdrawalStatus, WithdrawalStep } from "../custody.ts";
import type { ApprovalTier, CustodyPolicy, DepositView, WithdrawalView } from "../custody.ts";
import type { AccountId } from "../identifiers.ts";
import type { RequestWithdrawal } from "../custody-messages.ts";
import type { AdminCommand } from "../messages.ts";
import { nameIn } from "../order-terms.ts";
import { SweepStatus, SweepStep } from "../sweeps.ts";
import type { SweepView } from "../sweeps.ts";
import { add, parseAmount, subtract } from "../units.ts";
import type { Amount } from "../units.ts";
import type {
  AdvanceSweepRequest,
  AdvanceWithdrawalRequest,
  AssignAddressRequest,
  CustodyPoliciesReply,
  DepositsReply,
  JudgeWithdrawalRequest,
  ProposeSweepRequest,
  ReleaseSweepRequest,
  ReportDepositRequest,
  RequestWithdrawalRequest,
  SetCustodyPolicyRequest,
  SweepsReply,
  Withdrawal,
} from "./custody-requests.ts";
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";

type Fault = { readonly kind: "fault"; readonly fault: RequestFault };
type Translated = { readonly kind: "command"; readonly command: AdminCommand } | Fault;

function tooMuch(field: string): Fault {
  return { kind: "fault", fault: fieldFault(field, "It is more than a ledger can hold.") };
}

// ---- Commands ------------------------------------------------------------------------------

export function withdrawalRequested(
  account: AccountId,
  { reference, asset, amount: text, address }: RequestWithdrawalRequest,
): RequestWithdrawal | Fault {
  const amount = parseAmount(text);
  if (amount === undefined) return tooMuch("amount");
  return { kind: "request-withdrawal", account, reference, asset, amount, address };
}

export function custodyPolicySet(author: string, request: SetCustodyPolicyRequest): Translated {
  const { asset, custodian, approvers, reason, approvals: _, ...rules } = request;
  const tiers: ApprovalTier[] = [];
  for (const { from: text, needed } of rules.tiers) {
    const from = parseAmount(text);
    if (from === undefined) return tooMuch("tiers");
    tiers.push({ from, needed: needed + 0 });
  }
  const amounts = new Map<string, Amount>();
  for (const field of ["withdrawalMin", "withdrawalMax", "dailyMax", "depositMin"] as const) {
    const amount = parseAmount(rules[field]);
    if (amount === undefined) return tooMuch(field);
    amounts.set(field, amount);
  }
  const of = (field: string): Amount => amounts.get(field) ?? 0;
  const command: AdminCommand = {
    ...{ kind: "set-custody-policy", asset, custodian, approvers, quorum: rules.quorum + 0 },
    ...{ withdrawalMin: of("withdrawalMin"), withdrawalMax: of("withdrawalMax") },
    ...{ dailyMax: of("dailyMax"), depositMin: of("depositMin"), tiers },
    coolOffSeconds: rules.coolOffSeconds + 0,
    confirmations: rules.confirmations + 0,
    ...{ author, reason },
  };
  return { kind: "command", command };
}

export function withdrawalJudged(
  kind: "release-withdrawal" | "refuse-withdrawal",
  author: string,
  request: JudgeWithdrawalRequest,
): Translated {
  const { account, number, asset, address, reason } = request;
  const amount = parseAmount(request.amount);
  if (amount === undefined) return tooMuch("amount");
  const command = { kind, account, number: number + 0, asset, amount, address, author, reason };
  return { kind: "command", command };
}

export function withdrawalAdvanced(author: string, request: AdvanceWithdrawalRequest): Translated {
  const { account, number, step, transaction = "", reason } = request;
  const told = { account, number: number + 0, step: WithdrawalStep[step], transaction };
  return { kind: "command", command: { kind: "advance-withdrawal", ...told, author, reason } };
}

export function addressAssigned(author: string, request: AssignAddressRequest): Translated {
  const { account, asset, address, reason } = request;
  const command = { kind: "assign-deposit-address", account, asset, address } as const;
  return { kind: "command", command: { ...command, author, reason } };
}

export function depositReported(author: string, request: ReportDepositRequest): Translated {
  const { asset, address, transaction, output, step, confirmations, reason } = request;
  const amount = parseAmount(request.amount);
  if (amount === undefined) return tooMuch("amount");
  const where = { asset, address, amount, transaction, output: output + 0 };
  const told = { step: DepositStep[step], confirmations: confirmations + 0, author, reason };
  return { kind: "command", command: { kind: "report-deposit", ...where, ...told } };
}

export function sweepProposed(author: string, request: ProposeSweepRequest): Translated {
  const { asset, from, to, reference, reason } = request;
  const amount = parseAmount(request.amount);
  if (amount === undefined) return tooMuch("amount");
  const moved = { asset, from, to, amount };
  return {
    kind: "command",
    command: { kind: "propose-sweep", ...moved, reference, author, reason },
  };
}

export function sweepReleased(author: string, request: ReleaseSweepRequest): Translated {
  const { asset, from, to, number, reason } = request;
  const amount = parseAmount(request.amount);
  if (amount === undefined) return tooMuch("amount");
  const moved = { asset, from, to, amount, number: number + 0 };
  return { kind: "command", command: { kind: "release-sweep", ...moved, author, reason } };
}

export function sweepAdvanced(author: string, request: AdvanceSweepRequest): Translated {
  const { asset, number, step, transaction = "", reason } = request;
  const told = { asset, number: number + 0, step: SweepStep[step], transaction };
  return { kind: "command", command: { kind: "advance-sweep", ...told, author, reason } };
}

// ---- Replies -------------------------------------------------------------------------------

export function renderWithdrawal(view: WithdrawalView): Withdrawal {
  const { amount, status, approvers, ...others } = view;
  const word = nameIn(WithdrawalStatus, status);
  return { ...others, amount: String(amount), status: word, approvers: [...approvers] };
}

export function renderDeposit(view: DepositView): DepositsReply["deposits"][number] {
  const word = nameIn(DepositStatus, view.status);
  return { ...view, amount: String(view.amount), status: word };
}

export function renderSweeps(views: readonly SweepView[]): Omit<SweepsReply, "ok"> {
  const wallets = new Map<string, WalletMoves>();
  for (const { asset, from, to, amount, status } of views) {
    if (status === SweepStatus.dropped || status === SweepStatus.voided) continue;
    const isDone = status === SweepStatus.done;
    const giver = movesOf(wallets, asset, from);
    if (isDone) giver.swept = subtract(giver.swept, amount);
    else giver.leaving = add(giver.leaving, amount);
    const taker = movesOf(wallets, asset, to);
    if (isDone) taker.swept = add(taker.swept, amount);
    else taker.arriving = add(taker.arriving, amount);
  }
  return {
    sweeps: views.map((view) => ({
      ...view,
      amount: String(view.amount),
      status: nameIn(SweepStatus, view.status),
      approvers: [...view.approvers],
    })),
    wallets: [...wallets.values()].map(({ asset, wallet, swept, arriving, leaving }) => {
      const under = { arriving: String(arriving), leaving: String(leaving) };
      return { asset, wallet, swept: String(swept), ...under };
    }),
  };
}

interface WalletMoves {
  readonly asset: string;
  readonly wallet: string;
  swept: Amount;
  arriving: Amount;
  leaving: Amount;
}

function movesOf(known: Map<string, WalletMoves>, asset: string, wallet: string): WalletMoves {
  const key = `${asset} ${wallet}`;
  const moves = known.get(key) ?? { asset, wallet, swept: 0, arriving: 0, leaving: 0 };
  known.set(key, moves);
  return moves;
}

export function renderCustodyPolicy(
  policy: CustodyPolicy,
): CustodyPoliciesReply["policies"][number] {
  return {
    ...policy,
    approvers: [...policy.approvers],
    withdrawalMin: String(policy.withdrawalMin),
    withdrawalMax: String(policy.withdrawalMax),
    dailyMax: String(policy.dailyMax),
    depositMin: String(policy.depositMin),
    tiers: policy.tiers.map(({ from, needed }) => ({ from: String(from), needed })),
  };
}

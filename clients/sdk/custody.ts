/** Deposits and withdrawals, as an account asks about its own and an administrator about all. */
import type {
  AddressesReply,
  AddressRequest,
  AdvanceSweepRequest,
  AdvanceWithdrawalRequest,
  AssignAddressRequest,
  CustodyPoliciesReply,
  DepositsReply,
  DepositsRequest,
  JudgeWithdrawalRequest,
  ProposeSweepRequest,
  ReleaseSweepRequest,
  ReportDepositRequest,
  RequestWithdrawalRequest,
  SegregationReply,
  SetCustodyPolicyRequest,
  SweepsReply,
  Withdrawal,
  WithdrawalLimitsReply,
  WithdrawalNumberReply,
  WithdrawalsReply,
  WithdrawalsRequest,
} from "../../protocols/api/custody-requests.ts";
import type { DoneReply, Refusal } from "../../protocols/api/replies.ts";
import { command, question } from "./questions.ts";
import type { QuestionParts } from "./questions.ts";

export interface CustodyLine {
  readonly parts: QuestionParts;
  /** By a request's name. */
  readonly subject: (request: string) => string;
}

type Done = DoneReply | Refusal;

class CustodyQuestions {
  readonly #line: CustodyLine;

  constructor(line: CustodyLine) {
    this.#line = line;
  }

  protected ask<Reply extends { readonly ok: true }>(name: string, body: object): Promise<Reply> {
    return question<Reply>(this.#line.parts, this.#line.subject(name), body);
  }

  /** All of these may be repeated: what is done already is said to be done. */
  protected async do<Reply extends { readonly ok: true } = DoneReply>(
    name: string,
    body: object,
  ): Promise<Reply | Refusal> {
    const { parts, subject } = this.#line;
    return (await command<Reply>(parts, subject(name), body)).reply;
  }
}

/** What an account may ask about itself. */
export class AccountCustody extends CustodyQuestions {
  /** The same reference is the same request, however often it is made. */
  request(request: RequestWithdrawalRequest): Promise<WithdrawalNumberReply | Refusal> {
    return this.do<WithdrawalNumberReply>("withdrawal.request", request);
  }

  cancel(number: number): Promise<Done> {
    return this.do("withdrawal.cancel", { number });
  }

  /** Oldest first. */
  async withdrawals(): Promise<readonly Withdrawal[]> {
    return (await this.ask<WithdrawalsReply>("withdrawal.list", {})).withdrawals;
  }

  allowAddress(request: AddressRequest): Promise<Done> {
    return this.do("withdrawal.allowAddress", request);
  }

  forgetAddress(request: AddressRequest): Promise<Done> {
    return this.do("withdrawal.forgetAddress", request);
  }

  async addresses(): Promise<AddressesReply["addresses"]> {
    return (await this.ask<AddressesReply>("withdrawal.addresses", {})).addresses;
  }

  async limits(): Promise<WithdrawalLimitsReply["limits"]> {
    return (await this.ask<WithdrawalLimitsReply>("withdrawal.limits", {})).limits;
  }

  deposits(): Promise<DepositsReply> {
    return this.ask<DepositsReply>("deposit.list", {});
  }
}

/** What administrators and the custodian may ask. */
export class AdminCustody extends CustodyQuestions {
  setPolicy(request: SetCustodyPolicyRequest): Promise<Done> {
    return this.do("custody.setPolicy", request);
  }

  async policies(): Promise<CustodyPoliciesReply["policies"]> {
    return (await this.ask<CustodyPoliciesReply>("custody.policies", {})).policies;
  }

  async withdrawals(request: WithdrawalsRequest = {}): Promise<readonly Withdrawal[]> {
    return (await this.ask<WithdrawalsReply>("custody.withdrawals", request)).withdrawals;
  }

  deposits(request: DepositsRequest = {}): Promise<DepositsReply> {
    return this.ask<DepositsReply>("custody.deposits", request);
  }

  async segregation(): Promise<SegregationReply["assets"]> {
    return (await this.ask<SegregationReply>("custody.segregation", {})).assets;
  }

  /** All of them, and what they have brought to each wallet. */
  sweeps(): Promise<SweepsReply> {
    return this.ask<SweepsReply>("custody.sweeps", {});
  }

  proposeSweep(request: ProposeSweepRequest): Promise<Done> {
    return this.do("custody.proposeSweep", request);
  }

  releaseSweep(request: ReleaseSweepRequest): Promise<Done> {
    return this.do("custody.releaseSweep", request);
  }

  advanceSweep(request: AdvanceSweepRequest): Promise<Done> {
    return this.do("custody.advanceSweep", request);
  }

  release(request: JudgeWithdrawalRequest): Promise<Done> {
    return this.do("custody.releaseWithdrawal", request);
  }

  refuse(request: JudgeWithdrawalRequest): Promise<Done> {
    return this.do("custody.refuseWithdrawal", request);
  }

  advance(request: AdvanceWithdrawalRequest): Promise<Done> {
    return this.do("custody.advanceWithdrawal", request);
  }

  assignAddress(request: AssignAddressRequest): Promise<Done> {
    return this.do("custody.assignAddress", request);
  }

  reportDeposit(request: ReportDepositRequest): Promise<Done> {
    return this.do("custody.reportDeposit", request);
  }
}

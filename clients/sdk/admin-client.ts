/**
 * AdminClient: an administrator's line to the exchange.
 *
 * What is asked for is repeated until there is an answer. Where an earlier attempt may have done
 * it, "exists already" and the like mean that it is done. Every command takes `approvals`, which
 * other administrators have made (`sign-approval.ts`): that one of them was used is such a word, too.
 */
import type {
  AddAssetRequest,
  AddShardRequest,
  ArmKillSwitchRequest,
  ConfirmKillSwitchRequest,
  DepositRequest,
  HaltRequest,
  ListInstrumentRequest,
  OpenAccountRequest,
  PlaceActorRequest,
  PublishIndexPriceRequest,
  PublishMarkPriceRequest,
  ReleaseKillSwitchRequest,
  ResumeRequest,
  SetApprovalPolicyRequest,
  SetBreakerRequest,
} from "../../protocols/api/admin-requests.ts";
import type {
  RiskLimitsReply,
  SetRiskGroupRequest,
  SetRiskLimitsRequest,
} from "../../protocols/api/risk-requests.ts";
import type {
  SetSettlementCycleRequest,
  NetsReply,
  NetsRequest,
  ParticipantNet,
  Settlement,
  SettlementsReply,
  SettlementsRequest,
} from "../../protocols/api/clearing-requests.ts";
import type { CoverDeficitRequest, DeficitsReply } from "../../protocols/api/deficit-requests.ts";
import type { SetMarginAccountRequest } from "../../protocols/api/margin-requests.ts";
import type {
  FailPermissionsReply,
  FailPermissionTerms,
  FailsReply,
  FailsRequest,
  SetFailPermissionRequest,
} from "../../protocols/api/fail-requests.ts";
import type {
  SetAccountFeesRequest,
  SetFeeScheduleRequest,
} from "../../protocols/api/fee-requests.ts";
import type {
  AccountsReply,
  ApprovalPolicyReply,
  DoneReply,
  KillSwitchReply,
  PlacementReply,
  Refusal,
} from "../../protocols/api/replies.ts";
import { clientSubjects, RejectReason } from "../../protocols/index.ts";
import type { AccountId } from "../../protocols/index.ts";
import { Attempter, defaultTiming } from "./attempts.ts";
import type { AttemptTiming } from "./attempts.ts";
import { AdminCustody } from "./custody.ts";
import { MarketClient } from "./market-client.ts";
import { NatsWire } from "./nats-wire.ts";
import { checkName } from "./option-check.ts";
import { command, question } from "./questions.ts";
import type { QuestionParts } from "./questions.ts";
import { machineClock } from "./wire.ts";
import type { Wire, WireClock } from "./wire.ts";

export interface AdminClientOptions {
  /** Who this is, as the credentials say: what is asked for bears this name. */
  readonly administrator: string;
  readonly timing?: Partial<AttemptTiming>;
  readonly clock?: WireClock;
}

export interface AdminConnectOptions extends AdminClientOptions {
  readonly servers: string | readonly string[];
  /** The text of the administrator's .creds file, not its path. */
  readonly credentials?: string;
  /** The text of the certificate by which the servers are known; without it, in the clear. */
  readonly ca?: string | undefined;
  readonly name?: string;
}

export type AdminResult = DoneReply | Refusal;

export class AdminClient extends MarketClient {
  readonly #parts: QuestionParts;
  /** Who this is. */
  readonly administrator: string;
  /** Deposits and withdrawals. */
  readonly custody: AdminCustody;

  constructor(wire: Wire, options: AdminClientOptions) {
    const timing = { ...defaultTiming, ...options.timing };
    const clock = options.clock ?? machineClock;
    const parts = { wire, clock, attempter: new Attempter(timing, clock) };
    super(parts);
    this.#parts = parts;
    this.administrator = options.administrator;
    const subject = (name: string) => clientSubjects.admin(this.administrator, name);
    this.custody = new AdminCustody({ parts, subject });
  }

  /** Rejects with `OptionsInvalid`, `ServersUnreachable` or `NotPermitted`. */
  static async connect(options: AdminConnectOptions): Promise<AdminClient> {
    const { servers, credentials, ca, administrator, name = administrator } = options;
    checkName("administrator", administrator);
    const wire = await NatsWire.connect({
      servers,
      ca,
      inboxPrefix: `_INBOX._admin.${administrator}`,
      name,
      ...(credentials === undefined ? {} : { credentials }),
    });
    return new AdminClient(wire, options);
  }

  addAsset(request: AddAssetRequest): Promise<AdminResult> {
    return this.#command("asset.add", request, RejectReason["asset-exists"]);
  }

  listInstrument(request: ListInstrumentRequest): Promise<AdminResult> {
    return this.#command("instrument.list", request, RejectReason["instrument-exists"]);
  }

  openAccount(request: OpenAccountRequest): Promise<AdminResult> {
    return this.#command("account.open", request, RejectReason["account-exists"]);
  }

  /** The same reference is credited once, however often this is called. */
  deposit(request: DepositRequest): Promise<AdminResult> {
    return this.#command("deposit", request, RejectReason.none);
  }

  halt(request: HaltRequest): Promise<AdminResult> {
    return this.#command("halt", request, RejectReason["already-halted"]);
  }

  resume(request: ResumeRequest): Promise<AdminResult> {
    return this.#command("resume", request, RejectReason["not-halted"]);
  }

  publishMarkPrice(request: PublishMarkPriceRequest): Promise<AdminResult> {
    return this.#command("markPrice.publish", request, RejectReason.none);
  }

  publishIndexPrice(request: PublishIndexPriceRequest): Promise<AdminResult> {
    return this.#command("indexPrice.publish", request, RejectReason.none);
  }

  /** Gives the number to confirm it by, within a minute: nothing happens before that. */
  async armKillSwitch(request: ArmKillSwitchRequest): Promise<KillSwitchReply | Refusal> {
    const subject = clientSubjects.admin(this.administrator, "killSwitch.arm");
    // Armed twice, the number of the first is of no use and its time runs out.
    return (await command<KillSwitchReply>(this.#parts, subject, request)).reply;
  }

  /**
   * Throws it. `kill-switch-unknown` may mean that an earlier attempt threw it, or that its time was
   * over before one did: nobody may take that for done, so arm and confirm again.
   */
  confirmKillSwitch(request: ConfirmKillSwitchRequest): Promise<AdminResult> {
    return this.#command("killSwitch.confirm", request, RejectReason.none);
  }

  releaseKillSwitch(request: ReleaseKillSwitchRequest): Promise<AdminResult> {
    return this.#command("killSwitch.release", request, RejectReason["kill-switch-not-thrown"]);
  }

  setBreaker(request: SetBreakerRequest): Promise<AdminResult> {
    return this.#command("breaker.set", request, RejectReason.none);
  }

  /** Answered when the actor lives there. */
  placeActor(request: PlaceActorRequest): Promise<AdminResult> {
    return this.#command("actor.place", request, RejectReason["actor-already-there"]);
  }

  /** Answered when all shards know of it. */
  addShard(request: AddShardRequest): Promise<AdminResult> {
    return this.#command("shard.add", request, RejectReason.none);
  }

  /** Answered when it holds in every shard. */
  setApprovalPolicy(request: SetApprovalPolicyRequest): Promise<AdminResult> {
    return this.#command("approvals.setPolicy", request, RejectReason.none);
  }

  /** Answered when it holds in every shard. */
  setFeeSchedule(request: SetFeeScheduleRequest): Promise<AdminResult> {
    return this.#command("fees.setSchedule", request, RejectReason.none);
  }

  /** Answered when they hold in every shard. */
  setRiskLimits(request: SetRiskLimitsRequest): Promise<AdminResult> {
    return this.#command("riskLimits.set", request, RejectReason.none);
  }

  /** Answered when it holds in every shard. */
  setRiskGroup(request: SetRiskGroupRequest): Promise<AdminResult> {
    return this.#command("riskLimits.setGroup", request, RejectReason.none);
  }

  /** All limits of risk that were set, and which accounts are in groups. */
  async riskLimits(): Promise<RiskLimitsReply> {
    const subject = clientSubjects.admin(this.administrator, "riskLimits.show");
    return await question<RiskLimitsReply>(this.#parts, subject, {});
  }

  setAccountFees(request: SetAccountFeesRequest): Promise<AdminResult> {
    return this.#command("fees.setAccount", request, RejectReason.none);
  }

  /** Lets an account open positions in contracts, or no more of them. */
  setMarginAccount(request: SetMarginAccountRequest): Promise<AdminResult> {
    return this.#command("margin.setAccount", request, RejectReason.none);
  }

  /** Has an account pay what insurance funds have lacked in its shard. */
  coverDeficit(request: CoverDeficitRequest): Promise<AdminResult> {
    return this.#command("deficit.cover", request, RejectReason.none);
  }

  /** Losses in contracts that nobody has paid yet. */
  async deficits(): Promise<DeficitsReply> {
    const subject = clientSubjects.admin(this.administrator, "deficit.show");
    return await question<DeficitsReply>(this.#parts, subject, {});
  }

  /** Answered when it holds in every shard. */
  setSettlementCycle(request: SetSettlementCycleRequest): Promise<AdminResult> {
    return this.#command("clearing.setCycle", request, RejectReason.none);
  }

  /** Rounds of settlement: of one date with all that accounts owe, or all that are known. */
  async settlements(request: SettlementsRequest = {}): Promise<readonly Settlement[]> {
    const subject = clientSubjects.admin(this.administrator, "settlement.show");
    const rounds = new Map<number, Settlement>();
    let asked: SettlementsRequest | undefined = request;
    while (asked !== undefined) {
      const page: SettlementsReply = await question(this.#parts, subject, asked);
      for (const round of page.settlements) {
        const before = rounds.get(round.round)?.obligations ?? [];
        rounds.set(round.round, { ...round, obligations: [...before, ...round.obligations] });
      }
      asked = page.next === undefined ? undefined : { ...request, after: page.next };
    }
    return [...rounds.values()];
  }

  /** What participants owe and are owed on a date, by participant and asset. */
  async participantNets(date: string): Promise<readonly ParticipantNet[]> {
    const subject = clientSubjects.admin(this.administrator, "settlement.nets");
    const nets: ParticipantNet[] = [];
    let asked: NetsRequest | undefined = { date };
    while (asked !== undefined) {
      const page: NetsReply = await question(this.#parts, subject, asked);
      nets.push(...page.nets);
      asked = page.next === undefined ? undefined : { date, after: page.next };
    }
    return nets;
  }

  /** Lets an account owe what it does not have, or no more of it. */
  setFailPermission(request: SetFailPermissionRequest): Promise<AdminResult> {
    return this.#command("clearing.setFails", request, RejectReason.none);
  }

  async failPermissions(): Promise<readonly FailPermissionTerms[]> {
    const subject = clientSubjects.admin(this.administrator, "clearing.failPermissions");
    const { permissions } = await question<FailPermissionsReply>(this.#parts, subject, {});
    return permissions;
  }

  /** Deliveries that are not settled yet: a page of them. */
  async fails(request: FailsRequest = {}): Promise<FailsReply> {
    const subject = clientSubjects.admin(this.administrator, "clearing.fails");
    return await question<FailsReply>(this.#parts, subject, request);
  }

  /** How many others have to approve, of the kinds of command that need anybody. */
  async approvalPolicy(): Promise<ApprovalPolicyReply> {
    const subject = clientSubjects.admin(this.administrator, "approvals.policy");
    return await question<ApprovalPolicyReply>(this.#parts, subject, {});
  }

  async placement(): Promise<PlacementReply> {
    const subject = clientSubjects.admin(this.administrator, "actor.placement");
    return await question<PlacementReply>(this.#parts, subject, {});
  }

  async accounts(): Promise<readonly AccountId[]> {
    const subject = clientSubjects.admin(this.administrator, "account.all");
    const { accounts } = await question<AccountsReply>(this.#parts, subject, {});
    return accounts;
  }

  /** @param doneBefore what a repetition is answered with when the first attempt was taken. */
  async #command(request: string, body: object, doneBefore: RejectReason): Promise<AdminResult> {
    const subject = clientSubjects.admin(this.administrator, request);
    const { reply, mayBeRepeated } = await command<DoneReply>(this.#parts, subject, body);
    const saysDone: readonly number[] = [doneBefore, RejectReason["approval-used"]];
    if (!reply.ok && mayBeRepeated && saysDone.includes(reply.error.number)) return { ok: true };
    return reply;
  }
}

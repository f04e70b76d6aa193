/**
 * CustodianClient: the line of whoever watches chains and sends to them. Its credentials are those
 * of the role `custodian`, which may ask for these few things and nothing else.
 */
import type {
  AdvanceSweepRequest,
  AdvanceWithdrawalRequest,
  AssignAddressRequest,
  CustodyPoliciesReply,
  DepositsReply,
  ProposeSweepRequest,
  ReportDepositRequest,
  SweepsReply,
  Withdrawal,
} from "../../protocols/api/custody-requests.ts";
import type { AccountsReply, DoneReply, Refusal } from "../../protocols/api/replies.ts";
import { clientSubjects } from "../../protocols/index.ts";
import type { AccountId } from "../../protocols/index.ts";
import { Attempter, defaultTiming } from "./attempts.ts";
import type { AttemptTiming } from "./attempts.ts";
import { AdminCustody } from "./custody.ts";
import { NatsWire } from "./nats-wire.ts";
import { checkName } from "./option-check.ts";
import { question } from "./questions.ts";
import type { QuestionParts } from "./questions.ts";
import { machineClock } from "./wire.ts";
import type { Wire } from "./wire.ts";

export interface CustodianConnectOptions {
  /** Who this is, as the credentials say and as the rules of its assets name it. */
  readonly custodian: string;
  readonly servers: string | readonly string[];
  /** The text of the .creds file, not its path. */
  readonly credentials: string;
  /** The text of the certificate by which the servers are known; without it, in the clear. */
  readonly ca?: string | undefined;
  readonly timing?: Partial<AttemptTiming>;
}

type Done = DoneReply | Refusal;

export class CustodianClient {
  readonly #parts: QuestionParts;
  readonly #custody: AdminCustody;
  readonly #custodian: string;

  constructor(wire: Wire, { custodian, timing }: Omit<CustodianConnectOptions, "servers">) {
    const attempter = new Attempter({ ...defaultTiming, ...timing }, machineClock);
    this.#parts = { wire, clock: machineClock, attempter };
    this.#custodian = custodian;
    const subject = (name: string) => clientSubjects.admin(custodian, name);
    this.#custody = new AdminCustody({ parts: this.#parts, subject });
  }

  /** Rejects with `OptionsInvalid`, `ServersUnreachable` or `NotPermitted`. */
  static async connect(options: CustodianConnectOptions): Promise<CustodianClient> {
    const { servers, credentials, ca, custodian } = options;
    checkName("custodian", custodian);
    const inboxPrefix = `_INBOX._custodian.${custodian}`;
    const name = `${custodian} (custodian)`;
    const wire = await NatsWire.connect({ servers, credentials, ca, inboxPrefix, name });
    return new CustodianClient(wire, options);
  }

  async accounts(): Promise<readonly AccountId[]> {
    const subject = clientSubjects.admin(this.#custodian, "account.all");
    return (await question<AccountsReply>(this.#parts, subject, {})).accounts;
  }

  policies(): Promise<CustodyPoliciesReply["policies"]> {
    return this.#custody.policies();
  }

  /** Those that are not over, of all accounts. */
  withdrawals(): Promise<readonly Withdrawal[]> {
    return this.#custody.withdrawals();
  }

  /** Of all accounts, with the addresses that were assigned. */
  deposits(): Promise<DepositsReply> {
    return this.#custody.deposits();
  }

  /** All that is said may be said again: what is so already is said to be done. */
  advance(request: AdvanceWithdrawalRequest): Promise<Done> {
    return this.#custody.advance(request);
  }

  assignAddress(request: AssignAddressRequest): Promise<Done> {
    return this.#custody.assignAddress(request);
  }

  reportDeposit(request: ReportDepositRequest): Promise<Done> {
    return this.#custody.reportDeposit(request);
  }

  sweeps(): Promise<SweepsReply> {
    return this.#custody.sweeps();
  }

  proposeSweep(request: ProposeSweepRequest): Promise<Done> {
    return this.#custody.proposeSweep(request);
  }

  advanceSweep(request: AdvanceSweepRequest): Promise<Done> {
    return this.#custody.advanceSweep(request);
  }

  close(): Promise<void> {
    return this.#parts.wire.close();
  }
}

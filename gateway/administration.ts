/**
 * What administrators may ask: commands to the governor and the books, and what they need to know
 * for them. Approvals that come with a command are looked at here, before it goes into the log.
 */
import type { ApprovalDocument } from "../protocols/api/approval-document.ts";
import { adminCommandOf } from "../protocols/api/admin-translation.ts";
import type { AdminCommandName, BodyOf } from "../protocols/api/admin-translation.ts";
import type {
  AccountsReply,
  ApprovalPolicyReply,
  DoneReply,
  KillSwitchReply,
  PlacementReply,
  Refusal,
} from "../protocols/api/replies.ts";
import { assert, contentOfCommand, governorShard, RejectReason } from "../protocols/index.ts";
import type { AdminCommand } from "../protocols/index.ts";
import type { ClusterClient, Outcome } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
import type { ApprovalCheck, CheckedApprovals } from "./approvals/approval-check.ts";
import { answerArmed, answerDone, refuse } from "./order-answers.ts";

export interface AdministrationParts {
  readonly cluster: ClusterClient;
  readonly admission: Admission;
  readonly submitTimeoutMs: number;
  /** Left out, commands with approvals are refused. */
  readonly approvals?: ApprovalCheck | undefined;
}

export class Administration {
  readonly #cluster: ClusterClient;
  readonly #admission: Admission;
  readonly #submitTimeoutMs: number;
  readonly #approvals: ApprovalCheck | undefined;

  constructor({ cluster, admission, submitTimeoutMs, approvals }: AdministrationParts) {
    this.#cluster = cluster;
    this.#admission = admission;
    this.#submitTimeoutMs = submitTimeoutMs;
    this.#approvals = approvals;
  }

  /** Answered when the decision holds in every place concerned. */
  async command<Name extends AdminCommandName>(
    name: Name,
    author: string,
    body: BodyOf<Name>,
  ): Promise<DoneReply | KillSwitchReply | Refusal> {
    const translated = adminCommandOf(name, author, body);
    if (translated.kind === "fault") return refuse(translated.fault);
    const { command } = translated;
    const checked = this.#check(command, author, body.approvals ?? []);
    if (checked.kind === "fault") return refuse(checked.fault);
    const { approvals } = checked;
    const outcome = await this.#outcomeOf(
      approvals.length === 0 ? command : { ...command, approvals },
    );
    return name === "killSwitch.arm" ? answerArmed(outcome) : answerDone(outcome);
  }

  #check(
    command: AdminCommand,
    author: string,
    documents: readonly ApprovalDocument[],
  ): CheckedApprovals {
    if (documents.length === 0) return { kind: "approvals", approvals: [] };
    if (this.#approvals === undefined) {
      return { kind: "fault", fault: { reason: RejectReason["approvals-unchecked"] } };
    }
    const content = contentOfCommand(command);
    return this.#approvals.check({ purpose: "admin-command", author, content }, documents);
  }

  async placement(): Promise<PlacementReply> {
    const view = await this.#cluster.ask(governorShard, "placement", {});
    const pins = view.pins.map(([actor, shard]) => ({ actor, shard }));
    const { epoch, shards, founded, moving } = view;
    return { ok: true, epoch, shards, founded, moving, pins };
  }

  async approvalPolicy(): Promise<ApprovalPolicyReply> {
    const entries = await this.#cluster.ask(governorShard, "approvalPolicy", {});
    const policy = entries.map(([command, needed]) => ({ command, needed }));
    const cluster = this.#approvals?.cluster;
    return { ok: true, ...(cluster !== undefined && { cluster }), policy };
  }

  async accounts(): Promise<AccountsReply> {
    const accounts = await this.#cluster.ask(governorShard, "accounts", {});
    return { ok: true, accounts: [...accounts].sort() };
  }

  async #outcomeOf(command: AdminCommand): Promise<Outcome> {
    if (this.#admission.admitAdminCommand() !== RejectReason.none) return { kind: "busy" };
    try {
      const options = { timeoutMs: this.#submitTimeoutMs };
      const [outcome] = await this.#cluster.submit([command], options);
      assert(outcome !== undefined);
      return outcome;
    } finally {
      this.#admission.adminCommandDone();
    }
  }
}

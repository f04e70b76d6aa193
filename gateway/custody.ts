/**
 * What accounts ask about their deposits and withdrawals, and administrators and the custodian
 * about everybody's. Commands of the latter go by `administration.ts`, where approvals are checked.
 */
import {
  renderCustodyPolicy,
  renderDeposit,
  renderSweeps,
  renderWithdrawal,
  withdrawalRequested,
} from "../protocols/api/custody-translation.ts";
import type {
  AddressesReply,
  AddressRequest,
  CancelWithdrawalRequest,
  CustodyPoliciesReply,
  DepositsReply,
  RequestWithdrawalRequest,
  SegregationReply,
  SweepsReply,
  WithdrawalLimitsReply,
  WithdrawalNumberReply,
  WithdrawalsReply,
} from "../protocols/api/custody-requests.ts";
import type { DoneReply, Refusal } from "../protocols/api/replies.ts";
import { add, addressOfAccount, assert, governorShard, RejectReason } from "../protocols/index.ts";
import type { AccountId, Amount, AssetId, CustodyRequest } from "../protocols/index.ts";
import type { ClusterClient, Outcome } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
import type { Asker } from "./asker.ts";
import { answerDone, answerNumbered, refuse } from "./order-answers.ts";

export interface CustodyParts {
  readonly cluster: ClusterClient;
  readonly admission: Admission;
  readonly submitTimeoutMs: number;
}

export class CustodyDesk {
  readonly #parts: CustodyParts;

  constructor(parts: CustodyParts) {
    this.#parts = parts;
  }

  // ---- An account's own --------------------------------------------------------------------

  async request(
    asker: Asker,
    request: RequestWithdrawalRequest,
  ): Promise<WithdrawalNumberReply | Refusal> {
    const command = withdrawalRequested(asker.account, request);
    if (command.kind === "fault") return refuse(command.fault);
    const outcome = await this.#submit(asker, command);
    return isRefusal(outcome) ? outcome : answerNumbered(outcome);
  }

  async cancel(asker: Asker, { number }: CancelWithdrawalRequest): Promise<DoneReply | Refusal> {
    const { account } = asker;
    return this.#done(asker, { kind: "cancel-withdrawal", account, number: number + 0 });
  }

  async allowAddress(asker: Asker, request: AddressRequest): Promise<DoneReply | Refusal> {
    return this.#done(asker, { kind: "allow-address", account: asker.account, ...request });
  }

  async forgetAddress(asker: Asker, request: AddressRequest): Promise<DoneReply | Refusal> {
    return this.#done(asker, { kind: "forget-address", account: asker.account, ...request });
  }

  async withdrawalsOf(account: AccountId): Promise<WithdrawalsReply | Refusal> {
    const asked = addressOfAccount(account);
    const views = await this.#parts.cluster.askActor(asked, "withdrawals", { account });
    if (views === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ok: true, withdrawals: views.map(renderWithdrawal) };
  }

  async addresses(account: AccountId): Promise<AddressesReply | Refusal> {
    const asked = addressOfAccount(account);
    const views = await this.#parts.cluster.askActor(asked, "allowedAddresses", { account });
    if (views === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ok: true, addresses: [...views] };
  }

  async limits(): Promise<WithdrawalLimitsReply> {
    const { policies } = await this.policies();
    return {
      ok: true,
      limits: policies.map(({ asset, withdrawalMin, withdrawalMax, dailyMax, ...rules }) => {
        const { coolOffSeconds, confirmations, depositMin } = rules;
        const bounds = { asset, withdrawalMin, withdrawalMax, dailyMax };
        return { ...bounds, coolOffSeconds, confirmations, depositMin };
      }),
    };
  }

  // ---- Everybody's -------------------------------------------------------------------------

  /** Those of all accounts that are not over. */
  async openWithdrawals(): Promise<WithdrawalsReply> {
    const views = await this.#ofAllShards("openWithdrawals");
    return { ok: true, withdrawals: views.flat().map(renderWithdrawal) };
  }

  /** Of one account, or of all for "". */
  async deposits(account: AccountId): Promise<DepositsReply> {
    const { cluster } = this.#parts;
    const [addresses, deposits] = await Promise.all([
      cluster.ask(governorShard, "depositAddresses", { account }),
      cluster.ask(governorShard, "deposits", { account }),
    ]);
    return { ok: true, addresses: [...addresses], deposits: deposits.map(renderDeposit) };
  }

  async policies(): Promise<CustodyPoliciesReply> {
    const policies = await this.#parts.cluster.ask(governorShard, "custodyPolicies", {});
    return { ok: true, policies: policies.map(renderCustodyPolicy) };
  }

  /**
   * What is owed of each asset, and what it came from. The shards are asked one by one: while
   * anything is under way between them the sums may differ by that.
   */
  async segregation(): Promise<SegregationReply> {
    const [holdings, owed] = await Promise.all([
      this.#parts.cluster.ask(governorShard, "custodyHoldings", {}),
      this.#ofAllShards("liabilities"),
    ]);
    const sums = new Map<AssetId, Sums>();
    for (const { asset, clients, withdrawing, house } of owed.flat()) {
      const sum = sums.get(asset) ?? nothing;
      sums.set(asset, {
        clients: add(sum.clients, clients),
        withdrawing: add(sum.withdrawing, withdrawing),
        house: add(sum.house, house),
      });
    }
    const assets = holdings.map(({ asset, issued, held, dust }) => {
      const { clients, withdrawing, house } = sums.get(asset) ?? nothing;
      return {
        ...{ asset, owed: String(clients), withdrawing: String(withdrawing) },
        ...{ house: String(house), issued: String(issued), held: String(held) },
        dust: String(dust),
      };
    });
    return { ok: true, assets };
  }

  async sweeps(): Promise<SweepsReply> {
    const views = await this.#parts.cluster.ask(governorShard, "sweeps", {});
    return { ok: true, ...renderSweeps(views) };
  }

  #ofAllShards<Kind extends "openWithdrawals" | "liabilities">(kind: Kind) {
    const { cluster } = this.#parts;
    const shards = Array.from({ length: cluster.shards }, (_, shard) => shard);
    return Promise.all(shards.map((shard) => cluster.ask(shard, kind, {})));
  }

  // ---- Commands ----------------------------------------------------------------------------

  async #done(asker: Asker, command: CustodyRequest): Promise<DoneReply | Refusal> {
    const outcome = await this.#submit(asker, command);
    return isRefusal(outcome) ? outcome : answerDone(outcome);
  }

  async #submit(
    { account, traceparent }: Asker,
    command: CustodyRequest,
  ): Promise<Outcome | Refusal> {
    const { cluster, admission, submitTimeoutMs: timeoutMs } = this.#parts;
    const reason = admission.admitCommands(account, 1);
    if (reason !== RejectReason.none) return refuse({ reason });
    try {
      const [outcome] = await cluster.submit([command], { timeoutMs, traceparent });
      assert(outcome !== undefined);
      return outcome;
    } finally {
      admission.commandsDone(account, 1);
    }
  }
}

interface Sums {
  readonly clients: Amount;
  readonly withdrawing: Amount;
  readonly house: Amount;
}

const nothing: Sums = { clients: 0, withdrawing: 0, house: 0 };

function isRefusal(outcome: Outcome | Refusal): outcome is Refusal {
  return "ok" in outcome;
}

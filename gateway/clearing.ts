/** What accounts ask about what they owe, administrators about rounds, and anybody about cycles. */
import {
  dateIn,
  renderObligation,
  renderSettlement,
  renderSettlementCycle,
} from "../protocols/api/clearing-translation.ts";
import type {
  ObligationsReply,
  SettlementCyclesReply,
  SettlementsReply,
  SettlementsRequest,
} from "../protocols/api/clearing-requests.ts";
import type { Refusal } from "../protocols/api/replies.ts";
import { addressOfAccount, governorShard, RejectReason } from "../protocols/index.ts";
import type { AccountId } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { refuse } from "./order-answers.ts";

export class ClearingDesk {
  readonly #cluster: ClusterClient;

  constructor(cluster: ClusterClient) {
    this.#cluster = cluster;
  }

  async obligations(account: AccountId): Promise<ObligationsReply | Refusal> {
    const views = await this.#cluster.askActor(addressOfAccount(account), "obligations", {
      account,
    });
    if (views === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ok: true, obligations: views.map(renderObligation) };
  }

  async settlements({ date }: SettlementsRequest): Promise<SettlementsReply> {
    const asked = { date: date === undefined ? 0 : dateIn(date) };
    const views = await this.#cluster.ask(governorShard, "settlements", asked);
    return { ok: true, settlements: views.map(renderSettlement) };
  }

  async cycles(): Promise<SettlementCyclesReply> {
    const cycles = await this.#cluster.ask(governorShard, "settlementCycles", {});
    return { ok: true, cycles: cycles.map(renderSettlementCycle) };
  }
}

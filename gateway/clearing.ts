/** What accounts ask about what they owe, administrators about rounds, and anybody about cycles. */
import {
  dateIn,
  renderObligation,
  renderSettlement,
  renderSettlementCycle,
} from "../protocols/api/clearing-translation.ts";
import type {
  NetsReply,
  NetsRequest,
  ObligationsReply,
  Settlement,
  SettlementCyclesReply,
  SettlementsReply,
  SettlementsRequest,
} from "../protocols/api/clearing-requests.ts";
import type {
  DeliveriesReply,
  DeliveriesRequest,
  FailPermissionsReply,
  FailsReply,
  FailsRequest,
} from "../protocols/api/fail-requests.ts";
import { renderDelivery, renderFailPermission } from "../protocols/api/fail-translation.ts";
import { participantNets } from "../protocols/api/participant-nets.ts";
import type { Refusal } from "../protocols/api/replies.ts";
import { addressOfAccount, governorShard, RejectReason } from "../protocols/index.ts";
import type { AccountId } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { refuse } from "./order-answers.ts";

/** Of each there may be some assets: about a fifth of the longest message of NATS. */
const accountsOfPage = 200;
const deliveriesOfPage = 500;

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

  /** A page of accounts: as many as go into a message. */
  async settlements({ date, after = "" }: SettlementsRequest): Promise<SettlementsReply> {
    const asked = { date: date === undefined ? 0 : dateIn(date), after, limit: accountsOfPage };
    const views = await this.#cluster.ask(governorShard, "settlements", asked);
    const accounts = new Set(
      views.flatMap(({ obligations }) => obligations.map(({ account }) => account)),
    );
    const last = [...accounts].sort().at(-1);
    const settlements = views.map(renderSettlement);
    const isFull = accounts.size >= accountsOfPage && last !== undefined;
    return isFull ? { ok: true, settlements, next: last } : { ok: true, settlements };
  }

  /** A page of participants; their accounts are anywhere among all accounts. */
  async nets({ date, after = "" }: NetsRequest): Promise<NetsReply> {
    const rounds: Settlement[] = [];
    let page: SettlementsReply | undefined;
    do {
      page = await this.settlements({
        date,
        ...(page?.next !== undefined && { after: page.next }),
      });
      rounds.push(...page.settlements);
    } while (page.next !== undefined);
    const all = participantNets(rounds).filter(({ participant }) => participant > after);
    const names = [...new Set(all.map(({ participant }) => participant))];
    const last = names[accountsOfPage - 1];
    if (last === undefined) return { ok: true, nets: [...all] };
    return { ok: true, nets: all.filter(({ participant }) => participant <= last), next: last };
  }

  async failPermissions(): Promise<FailPermissionsReply> {
    const permissions = await this.#cluster.ask(governorShard, "failPermissions", {});
    return { ok: true, permissions: permissions.map(renderFailPermission) };
  }

  async fails({ account = "", failedOnly = false, after = 0 }: FailsRequest): Promise<FailsReply> {
    const asked = { account, after, limit: deliveriesOfPage, isFailed: failedOnly };
    const views = await this.#cluster.ask(governorShard, "deliveries", asked);
    const deliveries = views.map(renderDelivery);
    const last = deliveries.at(-1)?.delivery;
    const isFull = deliveries.length >= deliveriesOfPage && last !== undefined;
    return isFull ? { ok: true, deliveries, next: last } : { ok: true, deliveries };
  }

  async deliveries(
    account: AccountId,
    request: DeliveriesRequest,
  ): Promise<DeliveriesReply | Refusal> {
    const asked = { account };
    const owings = await this.#cluster.askActor(addressOfAccount(account), "owings", asked);
    if (owings === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ...(await this.fails({ ...request, account })), owings: [...owings] };
  }

  async cycles(): Promise<SettlementCyclesReply> {
    const cycles = await this.#cluster.ask(governorShard, "settlementCycles", {});
    return { ok: true, cycles: cycles.map(renderSettlementCycle) };
  }
}

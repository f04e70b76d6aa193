/** What administrators and accounts may ask about limits of risk. */
import { renderRisk, renderRiskRules } from "../protocols/api/risk-rendering.ts";
import type { RiskLimitsReply, RiskReply } from "../protocols/api/risk-requests.ts";
import type { Refusal } from "../protocols/api/replies.ts";
import { addressOfAccount, governorShard, RejectReason } from "../protocols/index.ts";
import type { AccountId } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { refuse } from "./order-answers.ts";

export class RiskDesk {
  readonly #cluster: ClusterClient;

  constructor(cluster: ClusterClient) {
    this.#cluster = cluster;
  }

  /** All that was set. */
  async rules(): Promise<RiskLimitsReply> {
    return renderRiskRules(await this.#cluster.ask(governorShard, "riskRules", {}));
  }

  /** What one account is held to, and how far it has gone. */
  async of(account: AccountId): Promise<RiskReply | Refusal> {
    const view = await this.#cluster.askActor(addressOfAccount(account), "risk", { account });
    return view === null ? refuse({ reason: RejectReason["account-unknown"] }) : renderRisk(view);
  }
}

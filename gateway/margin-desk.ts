/** What accounts ask about their positions and about the margin that those need. */
import { renderDeficits } from "../protocols/api/deficit-requests.ts";
import type { DeficitsReply } from "../protocols/api/deficit-requests.ts";
import type { MarginReply, PositionsReply } from "../protocols/api/margin-requests.ts";
import { renderMargin, renderPosition } from "../protocols/api/margin-translation.ts";
import type { Refusal } from "../protocols/api/replies.ts";
import { addressOfAccount, RejectReason } from "../protocols/index.ts";
import type { AccountId } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { refuse } from "./order-answers.ts";

export class MarginDesk {
  readonly #cluster: ClusterClient;

  constructor(cluster: ClusterClient) {
    this.#cluster = cluster;
  }

  async positions(account: AccountId): Promise<PositionsReply | Refusal> {
    const actor = addressOfAccount(account);
    const views = await this.#cluster.askActor(actor, "positions", { account });
    if (views === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ok: true, positions: views.map(renderPosition) };
  }

  /** The shards are asked one by one. */
  async deficits(): Promise<DeficitsReply> {
    const shards = Array.from({ length: this.#cluster.shards }, (_, shard) => shard);
    const asked = shards.map(async (shard) =>
      renderDeficits(shard, await this.#cluster.ask(shard, "deficits", {})),
    );
    return { ok: true, deficits: (await Promise.all(asked)).flat() };
  }

  async margin(account: AccountId): Promise<MarginReply | Refusal> {
    const view = await this.#cluster.askActor(addressOfAccount(account), "margin", { account });
    if (view === null) return refuse({ reason: RejectReason["account-unknown"] });
    return renderMargin(view);
  }
}

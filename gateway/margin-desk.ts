/** What accounts ask about their positions and about the margin that those need, and for them. */
import { renderDeficits } from "../protocols/api/deficit-requests.ts";
import type { DeficitsReply } from "../protocols/api/deficit-requests.ts";
import type {
  MarginReply,
  MoveMarginRequest,
  PositionsReply,
  SetMarginModeRequest,
} from "../protocols/api/margin-requests.ts";
import {
  marginModeSet,
  marginMoved,
  renderMargin,
  renderPosition,
} from "../protocols/api/margin-translation.ts";
import type { DoneReply, Refusal } from "../protocols/api/replies.ts";
import { addressOfAccount, assert, RejectReason } from "../protocols/index.ts";
import type { AccountId, MarginRequest } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
import type { Asker } from "./asker.ts";
import { answerDone, refuse } from "./order-answers.ts";

export interface MarginParts {
  readonly cluster: ClusterClient;
  readonly admission: Admission;
  readonly submitTimeoutMs: number;
}

export class MarginDesk {
  readonly #parts: MarginParts;

  constructor(parts: MarginParts) {
    this.#parts = parts;
  }

  async positions(account: AccountId): Promise<PositionsReply | Refusal> {
    const actor = addressOfAccount(account);
    const views = await this.#parts.cluster.askActor(actor, "positions", { account });
    if (views === null) return refuse({ reason: RejectReason["account-unknown"] });
    return { ok: true, positions: views.map(renderPosition) };
  }

  /** The shards are asked one by one. */
  async deficits(): Promise<DeficitsReply> {
    const { cluster } = this.#parts;
    const shards = Array.from({ length: cluster.shards }, (_, shard) => shard);
    const asked = shards.map(async (shard) =>
      renderDeficits(shard, await cluster.ask(shard, "deficits", {})),
    );
    return { ok: true, deficits: (await Promise.all(asked)).flat() };
  }

  async margin(account: AccountId): Promise<MarginReply | Refusal> {
    const actor = addressOfAccount(account);
    const view = await this.#parts.cluster.askActor(actor, "margin", { account });
    if (view === null) return refuse({ reason: RejectReason["account-unknown"] });
    return renderMargin(view);
  }

  // ---- Commands ----------------------------------------------------------------------------

  setMode(asker: Asker, request: SetMarginModeRequest): Promise<DoneReply | Refusal> {
    return this.#submit(asker, marginModeSet(asker.account, request));
  }

  async move(
    kind: "add-margin" | "remove-margin",
    asker: Asker,
    request: MoveMarginRequest,
  ): Promise<DoneReply | Refusal> {
    const command = marginMoved(kind, asker.account, request);
    return command.kind === "fault" ? refuse(command.fault) : this.#submit(asker, command);
  }

  async #submit(
    { account, traceparent }: Asker,
    command: MarginRequest,
  ): Promise<DoneReply | Refusal> {
    const { cluster, admission, submitTimeoutMs: timeoutMs } = this.#parts;
    const reason = admission.admitCommands(account, 1);
    if (reason !== RejectReason.none) return refuse({ reason });
    try {
      const [outcome] = await cluster.submit([command], { timeoutMs, traceparent });
      assert(outcome !== undefined);
      return answerDone(outcome);
    } finally {
      admission.commandsDone(account, 1);
    }
  }
}

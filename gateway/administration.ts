/**
 * What administrators may ask: commands to the governor, and the list of accounts.
 */
import type {
  AddAssetRequest,
  DepositRequest,
  HaltRequest,
  ListInstrumentRequest,
  OpenAccountRequest,
  ResumeRequest,
} from "../protocols/api/admin-requests.ts";
import { fieldFault } from "../protocols/api/errors.ts";
import type { AccountsReply, DoneReply, Refusal } from "../protocols/api/replies.ts";
import { assert, governorShard, parseAmount, RejectReason } from "../protocols/index.ts";
import type { AdminCommand } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
import { answerDone, refuse } from "./order-answers.ts";

export interface AdministrationParts {
  readonly cluster: ClusterClient;
  readonly admission: Admission;
  readonly submitTimeoutMs: number;
}

export class Administration {
  readonly #cluster: ClusterClient;
  readonly #admission: Admission;
  readonly #submitTimeoutMs: number;

  constructor({ cluster, admission, submitTimeoutMs }: AdministrationParts) {
    this.#cluster = cluster;
    this.#admission = admission;
    this.#submitTimeoutMs = submitTimeoutMs;
  }

  addAsset({ asset, decimals }: AddAssetRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "add-asset", asset, decimals: decimals + 0 });
  }

  listInstrument(request: ListInstrumentRequest): Promise<DoneReply | Refusal> {
    const terms = {
      symbol: request.symbol,
      base: request.base,
      quote: request.quote,
      baseUnitsPerLot: request.baseUnitsPerLot + 0,
      quoteUnitsPerTickLot: request.quoteUnitsPerTickLot + 0,
      makerFeeBasisPoints: request.makerFeeBasisPoints + 0,
      takerFeeBasisPoints: request.takerFeeBasisPoints + 0,
    };
    return this.#submit({ kind: "list-instrument", terms });
  }

  openAccount({ account, participant }: OpenAccountRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "open-account", account, participant: participant ?? "" });
  }

  async deposit(request: DepositRequest): Promise<DoneReply | Refusal> {
    const { account, asset, reference } = request;
    const amount = parseAmount(request.amount);
    if (amount === undefined) {
      return refuse(fieldFault("amount", "It is more than a ledger can hold."));
    }
    return this.#submit({ kind: "deposit", account, asset, amount, reference });
  }

  halt(author: string, { symbol, reason }: HaltRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "halt-trading", symbol: symbol ?? "", author, reason });
  }

  resume(author: string, { symbol, reason }: ResumeRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "resume-trading", symbol: symbol ?? "", author, reason });
  }

  async accounts(): Promise<AccountsReply> {
    const accounts = await this.#cluster.ask(governorShard, "accounts", {});
    return { ok: true, accounts: [...accounts].sort() };
  }

  /** The governor answers when its decision holds in every place concerned. */
  async #submit(command: AdminCommand): Promise<DoneReply | Refusal> {
    const reason = this.#admission.admitAdminCommand();
    if (reason !== RejectReason.none) return refuse({ reason });
    try {
      const options = { timeoutMs: this.#submitTimeoutMs };
      const [outcome] = await this.#cluster.submit([command], options);
      assert(outcome !== undefined);
      return answerDone(outcome);
    } finally {
      this.#admission.commandsDone(1);
    }
  }
}

/**
 * What administrators may ask: commands to the governor, and the list of accounts.
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
  PublishMarkPriceRequest,
  ReleaseKillSwitchRequest,
  ResumeRequest,
  SetBreakerRequest,
} from "../protocols/api/admin-requests.ts";
import { fieldFault } from "../protocols/api/errors.ts";
import type {
  AccountsReply,
  DoneReply,
  KillSwitchReply,
  PlacementReply,
  Refusal,
} from "../protocols/api/replies.ts";
import { tradingTermsOf } from "../protocols/api/trading-terms-translation.ts";
import {
  assert,
  governorShard,
  isAccountId,
  isActorAddress,
  isSymbol,
  KillScope,
  parseAmount,
  RejectReason,
} from "../protocols/index.ts";
import type { AdminCommand, InstrumentTerms } from "../protocols/index.ts";
import type { ClusterClient, Outcome } from "../cluster/client.ts";
import type { Admission } from "./admission.ts";
import { answerArmed, answerDone, refuse } from "./order-answers.ts";

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

  addAsset(
    author: string,
    { asset, decimals, reason = "" }: AddAssetRequest,
  ): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "add-asset", asset, decimals: decimals + 0, author, reason });
  }

  async listInstrument(
    author: string,
    request: ListInstrumentRequest,
  ): Promise<DoneReply | Refusal> {
    const { reason = "" } = request;
    const terms: InstrumentTerms = {
      symbol: request.symbol,
      base: request.base,
      quote: request.quote,
      baseUnitsPerLot: request.baseUnitsPerLot + 0,
      quoteUnitsPerTickLot: request.quoteUnitsPerTickLot + 0,
      makerFeeBasisPoints: request.makerFeeBasisPoints + 0,
      takerFeeBasisPoints: request.takerFeeBasisPoints + 0,
    };
    const listing = { kind: "list-instrument", author, reason } as const;
    if (request.trading === undefined) return this.#submit({ ...listing, terms });
    const trading = tradingTermsOf(request.trading);
    if (trading.kind === "fault") return refuse(trading.fault);
    return this.#submit({ ...listing, terms: { ...terms, trading: trading.terms } });
  }

  openAccount(
    author: string,
    { account, participant = "", reason = "" }: OpenAccountRequest,
  ): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "open-account", account, participant, author, reason });
  }

  async deposit(author: string, request: DepositRequest): Promise<DoneReply | Refusal> {
    const { account, asset, reference, reason = "" } = request;
    const amount = parseAmount(request.amount);
    if (amount === undefined) {
      return refuse(fieldFault("amount", "It is more than a ledger can hold."));
    }
    const credit = { account, asset, amount, reference };
    return this.#submit({ kind: "deposit", ...credit, author, reason });
  }

  halt(author: string, { symbol, reason }: HaltRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "halt-trading", symbol: symbol ?? "", author, reason });
  }

  resume(author: string, { symbol, reason }: ResumeRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "resume-trading", symbol: symbol ?? "", author, reason });
  }

  publishMarkPrice(
    author: string,
    { symbol, price, reason = "" }: PublishMarkPriceRequest,
  ): Promise<DoneReply | Refusal> {
    const mark = { symbol, price: price + 0 };
    return this.#submit({ kind: "publish-mark-price", ...mark, author, reason });
  }

  async armKillSwitch(
    author: string,
    request: ArmKillSwitchRequest,
  ): Promise<KillSwitchReply | Refusal> {
    const switched = switchedBy(request);
    if (switched === undefined) return refuse(noSuchTarget);
    const { reason } = request;
    return answerArmed(
      await this.#outcomeOf({ kind: "arm-kill-switch", ...switched, author, reason }),
    );
  }

  confirmKillSwitch(
    author: string,
    { number }: ConfirmKillSwitchRequest,
  ): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "confirm-kill-switch", number: number + 0, author });
  }

  async releaseKillSwitch(
    author: string,
    request: ReleaseKillSwitchRequest,
  ): Promise<DoneReply | Refusal> {
    const switched = switchedBy(request);
    if (switched === undefined) return refuse(noSuchTarget);
    const { reason } = request;
    return this.#submit({ kind: "release-kill-switch", ...switched, author, reason });
  }

  setBreaker(author: string, request: SetBreakerRequest): Promise<DoneReply | Refusal> {
    const { symbol, reason } = request;
    const levels = request.levels.map(({ basisPoints, haltSeconds }) => ({
      basisPoints: basisPoints + 0,
      haltSeconds: haltSeconds + 0,
    }));
    return this.#submit({ kind: "set-market-breaker", symbol, levels, author, reason });
  }

  async placeActor(
    author: string,
    { actor, shard, reason }: PlaceActorRequest,
  ): Promise<DoneReply | Refusal> {
    if (!isActorAddress(actor)) return refuse(noSuchActor);
    return this.#submit({ kind: "place-actor", actor, shard: shard + 0, author, reason });
  }

  addShard(author: string, { shards, reason }: AddShardRequest): Promise<DoneReply | Refusal> {
    return this.#submit({ kind: "add-shard", shards: shards + 0, author, reason });
  }

  async placement(): Promise<PlacementReply> {
    const view = await this.#cluster.ask(governorShard, "placement", {});
    const pins = view.pins.map(([actor, shard]) => ({ actor, shard }));
    const { epoch, shards, founded, moving } = view;
    return { ok: true, epoch, shards, founded, moving, pins };
  }

  async accounts(): Promise<AccountsReply> {
    const accounts = await this.#cluster.ask(governorShard, "accounts", {});
    return { ok: true, accounts: [...accounts].sort() };
  }

  /** The governor answers when its decision holds in every place concerned. */
  async #submit(command: AdminCommand): Promise<DoneReply | Refusal> {
    return answerDone(await this.#outcomeOf(command));
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

interface Switched {
  readonly scope: KillScope;
  readonly target: string;
}

/** What a kill switch is for; undefined when nothing of such a name could be. */
function switchedBy({ scope, target = "" }: ArmKillSwitchRequest): Switched | undefined {
  const switched = { scope: KillScope[scope], target };
  switch (scope) {
    case "account":
    case "participant":
      return isAccountId(target) ? switched : undefined;
    case "symbol":
      return isSymbol(target) ? switched : undefined;
    case "venue":
      return target === "" ? switched : undefined;
  }
}

const noSuchActor = fieldFault("actor", "It must be `account/` or `book/` and a name.");

const noSuchTarget = fieldFault(
  "target",
  "It must name what the scope says, or nothing for venue.",
);

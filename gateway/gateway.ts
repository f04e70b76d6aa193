/**
 * Gateway: every request there is, from a body that a stranger sent to the reply for it.
 *
 * Free of transports: whoever carries requests (NATS now; REST, WebSocket and FIX can stand beside
 * it) says who asks, and vouches for that; here the body is checked, never trusted, and answered.
 * Every body gets a reply; only a defect of ours throws.
 */
import { randomUUID } from "node:crypto";
import { compileBatchCheck } from "./batch-check.ts";
import type { AdminCommandName, BodyOf } from "../protocols/api/admin-translation.ts";
import type { BatchRequest } from "../protocols/api/order-requests.ts";
import type { Refusal } from "../protocols/api/replies.ts";
import { requestNames, requests } from "../protocols/api/requests.ts";
import type { RequestName } from "../protocols/api/requests.ts";
import { assert, RejectReason } from "../protocols/index.ts";
import type { ClientOrderId } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { Admission, defaultLimits } from "./admission.ts";
import type { AdmissionLimits } from "./admission.ts";
import type { Asker } from "./asker.ts";
import { ClearingDesk } from "./clearing.ts";
import { MarginDesk } from "./margin-desk.ts";
import { CustodyDesk } from "./custody.ts";
import { Administration } from "./administration.ts";
import type { ApprovalCheck } from "./approvals/approval-check.ts";
import { MarketQuestions } from "./market-questions.ts";
import { refuse } from "./order-answers.ts";
import { RiskDesk } from "./risk-desk.ts";
import { OrderEntry } from "./order-entry.ts";
import type { OrderObserver } from "./order-observer.ts";
import { compileCheck } from "./request-check.ts";
import type { RequestCheck } from "./request-check.ts";

export interface GatewayOptions {
  readonly limits?: Partial<AdmissionLimits>;
  /** After this the outcome is unknown. Below the 5 s that the `nats` tool waits. */
  readonly submitTimeoutMs?: number;
  readonly newClientOrderId?: () => ClientOrderId;
  readonly nowMs?: () => number;
  readonly observer?: OrderObserver;
  /** What administrators' approvals are held to; left out, none are taken. */
  readonly approvals?: ApprovalCheck | undefined;
}

/** `{"ok": true, …}` or a refusal. */
export type Reply = { readonly ok: true } | Refusal;

/** How often what happened, since the start. */
export interface GatewayCounts {
  readonly requests: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly commandsUnderWay: number;
  readonly questionsUnderWay: number;
}

interface Endpoint {
  readonly check: RequestCheck;
  readonly answer: (asker: Asker, body: unknown) => Promise<Reply>;
}

export class Gateway {
  readonly #admission: Admission;
  readonly #orders: OrderEntry;
  readonly #endpoints: Readonly<Record<RequestName, Endpoint>>;
  readonly #refusals = new Map<string, number>();
  #requests = 0;

  constructor(cluster: ClusterClient, options: GatewayOptions = {}) {
    const nowMs = options.nowMs ?? (() => performance.now());
    this.#admission = new Admission({ ...defaultLimits, ...options.limits }, nowMs);
    const parts = {
      cluster,
      admission: this.#admission,
      submitTimeoutMs: options.submitTimeoutMs ?? 4000,
      newClientOrderId: options.newClientOrderId ?? randomUUID,
      nowMs,
      observer: options.observer,
      approvals: options.approvals,
    };
    this.#orders = new OrderEntry(parts);
    this.#endpoints = {
      ...orderEndpoints(this.#orders),
      ...marketEndpoints(new MarketQuestions(cluster)),
      ...adminEndpoints(new Administration(parts)),
      ...custodyEndpoints(new CustodyDesk(parts)),
      ...riskEndpoints(new RiskDesk(cluster)),
      ...clearingEndpoints(new ClearingDesk(cluster)),
      ...marginEndpoints(new MarginDesk(parts)),
    };
    for (const name of requestNames) assert(name in this.#endpoints);
  }

  /** Answers a request whose body was decoded, whatever it holds. */
  async answer(name: RequestName, asker: Asker, body: unknown): Promise<Reply> {
    const { check, answer } = this.#endpoints[name];
    const fault = check(body);
    return this.#count(
      fault === undefined ? await this.#guarded(name, () => answer(asker, body)) : refuse(fault),
    );
  }

  /** Answers an `order.batch` in records form, in the same form unless it refuses the whole. */
  async answerRecords(asker: Asker, bytes: Uint8Array): Promise<Uint8Array | Refusal> {
    const answer = await this.#orders.batchOfRecords(asker, bytes);
    if (!(answer instanceof Uint8Array)) return this.#count(answer);
    this.#requests += 1;
    return answer;
  }

  /** Refuses what a transport could not make a request of. */
  refuse(reason: RejectReason, message?: string): Refusal {
    return this.#count(refuse(message === undefined ? { reason } : { reason, message }));
  }

  get counts(): GatewayCounts {
    return {
      requests: this.#requests,
      refusals: Object.fromEntries([...this.#refusals].sort()),
      commandsUnderWay: this.#admission.commandsUnderWay,
      questionsUnderWay: this.#admission.questionsUnderWay,
    };
  }

  /** Bounds questions, and answers "unavailable" when no replica does. */
  async #guarded(name: RequestName, answer: () => Promise<Reply>): Promise<Reply> {
    if (!questions.has(name)) return answer();
    const reason = this.#admission.admitQuestion();
    if (reason !== RejectReason.none) return refuse({ reason });
    try {
      return await answer();
    } catch (error) {
      if (!isFault(error)) throw error;
      return refuse({ reason: RejectReason["cluster-unavailable"] });
    } finally {
      this.#admission.questionDone();
    }
  }

  #count<Answer extends Reply>(answer: Answer): Answer {
    this.#requests += 1;
    if (!answer.ok) {
      const { name } = answer.error;
      this.#refusals.set(name, (this.#refusals.get(name) ?? 0) + 1);
    }
    return answer;
  }
}

/** Requests that are put to replicas and never reach the log. */
const questions: ReadonlySet<RequestName> = new Set([
  "order.get",
  "order.open",
  "balances",
  "fees.preview",
  "fees.schedules",
  "depth",
  "displayedOrders",
  "trades",
  "candles",
  "statistics",
  "instruments",
  "assets",
  "status",
  "account.all",
  "actor.placement",
  "approvals.policy",
  "risk.show",
  "riskLimits.show",
  "withdrawal.list",
  "withdrawal.addresses",
  "withdrawal.limits",
  "deposit.list",
  "custody.policies",
  "custody.withdrawals",
  "custody.deposits",
  "custody.segregation",
  "custody.sweeps",
  "clearing.cycles",
  "obligations.list",
  "positions.list",
  "margin.show",
  "settlement.show",
  "settlement.nets",
  "clearing.failPermissions",
  "clearing.fails",
  "deliveries.list",
]);

/** A fault of the cluster, as opposed to a defect: it says what can be done about it. */
function isFault(error: unknown): boolean {
  return error instanceof Error && "disposition" in error;
}

function endpoint<Name extends RequestName>(
  name: Name,
  answer: (asker: Asker, body: BodyOf<Name>) => Promise<Reply>,
): Endpoint {
  return {
    check: compileCheck(requests[name].request),
    answer: (asker, body) => answer(asker, body as BodyOf<Name>),
  };
}

function orderEndpoints(orders: OrderEntry) {
  return {
    "order.place": endpoint("order.place", (asker, body) => orders.place(asker, body)),
    "order.cancel": endpoint("order.cancel", (asker, body) => orders.cancel(asker, body)),
    "order.replace": endpoint("order.replace", (asker, body) => orders.replace(asker, body)),
    "order.cancelAll": endpoint("order.cancelAll", (asker, body) => orders.cancelAll(asker, body)),
    "order.placeList": endpoint("order.placeList", (asker, body) => orders.placeList(asker, body)),
    "order.cancelAndPlace": endpoint("order.cancelAndPlace", (asker, body) =>
      orders.cancelAndPlace(asker, body),
    ),
    "order.massQuote": endpoint("order.massQuote", (asker, body) => orders.massQuote(asker, body)),
    "order.batch": {
      check: compileBatchCheck(),
      answer: (asker: Asker, body: unknown) => orders.batch(asker, body as BatchRequest),
    },
    "order.get": endpoint("order.get", ({ account }, body) => orders.order(account, body)),
    "order.open": endpoint("order.open", ({ account }, body) => orders.openOrders(account, body)),
    balances: endpoint("balances", ({ account }) => orders.balances(account)),
    "fees.preview": endpoint("fees.preview", ({ account }, body) => orders.fees(account, body)),
  };
}

function marketEndpoints(market: MarketQuestions) {
  return {
    depth: endpoint("depth", (_, body) => market.depth(body)),
    displayedOrders: endpoint("displayedOrders", (_, body) => market.displayedOrders(body)),
    trades: endpoint("trades", (_, body) => market.trades(body)),
    candles: endpoint("candles", (_, body) => market.candles(body)),
    statistics: endpoint("statistics", (_, body) => market.statistics(body)),
    instruments: endpoint("instruments", () => market.instruments()),
    assets: endpoint("assets", () => market.assets()),
    "fees.schedules": endpoint("fees.schedules", () => market.feeSchedules()),
    status: endpoint("status", () => market.status()),
  };
}

function adminEndpoints(admin: Administration) {
  const command = <Name extends AdminCommandName>(name: Name): Endpoint =>
    endpoint(name, ({ administrator }, body) => admin.command(name, administrator, body));
  return {
    "asset.add": command("asset.add"),
    "instrument.list": command("instrument.list"),
    "account.open": command("account.open"),
    "account.all": endpoint("account.all", () => admin.accounts()),
    deposit: command("deposit"),
    halt: command("halt"),
    resume: command("resume"),
    "markPrice.publish": command("markPrice.publish"),
    "indexPrice.publish": command("indexPrice.publish"),
    "killSwitch.arm": command("killSwitch.arm"),
    "killSwitch.confirm": command("killSwitch.confirm"),
    "killSwitch.release": command("killSwitch.release"),
    "breaker.set": command("breaker.set"),
    "actor.place": command("actor.place"),
    "shard.add": command("shard.add"),
    "actor.placement": endpoint("actor.placement", () => admin.placement()),
    "approvals.setPolicy": command("approvals.setPolicy"),
    "fees.setSchedule": command("fees.setSchedule"),
    "fees.setAccount": command("fees.setAccount"),
    "riskLimits.set": command("riskLimits.set"),
    "riskLimits.setGroup": command("riskLimits.setGroup"),
    "custody.setPolicy": command("custody.setPolicy"),
    "custody.releaseWithdrawal": command("custody.releaseWithdrawal"),
    "custody.refuseWithdrawal": command("custody.refuseWithdrawal"),
    "custody.advanceWithdrawal": command("custody.advanceWithdrawal"),
    "custody.assignAddress": command("custody.assignAddress"),
    "custody.reportDeposit": command("custody.reportDeposit"),
    "custody.proposeSweep": command("custody.proposeSweep"),
    "custody.releaseSweep": command("custody.releaseSweep"),
    "custody.advanceSweep": command("custody.advanceSweep"),
    "clearing.setCycle": command("clearing.setCycle"),
    "margin.setAccount": command("margin.setAccount"),
    "deficit.cover": command("deficit.cover"),
    "clearing.setFails": command("clearing.setFails"),
    "approvals.policy": endpoint("approvals.policy", () => admin.approvalPolicy()),
  };
}

function riskEndpoints(risk: RiskDesk) {
  return {
    "risk.show": endpoint("risk.show", ({ account }) => risk.of(account)),
    "riskLimits.show": endpoint("riskLimits.show", () => risk.rules()),
  };
}

function marginEndpoints(margin: MarginDesk) {
  return {
    "positions.list": endpoint("positions.list", ({ account }) => margin.positions(account)),
    "margin.show": endpoint("margin.show", ({ account }) => margin.margin(account)),
    "margin.setMode": endpoint("margin.setMode", (asker, body) => margin.setMode(asker, body)),
    "margin.add": endpoint("margin.add", (asker, body) => margin.move("add-margin", asker, body)),
    "margin.remove": endpoint("margin.remove", (asker, body) =>
      margin.move("remove-margin", asker, body),
    ),
    "deficit.show": endpoint("deficit.show", () => margin.deficits()),
  };
}

function clearingEndpoints(clearing: ClearingDesk) {
  return {
    "clearing.cycles": endpoint("clearing.cycles", () => clearing.cycles()),
    "obligations.list": endpoint("obligations.list", ({ account }) =>
      clearing.obligations(account),
    ),
    "settlement.show": endpoint("settlement.show", (_, body) => clearing.settlements(body)),
    "settlement.nets": endpoint("settlement.nets", (_, body) => clearing.nets(body)),
    "clearing.failPermissions": endpoint("clearing.failPermissions", () =>
      clearing.failPermissions(),
    ),
    "clearing.fails": endpoint("clearing.fails", (_, body) => clearing.fails(body)),
    "deliveries.list": endpoint("deliveries.list", ({ account }, body) =>
      clearing.deliveries(account, body),
    ),
  };
}

function custodyEndpoints(custody: CustodyDesk) {
  return {
    "withdrawal.request": endpoint("withdrawal.request", (asker, body) =>
      custody.request(asker, body),
    ),
    "withdrawal.cancel": endpoint("withdrawal.cancel", (asker, body) =>
      custody.cancel(asker, body),
    ),
    "withdrawal.allowAddress": endpoint("withdrawal.allowAddress", (asker, body) =>
      custody.allowAddress(asker, body),
    ),
    "withdrawal.forgetAddress": endpoint("withdrawal.forgetAddress", (asker, body) =>
      custody.forgetAddress(asker, body),
    ),
    "withdrawal.list": endpoint("withdrawal.list", ({ account }) => custody.withdrawalsOf(account)),
    "withdrawal.addresses": endpoint("withdrawal.addresses", ({ account }) =>
      custody.addresses(account),
    ),
    "withdrawal.limits": endpoint("withdrawal.limits", () => custody.limits()),
    "deposit.list": endpoint("deposit.list", ({ account }) => custody.deposits(account)),
    "custody.policies": endpoint("custody.policies", () => custody.policies()),
    "custody.withdrawals": endpoint("custody.withdrawals", (_, { account }) =>
      account === undefined ? custody.openWithdrawals() : custody.withdrawalsOf(account),
    ),
    "custody.deposits": endpoint("custody.deposits", (_, { account = "" }) =>
      custody.deposits(account),
    ),
    "custody.segregation": endpoint("custody.segregation", () => custody.segregation()),
    "custody.sweeps": endpoint("custody.sweeps", () => custody.sweeps()),
  };
}

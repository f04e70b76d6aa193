/**
 * Gateway: every request there is, from a body that a stranger sent to the reply for it.
 *
 * Free of transports: whoever carries requests (NATS now; REST, WebSocket and FIX can stand beside
 * it) says who asks, and vouches for that; here the body is checked, never trusted, and answered.
 * Every body gets a reply; only a defect of ours throws.
 */
import { randomUUID } from "node:crypto";
import type { Static } from "typebox";
import { compileBatchCheck } from "./batch-check.ts";
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
import { Administration } from "./administration.ts";
import { MarketQuestions } from "./market-questions.ts";
import { refuse } from "./order-answers.ts";
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
    };
    this.#orders = new OrderEntry(parts);
    this.#endpoints = {
      ...orderEndpoints(this.#orders),
      ...marketEndpoints(new MarketQuestions(cluster)),
      ...adminEndpoints(new Administration(parts)),
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
  "depth",
  "displayedOrders",
  "trades",
  "candles",
  "statistics",
  "instruments",
  "assets",
  "status",
  "account.all",
]);

/** A fault of the cluster, as opposed to a defect: it says what can be done about it. */
function isFault(error: unknown): boolean {
  return error instanceof Error && "disposition" in error;
}

type BodyOf<Name extends RequestName> = Static<(typeof requests)[Name]["request"]>;

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
    status: endpoint("status", () => market.status()),
  };
}

function adminEndpoints(admin: Administration) {
  return {
    "asset.add": endpoint("asset.add", ({ administrator }, body) =>
      admin.addAsset(administrator, body),
    ),
    "instrument.list": endpoint("instrument.list", ({ administrator }, body) =>
      admin.listInstrument(administrator, body),
    ),
    "account.open": endpoint("account.open", ({ administrator }, body) =>
      admin.openAccount(administrator, body),
    ),
    "account.all": endpoint("account.all", () => admin.accounts()),
    deposit: endpoint("deposit", ({ administrator }, body) => admin.deposit(administrator, body)),
    halt: endpoint("halt", ({ administrator }, body) => admin.halt(administrator, body)),
    resume: endpoint("resume", ({ administrator }, body) => admin.resume(administrator, body)),
    "markPrice.publish": endpoint("markPrice.publish", ({ administrator }, body) =>
      admin.publishMarkPrice(administrator, body),
    ),
    "killSwitch.arm": endpoint("killSwitch.arm", ({ administrator }, body) =>
      admin.armKillSwitch(administrator, body),
    ),
    "killSwitch.confirm": endpoint("killSwitch.confirm", ({ administrator }, body) =>
      admin.confirmKillSwitch(administrator, body),
    ),
    "killSwitch.release": endpoint("killSwitch.release", ({ administrator }, body) =>
      admin.releaseKillSwitch(administrator, body),
    ),
    "breaker.set": endpoint("breaker.set", ({ administrator }, body) =>
      admin.setBreaker(administrator, body),
    ),
    "actor.place": endpoint("actor.place", ({ administrator }, body) =>
      admin.placeActor(administrator, body),
    ),
    "shard.add": endpoint("shard.add", ({ administrator }, body) =>
      admin.addShard(administrator, body),
    ),
    "actor.placement": endpoint("actor.placement", () => admin.placement()),
  };
}

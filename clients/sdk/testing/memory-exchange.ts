/**
 * A whole exchange in memory behind a wire that can be broken: the real gateway on the real actors,
 * without servers.
 */
import type { GatewayOptions } from "../../../gateway/gateway.ts";
import { bytesOf, replyTo } from "../../../gateway/nats/request-bytes.ts";
import { MarketPlace } from "../../../gateway/testing/market-place.ts";
import type { LocalClusterOptions } from "../../../cluster/local-cluster.ts";
import type { Bus } from "../../../cluster/bus.ts";
import {
  requestNames,
  requests,
  subjectPatternOfRequest,
} from "../../../protocols/api/requests.ts";
import type { RequestName } from "../../../protocols/api/requests.ts";
import { AdminClient } from "../admin-client.ts";
import type { AdminClientOptions } from "../admin-client.ts";
import { ClientClosed } from "../faults.ts";
import { OutcryClient } from "../outcry-client.ts";
import type { OutcryClientOptions } from "../outcry-client.ts";
import type { RequestTerms, Wire, WireAnswer, WireSubscription } from "../wire.ts";

/** What happens to a request on its way. */
export type Fate = "delivered" | "lost" | "answer-lost" | "not-heard";

export class MemoryExchange {
  readonly place: MarketPlace;
  readonly #clients: OutcryClient[] = [];

  private constructor(place: MarketPlace) {
    this.place = place;
  }

  static async open(
    cluster?: LocalClusterOptions,
    gateway: GatewayOptions = {},
  ): Promise<MemoryExchange> {
    const options = cluster === undefined ? gateway : { ...gateway, cluster };
    return new MemoryExchange(await MarketPlace.open(options));
  }

  wire(): MemoryWire {
    return new MemoryWire(this.place);
  }

  client(account = "demo", options: Partial<OutcryClientOptions> = {}): OutcryClient {
    return this.clientOn(this.wire(), account, options);
  }

  clientOn(wire: Wire, account = "demo", options: Partial<OutcryClientOptions> = {}): OutcryClient {
    const client = new OutcryClient(wire, { account, ...options });
    this.#clients.push(client);
    return client;
  }

  admin(): AdminClient {
    return this.adminOn(this.wire());
  }

  adminOn(wire: Wire, options: Partial<AdminClientOptions> = {}): AdminClient {
    return new AdminClient(wire, { administrator: "ops", ...options });
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.place.close();
  }
}

export class MemoryWire implements Wire {
  readonly #place: MarketPlace;
  readonly #bus: Bus;
  readonly #reconnectListeners: (() => void)[] = [];
  #isClosed = false;
  /** Decides each request's fate; the payload is a batch or JSON. */
  fateOf: (subject: string, payload: Uint8Array) => Fate = () => "delivered";
  /** Whether a published message arrives. */
  isHeard: (subject: string, payload: Uint8Array) => boolean = () => true;
  readonly requested: string[] = [];
  readonly traceparents: (string | undefined)[] = [];

  constructor(place: MarketPlace) {
    this.#place = place;
    this.#bus = place.cluster.publicBus();
  }

  async request(
    subject: string,
    payload: Uint8Array,
    { traceparent }: RequestTerms,
  ): Promise<WireAnswer> {
    if (this.#isClosed) throw new ClientClosed();
    this.requested.push(subject);
    this.traceparents.push(traceparent);
    const fate = this.fateOf(subject, payload);
    if (fate === "not-heard") return { kind: "not-heard" };
    if (fate === "lost") return { kind: "no-answer" };
    const answer = await this.#answer(subject, payload);
    // As on a real line, others get their turn before an answer is there.
    await new Promise(setImmediate);
    if (fate === "answer-lost") return { kind: "no-answer" };
    return { kind: "answered", payload: answer };
  }

  subscribe(subject: string, listener: (payload: Uint8Array) => void): WireSubscription {
    const subscription = this.#bus.subscribe(subject, ({ payload }) => {
      if (this.isHeard(subject, payload)) listener(payload);
    });
    return { close: () => subscription.unsubscribe() };
  }

  onReconnect(listener: () => void): void {
    this.#reconnectListeners.push(listener);
  }

  /** As if the line had been broken and were back. */
  reconnect(): void {
    for (const listener of this.#reconnectListeners) listener();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#bus.close();
  }

  async #answer(subject: string, payload: Uint8Array): Promise<Uint8Array> {
    const { gateway } = this.#place;
    const name = nameOf(subject);
    const isAccounts = requests[name].scope === "account";
    const account = isAccounts ? (subject.split(".")[3] ?? "") : "";
    const asker = { account, administrator: "ops" };
    return bytesOf(await replyTo(gateway, { request: name, asker }, payload));
  }
}

function nameOf(subject: string): RequestName {
  const found = requestNames.find((name) => {
    const pattern = subjectPatternOfRequest(name).replaceAll(".", "\\.").replace("*", "[^.]+");
    return new RegExp(`^${pattern}$`).test(subject);
  });
  if (found === undefined) throw new Error(`there is no request ${subject}`);
  return found;
}

/**
 * A whole exchange in this process, spoken to through the SDK as if it were elsewhere: a cluster in
 * memory, the gateway in front of it, and lines on which requests are function calls.
 */
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import type { Wire, WireAnswer, WireSubscription } from "../../clients/sdk/index.ts";
import type { Bus } from "../../cluster/bus.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { Asker } from "../../gateway/asker.ts";
import { Gateway } from "../../gateway/gateway.ts";
import { decodeBody, encodeReply } from "../../gateway/nats/body.ts";
import { requestNames, subjectOfRequest } from "../../protocols/api/requests.ts";
import { assert } from "../../protocols/index.ts";
import { SdkVenue } from "./sdk-venue.ts";

export interface LocalExchangeOptions {
  readonly shards?: number;
  readonly nodes?: number;
  /** Between the SDK and the exchange, for tests that break the line. */
  readonly wrapWire?: (wire: Wire) => Wire;
}

const administrator = "local";

export class LocalExchange {
  readonly cluster: LocalCluster;
  readonly #gateway: Gateway;
  readonly #options: LocalExchangeOptions;

  private constructor(cluster: LocalCluster, options: LocalExchangeOptions) {
    this.cluster = cluster;
    this.#gateway = new Gateway(cluster.client);
    this.#options = options;
  }

  static async open(options: LocalExchangeOptions = {}): Promise<LocalExchange> {
    const { shards = 1, nodes = 1 } = options;
    return new LocalExchange(await LocalCluster.open({ shards, nodes }), options);
  }

  /** Closing the venue closes the exchange. */
  venue(): SdkVenue {
    return new SdkVenue({
      admin: new AdminClient(this.#wire({ account: "", administrator }), { administrator }),
      connect: (account) => {
        const wire = this.#wire({ account, administrator: "" });
        return Promise.resolve(new OutcryClient(wire, { account }));
      },
      close: () => this.cluster.close(),
    });
  }

  #wire(asker: Asker): Wire {
    const wire = new LocalWire(this.#gateway, this.cluster.publicBus(), asker);
    return this.#options.wrapWire?.(wire) ?? wire;
  }
}

class LocalWire implements Wire {
  readonly #gateway: Gateway;
  readonly #bus: Bus;
  readonly #asker: Asker;

  constructor(gateway: Gateway, bus: Bus, asker: Asker) {
    this.#gateway = gateway;
    this.#bus = bus;
    this.#asker = asker;
  }

  /** The gateway answers in time by itself. */
  async request(subject: string, payload: Uint8Array): Promise<WireAnswer> {
    const { account, administrator: admin } = this.#asker;
    const asker = account === "" ? admin : account;
    const name = requestNames.find((known) => subjectOfRequest(known, asker) === subject);
    assert(name !== undefined, "there is no such request");
    const decoded = decodeBody(payload);
    assert(decoded.kind !== "malformed", "the SDK sent what cannot be read");
    const answer =
      decoded.kind === "records"
        ? await this.#gateway.answerRecords(this.#asker, payload)
        : await this.#gateway.answer(name, this.#asker, decoded.body);
    const bytes = answer instanceof Uint8Array ? answer : encodeReply(decoded.format, answer);
    return { kind: "answered", payload: bytes };
  }

  subscribe(subject: string, listener: (payload: Uint8Array) => void): WireSubscription {
    const subscription = this.#bus.subscribe(subject, ({ payload }) => listener(payload));
    return { close: () => subscription.unsubscribe() };
  }

  /** Function calls are never cut off. */
  onReconnect(): void {
    return;
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}

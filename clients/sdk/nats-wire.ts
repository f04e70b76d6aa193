/**
 * The line to the exchange over NATS. It reconnects for ever, knows a request that nobody heard
 * from one that nobody answered, and gives up an attempt as soon as the line breaks under it.
 */
import {
  connect,
  credsAuthenticator,
  NoRespondersError,
  PermissionViolationError,
  TimeoutError,
} from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import { ClientClosed, NotPermitted } from "./faults.ts";
import type { Wire, WireAnswer, WireSubscription } from "./wire.ts";

export interface NatsWireOptions {
  readonly servers: string | readonly string[];
  /** The text of a .creds file; without it the servers must take anybody. */
  readonly credentials?: string;
  /** Answers arrive under this prefix, and only its owner may listen there. */
  readonly inboxPrefix: string;
  /** Shown by the servers' monitoring. */
  readonly name: string;
}

export class NatsWire implements Wire {
  readonly #connection: NatsConnection;
  readonly #reconnectListeners = new Set<() => void>();
  /** Settles when the line breaks; a new one is made each time it is back. */
  #broken = Promise.withResolvers<void>();
  /** Settles when the line is back; undefined while it is there. */
  #restored: PromiseWithResolvers<void> | undefined;
  #closedBecause: unknown;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    void this.#watch();
    void connection.closed().then((error) => {
      this.#closedBecause = error ?? undefined;
      this.#broken.resolve();
      this.#restored?.resolve();
    });
  }

  static async connect(options: NatsWireOptions): Promise<NatsWire> {
    const { servers, credentials, inboxPrefix, name } = options;
    const connection = await connect({
      servers: typeof servers === "string" ? servers : [...servers],
      name,
      inboxPrefix,
      noAsyncTraces: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      pingInterval: 2000,
      ...(credentials === undefined
        ? {}
        : { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
    });
    return new NatsWire(connection);
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<WireAnswer> {
    const startedAtMs = performance.now();
    if (this.#restored !== undefined && !(await this.#restoredWithin(timeoutMs))) {
      return { kind: "not-heard" };
    }
    if (this.#connection.isClosed()) throw new ClientClosed(this.#closedBecause);
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAtMs));
    try {
      const answer = this.#connection.request(subject, payload, { timeout: leftMs });
      const first = await Promise.race([answer, this.#broken.promise]);
      if (first !== undefined) return { kind: "answered", payload: first.data };
      // The answer would have come on the line that broke.
      answer.catch(() => undefined);
      return { kind: "no-answer" };
    } catch (error) {
      return this.#whyNoAnswer(subject, error);
    }
  }

  subscribe(subject: string, listener: (payload: Uint8Array) => void): WireSubscription {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) listener(message.data);
      },
    });
    return { close: () => subscription.unsubscribe() };
  }

  onReconnect(listener: () => void): void {
    this.#reconnectListeners.add(listener);
  }

  /** What waits for an answer gets none. */
  async close(): Promise<void> {
    if (!this.#connection.isClosed()) await this.#connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === "disconnect") {
        this.#restored ??= Promise.withResolvers();
        this.#broken.resolve();
      } else if (status.type === "reconnect") {
        this.#broken = Promise.withResolvers();
        this.#restored?.resolve();
        this.#restored = undefined;
        for (const listener of this.#reconnectListeners) listener();
      }
    }
  }

  async #restoredWithin(timeoutMs: number): Promise<boolean> {
    const waiting = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => waiting.resolve(false), timeoutMs);
    void this.#restored?.promise.then(() => waiting.resolve(true));
    const isRestored = await waiting.promise;
    clearTimeout(timer);
    return isRestored;
  }

  /** The only place that reads the NATS client's errors. */
  #whyNoAnswer(subject: string, error: unknown): WireAnswer {
    const causes = error instanceof Error ? [error, error.cause] : [error];
    if (causes.some((cause) => cause instanceof NoRespondersError)) return { kind: "not-heard" };
    if (causes.some((cause) => cause instanceof TimeoutError)) return { kind: "no-answer" };
    if (causes.some((cause) => cause instanceof PermissionViolationError)) {
      throw new NotPermitted(subject, error);
    }
    if (this.#connection.isClosed()) throw new ClientClosed(error);
    // The line broke while it was sent or waited for.
    return { kind: "no-answer" };
  }
}

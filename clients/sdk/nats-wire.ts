/**
 * The line to the exchange over NATS. It reconnects for ever, knows a request that nobody heard
 * from one that nobody answered, and gives up an attempt as soon as the line breaks under it. One
 * that stands but leads nowhere is left: when an attempt got no answer, the server has to show that
 * it is there.
 */
import { createPrivateKey, sign } from "node:crypto";
import {
  AuthorizationError,
  connect,
  InvalidArgumentError,
  PermissionViolationError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import type { Authenticator, NatsConnection } from "@nats-io/transport-node";
import { parseCredentials } from "../../protocols/credentials.ts";
import type { Credentials } from "../../protocols/credentials.ts";
import type { OutcryFault } from "./faults.ts";
import { ClientClosed, NotPermitted, OptionsInvalid, ServersUnreachable } from "./faults.ts";
import { NatsRequests } from "./nats-requests.ts";
import { checkedServers } from "./option-check.ts";
import type { RequestTerms, Wire, WireAnswer, WireSubscription } from "./wire.ts";

export interface NatsWireOptions {
  readonly servers: string | readonly string[];
  /** The text of a .creds file; without it the servers must take anybody. */
  readonly credentials?: string;
  /** The text of the certificate by which the servers are known; without it, in the clear. */
  readonly ca?: string | undefined;
  /** Answers arrive under this prefix, and only its owner may listen there. */
  readonly inboxPrefix: string;
  /** Shown by the servers' monitoring. */
  readonly name: string;
}

/** How long a server may take to show that it is there, and to take a new line. */
const pongMs = 500;
const dialMs = 2000;

export class NatsWire implements Wire {
  readonly #connection: NatsConnection;
  readonly #requests: NatsRequests;
  readonly #reconnectListeners = new Set<() => void>();
  /** Settles when the line is back; undefined while it is there. */
  #restored: PromiseWithResolvers<void> | undefined;
  #isInDoubt = false;
  #closedBecause: unknown;

  private constructor(connection: NatsConnection, inboxPrefix: string) {
    this.#connection = connection;
    this.#requests = new NatsRequests(connection, inboxPrefix);
    void this.#watch();
    void connection.closed().then((error) => {
      this.#closedBecause = error ?? undefined;
      this.#requests.close(this.#closedBecause);
      this.#restored?.resolve();
    });
  }

  /** Rejects with `OptionsInvalid`, `ServersUnreachable` or `NotPermitted`, and nothing else. */
  static async connect(options: NatsWireOptions): Promise<NatsWire> {
    const { credentials, ca, inboxPrefix, name } = options;
    const servers = checkedServers(options.servers);
    const proof = credentials === undefined ? {} : { authenticator: authenticatorOf(credentials) };
    try {
      const connection = await connect({
        servers,
        name,
        inboxPrefix,
        noAsyncTraces: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        pingInterval: 2000,
        // A server that hangs accepts the line and then says nothing; the default is 20 s.
        timeout: dialMs,
        ...proof,
        ...(ca !== undefined && { tls: { ca } }),
      });
      return new NatsWire(connection, inboxPrefix);
    } catch (error) {
      throw connectFault(servers, name, error);
    }
  }

  async request(subject: string, payload: Uint8Array, terms: RequestTerms): Promise<WireAnswer> {
    if (this.#connection.isClosed()) throw new ClientClosed(this.#closedBecause);
    if (this.#restored !== undefined) return this.#requestLater(subject, payload, terms);
    const answer = await this.#requests.send(subject, payload, terms);
    if (answer.kind === "no-answer") void this.#doubt();
    return answer;
  }

  /** When the line is back, if it is in time. */
  async #requestLater(
    subject: string,
    payload: Uint8Array,
    terms: RequestTerms,
  ): Promise<WireAnswer> {
    const startedAtMs = performance.now();
    const { timeoutMs } = terms;
    if (!(await this.#restoredWithin(timeoutMs))) return { kind: "not-heard" };
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAtMs));
    return this.request(subject, payload, { ...terms, timeoutMs: leftMs });
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

  /** Leaves the server, unless it shows that it is there. */
  async #doubt(): Promise<void> {
    if (this.#isInDoubt || this.#restored !== undefined || this.#connection.isClosed()) return;
    this.#isInDoubt = true;
    // A line that breaks by itself is mended by itself.
    const yes = (): boolean => true;
    const isThere = this.#connection.rtt().then(yes, yes);
    if (!(await within(isThere, pongMs)) && !this.#connection.isClosed()) {
      void this.#connection.reconnect();
    }
    this.#isInDoubt = false;
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === "staleConnection" || status.type === "forceReconnect") {
        cutLine(this.#connection);
      }
      if (status.type === "disconnect") {
        this.#restored ??= Promise.withResolvers();
        this.#requests.loseAll();
      } else if (status.type === "reconnect") {
        this.#restored?.resolve();
        this.#restored = undefined;
        for (const listener of this.#reconnectListeners) listener();
      } else if (status.type === "error" && status.error instanceof PermissionViolationError) {
        const { operation, subject } = status.error;
        if (operation === "publish") this.#requests.refuse(subject, status.error);
      }
    }
  }

  #restoredWithin(timeoutMs: number): Promise<boolean> {
    const restored = this.#restored?.promise ?? Promise.resolve();
    return within(
      restored.then(() => true),
      timeoutMs,
    );
  }
}

/** Whether that came true in time. */
async function within(promise: Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const waiting = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => waiting.resolve(false), timeoutMs);
  void promise.then(waiting.resolve);
  const isTrue = await waiting.promise;
  clearTimeout(timer);
  return isTrue;
}

/**
 * Closes the socket at once. The library waits until all that was written has left, which it never
 * does when the server hangs.
 */
function cutLine(connection: NatsConnection): void {
  const { protocol } = connection as unknown as Inside;
  protocol.transport.socket?.destroy();
}

/** What the library has and does not show. A test fails if that changes. */
interface Inside {
  readonly protocol: { readonly transport: { readonly socket?: { destroy(): void } } };
}

/** Signs by the operating system's own means: the library takes 30 ms for each connection. */
function authenticatorOf(credentials: string): Authenticator {
  const { jwt, seed } = readCredentials(credentials);
  const key = createPrivateKey({
    key: Buffer.from(seed),
    format: "raw-private",
    asymmetricKeyType: "ed25519",
  });
  return (nonce = "") => ({ jwt, sig: sign(null, Buffer.from(nonce), key).toString("base64url") });
}

function readCredentials(text: string): Credentials {
  try {
    return parseCredentials(text);
  } catch (error) {
    throw new OptionsInvalid("credentials", "this is not the text of a .creds file", error);
  }
}

function connectFault(servers: readonly string[], name: string, error: unknown): OutcryFault {
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) {
    return new NotPermitted(`connecting as ${name}`, error);
  }
  if (error instanceof InvalidArgumentError || error instanceof TypeError) {
    return new OptionsInvalid("servers", "they are no addresses", error);
  }
  return new ServersUnreachable(servers, error);
}

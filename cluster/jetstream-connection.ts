/**
 * One connection to the NATS servers, which a node's logs, bus and snapshots share.
 *
 * It is made so that the death of a server is noticed soon and another one is tried at once, for
 * ever: only `close` ends it. What was on its way when a line broke may be lost; whoever uses the
 * connection is told of the break and of the return, and looks after that itself.
 */
import { createPrivateKey, sign } from "node:crypto";
import {
  connect,
  createInbox,
  type Authenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from "@nats-io/transport-node";
import { assert } from "../protocols/assert.ts";
import { parseCredentials } from "../protocols/credentials.ts";
import { delay, systemClock, type Clock } from "./clock.ts";
import { ConnectionUnavailable } from "./faults.ts";
import { DialOrder } from "./jetstream-dial-order.ts";

export interface JetStreamConnectionOptions {
  /**
   * Where servers listen, such as `nats://10.0.0.1:4222`, the one to be tried first before the
   * others. Those they tell of are added.
   */
  readonly servers: readonly string[];
  /** What the servers show for this connection. */
  readonly name: string;
  /** The text of a `.creds` file. */
  readonly credentials?: string;
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
  };
  /** The first token of our reply subjects, for servers that restrict them. */
  readonly inboxPrefix?: string;
  readonly clock?: Clock;
  /** How long to try for the first connection. */
  readonly openTimeoutMs?: number;
  /** A server that leaves two of these unanswered is given up. */
  readonly pingIntervalMs?: number;
}

const dialTimeoutMs = 2000;
const redialMsMin = 50;
const redialMsMax = 100;
/** A line that seems to lead nowhere is not moved more often than this. */
const moveEveryMs = 10_000;

export class JetStreamConnection {
  readonly nats: NatsConnection;
  readonly clock: Clock;
  /** How often the line broke and came back. */
  reconnects = 0;
  /** What a server complained of last, such as a missing permission: the cause of a silence. */
  lastComplaint: Error | undefined;
  readonly #dialOrder: DialOrder;
  readonly #inboxPrefix: string | undefined;
  readonly #brokenListeners = new Set<() => void>();
  readonly #returnListeners = new Set<() => void>();
  #state: "connected" | "broken" | "closed" = "connected";
  #movedAtMs: number;

  private constructor(nats: NatsConnection, options: JetStreamConnectionOptions, order: DialOrder) {
    this.nats = nats;
    this.#dialOrder = order;
    this.#dialOrder.connected(nats.getServer());
    this.clock = options.clock ?? systemClock;
    this.#inboxPrefix = options.inboxPrefix;
    this.#movedAtMs = this.clock.nowMs();
    void this.#watch();
  }

  /** Resolves once a server accepted us; rejects with `ConnectionUnavailable` if none does. */
  static async open(options: JetStreamConnectionOptions): Promise<JetStreamConnection> {
    const clock = options.clock ?? systemClock;
    const deadlineMs = clock.nowMs() + (options.openTimeoutMs ?? 10_000);
    for (;;) {
      try {
        const order = new DialOrder();
        const nats = await connect(natsOptions(options, order));
        keepServers(nats, options.servers);
        return new JetStreamConnection(nats, options, order);
      } catch (error) {
        if (clock.nowMs() >= deadlineMs) {
          throw new ConnectionUnavailable(options.servers.join(", "), error);
        }
        await delay(clock, redialMsMax);
      }
    }
  }

  get isConnected(): boolean {
    return this.#state === "connected";
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Host and port of the server at the other end, or of the last one. */
  get server(): string {
    return this.nats.getServer();
  }

  /** The largest message the servers take, headers included. */
  get messageBytesMax(): number {
    return this.nats.info?.max_payload ?? 1024 * 1024;
  }

  /** Whether the server at the other end is of that version or a newer one. */
  isServerAtLeast(major: number, minor: number): boolean {
    const [ofMajor = 0, ofMinor = 0] = (this.nats.info?.version ?? "").split(".").map(Number);
    return ofMajor > major || (ofMajor === major && ofMinor >= minor);
  }

  /** A subject that only we listen on. */
  newInbox(): string {
    return createInbox(this.#inboxPrefix);
  }

  /** Calls back whenever the line breaks, until the returned function is called. */
  onBroken(listener: () => void): () => void {
    this.#brokenListeners.add(listener);
    return () => void this.#brokenListeners.delete(listener);
  }

  /** Calls back whenever a broken line is back: messages may have been missed meanwhile. */
  onReturn(listener: () => void): () => void {
    this.#returnListeners.add(listener);
    return () => void this.#returnListeners.delete(listener);
  }

  /**
   * Says that this line seems to lead nowhere, though it stands: the server may be cut off from
   * the others. Goes to another server, unless that was done a moment ago.
   */
  suspect(): void {
    const nowMs = this.clock.nowMs();
    if (this.#state !== "connected" || nowMs - this.#movedAtMs < moveEveryMs) return;
    this.#movedAtMs = nowMs;
    this.move();
  }

  /** Drops the line and goes to another server. */
  move(): void {
    assert(this.#state !== "closed");
    void this.nats.reconnect();
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#brokenListeners.clear();
    this.#returnListeners.clear();
    await this.nats.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (this.#state === "closed") return;
      if (status.type === "error") this.lastComplaint = status.error;
      if (status.type === "staleConnection" || status.type === "forceReconnect") {
        cutLine(this.nats);
      }
      if (status.type === "disconnect" && this.#state === "connected") {
        this.#state = "broken";
        for (const listener of this.#brokenListeners) listener();
      }
      if (status.type === "reconnect" && this.#state === "broken") {
        this.#state = "connected";
        this.reconnects += 1;
        this.#dialOrder.connected(status.server);
        for (const listener of this.#returnListeners) listener();
      }
    }
  }
}

/**
 * Closes the socket at once. The library first waits until all that was written has left, which it
 * never does when the server hangs, or its machine has lost power, and the buffers are full: then
 * the connection would stay where it is for as long as the operating system tries.
 */
function cutLine(nats: NatsConnection): void {
  const { protocol } = nats as unknown as Inside;
  protocol.transport.socket?.destroy();
}

/** What the library has and does not show. A test fails if that changes. */
interface Inside {
  readonly protocol: { readonly transport: { readonly socket?: { destroy(): void } } };
}

/** A server that was down at first was dropped from the list of those to try later. */
function keepServers(nats: NatsConnection, configured: readonly string[]): void {
  const known = nats.getServers().map((server) => server.listen);
  const dropped = configured.filter((url) => !known.some((listen) => url.endsWith(listen)));
  if (dropped.length > 0) nats.setServers([...known, ...dropped]);
}

function natsOptions(options: JetStreamConnectionOptions, order: DialOrder): NodeConnectionOptions {
  const { credentials, tls, inboxPrefix } = options;
  return {
    servers: [...options.servers],
    noRandomize: true,
    name: options.name,
    ...(credentials === undefined ? {} : { authenticator: authenticatorOf(credentials) }),
    ...(tls === undefined ? {} : { tls }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    // The client keeps a stack trace for every request otherwise.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    // Rights may be given later, or again; the complaint is kept for whoever waits.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => redialMsMin + Math.random() * (redialMsMax - redialMsMin),
    reconnectToServer: (pool) => order.next(pool),
    // A server that hangs accepts the line and then says nothing; the default is 20 s.
    timeout: dialTimeoutMs,
    pingInterval: options.pingIntervalMs ?? 500,
    maxPingOut: 2,
  };
}

/**
 * Signs by the operating system's own means: the library does it in JavaScript, and 30 ms for each
 * connection is most of the time that it takes to be with another server.
 */
function authenticatorOf(credentials: string): Authenticator {
  const { jwt, seed } = parseCredentials(credentials);
  const key = createPrivateKey({
    key: Buffer.from(seed),
    format: "raw-private",
    asymmetricKeyType: "ed25519",
  });
  return (nonce = "") => ({ jwt, sig: sign(null, Buffer.from(nonce), key).toString("base64url") });
}

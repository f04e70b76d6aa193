/**
 * The bus on NATS: plain publish and subscribe, over a connection that others share.
 */
import { assert } from "../protocols/assert.ts";
import { assertPublishSubject, assertSubscribeSubject } from "./bus-subject.ts";
import type {
  Bus,
  BusListener,
  BusMessage,
  BusSubscription,
  RequestOptions,
  SubscribeOptions,
} from "./bus.ts";
import type { Timer } from "./clock.ts";
import { BusDisconnected, NoResponders, PayloadTooLarge, RequestTimedOut } from "./faults.ts";
import type { ClusterFault } from "./faults.ts";
import { plainBytes } from "./jetstream-bytes.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { isNoResponders, JetStreamInbox } from "./jetstream-inbox.ts";

interface PendingRequest {
  readonly subject: string;
  readonly timer: Timer;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (fault: ClusterFault) => void;
}

export class JetStreamBus implements Bus {
  readonly #connection: JetStreamConnection;
  readonly #inbox: JetStreamInbox;
  readonly #requests = new Map<number, PendingRequest>();
  readonly #subscriptions = new Set<BusSubscription>();
  readonly #stopHearing: (() => void)[] = [];
  #closed = false;

  constructor(connection: JetStreamConnection) {
    this.#connection = connection;
    this.#inbox = new JetStreamInbox(connection, (token, message) => {
      const request = this.#requests.get(token);
      if (request === undefined) return;
      this.#settle(token, request);
      if (isNoResponders(message)) request.reject(new NoResponders(request.subject));
      else request.resolve(plainBytes(message.data));
    });
  }

  publish(subject: string, payload: Uint8Array): void {
    assertPublishSubject(subject);
    this.#assertOpen();
    this.#publish(subject, payload);
  }

  subscribe(
    subject: string,
    listener: BusListener,
    options: SubscribeOptions = {},
  ): BusSubscription {
    assertSubscribeSubject(subject);
    this.#assertOpen();
    const { nats } = this.#connection;
    const natsSubscription = nats.subscribe(subject, {
      ...(options.queue === undefined ? {} : { queue: options.queue }),
      callback: (error, message) => {
        // A permission we lack; the connection keeps the complaint.
        if (error !== null) return;
        const { reply, subject: heardOn } = message;
        const heard: BusMessage = { subject: heardOn, payload: plainBytes(message.data) };
        const respond = (answer: Uint8Array): void => {
          if (!this.#closed && !this.#connection.isClosed) this.#publish(reply ?? "", answer);
        };
        callUncaught(() => listener(reply ? { ...heard, respond } : heard));
      },
    });
    const subscription: BusSubscription = {
      unsubscribe: () => {
        this.#subscriptions.delete(subscription);
        natsSubscription.unsubscribe();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async request(
    subject: string,
    payload: Uint8Array,
    { timeoutMs }: RequestOptions,
  ): Promise<Uint8Array> {
    assertPublishSubject(subject);
    assert(timeoutMs > 0);
    this.#assertOpen();
    const token = this.#inbox.nextToken();
    return await new Promise<Uint8Array>((resolve, reject) => {
      const timer = this.#connection.clock.after(timeoutMs, () => {
        this.#requests.delete(token);
        const { lastComplaint } = this.#connection;
        reject(new RequestTimedOut(subject, timeoutMs, lastComplaint));
      });
      const request: PendingRequest = { subject, timer, resolve, reject };
      this.#requests.set(token, request);
      try {
        this.#publish(subject, payload, this.#inbox.replySubject(token));
      } catch (error) {
        this.#settle(token, request);
        throw error;
      }
    });
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    if (!this.#connection.isConnected) throw new BusDisconnected("the line is broken");
    let stopHearing: () => void = () => undefined;
    const broken = new Promise<never>((_, reject) => {
      stopHearing = this.#connection.onBroken(() => reject(new BusDisconnected("the line broke")));
    });
    const flushed = this.#connection.nats.flush().catch((error: unknown) => {
      throw new BusDisconnected("the line broke", error);
    });
    try {
      await Promise.race([flushed, broken]);
    } finally {
      stopHearing();
    }
  }

  onReconnect(listener: () => void): void {
    this.#assertOpen();
    this.#stopHearing.push(this.#connection.onReturn(listener));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const stopHearing of this.#stopHearing) stopHearing();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const [token, request] of this.#requests) {
      this.#settle(token, request);
      request.reject(new BusDisconnected("closed"));
    }
    this.#inbox.close();
  }

  #publish(subject: string, payload: Uint8Array, reply?: string): void {
    const { messageBytesMax, nats } = this.#connection;
    if (payload.length > messageBytesMax) {
      throw new PayloadTooLarge(payload.length, messageBytesMax);
    }
    nats.publish(subject, payload, reply === undefined ? undefined : { reply });
  }

  #settle(token: number, request: PendingRequest): void {
    request.timer.cancel();
    this.#requests.delete(token);
  }

  #assertOpen(): void {
    if (this.#closed || this.#connection.isClosed) throw new BusDisconnected("closed");
  }
}

/**
 * An error thrown in here is nobody's but the process's. Thrown in the client library's callback it
 * would end the library's reading loop, with a line on the console and a connection gone deaf.
 */
function callUncaught(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

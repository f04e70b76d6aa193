/**
 * The bus: messages between processes that may get lost.
 *
 * At most once, in the order of each publisher, to whoever listens at that moment. Whatever must
 * not get lost goes through a log, or is numbered so that its receiver notices and asks again.
 * `memory-bus.ts` and `jetstream-bus.ts` implement it, `bus.conformance.ts` holds both to this.
 */

export interface BusMessage {
  readonly subject: string;
  /** To be read only. */
  readonly payload: Uint8Array;
  /** Answers whoever asked; undefined when nobody waits for an answer. */
  readonly respond?: (payload: Uint8Array) => void;
}

export type BusListener = (message: BusMessage) => void;

export interface BusSubscription {
  /** The listener is not called after this returns. */
  unsubscribe(): void;
}

export interface SubscribeOptions {
  /** Of all that subscribe under one queue name, each message reaches one. */
  readonly queue?: string;
}

export interface RequestOptions {
  readonly timeoutMs: number;
}

export interface Bus {
  /**
   * Hands a message on and does not wait. It is lost if nobody listens or the line is broken. The
   * payload must not be changed before a `flush` that follows has resolved.
   */
  publish(subject: string, payload: Uint8Array): void;

  /**
   * Listens on a subject, in which `*` stands for one token and a last `>` for one or more. If the
   * listener throws, that is a defect: nothing here catches it. `flush` tells when others' messages
   * are sure to arrive.
   */
  subscribe(subject: string, listener: BusListener, options?: SubscribeOptions): BusSubscription;

  /**
   * Resolves with the first answer. Rejects with `NoResponders` when nobody listens, and with
   * `RequestTimedOut` when nobody answered in time though somebody may have acted.
   */
  request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array>;

  /**
   * Resolves when all that was published and subscribed before has reached a server. Rejects with
   * `BusDisconnected` when the line broke: then it may not have.
   */
  flush(): Promise<void>;

  /** Calls back after each time the line was broken: messages may have been missed. */
  onReconnect(listener: () => void): void;

  /** Ends all subscriptions. Whatever is called afterwards fails with `BusDisconnected`. */
  close(): Promise<void>;
}

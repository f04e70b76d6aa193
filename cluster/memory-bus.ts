/**
 * The bus's in-memory twin, for tests and for the simulator.
 *
 * `MemoryBusNetwork` is what joins them; each `connect` gives one more bus on it, as each process
 * has one. Deliveries go through the network's schedule, by default as microtasks, one after the
 * other in the order of publishing.
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
import { systemClock, type Clock } from "./clock.ts";
import { BusDisconnected, NoResponders, RequestTimedOut } from "./faults.ts";

export interface MemoryBusOptions {
  /** What requests wait by. */
  readonly clock?: Clock;
  /** Runs a delivery later; those scheduled must run in order, or that is the fault under test. */
  readonly schedule?: (deliver: () => void) => void;
}

interface Subscription {
  readonly bus: MemoryBus;
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly listener: BusListener;
}

export class MemoryBusNetwork {
  readonly clock: Clock;
  readonly schedule: (deliver: () => void) => void;
  /** In the order of subscribing. */
  readonly #subscriptions = new Set<Subscription>();
  #deliveries = 0;

  constructor(options: MemoryBusOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.schedule = options.schedule ?? queueMicrotask;
  }

  /** One more bus on this network. */
  connect(): MemoryBus {
    return new MemoryBus(this);
  }

  add(subscription: Subscription): void {
    this.#subscriptions.add(subscription);
  }

  remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
  }

  /** Delivers to everybody who listens now, and returns how many do. */
  send(message: BusMessage): number {
    const receivers = this.#receiversOf(message.subject);
    for (const receiver of receivers) {
      this.schedule(() => {
        // It may have gone, or its line may have broken, while the message was on its way.
        if (this.#subscriptions.has(receiver) && receiver.bus.isReachable)
          receiver.listener(message);
      });
    }
    return receivers.length;
  }

  /** All without a queue, and one of each queue, in turn. */
  #receiversOf(subject: string): readonly Subscription[] {
    const queues = new Map<string, Subscription[]>();
    const receivers: Subscription[] = [];
    for (const subscription of this.#subscriptions) {
      const { bus, pattern, queue } = subscription;
      if (!bus.isReachable || !matchesSubject(pattern, subject)) continue;
      if (queue === undefined) receivers.push(subscription);
      else queues.set(queue, [...(queues.get(queue) ?? []), subscription]);
    }
    this.#deliveries += 1;
    for (const members of queues.values()) {
      const chosen = members[this.#deliveries % members.length];
      assert(chosen !== undefined);
      receivers.push(chosen);
    }
    return receivers;
  }
}

export class MemoryBus implements Bus {
  readonly #network: MemoryBusNetwork;
  readonly #subscriptions = new Set<Subscription>();
  readonly #reconnectListeners: (() => void)[] = [];
  readonly #failWaiting = new Set<(fault: BusDisconnected) => void>();
  #state: "open" | "cut-off" | "closed" = "open";

  /** Without a network to join it is alone with itself. */
  constructor(network: MemoryBusNetwork = new MemoryBusNetwork()) {
    this.#network = network;
  }

  get isReachable(): boolean {
    return this.#state === "open";
  }

  /** Whether this bus reaches the others; while it does not, what it sends and misses is lost. */
  setReachable(reachable: boolean): void {
    assert(this.#state !== "closed");
    const wasReachable = this.isReachable;
    this.#state = reachable ? "open" : "cut-off";
    if (reachable && !wasReachable) for (const listener of this.#reconnectListeners) listener();
  }

  publish(subject: string, payload: Uint8Array): void {
    assertPublishSubject(subject);
    this.#assertOpen();
    if (this.isReachable) this.#network.send({ subject, payload: new Uint8Array(payload) });
  }

  subscribe(
    subject: string,
    listener: BusListener,
    options: SubscribeOptions = {},
  ): BusSubscription {
    assertSubscribeSubject(subject);
    this.#assertOpen();
    const subscription = { bus: this, pattern: subject, queue: options.queue, listener };
    this.#subscriptions.add(subscription);
    this.#network.add(subscription);
    return {
      unsubscribe: () => {
        this.#subscriptions.delete(subscription);
        this.#network.remove(subscription);
      },
    };
  }

  async request(
    subject: string,
    payload: Uint8Array,
    { timeoutMs }: RequestOptions,
  ): Promise<Uint8Array> {
    assertPublishSubject(subject);
    this.#assertOpen();
    const { clock, schedule } = this.#network;
    let finish: () => void = () => undefined;
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      const timer = clock.after(timeoutMs, () => reject(new RequestTimedOut(subject, timeoutMs)));
      this.#failWaiting.add(reject);
      finish = () => {
        timer.cancel();
        this.#failWaiting.delete(reject);
      };
      if (!this.isReachable) return;
      const respond = (bytes: Uint8Array) => schedule(() => this.isReachable && resolve(bytes));
      const receivers = this.#network.send({ subject, payload, respond });
      if (receivers === 0) reject(new NoResponders(subject));
    });
    return await answer.finally(finish);
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    if (!this.isReachable) throw new BusDisconnected("cut off");
    await new Promise<void>((resolve) => this.#network.schedule(resolve));
  }

  onReconnect(listener: () => void): void {
    this.#reconnectListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#state = "closed";
    for (const subscription of this.#subscriptions) this.#network.remove(subscription);
    this.#subscriptions.clear();
    for (const fail of this.#failWaiting) fail(new BusDisconnected("closed"));
  }

  #assertOpen(): void {
    if (this.#state === "closed") throw new BusDisconnected("closed");
  }
}

/** Whether a message to `subject` reaches who subscribed to `pattern`. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const given = subject.split(".");
  if (wanted.at(-1) === ">") {
    wanted.pop();
    if (given.length <= wanted.length) return false;
    given.length = wanted.length;
  }
  return (
    wanted.length === given.length &&
    wanted.every((token, index) => token === "*" || token === given[index])
  );
}

/**
 * The bus over simulated servers.
 */
import { assertPublishSubject, assertSubscribeSubject } from "../../../cluster/bus-subject.ts";
import type {
  Bus,
  BusListener,
  BusSubscription,
  RequestOptions,
  SubscribeOptions,
} from "../../../cluster/bus.ts";
import { BusDisconnected, NoResponders, RequestTimedOut } from "../../../cluster/faults.ts";
import type { Interest, NatsServers } from "./nats-servers.ts";
import type { ServerLine } from "./server-line.ts";

export class SimBus implements Bus {
  readonly #servers: NatsServers;
  readonly #line: ServerLine;
  readonly #interests = new Set<Interest>();
  readonly #failWaiting = new Set<(fault: BusDisconnected) => void>();
  #isClosed = false;
  /** After so many more messages its process dies in the middle of speaking; see `killAfter`. */
  #messagesLeft = Infinity;

  constructor(servers: NatsServers, line: ServerLine) {
    this.#servers = servers;
    this.#line = line;
    line.process.onDeath(() => this.#end());
    line.onBroken(() => {
      for (const fail of this.#failWaiting) fail(new BusDisconnected("the line broke"));
    });
  }

  /** Its process is killed once it has sent so many messages more. */
  killAfter(messages: number): void {
    this.#messagesLeft = messages;
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#publish(subject, payload);
  }

  #publish(subject: string, payload: Uint8Array, respond?: (payload: Uint8Array) => void): number {
    assertPublishSubject(subject);
    this.#assertOpen();
    if (this.#messagesLeft <= 0) return 1;
    this.#messagesLeft -= 1;
    if (this.#messagesLeft === 0) this.#servers.time.after(0, () => this.#line.process.kill());
    return this.#servers.publish(this.#line, {
      subject,
      payload: new Uint8Array(payload),
      respond,
    });
  }

  subscribe(
    subject: string,
    listener: BusListener,
    options: SubscribeOptions = {},
  ): BusSubscription {
    assertSubscribeSubject(subject);
    this.#assertOpen();
    const interest: Interest = {
      line: this.#line,
      pattern: subject,
      queue: options.queue,
      listener: ({ respond, ...message }) => listener(respond ? { ...message, respond } : message),
    };
    this.#interests.add(interest);
    this.#servers.addInterest(interest);
    return {
      unsubscribe: () => {
        this.#interests.delete(interest);
        this.#servers.removeInterest(interest);
      },
    };
  }

  async request(
    subject: string,
    payload: Uint8Array,
    { timeoutMs }: RequestOptions,
  ): Promise<Uint8Array> {
    this.#assertOpen();
    const line = this.#line;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const timer = line.process.after(timeoutMs, () => {
      reject(new RequestTimedOut(subject, timeoutMs));
    });
    this.#failWaiting.add(reject);
    const respond = (answer: Uint8Array): void => resolve(answer);
    const heard = this.#publish(subject, payload, respond);
    if (heard === 0 && line.isConnected) reject(new NoResponders(subject));
    return await promise.finally(() => {
      timer.cancel();
      this.#failWaiting.delete(reject);
    });
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    const line = this.#line;
    const { server, machine } = line;
    if (server === undefined) throw new BusDisconnected("not connected");
    await new Promise<void>((resolve, reject) => {
      this.#failWaiting.add(reject);
      const done = (): void => {
        this.#failWaiting.delete(reject);
        resolve();
      };
      this.#servers.network.send({
        path: [machine, server, machine],
        order: `flushes>${line.name}`,
        deliver: () => line.act(done),
        isSure: true,
      });
    });
  }

  onReconnect(listener: () => void): void {
    this.#line.onReturn(listener);
  }

  close(): Promise<void> {
    this.#end();
    this.#line.close();
    for (const fail of this.#failWaiting) fail(new BusDisconnected("closed"));
    return Promise.resolve();
  }

  #end(): void {
    this.#isClosed = true;
    for (const interest of this.#interests) this.#servers.removeInterest(interest);
    this.#interests.clear();
  }

  #assertOpen(): void {
    if (this.#isClosed && !this.#line.process.isDead) throw new BusDisconnected("closed");
  }
}

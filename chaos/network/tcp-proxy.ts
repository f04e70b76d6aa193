/**
 * A way from one address to another that can be broken as networks break: it listens on loopback,
 * passes bytes on to its target, and may delay, slow, hold, swallow or cut what passes.
 *
 * Held bytes and ends of connections come later, in order, as what TCP repeats until it gets
 * through; connection attempts wait, too. Swallowed ones are gone, and with them the connection
 * once the way is mended: nothing false is ever passed on.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Condition } from "./condition.ts";
import { sound } from "./condition.ts";
import { Passage } from "./passage.ts";

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

export class TcpProxy {
  readonly #server: Server;
  readonly #target: ProxyTarget;
  readonly #links = new Set<Link>();
  #condition = sound;

  private constructor(server: Server, target: ProxyTarget) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (socket: Socket) => this.#accept(socket));
  }

  /** Listens on a free port of loopback. */
  static async listen(target: ProxyTarget): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new TcpProxy(server, target);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#links.size;
  }

  /** What is not named is sound. */
  become(condition: Partial<Condition>): void {
    this.#condition = { ...sound, ...condition };
    for (const link of this.#links) link.become(this.#condition);
  }

  /** Breaks every connection by a reset, at both ends; new ones are taken. */
  reset(): void {
    for (const link of this.#links) link.reset();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.reset();
    await closed;
  }

  #accept(socket: Socket): void {
    if (this.#condition.isCut) {
      socket.on("error", () => undefined);
      socket.resetAndDestroy();
      return;
    }
    const link = new Link(socket, this.#target, this.#condition);
    this.#links.add(link);
    void link.ended.then(() => this.#links.delete(link));
  }
}

/** One connection: the socket that came, the one to the target, and the two passages between. */
class Link {
  readonly ended: Promise<void>;
  readonly #near: Socket;
  readonly #target: ProxyTarget;
  readonly #end: () => void;
  readonly #there: Passage;
  #back: Passage | undefined;
  #far: Socket | undefined;
  #condition: Condition;

  constructor(near: Socket, target: ProxyTarget, condition: Condition) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    this.#near = near;
    this.#target = target;
    this.#condition = condition;
    this.#there = new Passage(near, () => this.reset());
    near.once("close", () => this.#closed());
    this.become(condition);
  }

  become(condition: Condition): void {
    this.#condition = condition;
    if (condition.isCut) {
      this.reset();
      return;
    }
    // The first packets of a connection go both ways.
    const canDial = condition.there === "pass" && condition.back === "pass";
    if (this.#far === undefined && canDial) this.#dial();
    this.#there.become(condition.there, condition);
    this.#back?.become(condition.back, condition);
  }

  reset(): void {
    this.#near.resetAndDestroy();
    this.#far?.resetAndDestroy();
    this.#end();
  }

  #dial(): void {
    const far = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    this.#far = far;
    this.#back = new Passage(far, () => this.reset());
    far.once("close", () => this.#closed());
    this.#there.lead(far);
    this.#back.lead(this.#near);
    this.#back.become(this.#condition.back, this.#condition);
  }

  #closed(): void {
    if (this.#near.destroyed && this.#far?.destroyed !== false) this.#end();
  }
}

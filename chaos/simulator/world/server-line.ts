/**
 * A line from a process to one of the servers at a time: breaks when that server or the way there
 * dies, and is made again to another one.
 */
import type { Chance } from "./chance.ts";
import type { Network } from "./network.ts";
import type { SimProcess } from "./sim-process.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How often each end looks whether the other one is there. */
const pingMs = 1000;
/** After so long without a sign of life the line is given up. */
const silenceMsMax = 2500;
/** A line that seems to lead nowhere is not moved more often; see jetstream-connection.ts. */
const moveEveryMs = 10_000;
const redialMsMin = 50;
const redialMsMax = 100;

/** The servers as a line knows them. */
export interface LineServers {
  readonly names: readonly string[];
  readonly time: VirtualTime;
  readonly network: Network;
  readonly chance: Chance;
  isAlive(name: string): boolean;
  processOf(name: string): SimProcess;
}

/** Whose line it is, and what it is called. */
export interface LineEnd {
  readonly process: SimProcess;
  readonly machine: string;
  readonly name: string;
}

export class ServerLine {
  readonly name: string;
  readonly machine: string;
  readonly process: SimProcess;
  readonly #servers: LineServers;
  #server: string | undefined;
  /** The process of the server that it is made to: a restarted one knows nothing of it. */
  #peer: SimProcess | undefined;
  #isClosed = false;
  #silentSinceMs: number | undefined;
  #movedAtMs: number;
  readonly #brokenListeners = new Set<() => void>();
  readonly #returnListeners = new Set<() => void>();

  constructor(servers: LineServers, { process, machine, name }: LineEnd) {
    this.#servers = servers;
    this.process = process;
    this.machine = machine;
    this.name = name;
    this.#movedAtMs = process.nowMs();
    this.#dial();
    process.onDeath(() => this.close());
  }

  /** Which server it is connected to; undefined while it is broken. */
  get server(): string | undefined {
    return this.#server;
  }

  get isConnected(): boolean {
    return this.#server !== undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  act(callback: () => void): void {
    this.process.act(() => {
      if (!this.#isClosed) callback();
    });
  }

  /** Calls back as it breaks; gives a function that ends that. */
  onBroken(listener: () => void): () => void {
    this.#brokenListeners.add(listener);
    return () => void this.#brokenListeners.delete(listener);
  }

  /** Calls back when it has been made again. */
  onReturn(listener: () => void): () => void {
    this.#returnListeners.add(listener);
    return () => void this.#returnListeners.delete(listener);
  }

  /** It seems to lead nowhere: another server is tried, unless that was done a moment ago. */
  suspect(): void {
    const nowMs = this.process.nowMs();
    if (!this.isConnected || nowMs - this.#movedAtMs < moveEveryMs) return;
    this.#movedAtMs = nowMs;
    this.#break();
  }

  close(): void {
    this.#isClosed = true;
    this.#server = undefined;
  }

  #dial(): void {
    if (this.#isClosed) return;
    const { names, network, chance } = this.#servers;
    const server = chance.shuffled(names).find((name) => {
      const isReached = !network.isCut(this.machine, name) && !network.isCut(name, this.machine);
      return this.#servers.isAlive(name) && isReached;
    });
    if (server === undefined) return this.#redialLater();
    this.#server = server;
    this.#peer = this.#servers.processOf(server);
    this.#silentSinceMs = undefined;
    const peer = this.#peer;
    peer.onDeath(() => {
      const noticedMs = chance.between(0, 5);
      this.#servers.time.after(noticedMs, () => this.act(() => this.#breakFrom(peer)));
    });
    this.#pingLater(peer);
  }

  #redialLater(): void {
    const pauseMs = this.#servers.chance.between(redialMsMin, redialMsMax);
    this.process.after(pauseMs, () => {
      if (this.#isClosed || this.isConnected) return;
      this.#dial();
      if (!this.#isConnectedNow()) return;
      for (const listener of this.#returnListeners) listener();
    });
  }

  #isConnectedNow(): boolean {
    return this.#server !== undefined;
  }

  #pingLater(peer: SimProcess): void {
    this.process.after(pingMs, () => {
      if (this.#peer !== peer || this.#isClosed || this.#server === undefined) return;
      const { network, time } = this.#servers;
      const server = this.#server;
      const isAnswered =
        !network.isCut(this.machine, server) &&
        !network.isCut(server, this.machine) &&
        this.#servers.isAlive(server);
      if (isAnswered) this.#silentSinceMs = undefined;
      else this.#silentSinceMs ??= time.nowMs;
      const silentMs = time.nowMs - (this.#silentSinceMs ?? time.nowMs);
      if (silentMs >= silenceMsMax - pingMs) this.#break();
      else this.#pingLater(peer);
    });
  }

  #breakFrom(peer: SimProcess): void {
    if (this.#peer === peer && this.isConnected) this.#break();
  }

  #break(): void {
    this.#server = undefined;
    this.#peer = undefined;
    for (const listener of this.#brokenListeners) listener();
    this.#redialLater();
  }
}

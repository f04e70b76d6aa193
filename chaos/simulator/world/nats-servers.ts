/**
 * Simulated nats-servers: who is connected to which of them, and how a message gets from one line
 * to another.
 *
 * What is modeled is what the servers do to us: interest that outlives a broken route, lines that
 * break late, messages that nobody hears of again.
 */
import { matchesSubject } from "../../../cluster/memory-bus.ts";
import { assert } from "../../../protocols/index.ts";
import type { Chance } from "./chance.ts";
import type { Network } from "./network.ts";
import { ServerLine } from "./server-line.ts";
import { SimProcess } from "./sim-process.ts";
import type { Trace } from "./trace.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface BusMessageOnWire {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Sends an answer to whoever asked. */
  readonly respond?: ((payload: Uint8Array) => void) | undefined;
}

export interface Interest {
  readonly line: ServerLine;
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly listener: (message: BusMessageOnWire) => void;
}

/** One server: its process of the moment, and its wall clock, which may be wrong. */
interface ServerState {
  process: SimProcess;
  isUp: boolean;
  wallOffsetMs: number;
  readonly startListeners: (() => void)[];
}

export interface NatsServersOptions {
  readonly names: readonly string[];
  readonly time: VirtualTime;
  readonly network: Network;
  readonly chance: Chance;
  readonly trace: Trace;
}

export class NatsServers {
  readonly names: readonly string[];
  readonly time: VirtualTime;
  readonly network: Network;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly #servers = new Map<string, ServerState>();
  readonly #interests = new Set<Interest>();
  /** Who listens on which subject; emptied when anybody begins or ends to listen. */
  readonly #matching = new Map<string, readonly Interest[]>();
  #linesMade = 0;

  constructor({ names, time, network, chance, trace }: NatsServersOptions) {
    this.names = names;
    this.time = time;
    this.network = network;
    this.chance = chance;
    this.trace = trace;
    for (const name of names) {
      const process = this.#newProcess(name);
      this.#servers.set(name, { process, isUp: true, wallOffsetMs: 0, startListeners: [] });
    }
  }

  #newProcess(name: string): SimProcess {
    return new SimProcess(name, this.time, { offsetMs: 0, rate: 1 });
  }

  #state(name: string): ServerState {
    const state = this.#servers.get(name);
    assert(state !== undefined, "no such server");
    return state;
  }

  // ---- Servers -----------------------------------------------------------------------------

  isUp(name: string): boolean {
    return this.#state(name).isUp;
  }

  /** Whether it runs and answers. */
  isAlive(name: string): boolean {
    const { isUp, process } = this.#state(name);
    return isUp && !process.isPaused;
  }

  processOf(name: string): SimProcess {
    return this.#state(name).process;
  }

  /** By its own wall clock. */
  wallMs(name: string): number {
    return this.time.nowMs + this.#state(name).wallOffsetMs;
  }

  setWallOffset(name: string, ms: number): void {
    this.#state(name).wallOffsetMs = ms;
  }

  kill(name: string): void {
    const state = this.#state(name);
    state.isUp = false;
    state.process.kill();
  }

  start(name: string): void {
    const state = this.#state(name);
    assert(!state.isUp, "that server is up");
    state.process = this.#newProcess(name);
    state.isUp = true;
    for (const listener of state.startListeners) listener();
  }

  onStart(name: string, listener: () => void): void {
    this.#state(name).startListeners.push(listener);
  }

  /** Whether the route between two servers is up as far as they know. */
  areJoined(a: string, b: string): boolean {
    return a === b || (this.isUp(a) && this.isUp(b) && !this.network.isKnownCut(a, b));
  }

  // ---- Lines -------------------------------------------------------------------------------

  connect(process: SimProcess, machine: string): ServerLine {
    this.#linesMade += 1;
    const name = `${process.name}#${String(this.#linesMade)}`;
    return new ServerLine(this, { process, machine, name });
  }

  addInterest(interest: Interest): void {
    this.#interests.add(interest);
    this.#matching.clear();
  }

  removeInterest(interest: Interest): void {
    this.#interests.delete(interest);
    this.#matching.clear();
  }

  /** Routes a message, and says how many the servers believe to be listening. */
  publish(line: ServerLine, message: BusMessageOnWire): number {
    const { server } = line;
    if (server === undefined) return 0;
    this.trace.tell(this.time.nowMs, `${line.name} ${message.subject}`, message.payload);
    const receivers = this.#receiversOf(server, message.subject);
    for (const interest of receivers) this.#carry(line, interest, message);
    return receivers.length;
  }

  #carry(line: ServerLine, interest: Interest, { respond, ...message }: BusMessageOnWire): void {
    const to = interest.line;
    const answer = respond && {
      respond: (payload: Uint8Array) =>
        this.carry(to, line, () => respond(new Uint8Array(payload))),
    };
    this.carry(line, to, () => {
      if (this.#interests.has(interest)) interest.listener({ ...message, ...answer });
    });
  }

  /** Has something happen at the other end of the way from one line to another. */
  carry(from: ServerLine, to: ServerLine, act: () => void): void {
    if (from.server === undefined || to.server === undefined) return;
    this.network.send({
      path: [from.machine, from.server, to.server, to.machine],
      order: `${from.name}>${to.name}`,
      deliver: () => to.act(act),
    });
  }

  #listenersOn(subject: string): readonly Interest[] {
    let matching = this.#matching.get(subject);
    if (matching === undefined) {
      matching = [...this.#interests].filter(({ pattern }) => matchesSubject(pattern, subject));
      this.#matching.set(subject, matching);
    }
    return matching;
  }

  /** All without a queue, and one of each queue. */
  #receiversOf(server: string, subject: string): readonly Interest[] {
    const queues = new Map<string, Interest[]>();
    const receivers: Interest[] = [];
    for (const interest of this.#listenersOn(subject)) {
      const there = interest.line.server;
      if (there === undefined || !this.areJoined(server, there)) continue;
      const { queue } = interest;
      if (queue === undefined) receivers.push(interest);
      else queues.set(queue, [...(queues.get(queue) ?? []), interest]);
    }
    for (const members of queues.values()) receivers.push(this.chance.pick(members));
    return receivers;
  }
}

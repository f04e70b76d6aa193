/**
 * The nats-servers of one machine, started and supervised: for `npm start` and for the drills that
 * break them. Stops only what it started; everything it knows is on disk, so that the next start
 * resumes from there.
 *
 * A server that was told to go stays down until `restart`. One that goes by itself, or because
 * somebody else killed it, comes back after a delay when the option `restart` says so.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { TlsFiles } from "../credentials/certificates.ts";
import type { Keys } from "../credentials/keys.ts";
import { supportsSyncAlways } from "../setup/nats-server.mjs";
import { DiskWatch } from "./disk-watch.ts";
import type { WatchedDisk } from "./disk-watch.ts";
import type { SiteLink } from "./nats-configuration.ts";
import { NatsServersFault } from "./nats-servers-fault.ts";
import type { FirstPorts, ServerPorts } from "./ports.ts";
import { portsOf, standardPorts } from "./ports.ts";
import { prepareServers } from "./preparation.ts";
import {
  findHindrance,
  findMetaLeader,
  hasGivenUpStore,
  holdEverything,
  isReadingStore,
} from "./readiness.ts";
import type { ServerFiles } from "./server-files.ts";
import { serverFiles } from "./server-files.ts";
import type { ServerExit } from "./server-process.ts";
import { lastComplaint, ServerProcess } from "./server-process.ts";
import { setStoreAside, storedBytes, storedStreams } from "./set-aside.ts";
import { StoreKeeper } from "./store-keeper.ts";
import type { KeptServer } from "./store-keeper.ts";

export interface NatsServersOptions {
  /** As `findNatsServer()` returns it. */
  readonly binary: { readonly path: string; readonly version: string };
  readonly dataDirectory: string;
  readonly keys: Keys;
  readonly count?: number;
  readonly host?: string;
  readonly firstPorts?: FirstPorts;
  /** By server: where it finds the others, when that is not where they listen. */
  readonly routePorts?: Readonly<Record<string, readonly number[]>>;
  /** With which certificates they encrypt; undefined for in the clear. */
  readonly tls?: TlsFiles | undefined;
  /** How the first server is connected with another site; the others' ports are the next ones. */
  readonly siteLink?: SiteLink | undefined;
  /** Whether a server that goes by itself is started again. */
  readonly restart?: boolean;
  readonly restartDelayMs?: number;
  readonly readyTimeoutMs?: number;
  /** After how long a server that is to be restarted, and still reads its store, may be stuck. */
  readonly readPatienceMs?: number;
  /** How long a server may take to stop before it is killed. */
  readonly stopTimeoutMs?: number;
  readonly onEvent?: (event: NatsServersEvent) => void;
}

export type NatsServersEvent =
  | { readonly kind: "server-started"; readonly name: string; readonly pid: number }
  | { readonly kind: "server-waiting"; readonly name: string; readonly reason: string }
  | { readonly kind: "server-ready"; readonly name: string; readonly afterMs: number }
  | { readonly kind: "leader-elected"; readonly name: string; readonly afterMs: number }
  | {
      readonly kind: "server-exited";
      readonly name: string;
      readonly exit: ServerExit;
      readonly expected: boolean;
    }
  /** It had no room left, stopped storing, and is started anew now that there is some. */
  | { readonly kind: "store-given-up"; readonly name: string }
  /** Its disk stands still, and so does it until that goes again. */
  | { readonly kind: "disk-stalled"; readonly name: string }
  | { readonly kind: "disk-moving"; readonly name: string; readonly stalledMs: number }
  /** It could not read its store, which is in this folder now, and begins with an empty one. */
  | { readonly kind: "store-set-aside"; readonly name: string; readonly folder: string }
  | { readonly kind: "restart-scheduled"; readonly name: string; readonly delayMs: number }
  | { readonly kind: "restart-failed"; readonly name: string; readonly error: unknown };

export interface ServerStatus {
  readonly name: string;
  readonly phase: Phase["kind"];
  readonly pid: number | undefined;
  readonly ports: ServerPorts;
  readonly url: string;
  readonly monitorUrl: string;
  readonly logFile: string;
}

/** What one server does. `leaving`: it was told to go. `awaiting-restart`: it went by itself. */
type Phase =
  | { readonly kind: "down" }
  | { readonly kind: "up"; readonly process: ServerProcess }
  | { readonly kind: "leaving"; readonly process: ServerProcess }
  | { readonly kind: "awaiting-restart"; readonly timer: NodeJS.Timeout };

interface Member {
  readonly name: string;
  readonly ports: ServerPorts;
  readonly url: string;
  readonly monitorUrl: string;
  files: ServerFiles;
  phase: Phase;
  launchedAtMs: number;
  /** Since when it has tried to come to serve, by however many starts; undefined once it did. */
  startingSinceMs: number | undefined;
  /** Whether it is about to be started with an empty store. */
  isBeingMended: boolean;
  /** What those wait for who want it to serve. */
  ready: Promise<void> | undefined;
}

const defaults = {
  count: 3,
  host: "127.0.0.1",
  firstPorts: standardPorts,
  routePorts: {},
  siteLink: undefined,
  tls: undefined,
  restart: false,
  restartDelayMs: 1000,
  readyTimeoutMs: 60_000,
  readPatienceMs: 30_000,
  stopTimeoutMs: 10_000,
  onEvent: () => {},
} satisfies Partial<NatsServersOptions>;

const pollMs = 50;

export class NatsServers {
  readonly #options: Required<NatsServersOptions>;
  readonly #members: readonly Member[];
  readonly #keeper: StoreKeeper;
  readonly #disks: DiskWatch;
  /** Aborted by `stop`, and until the first `start`. */
  #running = new AbortController();

  constructor(options: NatsServersOptions) {
    this.#running.abort();
    this.#options = { ...defaults, ...options };
    const { count, host, firstPorts, dataDirectory } = this.#options;
    this.#members = Array.from({ length: count }, (_, index) => {
      const name = `n${index + 1}`;
      const ports = portsOf(firstPorts, index);
      return {
        name,
        ports,
        url: `nats://${host}:${ports.client}`,
        monitorUrl: `http://${host}:${ports.monitor}`,
        files: serverFiles(dataDirectory, name),
        phase: { kind: "down" },
        launchedAtMs: 0,
        startingSinceMs: undefined,
        isBeingMended: false,
        ready: undefined,
      };
    });
    this.#keeper = new StoreKeeper({
      servers: () => this.#kept(),
      hasGivenUp: hasGivenUpStore,
      isReading: isReadingStore,
      storedBytes,
      isDispensable: (server) => this.#isDispensable(server),
      restart: (name) => this.#startAnew(this.#member(name)),
      setAside: (name) => this.#setAside(this.#member(name)),
      onServing: (name) => {
        this.#member(name).startingSinceMs = undefined;
      },
      patienceMs: this.#options.readPatienceMs,
    });
    this.#disks = new DiskWatch({
      disks: () => this.#watchedDisks(),
      onStalled: (name) => {
        this.#options.onEvent({ kind: "disk-stalled", name });
        void this.kill(name, "SIGSTOP");
      },
      onMoving: (name, stalledMs) => {
        void this.kill(name, "SIGCONT");
        this.#options.onEvent({ kind: "disk-moving", name, stalledMs: Math.round(stalledMs) });
      },
    });
  }

  /** For clients: all servers, so that they find one that is up. */
  get urls(): string[] {
    return this.#members.map(({ url }) => url);
  }

  /** Whether an acknowledged message survives a power cut of all servers at once. */
  get survivesPowerCut(): boolean {
    return supportsSyncAlways(this.#options.binary.version);
  }

  status(): ServerStatus[] {
    return this.#members.map(({ name, phase, ports, url, monitorUrl, files }) => ({
      name,
      phase: phase.kind,
      pid: "process" in phase ? phase.process.pid : undefined,
      ports,
      url,
      monitorUrl,
      logFile: files.logFile,
    }));
  }

  /**
   * Resolves when every server serves, its streams are up to date and the servers have a leader:
   * the next request will succeed. Rejects with `NatsServersFault`, and then nothing of it runs.
   */
  async start(): Promise<void> {
    this.#running = new AbortController();
    const root = await prepareServers(this.#options, this.#members);
    for (const member of this.#members) member.files = serverFiles(root, member.name);
    const startedAtMs = performance.now();
    try {
      for (const member of this.#members) this.#launch(member);
      if (this.#options.restart) {
        this.#keeper.start();
        this.#disks.start();
      }
      await this.#untilReady(this.#members);
      if (this.#members.length > 1) await this.#untilLeaderElected(startedAtMs);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops all of them at once, gracefully at first. May be called at any time, and again. */
  async stop(): Promise<void> {
    this.#running.abort();
    this.#keeper.stop();
    this.#disks.stop();
    await Promise.all(this.#members.map(async (member) => await this.#takeDown(member)));
  }

  /**
   * Sends a signal to a server that is up. When it is one that ends a process, resolves after the
   * server is gone; with SIGSTOP, SIGCONT and the like, at once.
   */
  async kill(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const member = this.#member(name);
    if (endingSignals.has(signal)) {
      const process = leave(member);
      process?.signal(signal);
      await process?.exited;
    } else if ("process" in member.phase) {
      member.phase.process.signal(signal);
    }
  }

  /** Has a server hand over what it leads, send its clients away and go. Takes some seconds. */
  async lameDuck(name: string): Promise<void> {
    await this.kill(name, "SIGUSR2");
  }

  /** Stops a server if it is up, starts it, and resolves when it has caught up with the others. */
  async restart(name: string): Promise<void> {
    const member = this.#member(name);
    await this.#takeDown(member);
    // Who mends it starts it, too.
    if (!member.isBeingMended) this.#launch(member);
    await this.#untilReady([member]);
  }

  #member(name: string): Member {
    const member = this.#members.find((candidate) => candidate.name === name);
    if (member === undefined) throw new RangeError(`there is no nats-server ${name}`);
    return member;
  }

  #launch(member: Member): void {
    this.#checkRunning();
    if (member.phase.kind !== "down") throw new Error(`${member.name} is ${member.phase.kind}`);
    const process = ServerProcess.start(this.#options.binary.path, member.files);
    member.phase = { kind: "up", process };
    // Those who waited for an earlier start hear how that ended; who mends it is waited for.
    if (!member.isBeingMended) member.ready = undefined;
    member.isBeingMended = false;
    member.launchedAtMs = performance.now();
    member.startingSinceMs ??= member.launchedAtMs;
    this.#options.onEvent({ kind: "server-started", name: member.name, pid: process.pid });
    void process.exited.then((exit) => this.#onExit(member, exit));
  }

  #onExit(member: Member, exit: ServerExit): void {
    const { restart, restartDelayMs: delayMs, onEvent } = this.#options;
    const expected = member.phase.kind === "leaving";
    member.phase = { kind: "down" };
    onEvent({ kind: "server-exited", name: member.name, exit, expected });
    if (expected || !restart || this.#running.signal.aborted) return;
    const timer = setTimeout(() => void this.#bringBack(member), delayMs);
    member.phase = { kind: "awaiting-restart", timer };
    onEvent({ kind: "restart-scheduled", name: member.name, delayMs });
  }

  async #bringBack(member: Member): Promise<void> {
    member.phase = { kind: "down" };
    try {
      this.#launch(member);
      await this.#untilReady([member]);
    } catch (error) {
      // If it has ended again, its next restart is scheduled already.
      this.#options.onEvent({ kind: "restart-failed", name: member.name, error });
    }
  }

  #kept(): readonly KeptServer[] {
    const up = this.#members.filter(({ phase }) => phase.kind === "up");
    return up.map(({ name, monitorUrl, files, startingSinceMs: sinceMs }) => {
      const startingMs = sinceMs === undefined ? undefined : performance.now() - sinceMs;
      return { name, monitorUrl, storeDirectory: files.storeDirectory, startingMs };
    });
  }

  /** While one of them is down, the others are needed, however slow. */
  #watchedDisks(): readonly WatchedDisk[] {
    if (!this.#members.every(({ phase }) => phase.kind === "up")) return [];
    return this.#members.map(({ name, files }) => ({ name, folder: files.directory }));
  }

  /** With two of three up to date, what was committed is on both: one that forgets does no harm. */
  async #isDispensable({ name, storeDirectory }: KeptServer): Promise<boolean> {
    const others = this.#members.filter((member) => member.name !== name);
    const isUp = others.every(({ phase }) => phase.kind === "up");
    if (!isUp || others.length < 2) return false;
    return await holdEverything(others, await storedStreams(storeDirectory));
  }

  async #setAside(member: Member): Promise<void> {
    if (member.phase.kind !== "up" || this.#running.signal.aborted) return;
    member.isBeingMended = true;
    // It would take its time to go, and there is nothing that it should write any more.
    await this.kill(member.name, "SIGKILL");
    if (!this.#running.signal.aborted) {
      const folder = setStoreAside(member.files.storeDirectory);
      member.startingSinceMs = undefined;
      this.#options.onEvent({ kind: "store-set-aside", name: member.name, folder });
      await this.#bringBack(member);
    }
    member.isBeingMended = false;
  }

  async #startAnew(member: Member): Promise<void> {
    if (member.phase.kind !== "up" || this.#running.signal.aborted) return;
    this.#options.onEvent({ kind: "store-given-up", name: member.name });
    await this.#takeDown(member);
    if (!this.#running.signal.aborted) await this.#bringBack(member);
  }

  async #takeDown(member: Member): Promise<void> {
    await leave(member)?.stop(this.#options.stopTimeoutMs);
  }

  async #untilReady(members: readonly Member[]): Promise<void> {
    await Promise.all(members.map((member) => this.#ready(member)));
  }

  /** However many wait for it. */
  #ready(member: Member): Promise<void> {
    if (member.ready !== undefined) return member.ready;
    const ready = this.#untilServing(member).finally(() => {
      if (member.ready === ready) member.ready = undefined;
    });
    member.ready = ready;
    return ready;
  }

  async #untilServing(member: Member): Promise<void> {
    const { name } = member;
    const startedAtMs = performance.now();
    await this.#poll(
      async () => {
        if (member.isBeingMended) return "its store is set aside";
        if (member.phase.kind !== "up") throw await exitFault(member);
        const running = this.#members.filter(({ phase }) => phase.kind === "up");
        return await findHindrance(member, running);
      },
      { name, sinceMs: () => member.launchedAtMs },
    );
    member.startingSinceMs = undefined;
    const afterMs = Math.round(performance.now() - startedAtMs);
    this.#options.onEvent({ kind: "server-ready", name, afterMs });
  }

  async #untilLeaderElected(startedAtMs: number): Promise<void> {
    const findNoLeader = async (): Promise<string | undefined> => {
      const leader = await findMetaLeader(this.#members);
      if (leader === undefined) return "the servers have not agreed on a leader";
      const afterMs = Math.round(performance.now() - startedAtMs);
      this.#options.onEvent({ kind: "leader-elected", name: leader, afterMs });
      return undefined;
    };
    const nowMs = performance.now();
    await this.#poll(findNoLeader, { name: "all", sinceMs: () => nowMs });
  }

  /** Asks again and again until nothing hinders any more; tells whenever the reason changes. */
  async #poll(
    findHindrance: () => Promise<string | undefined>,
    { name, sinceMs }: { readonly name: string; readonly sinceMs: () => number },
  ): Promise<void> {
    let reason: string | undefined;
    for (;;) {
      this.#checkRunning();
      const hindrance = await findHindrance();
      if (hindrance === undefined) return;
      if (hindrance !== reason) {
        this.#options.onEvent({ kind: "server-waiting", name, reason: hindrance });
      }
      reason = hindrance;
      if (performance.now() > sinceMs() + this.#options.readyTimeoutMs) {
        throw new NatsServersFault("not-ready", `${name} is not ready: ${reason}`);
      }
      await sleep(pollMs);
    }
  }

  #checkRunning(): void {
    if (!this.#running.signal.aborted) return;
    throw new NatsServersFault("stopped", "the nats-servers were stopped, or never started");
  }
}

/** Signals after which nats-server ends; SIGUSR2 makes it a lame duck first. */
const endingSignals: ReadonlySet<NodeJS.Signals> = new Set([
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGQUIT",
  "SIGABRT",
  "SIGUSR2",
]);

/** From now on its end is what we wanted. Undefined when there is nobody to send away. */
function leave(member: Member): ServerProcess | undefined {
  const { phase } = member;
  switch (phase.kind) {
    case "up":
      member.phase = { kind: "leaving", process: phase.process };
      return phase.process;
    case "leaving":
      return phase.process;
    case "awaiting-restart":
      clearTimeout(phase.timer);
      member.phase = { kind: "down" };
      return undefined;
    case "down":
      return undefined;
  }
}

async function exitFault(member: Member): Promise<NatsServersFault> {
  const complaint = await lastComplaint(member.files.logFile);
  const message = `${member.name} has ended: ${complaint} (see ${member.files.logFile})`;
  return new NatsServersFault("server-exited", message);
}

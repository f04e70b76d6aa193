/**
 * One process of the cluster as its supervisor's child: started, known to be ready, stopped, and
 * brought back when it goes by itself.
 *
 * It gets a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, which
 * decides in which order things stop. It is connected by a channel whose closing tells it that the
 * supervisor is gone.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { assert } from "../../protocols/assert.ts";
import { compileCache } from "../config/compile-cache.ts";
import { readIfThere } from "../config/data-directory.ts";
import { visible } from "../telemetry/visible-text.ts";
import { nodeCommand } from "./node-command.ts";
import { StartPriority } from "./start-priority.ts";
import { SupervisorFault } from "./supervisor-fault.ts";

/**
 * Orders lie in large pieces of memory: in pages of 2 MiB the processor finds its way faster, where
 * glibc gives the memory.
 */
const largePages = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };

export interface ProcessPlan {
  readonly name: string;
  /**
   * The program, and what it is started with: its settings file among it, as leftovers.ts wants.
   */
  readonly command: readonly [script: string, ...args: string[]];
  /** The script's bundle: it is started in its place, unless somebody has removed it. */
  readonly bundle?: string;
  readonly logFile: string;
  readonly pidFile: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type ProcessNotice =
  | { readonly kind: "started"; readonly name: string; readonly pid: number }
  | { readonly kind: "ready"; readonly name: string; readonly afterMs: number }
  | {
      readonly kind: "exited";
      readonly name: string;
      readonly pid: number;
      readonly exit: ProcessExit;
      /** Undefined when it stays down. */
      readonly restartInMs: number | undefined;
    }
  /** It said something that an operator should know. */
  | { readonly kind: "told"; readonly name: string; readonly event: ToldEvent };

/** What a process tells; see ops/processes/process-host.ts. */
export interface ToldEvent {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** `leaving`: it was told to go, and stays away. `awaiting`: it went by itself and will be back. */
type Phase =
  | { readonly kind: "down" }
  | {
      readonly kind: "starting" | "up" | "leaving";
      readonly child: ChildProcess;
      readonly pid: number;
    }
  | { readonly kind: "awaiting"; readonly timer: NodeJS.Timeout };

const restartMsMin = 1000;
const restartMsMax = 15_000;
/** Who has been up for so long is given the short delay again. */
const steadyMs = 20_000;
const logBytesMax = 32 * 1024 * 1024;

export class ManagedProcess {
  #plan: ProcessPlan;
  readonly #notify: (notice: ProcessNotice) => void;
  readonly #isNeeded: () => boolean;
  #phase: Phase = { kind: "down" };
  #restartMs = restartMsMin;
  #startedAtMs = 0;
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #exitWaiters: (() => void)[] = [];
  #telemetryUrl: string | undefined;
  #priority: StartPriority | undefined;
  /** Whether it has been ready before: others may stand in for it while it comes back. */
  #hasServed = false;

  /** @param isNeeded whether all wait for it when it comes back, as nobody stands in for it. */
  constructor(
    plan: ProcessPlan,
    notify: (notice: ProcessNotice) => void,
    isNeeded: () => boolean = () => false,
  ) {
    this.#plan = plan;
    this.#notify = notify;
    this.#isNeeded = isNeeded;
  }

  get plan(): ProcessPlan {
    return this.#plan;
  }

  get name(): string {
    return this.plan.name;
  }

  get phase(): Phase["kind"] {
    return this.#phase.kind;
  }

  /** Where it tells of itself now; see ops/telemetry. */
  get telemetryUrl(): string | undefined {
    return this.#telemetryUrl;
  }

  get pid(): number | undefined {
    return "pid" in this.#phase ? this.#phase.pid : undefined;
  }

  /** Starts it. Resolves when it says that it is ready; rejects when it ends before that. */
  async start(): Promise<void> {
    assert(this.#phase.kind === "down" || this.#phase.kind === "awaiting");
    if (this.#phase.kind === "awaiting") clearTimeout(this.#phase.timer);
    this.#launch();
    await this.ready();
  }

  /** Who serves has changed: has it leave the processors to others while it starts, or not. */
  settlePriority(): void {
    if (this.#isNeeded()) this.#priority?.raise();
    else if (this.#phase.kind === "starting") this.#priority?.lower();
  }

  /** Resolves when it is ready, after a restart if need be; rejects when it ends before that. */
  ready(): Promise<void> {
    if (this.#phase.kind === "up") return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Asks it to stop, and makes it stop when it has not by then. It stays down. */
  async stop(timeoutMs: number): Promise<void> {
    const child = this.#leave();
    if (child === undefined) return;
    // One that is paused could not hear it.
    child.kill("SIGTERM");
    child.kill("SIGCONT");
    const deadline = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    await this.#exited();
    clearTimeout(deadline);
  }

  /**
   * Sends a signal. After one that ends it at once, resolves when it is gone; it then comes back by
   * itself unless `restart` is false.
   */
  async kill(signal: NodeJS.Signals, restart: boolean): Promise<number> {
    const { pid } = this;
    if (pid === undefined) throw new SupervisorFault("not-up", `${this.name} does not run`);
    const child = restart ? this.#child() : this.#leave();
    child?.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await this.#exited();
    return pid;
  }

  /** Stops it if it runs, and starts it, by another plan if there is one. */
  async restart(timeoutMs: number, plan: ProcessPlan = this.#plan): Promise<void> {
    assert(plan.name === this.name);
    await this.stop(timeoutMs);
    this.#plan = plan;
    await this.start();
  }

  #launch(): void {
    rotate(this.plan.logFile);
    mkdirSync(dirname(this.plan.logFile), { recursive: true, mode: 0o700 });
    const log = openSync(this.plan.logFile, "a", 0o600);
    try {
      this.#startedAtMs = performance.now();
      const child = spawn(...this.#command(), {
        detached: true,
        env: { ...largePages, ...process.env, NODE_COMPILE_CACHE: compileCache },
        stdio: ["ignore", log, log, "ipc"],
      });
      const { pid } = child;
      if (pid === undefined) {
        child.once("error", () => undefined);
        throw new SupervisorFault("start-failed", `${this.name} cannot be started`);
      }
      this.#phase = { kind: "starting", child, pid };
      this.#priority = this.#hasServed ? new StartPriority(pid) : undefined;
      this.settlePriority();
      writeFileSync(this.plan.pidFile, `${pid}\n`);
      this.#notify({ kind: "started", name: this.name, pid });
      child.on("message", (message) => this.#hear(child, message as ToldEvent));
      // A message to one that has just died; its exit tells the rest.
      child.on("error", () => undefined);
      child.once("exit", (code, signal) => this.#onExit(pid, { code, signal }));
    } finally {
      closeSync(log);
    }
  }

  #command(): [file: string, args: string[]] {
    const { command, bundle } = this.plan;
    const [script, ...args] = command;
    const isBundled = bundle !== undefined && existsSync(bundle);
    return nodeCommand(isBundled ? bundle : script, ...args);
  }

  #hear(child: ChildProcess, event: ToldEvent): void {
    const phase = this.#phase;
    if (event.kind === "metrics-listening") this.#telemetryUrl = String(event["url"]);
    if (event.kind !== "ready") {
      this.#notify({ kind: "told", name: this.name, event });
      return;
    }
    if (phase.kind !== "starting" || phase.child !== child) return;
    this.#phase = { ...phase, kind: "up" };
    this.#hasServed = true;
    this.#priority?.restore();
    const afterMs = Math.round(performance.now() - this.#startedAtMs);
    this.#notify({ kind: "ready", name: this.name, afterMs });
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  #onExit(pid: number, exit: ProcessExit): void {
    const isExpected = this.#phase.kind === "leaving";
    if (Number(readIfThere(this.plan.pidFile)) === pid) rmSync(this.plan.pidFile);
    this.#phase = { kind: "down" };
    this.#telemetryUrl = undefined;
    this.#priority?.forget();
    const restartInMs = isExpected ? undefined : this.#scheduleRestart();
    this.#notify({ kind: "exited", name: this.name, pid, exit, restartInMs });
    const message = `${this.name} ended (${inWords(exit)}): ${lastWord(this.plan.logFile)}`;
    for (const { reject } of this.#waiters.splice(0)) {
      reject(new SupervisorFault("start-failed", message));
    }
    for (const resolve of this.#exitWaiters.splice(0)) resolve();
  }

  #scheduleRestart(): number {
    if (performance.now() - this.#startedAtMs > steadyMs) this.#restartMs = restartMsMin;
    const delayMs = this.#restartMs;
    this.#restartMs = Math.min(2 * delayMs, restartMsMax);
    const timer = setTimeout(() => this.#launch(), delayMs);
    this.#phase = { kind: "awaiting", timer };
    return delayMs;
  }

  #child(): ChildProcess | undefined {
    return "child" in this.#phase ? this.#phase.child : undefined;
  }

  /** From now on its end is what we wanted. */
  #leave(): ChildProcess | undefined {
    const phase = this.#phase;
    if (phase.kind === "awaiting") {
      clearTimeout(phase.timer);
      this.#phase = { kind: "down" };
    }
    if (!("child" in phase)) return undefined;
    this.#phase = { ...phase, kind: "leaving" };
    return phase.child;
  }

  #exited(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child() === undefined) resolve();
      else this.#exitWaiters.push(resolve);
    });
  }
}

/** "SIGKILL", or "exit code 70". */
export function inWords({ code, signal }: ProcessExit): string {
  return signal ?? `exit code ${code}`;
}

/** The last line of its log that tells of an error, or else its last line; shortened. */
function lastWord(logFile: string): string {
  const lines = (readIfThere(logFile) ?? "").split("\n").filter((line) => line.trim() !== "");
  const recent = lines.slice(-recentLines);
  const word = recent.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "it said nothing";
  return `${visible(word.slice(0, wordLengthMax))} (see ${logFile})`;
}

const recentLines = 20;
const wordLengthMax = 300;

/** One old log is kept. */
function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logBytesMax) renameSync(logFile, `${logFile}.old`);
}

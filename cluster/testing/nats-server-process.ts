/**
 * One nats-server of a test cluster: its settings, its process, its monitoring door.
 *
 * Plain on purpose: no accounts, no encryption, loopback only.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "../../protocols/assert.ts";
import { eventually } from "./eventually.ts";
import type { ProcessGuard } from "./process-guard.ts";

export interface NatsServerOptions {
  readonly name: string;
  readonly binary: string;
  readonly folder: string;
  readonly ports: { readonly client: number; readonly monitor: number; readonly cluster: number };
  /** Where the other servers listen for this one; none makes it a server of its own. */
  readonly routePorts: readonly number[];
  /** Whether each acknowledged message is on disk; servers before 2.10 cannot. */
  readonly syncAlways: boolean;
}

export class NatsServerProcess {
  readonly name: string;
  readonly url: string;
  readonly #options: NatsServerOptions;
  readonly #guard: ProcessGuard;
  #child: ChildProcess | undefined;

  constructor(options: NatsServerOptions, guard: ProcessGuard) {
    this.name = options.name;
    this.url = `nats://127.0.0.1:${options.ports.client}`;
    this.#options = options;
    this.#guard = guard;
    mkdirSync(this.#path("store"), { recursive: true });
    writeFileSync(this.#path("nats.conf"), settings(options, this.#path("store")));
  }

  get storeFolder(): string {
    return this.#path("store");
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  start(): void {
    assert(!this.isRunning, `${this.name} runs already`);
    const log = openSync(this.#path("server.log"), "a");
    const child = spawn(this.#options.binary, ["-c", this.#path("nats.conf")], {
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#child = child;
    child.on("error", () => undefined);
    const { pid } = child;
    if (pid === undefined) return;
    this.#guard.watch(pid);
    child.once("exit", () => this.#guard.forget(pid));
  }

  /** Resolves when the server answers on its monitoring port. */
  async answers(): Promise<void> {
    await this.#healthy("js-enabled-only=true", "answers");
  }

  /** Resolves when its JetStream is part of the cluster and has all it should have. */
  async healthy(): Promise<void> {
    await this.#healthy("", "is healthy");
  }

  /**
   * Sends a signal; after one that ends the process, resolves when it has ended, and after
   * `SIGSTOP` when no thread of it runs any more.
   */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    assert(child !== undefined && this.isRunning, `${this.name} does not run`);
    const staysAlive = signal === "SIGSTOP" || signal === "SIGCONT";
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    if (!staysAlive) await ended;
    if (signal === "SIGSTOP") await stopped(child.pid ?? 0);
  }

  /** What its monitoring port says at that path. */
  async monitor(path: string): Promise<unknown> {
    const url = `http://127.0.0.1:${this.#options.ports.monitor}/${path}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return await response.json();
  }

  /** The last lines of its log, for the message of a failed test. */
  logTail(): string {
    const lines = readFileSync(this.#path("server.log"), "utf8").trimEnd().split("\n");
    return lines.slice(-15).join("\n");
  }

  async #healthy(query: string, what: string): Promise<void> {
    await eventually(
      async () => {
        // Without this a server that cannot start would be waited for in vain.
        if (!this.isRunning) throw new Error(`${this.name} does not run:\n${this.logTail()}`);
        await this.monitor(`healthz?${query}`);
        return true;
      },
      { what: `${this.name} ${what}`, deadlineMs: 30_000, everyMs: 10 },
    );
  }

  #path(name: string): string {
    return join(this.#options.folder, this.name, name);
  }
}

/** On a busy machine some threads work on for a while, and acknowledge what they should not. */
async function stopped(pid: number): Promise<void> {
  await eventually(() => threadStates(pid).every((state) => state === "T"), {
    what: `process ${pid} has stopped`,
    everyMs: 1,
  });
}

function threadStates(pid: number): string[] {
  if (process.platform !== "linux") {
    const state = execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" });
    return [state.trim().charAt(0)];
  }
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
    // "4711 (name) S …"; the name may hold anything, a bracket too.
    return stat.charAt(stat.lastIndexOf(")") + 2);
  });
}

function settings(options: NatsServerOptions, storeFolder: string): string {
  const { ports, routePorts } = options;
  const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`).join(", ");
  const cluster = `cluster { name: test, listen: "127.0.0.1:${ports.cluster}", routes: [${routes}] }`;
  return [
    `server_name: ${options.name}`,
    `listen: "127.0.0.1:${ports.client}"`,
    `http: "127.0.0.1:${ports.monitor}"`,
    `jetstream {`,
    `  store_dir: ${JSON.stringify(storeFolder)}`,
    `  max_memory_store: 64MB, max_file_store: 8GB`,
    ...(options.syncAlways ? [`  sync_interval: always`] : []),
    `}`,
    ...(routePorts.length > 0 ? [cluster] : []),
    "",
  ].join("\n");
}

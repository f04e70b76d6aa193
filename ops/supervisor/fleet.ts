/**
 * All processes of one cluster on this machine, by name: nats-servers, engine nodes, gateways and
 * agents. Starts them, ends one or all of them, and lets the warden know who runs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { logReaderKinds } from "../config/log-readers.ts";
import { NatsServers } from "../nats-servers/nats-servers.ts";
import type { NatsServersEvent, NatsServersOptions } from "../nats-servers/nats-servers.ts";
import { visible } from "../telemetry/visible-text.ts";
import { renewedPlan } from "./cluster-plan.ts";
import type { ProcessRecord, Renewal } from "./control-socket.ts";
import { ManagedProcess } from "./managed-process.ts";
import type { ProcessNotice, ProcessPlan } from "./managed-process.ts";
import { describeNotice, describeServerEvent } from "./notices.ts";
import { isRunning, signalProcess } from "./process-table.ts";
import { SupervisorFault } from "./supervisor-fault.ts";
import { Warden } from "./warden.ts";

export type ProcessKind = Exclude<ProcessRecord["kind"], "server">;

export interface KillOrder {
  readonly process: string;
  readonly signal: NodeJS.Signals;
  /** Whether it comes back by itself. */
  readonly restart: boolean;
}

const stopTimeoutMs = 8000;
const readyTimeoutMs = 60_000;
const killedTimeoutMs = 2000;
/** Agents ask gateways, gateways ask engines, and all of them need the servers. */
const stopOrder: readonly ProcessKind[] = [
  "agents",
  "custodian",
  "chain",
  ...logReaderKinds.toReversed(),
  "gateway",
  "engine",
];

export class Fleet {
  readonly servers: NatsServers;
  readonly #warden = new Warden();
  readonly #members: { readonly kind: ProcessKind; readonly process: ManagedProcess }[] = [];
  readonly #serverPids = new Map<string, number>();
  readonly #tell: (line: string) => void;
  readonly #onChange: () => void;

  /**
   * @param tell is given a line for people whenever something happened.
   * @param onChange is called whenever a process came or went.
   */
  constructor(
    servers: Omit<NatsServersOptions, "restart" | "onEvent">,
    { tell, onChange }: { tell: (line: string) => void; onChange: () => void },
  ) {
    this.#tell = tell;
    this.#onChange = onChange;
    const onEvent = (event: NatsServersEvent): void => this.#onServerEvent(event);
    this.servers = new NatsServers({ ...servers, restart: true, onEvent });
    this.#warden.start();
  }

  /** Every process there is or should be. */
  records(): readonly ProcessRecord[] {
    const servers = this.servers.status().map(({ name, phase, pid, logFile }) => {
      return { name, kind: "server", phase, pid, logFile } as const;
    });
    const members = this.#members.map(({ kind, process }) => {
      const { name, phase, pid, plan, telemetryUrl } = process;
      return { name, kind, phase, pid, logFile: plan.logFile, telemetryUrl } as const;
    });
    return [...servers, ...members];
  }

  /** Adds a process and resolves when it is ready. */
  async launch(kind: ProcessKind, plan: ProcessPlan): Promise<void> {
    const process: ManagedProcess = new ManagedProcess(
      plan,
      (notice) => this.#onNotice(notice),
      () => isStandIn(kind) && !this.#serves(kind, process),
    );
    this.#members.push({ kind, process });
    const deadline = new AbortController();
    try {
      await Promise.race([process.start(), failAfter(readyTimeoutMs, plan, deadline.signal)]);
    } finally {
      deadline.abort();
    }
  }

  /** Stops a process for good; nothing where there is none of that name. */
  async remove(name: string): Promise<void> {
    const index = this.#members.findIndex(({ process }) => process.name === name);
    if (index === -1) return;
    const [removed] = this.#members.splice(index, 1);
    await removed?.process.stop(stopTimeoutMs);
    this.#onChange();
  }

  /** Resolves with the number of the process that the signal was sent to. */
  async kill({ process: name, signal, restart }: KillOrder): Promise<number> {
    const member = this.#find(name);
    if (member !== undefined) return await member.kill(signal, restart);
    const pid = this.#serverPids.get(name);
    if (pid === undefined) throw new SupervisorFault("not-up", `${name} does not run`);
    if (restart) {
      signalProcess(pid, signal);
      await untilGone(pid, signal);
    } else await this.servers.kill(name, signal);
    return pid;
  }

  /**
   * Stops a process if it runs, starts it, and resolves when it is ready: as it was, or as it is to
   * be from now on.
   */
  async restart(name: string, renewed?: Renewal): Promise<number | undefined> {
    const member = this.#find(name);
    const isProgram = member !== undefined && member.plan.bundle !== undefined;
    if (renewed !== undefined && !isProgram) {
      throw new SupervisorFault("not-ours", `${name} is no program of ours: it cannot be renewed`);
    }
    if (member === undefined) await this.servers.restart(name);
    else {
      const plan = renewed && (await renewedPlan(member.plan, renewed));
      await member.restart(stopTimeoutMs, plan);
    }
    return member?.pid ?? this.#serverPids.get(name);
  }

  /** Stops everything, in order. May be called while things start, and again. */
  async stop(): Promise<void> {
    await this.stopProcesses();
    await this.servers.stop();
    await this.#warden.release();
  }

  /**
   * Stops everything but the nats-servers, in order, until it is restarted: nothing new comes into
   * the logs, and what is there can be fetched. Resolves with who was stopped.
   */
  async stopProcesses(): Promise<readonly string[]> {
    for (const kind of stopOrder) {
      const members = this.#members.filter((member) => member.kind === kind);
      await Promise.all(members.map(({ process }) => process.stop(stopTimeoutMs)));
    }
    return this.#members.map(({ process }) => process.name);
  }

  /** Ends everything at once, without asking. */
  force(): void {
    for (const { pid } of this.records()) if (pid !== undefined) signalProcess(pid, "SIGKILL");
  }

  /** Undefined for a nats-server. */
  #find(name: string): ManagedProcess | undefined {
    const known = this.records();
    if (!known.some((record) => record.name === name)) {
      const names = known.map((record) => record.name).join(", ");
      throw new SupervisorFault(
        "unknown-process",
        `there is no process ${name}: there are ${names}`,
      );
    }
    return this.#members.find(({ process }) => process.name === name)?.process;
  }

  /** Whether one of that kind is up, beside that one. */
  #serves(kind: ProcessKind, beside: ManagedProcess): boolean {
    return this.#members.some(
      (member) =>
        member.kind === kind && member.process !== beside && member.process.phase === "up",
    );
  }

  #onNotice(notice: ProcessNotice): void {
    if (notice.kind === "started") this.#warden.watch(notice.pid, "early");
    if (notice.kind === "exited") this.#warden.forget(notice.pid);
    if (notice.kind === "exited" || notice.kind === "ready") {
      for (const { process } of this.#members) process.settlePriority();
    }
    this.#say(describeNotice(notice));
    const isNews = notice.kind !== "told" || notice.event.kind === "metrics-listening";
    if (isNews) this.#onChange();
  }

  #onServerEvent(event: NatsServersEvent): void {
    if (event.kind === "server-started") {
      this.#serverPids.set(event.name, event.pid);
      this.#warden.watch(event.pid, "late");
    }
    if (event.kind === "server-exited") {
      const pid = this.#serverPids.get(event.name);
      this.#serverPids.delete(event.name);
      if (pid !== undefined) this.#warden.forget(pid);
    }
    this.#say(describeServerEvent(event));
    this.#onChange();
  }

  #say(line: string | undefined): void {
    if (line !== undefined) this.#tell(visible(line));
  }
}

/** Whether each of that kind does what another one does while that is away. */
function isStandIn(kind: ProcessKind): boolean {
  return kind === "engine" || kind === "gateway";
}

async function failAfter(ms: number, plan: ProcessPlan, signal: AbortSignal): Promise<never> {
  await sleep(ms, undefined, { signal });
  const message = `${plan.name} is not ready after ${ms / 1000} s (see ${plan.logFile})`;
  throw new SupervisorFault("start-failed", message);
}

/** Not every signal ends a process; one that does ends it soon. */
async function untilGone(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (signal === "SIGSTOP" || signal === "SIGCONT") return;
  const deadlineMs = performance.now() + killedTimeoutMs;
  while (isRunning(pid) && performance.now() < deadlineMs) await sleep(5);
}

/**
 * The command line as a person uses it, for tests: a data directory and ports of its own, and
 * nothing left running however the test ends.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../../../cluster/testing/eventually.ts";
import { ProcessGuard } from "../../../cluster/testing/process-guard.ts";
import { firstPortsOf } from "../../config/cluster-settings.ts";
import { findFreePorts } from "../../nats-servers/ports.ts";
import type { Ran } from "../../scripts/rehearsed.ts";
import { nodeCommand } from "../node-command.ts";
import { isRunning } from "../process-table.ts";

const program = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const engine = fileURLToPath(new URL("../../processes/engine.ts", import.meta.url));

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandLine {
  readonly data = realpathSync(mkdtempSync(join(tmpdir(), "outcry-cluster-")));
  /** What was run, and how it ended. */
  readonly ran: Ran[] = [];
  readonly #guard = new ProcessGuard(this.data);

  /** Runs a command to its end, whatever that is. */
  run(...args: string[]): Promise<CommandResult> {
    const [file, all] = nodeCommand(program, ...args, "--data", this.data);
    return new Promise((resolve) => {
      execFile(file, all, { timeout: 60_000 }, (error, stdout, stderr) => {
        const exitCode = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
        this.ran.push({ args, exitCode });
        resolve({ exitCode, stdout, stderr });
      });
    });
  }

  /** Runs a command that must succeed, and reads what it prints as JSON. */
  async json<Result>(...args: string[]): Promise<Result> {
    const { exitCode, stdout, stderr } = await this.run(...args, "--json");
    if (exitCode !== 0) throw new Error(`${args.join(" ")}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Result;
  }

  /** Starts a cluster in the foreground, and resolves when it shows its screen. */
  async start(...args: string[]): Promise<StartedProgram> {
    const supervisor = this.#spawn(program, "start", ...args, "--data", this.data);
    const told = (): string => `${supervisor.output}${this.#lastWords()}`;
    await eventually(() => supervisor.hasEnded || supervisor.output.includes("Stop:"), {
      what: () => `the exchange runs:\n${told()}`,
      deadlineMs: 100_000,
    });
    if (supervisor.hasEnded) throw new Error(`the exchange did not start:\n${told()}`);
    return supervisor;
  }

  /** Starts an engine node beside the supervisor, as by hand. */
  startEngine(node: string, ...flags: string[]): StartedProgram {
    return this.#spawn(engine, "--config", join(this.data, "processes", `${node}.json`), ...flags);
  }

  /** Starts a command that goes on until it is ended. */
  startCommand(...args: string[]): StartedProgram {
    this.ran.push({ args, exitCode: 0 });
    return this.#spawn(program, ...args, "--data", this.data);
  }

  #spawn(script: string, ...args: string[]): StartedProgram {
    const child = spawn(...nodeCommand(script, ...args), { stdio: ["ignore", "pipe", "pipe"] });
    const { pid = 0 } = child;
    this.#guard.watch(pid);
    child.once("exit", () => this.#guard.forget(pid));
    return new StartedProgram(child);
  }

  /** Processes that were started with files of our data directory. */
  processes(): readonly number[] {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid && isRunning(pid))
      .filter((pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes(`${this.data}/`));
  }

  /** The end of every log, to see what a start that hangs waits for. */
  #lastWords(): string {
    const files = readdirSync(this.data, { recursive: true, encoding: "utf8" });
    const logs = files.filter((file) => file.endsWith(".log"));
    const ends = logs.map((file) => {
      const lines = readOrEmpty(join(this.data, file)).trimEnd().split("\n");
      return [`-- ${file}`, ...lines.slice(-12)].join("\n");
    });
    return `\n${ends.join("\n")}`;
  }

  /** Ends what still runs and removes the data. */
  async release(): Promise<void> {
    await this.run("stop");
    await this.#guard.release();
  }
}

export class StartedProgram {
  readonly #child: ChildProcess;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  #output = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on("data", (text) => (this.#output += String(text)));
    child.stderr?.on("data", (text) => (this.#output += String(text)));
    // Not "exit": what it said last may still be on its way.
    this.exited = new Promise((resolve) => child.once("close", resolve));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with the exit code. */
  async signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return await this.exited;
  }
}

/** A base whose ports are free now. */
export async function freePortBase(servers: number): Promise<number> {
  const first = await findFreePorts(servers, (portBase) => firstPortsOf({ portBase }));
  return first.client;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

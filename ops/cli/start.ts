/** `outcry start`: runs an exchange on this machine until somebody stops it. */
import { spawn } from "node:child_process";
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { inspect } from "node:util";
import { Command, InvalidArgumentError, Option } from "commander";
import type { EmissionMode } from "../../cluster/emission.ts";
import { DataDirectory, readIfThere } from "../config/data-directory.ts";
import { noDatabaseAddress, placeOfDatabase } from "../config/database-address.ts";
import { embeddedDatabase } from "../config/process-settings.ts";
import { nodeCommand } from "../supervisor/node-command.ts";
import type { ReadyCluster } from "../supervisor/start.ts";
import { SupervisorFault } from "../supervisor/supervisor-fault.ts";
import { logicOption, positiveOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, toJson, usageFault, withCommonOptions, write } from "./output.ts";

interface StartFlags extends CommonOptions {
  readonly shards?: number;
  readonly nodes?: number;
  readonly servers?: number;
  readonly gateways?: number;
  readonly portBase?: number;
  readonly sitePort?: number;
  readonly tls?: boolean;
  readonly emission?: EmissionMode;
  readonly agents: "default" | "none";
  readonly seed: number;
  readonly logicMax?: number;
  readonly referee?: boolean;
  /** False where it was said so. */
  readonly telemetry: boolean;
  readonly metricsPort?: number;
  readonly metricsHost?: string;
  readonly traces?: string;
  readonly tracesPerMille: number;
  readonly history?: boolean;
  readonly database?: string;
  readonly csv?: string;
  readonly surveillance?: string;
  /** True without a list. */
  readonly custodian?: true | string;
  readonly blockSeconds: number;
  readonly ways?: string;
  readonly fresh?: boolean;
  readonly detach?: boolean;
}

export function command(): Command {
  const start = new Command("start")
    .description("Starts an exchange on this machine, or resumes the one in the data directory.")
    .option("--shards <n>", "shards; fixed once there is data (default: 3)", count)
    .option("--servers <n>", "nats-servers; fixed once there is data (default: 3)", count)
    .option("--nodes <n>", "engine nodes (default: 3)", count)
    .option("--gateways <n>", "gateways (default: 1)", count)
    .option("--port-base <n>", "the first of the ports to use (default: those of NATS)", count)
    .option(
      "--site-port <n>",
      "let a second site follow: the first port at which it connects",
      count,
    )
    .option("--tls", "encrypt the lines to nats-servers and between them")
    .option("--no-tls", "leave them in the clear (the default at first)")
    .addOption(
      new Option("--agents <which>", "agents that trade")
        .choices(["default", "none"])
        .default("default"),
    )
    .addOption(
      new Option(
        "--emission <who>",
        "who sends answers and market data: each shard's chosen replica (the default at first), or all",
      ).choices(["chosen", "all"]),
    )
    .option("--seed <n>", "what the agents' choices follow from", count, 1)
    .option(
      "--logic-max <n>",
      "carry no later logic, as an older release: for rehearsals",
      logicOption,
    )
    .option("--referee", "a referee that compares every step with slow, obvious books")
    .option(
      "--metrics-port <n>",
      "the first of the ports of /metrics and /healthz (default: 9560, or 30 above the base)",
      count,
    )
    .option("--metrics-host <address>", "the address they are told at (default: 127.0.0.1)")
    .option("--no-telemetry", "measure nothing, and have no such ports")
    .option(
      "--traces <url>",
      "an auditor that tells the traces of all orders to a receiver of OTLP over HTTP",
    )
    .option("--traces-per-mille <n>", "of so many orders in a thousand", count, 1000)
    .option(
      "--history",
      "a projector that keeps history for ./outcry sql, in the database of $DATABASE_URL or in one " +
        "of its own in the data directory",
    )
    .option("--database <url>", "history in this database of a PostgreSQL server")
    .option("--csv <dir>", "append trades, and what accounts make of them, to CSV files there")
    .option(
      "--surveillance <dir>",
      "look for market manipulation by settings.yaml and relations.yaml there, and append alerts to " +
        "alerts.jsonl",
    )
    .addOption(
      // For drills: each way is a proxy then.
      new Option("--ways <file>", "by which ways processes reach the nats-servers").hideHelp(),
    )
    .option("--fresh", "remove the data first and start over")
    .option("--detach", "return when the exchange runs, and leave it running");
  return withCommonOptions(withCustodyOptions(start)).action(async (flags: StartFlags) => {
    if (flags.detach === true) await startDetached(flags);
    else await startHere(flags);
  });
}

function withCustodyOptions(start: Command): Command {
  return start
    .option(
      "--custodian [assets]",
      "a custodian for them, each with a simulated chain and wallets in the data directory " +
        "(default: BTC): docs/custody.md",
    )
    .option("--block-seconds <n>", "how often simulated chains have a block", positiveOption, 5);
}

async function startHere(flags: StartFlags): Promise<void> {
  const { startCluster } = await import("../supervisor/start.ts");
  outliveReaders();
  const background = Background.find();
  try {
    await startCluster({
      data: flags.data,
      asked: flags,
      fresh: flags.fresh === true,
      agents: flags.agents,
      seed: flags.seed,
      logicMax: flags.logicMax,
      hasReferee: flags.referee === true,
      hasTelemetry: flags.telemetry,
      traces: tracesWanted(flags),
      history: historyWanted(flags),
      csv: flags.csv === undefined ? undefined : resolve(flags.csv),
      surveillance: await surveillanceWanted(flags),
      custody: custodyWanted(flags),
      ways: flags.ways,
      isDetached: background !== undefined,
      write: background === undefined ? onScreen(flags) : (text) => background.say(text),
      onReady: (cluster) => {
        if (background !== undefined) background.leave(cluster);
        else if (flags.json === true) write(toJson({ ok: true, ...cluster }));
      },
    });
  } catch (error) {
    if (error instanceof SupervisorFault && error.code === "stopped") {
      process.exitCode = stoppedExitCode;
    } else if (background === undefined) throw error;
    else await background.fail(error);
  }
}

function tracesWanted({ traces: otlp, tracesPerMille: perMille }: StartFlags) {
  if (otlp === undefined) return undefined;
  if (!/^https?:\/\/./.test(otlp)) throw usageFault(`${otlp} is no address of a receiver of OTLP`);
  if (perMille > 1000) throw usageFault("there are no more than 1000 orders in a thousand");
  return { otlp, perMille };
}

/** Where history is to be kept, if anywhere. */
function historyWanted({ history, database }: StartFlags): string | undefined {
  if (history !== true && database === undefined) return undefined;
  const url = database ?? process.env["DATABASE_URL"];
  if (url === undefined || url === "") return embeddedDatabase;
  if (placeOfDatabase(url) === undefined) {
    throw usageFault(`the address of the database ${noDatabaseAddress}`);
  }
  return url;
}

/** The compliance officer's folder, if surveillance is wanted, and its files can be gone by. */
async function surveillanceWanted({ surveillance }: StartFlags): Promise<string | undefined> {
  if (surveillance === undefined) return undefined;
  const folder = resolve(surveillance);
  const { readOfficersFiles } = await import("../surveillance/officers-files.ts");
  readOfficersFiles({ folder });
  return folder;
}

function custodyWanted({ custodian, blockSeconds }: StartFlags) {
  if (custodian === undefined) return undefined;
  const assets = custodian === true ? ["BTC"] : custodian.split(",");
  return { assets: [...new Set(assets)], blockSeconds };
}

/** A terminal or pipe may close before all has stopped in order; then nobody reads the rest. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners("error").on("error", () => undefined);
  }
}

/** What Ctrl-C ends with elsewhere. */
const stoppedExitCode = 130;

/** With --json, what is for people goes to standard error. */
function onScreen({ json }: CommonOptions): (text: string) => void {
  const stream = json === true ? process.stderr : process.stdout;
  return (text) => void stream.write(text);
}

// ---- In the background -----------------------------------------------------------------------

const backgroundMark = "OUTCRY_BACKGROUND";

type BackgroundMessage =
  { readonly text: string } | { readonly ready: ReadyCluster } | { readonly failed: string };

/** Runs the same command as a process of its own, and shows what it says until it is ready. */
async function startDetached(flags: StartFlags): Promise<void> {
  const args = process.argv.slice(2).filter((arg) => arg !== "--detach");
  const directory = DataDirectory.open(flags.data);
  directory.refuseForeign();
  // What it complains of before it can speak, such as an error of syntax; and of what it dies.
  const complaints = directory.startFile(process.pid);
  rmSync(complaints, { force: true });
  const file = openSync(complaints, "ax", 0o600);
  const child = spawn(...nodeCommand(process.argv[1] ?? "", ...args), {
    detached: true,
    env: { ...process.env, [backgroundMark]: complaints },
    stdio: ["ignore", file, file, "ipc"],
  });
  const say = onScreen(flags);
  const stop = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", stop);
  const started = new Promise<ReadyCluster>((resolve, reject) => {
    child.on("message", (message: BackgroundMessage) => {
      if ("text" in message) say(message.text);
      else if ("ready" in message) resolve(message.ready);
      else reject(new CommandFault("start-failed", message.failed));
    });
    child.once("exit", (code, signal) => {
      const words = (readIfThere(complaints) ?? "").trim();
      const ending = `the start ended with ${signal ?? code}`;
      reject(new CommandFault("start-failed", words === "" ? ending : `${ending}: ${words}`));
    });
  });
  // Once it runs, the file is its log.
  const cluster = await started.finally(() => rmSync(complaints, { force: true }));
  process.off("SIGINT", stop);
  closeSync(file);
  if (flags.json === true) write(toJson({ ok: true, ...cluster, supervisor: child.pid }));
}

/** The side of the process in the background: speaks to who started it, and later to a file. */
class Background {
  /** Where standard output and error go. */
  readonly #startFile: string;
  #logFile: string | undefined;

  private constructor(startFile: string) {
    this.#startFile = startFile;
  }

  static find(): Background | undefined {
    const startFile = process.env[backgroundMark];
    if (process.send === undefined || startFile === undefined) return undefined;
    const background = new Background(startFile);
    process.on("uncaughtExceptionMonitor", (error) => background.say(`${inspect(error)}\n`));
    return background;
  }

  say(text: string): void {
    if (this.#logFile !== undefined) appendFileSync(this.#logFile, text);
    else this.#send({ text });
  }

  leave(cluster: ReadyCluster): void {
    keepAsLog(this.#startFile, cluster.logFile);
    this.#logFile = cluster.logFile;
    this.#send({ ready: cluster }, () => {
      if (process.connected) process.disconnect();
    });
  }

  async fail(error: unknown): Promise<void> {
    const failed = error instanceof Error ? error.message : String(error);
    await new Promise<void>((resolve) => this.#send({ failed }, resolve));
    process.exitCode = 1;
  }

  #send(message: BackgroundMessage, sent: () => void = () => undefined): void {
    if (process.connected) process.send?.(message, sent);
    else sent();
  }
}

/** By its new name the file is the one that is written to all the while. One old log is kept. */
function keepAsLog(startFile: string, logFile: string): void {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
  renameSync(startFile, logFile);
}

function count(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

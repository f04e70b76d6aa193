/**
 * `outcry start`: from a data directory to a running exchange, until somebody stops it.
 */
import type { Server } from "node:net";
import { settleSettings } from "../config/cluster-settings.ts";
import type { AskedSettings } from "../config/cluster-settings.ts";
import { ConfigFault } from "../config/config-fault.ts";
import { DataDirectory, dataOption } from "../config/data-directory.ts";
import type { ClusterSettings } from "../config/data-directory.ts";
import { readWays } from "../config/ways.ts";
import { answersAt } from "../config/local-socket.ts";
import { withLock } from "../setup/lock.mjs";
import { obtainNatsServer, versionWarning } from "../setup/nats-server.mjs";
import { refuseBusyPorts } from "./busy-ports.ts";
import { controlSocketPath, listenForControl } from "./control-socket.ts";
import type { ControlRequest } from "./control-socket.ts";
import { stopLeftovers } from "./leftovers.ts";
import { Progress } from "./progress.ts";
import { renderStartScreen } from "./start-screen.ts";
import { StopSignals } from "./stop-signals.ts";
import type { WantedCustody, WantedTraces } from "./cluster-plan.ts";
import type { StartedCluster } from "./supervisor.ts";
import { Supervisor } from "./supervisor.ts";

export interface StartOptions {
  readonly data?: string | undefined;
  readonly asked: AskedSettings;
  /** Remove what an earlier cluster left in the data directory. */
  readonly fresh: boolean;
  readonly agents: "default" | "none";
  readonly seed: number;
  /** The last version of logic that engine nodes are to carry, to rehearse an upgrade. */
  readonly logicMax?: number | undefined;
  /** Whether a referee looks on. */
  readonly hasReferee: boolean;
  /** Whether processes measure what they do, and tell it. */
  readonly hasTelemetry: boolean;
  /** Where traces of orders are wanted. */
  readonly traces: WantedTraces | undefined;
  /** The database for history: its address, or `embedded`; undefined for none. */
  readonly history: string | undefined;
  /** The folder for CSV files; undefined for none. */
  readonly csv: string | undefined;
  /** The compliance officer's folder; undefined for no surveillance. */
  readonly surveillance: string | undefined;
  /** Undefined for no custodian. */
  readonly custody: WantedCustody | undefined;
  /** A file that says by which ways processes reach the nats-servers. */
  readonly ways?: string | undefined;
  readonly isDetached: boolean;
  /** Text for the person who started it, with its own line ends. */
  readonly write: (text: string) => void;
  /** Called once the exchange takes orders. */
  readonly onReady: (cluster: ReadyCluster) => void;
}

export interface ReadyCluster extends StartedCluster {
  readonly data: string;
  /** Where a supervisor in the background tells what happens. */
  readonly logFile: string;
}

/** Resolves when the cluster has been stopped. Rejects when it cannot be started. */
export async function startCluster(options: StartOptions): Promise<void> {
  const progress = new Progress(options.write);
  const directory = DataDirectory.open(options.data);
  const binary = await obtainNatsServer((line) => progress.say(line));

  const stopRequested = Promise.withResolvers<void>();
  const socket = controlSocketPath(directory);
  const ways = options.ways === undefined ? undefined : readWays(options.ways);
  const supervisorOf = (settings: ClusterSettings): Supervisor =>
    new Supervisor({
      directory,
      settings,
      binary,
      socket,
      progress,
      hasReferee: options.hasReferee,
      hasTelemetry: options.hasTelemetry,
      traces: options.traces,
      history: options.history,
      csv: options.csv,
      surveillance: options.surveillance,
      custody: options.custody,
      agentsSeed: options.agents === "none" ? undefined : options.seed,
      logicMax: options.logicMax,
      ways,
      tell: (line) => options.write(`${new Date().toLocaleTimeString("en-GB")} ${line}\n`),
    });
  const { settings, supervisor, control } = await withLock(directory.startLock, async () => {
    const settings = await takeDirectory(directory, { ...options, socket, progress });
    const supervisor = supervisorOf(settings);
    const control = await listenForControl(socket, (request) =>
      answer(supervisor, request, stopRequested.resolve),
    );
    return { settings, supervisor, control };
  });

  const untilStopped = stopOnRequest(supervisor, stopRequested.promise, options.write);
  try {
    const cluster = await supervisor.start();
    options.write(
      renderStartScreen({
        directory,
        settings,
        ...cluster,
        elapsed: progress.elapsed,
        warning: versionWarning(binary.version),
        workingDirectory: process.env["INIT_CWD"] ?? process.cwd(),
        isDetached: options.isDetached,
      }),
    );
    const logFile = directory.logFile("supervisor");
    options.onReady({ ...cluster, data: directory.path, logFile });
    await untilStopped;
  } finally {
    await close(control);
  }
}

interface Taking extends Pick<StartOptions, "asked" | "fresh"> {
  readonly socket: string;
  readonly progress: Progress;
}

/** Makes sure that the directory is ours, that nobody uses it, and that its ports are free. */
async function takeDirectory(directory: DataDirectory, taking: Taking): Promise<ClusterSettings> {
  const { asked, fresh, socket, progress } = taking;
  if (await answersAt(socket)) {
    throw new ConfigFault(
      "running-already",
      `a cluster runs in ${directory.path} already: stop it with ./outcry stop` +
        `${dataOption(directory.path)}, or choose another folder with --data`,
    );
  }
  directory.refuseForeign();
  const left = await stopLeftovers(directory);
  if (left.length > 0) {
    const names = left.map(({ name, pid }) => `${name} (process ${pid})`).join(", ");
    progress.say(`stopped what an earlier start had left running: ${names}`);
  }
  const settings = settleSettings(asked, fresh ? undefined : directory.settings());
  await refuseBusyPorts(settings);
  if (fresh) await progress.step("removing the old data", async () => directory.clear());
  directory.claim(settings);
  return settings;
}

async function answer(
  supervisor: Supervisor,
  request: ControlRequest,
  requestStop: () => void,
): Promise<unknown> {
  if (request.command !== "stop") return await supervisor.answer(request);
  requestStop();
  await supervisor.stop();
  return {};
}

/** The first signal stops in order, a later one at once. Resolves when all is stopped. */
async function stopOnRequest(
  supervisor: Supervisor,
  requested: Promise<void>,
  write: (text: string) => void,
): Promise<void> {
  const signaled = Promise.withResolvers<void>();
  const signals = new StopSignals();
  const onSignal = (): void => {
    const meaning = signals.hear(performance.now());
    if (meaning === "stop") signaled.resolve();
    if (meaning !== "force") return;
    supervisor.force();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  await Promise.race([signaled.promise, requested]);
  write("\nstopping agents, gateways, engine nodes and nats-servers (Ctrl-C again to force it)\n");
  const startedAtMs = performance.now();
  await supervisor.stop();
  write(`stopped after ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s\n`);
}

/** Lets answers under way reach whoever asked. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

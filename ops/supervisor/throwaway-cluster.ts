/**
 * A cluster of its own for a benchmark or a drill: the same processes as `npm start` runs, in a
 * temporary data directory, quiet, and gone afterwards.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ClusterFile } from "../config/cluster-file.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import type { EmissionMode } from "../../cluster/emission.ts";
import { DataDirectory, projectRoot } from "../config/data-directory.ts";
import { embeddedDatabase } from "../config/process-settings.ts";
import type { Ways } from "../config/ways.ts";
import { ProcessGuard } from "../../cluster/testing/process-guard.ts";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { loadKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import type { WantedTraces } from "./cluster-plan.ts";
import { askSupervisor } from "./control-socket.ts";

export interface ThrowawayClusterOptions {
  readonly shards: number;
  readonly portBase: number;
  readonly gateways?: number;
  /** By which ways its processes reach the servers. */
  readonly ways?: Ways;
  /** A module that each of its Node processes loads first. */
  readonly preload?: string;
  readonly emission?: EmissionMode;
  /** The last logic that engine nodes carry at first; the newest unless told otherwise. */
  readonly logicMax?: number;
  /** Whether its processes measure and tell what they do, as they do unless told otherwise. */
  readonly hasTelemetry?: boolean;
  /** Where traces of orders are wanted, if anywhere. */
  readonly traces?: WantedTraces | undefined;
  /** The database for history: its address, or `embedded`; none unless told. */
  readonly history?: string | undefined;
  /** Data that is there already, which stays when the cluster is gone; its own unless told. */
  readonly data?: string;
}

/** What a participant's connection may have of its own. */
export interface ConnectionOfParticipant {
  readonly batchesUnderWayMax?: number;
  readonly servers?: readonly string[];
}

/** Processor time that one process of the cluster has used. */
export interface ProcessorTime {
  readonly name: string;
  readonly seconds: number;
}

export class ThrowawayCluster {
  readonly file: ClusterFile;
  readonly directory: DataDirectory;
  readonly #halt: () => Promise<void>;
  readonly #remove: () => Promise<void>;

  private constructor(
    file: ClusterFile,
    directory: DataDirectory,
    end: { readonly halt: () => Promise<void>; readonly remove: () => Promise<void> },
  ) {
    this.file = file;
    this.directory = directory;
    this.#halt = end.halt;
    this.#remove = end.remove;
  }

  static async start(options: ThrowawayClusterOptions): Promise<ThrowawayCluster> {
    const { shards, portBase, gateways = 1, emission = "chosen" } = options;
    const { logicMax, ways, preload, hasTelemetry = true } = options;
    const folder = mkdtempSync(join(tmpdir(), "outcry-throwaway-"));
    const data = options.data ?? join(folder, "data");
    const waysFile = join(folder, "ways.json");
    if (ways !== undefined) writeFileSync(waysFile, JSON.stringify(ways));
    const child = spawn(
      join(projectRoot, "outcry"),
      ["start", "--data", data, "--agents", "none", "--json"].concat(
        ["--shards", String(shards)],
        ["--port-base", String(portBase), "--emission", emission],
        hasTelemetry ? [] : ["--no-telemetry"],
        logicMax === undefined ? [] : ["--logic-max", String(logicMax)],
        ["--gateways", String(gateways)],
        ways === undefined ? [] : ["--ways", waysFile],
        followersWanted(options),
      ),
      // In a session of its own: Ctrl-C is for whoever uses it, who then closes it.
      { stdio: ["ignore", "pipe", "pipe"], detached: true, env: environment(preload) },
    );
    // Were we killed, the supervisor would be, too, and its own warden ends the rest.
    const guard = new ProcessGuard(folder);
    guard.watch(child.pid ?? 0);
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const told = await Promise.race([
      new Promise<string>((resolve) => {
        child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
      }),
      ended.then(() => {
        throw new Error(`the cluster did not start: ${complaints}`);
      }),
    ]);
    const directory = DataDirectory.find(data);
    const file = directory === undefined ? undefined : readClusterFile(directory);
    if (directory === undefined || file === undefined) {
      throw new Error(`the cluster did not start: ${told}`);
    }
    const halt = async (): Promise<void> => {
      child.kill("SIGTERM");
      await ended;
      guard.forget(child.pid ?? 0);
    };
    return new ThrowawayCluster(file, directory, { halt, remove: () => guard.release() });
  }

  get servers(): readonly string[] {
    return this.file.servers.map(({ url }) => url);
  }

  admin(): Promise<AdminClient> {
    const { admin } = this.file.credentials;
    return AdminClient.connect({
      servers: this.servers,
      administrator: "admin",
      credentials: readFileSync(admin, "utf8"),
    });
  }

  /** Opens an account, funds it and connects as its participant. */
  async participant(
    account: string,
    funds: Readonly<Record<string, string>>,
    options: ConnectionOfParticipant = {},
  ): Promise<OutcryClient> {
    const [client] = await this.participants([account], funds, options);
    if (client === undefined) throw new Error(`nobody connected as ${account}`);
    return client;
  }

  /** Opens accounts, funds them alike and connects as the participants, in their order. */
  async participants(
    accounts: readonly string[],
    funds: Readonly<Record<string, string>>,
    options: ConnectionOfParticipant = {},
  ): Promise<readonly OutcryClient[]> {
    const admin = await this.admin();
    const keys = await loadKeys(this.file.keys);
    try {
      return await Promise.all(
        accounts.map(async (account) => {
          await admin.openAccount({ account });
          for (const [asset, amount] of Object.entries(funds)) {
            await admin.deposit({ account, asset, amount, reference: `fund:${account}:${asset}` });
          }
          const { creds } = await mintUser(keys, { role: "participant", name: account });
          const { servers } = this;
          return await OutcryClient.connect({ servers, account, credentials: creds, ...options });
        }),
      );
    } finally {
      await admin.close();
    }
  }

  /** Ends a process as a crash would; the supervisor starts it again. */
  async kill(name: string): Promise<void> {
    const request = { command: "kill", process: name, signal: "SIGKILL", restart: true } as const;
    await askSupervisor(this.file.supervisor.socket, request);
  }

  /** What each process of the cluster has used since it started. */
  processorTimes(): readonly ProcessorTime[] {
    // Some may have been started anew since it began.
    const { processes } = readClusterFile(this.directory) ?? this.file;
    return processes.flatMap(({ name, pid }) => {
      if (pid === null) return [];
      return [{ name, seconds: processorSeconds(pid) }];
    });
  }

  /** Stops it; its data stay until it is closed. */
  async halt(): Promise<void> {
    await this.#halt();
  }

  /** Stops it, if it runs, and removes its data. */
  async close(beforeRemoval: () => Promise<void> | undefined = () => undefined): Promise<void> {
    await this.#halt();
    await beforeRemoval();
    await this.#remove();
  }
}

function followersWanted({ traces, history }: ThrowawayClusterOptions): readonly string[] {
  const flags: string[] = [];
  if (traces !== undefined) {
    flags.push("--traces", traces.otlp, "--traces-per-mille", String(traces.perMille));
  }
  if (history === embeddedDatabase) flags.push("--history");
  else if (history !== undefined) flags.push("--database", history);
  return flags;
}

function environment(preload: string | undefined): NodeJS.ProcessEnv {
  if (preload === undefined) return process.env;
  const before = process.env["NODE_OPTIONS"] ?? "";
  return { ...process.env, NODE_OPTIONS: `${before} --import=${pathToFileURL(preload).href}` };
}

/** User and system time of a process with all its threads; Linux counts in hundredths. */
function processorSeconds(pid: number): number {
  if (!readdirSync("/proc").includes(String(pid))) return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

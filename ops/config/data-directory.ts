/**
 * The folder in which one cluster keeps everything: keys, streams, snapshots, logs, and who runs.
 *
 * A marker file says that the folder is ours and which cluster it belongs to. Nothing is written
 * into, or removed from, a folder that holds other people's things.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isErrno } from "../../cluster/errno.ts";
import { ConfigFault } from "./config-fault.ts";
import type { EmissionMode } from "../../cluster/emission.ts";

export const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** What a cluster was made with; what it is started with again when nothing else is said. */
export interface ClusterSettings {
  readonly shards: number;
  readonly servers: number;
  readonly nodes: number;
  /** Their names, once one was added or removed; before that they are numbered. */
  readonly nodeNames?: readonly string[];
  readonly gateways: number;
  /** The first port of all; undefined for NATS's own. */
  readonly portBase?: number;
  /** The first port at which servers of a second site may connect; undefined for none. */
  readonly sitePort?: number;
  /** Whether lines to and between nats-servers are encrypted. */
  readonly tls?: boolean;
  /** The first port of metrics, and the address they are told at; by the base unless told. */
  readonly metricsPort?: number;
  readonly metricsHost?: string;
  /** Who sends what is decided: the chosen replica of each shard unless told otherwise. */
  readonly emission?: EmissionMode;
  /** By shard, where the logs of a restored cluster begin; what comes before is archived. */
  readonly firstSequences?: readonly number[];
}

interface Marker {
  readonly is: typeof markerWords;
  readonly settings: ClusterSettings;
}

const markerWords = "the data of an Outcry cluster";
const markerName = "outcry-data.json";

/** All that a cluster puts into its folder: what `--fresh` removes. The marker goes last. */
const ours = [
  "archive",
  "auditors",
  "custodian",
  "engines",
  "exporters",
  "keys",
  "logs",
  "nats",
  "processes",
  "projectors",
  "repair",
  "surveillants",
  "cluster.json",
  "csv.sock",
  "custody.sock",
  "history.sock",
  "supervisor.sock",
  "surveillance.sock",
  "traces.sock",
];
/** What may lie there without the folder being somebody else's: of set-ups and starts under way. */
const passing = /^(set-up\.lock|start\.lock|start-\d+\.log|repair)$/;

export class DataDirectory {
  /** Real and absolute. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** The folder named, else the environment's, else the checkout's own. Created when missing. */
  static open(named?: string): DataDirectory {
    const path = dataDirectoryPath(named);
    makeFolder(path);
    return new DataDirectory(realpathSync(path));
  }

  /** The same folder, if it is there. */
  static find(named?: string): DataDirectory | undefined {
    const path = dataDirectoryPath(named);
    return existsSync(path) ? new DataDirectory(realpathSync(path)) : undefined;
  }

  get keys(): string {
    return join(this.path, "keys");
  }

  get clusterFile(): string {
    return join(this.path, "cluster.json");
  }

  get startLock(): string {
    return join(this.path, "start.lock");
  }

  /** Settings and pid files of engine nodes, gateways and agents. */
  get processes(): string {
    return join(this.path, "processes");
  }

  settingsFile(processName: string): string {
    return join(this.processes, `${processName}.json`);
  }

  pidFile(processName: string): string {
    return join(this.processes, `${processName}.pid`);
  }

  logFile(processName: string): string {
    return join(this.path, "logs", `${processName}.log`);
  }

  /** What a start in the background says before it can speak; it becomes the supervisor's log. */
  startFile(pid: number): string {
    return join(this.path, `start-${pid}.log`);
  }

  snapshots(node: string): string {
    return join(this.path, "engines", node, "snapshots");
  }

  /** How far a node has applied the logs. */
  applied(node: string): string {
    return join(this.path, "engines", node, "applied.json");
  }

  /** Where an auditor is, and states of its to go on from. */
  auditor(name: string): string {
    return join(this.path, "auditors", name);
  }

  /** A projector's states to go on from, and its database where that is embedded. */
  projector(name: string): string {
    return join(this.path, "projectors", name);
  }

  /** An exporter's states to go on from. */
  exporter(name: string): string {
    return join(this.path, "exporters", name);
  }

  /** A surveillant's states to go on from. */
  surveillant(name: string): string {
    return join(this.path, "surveillants", name);
  }

  /** Keys, chains and wallets for trials: what a custodian has that is started with the cluster. */
  get custodian(): string {
    return join(this.path, "custodian");
  }

  /** What a repair needs while it makes this the data of a cluster. */
  get repair(): string {
    return join(this.path, "repair");
  }

  /** What a node's replicas had in hand when they diverged. */
  dumps(node: string): string {
    return join(this.path, "engines", node, "dumps");
  }

  /** Where the logs are archived unless another place was chosen. */
  get archive(): string {
    return join(this.path, "archive");
  }

  /** What the cluster whose data this is was made with; undefined before the first start. */
  settings(): ClusterSettings | undefined {
    return this.#marker()?.settings;
  }

  /** Marks the folder as ours, or refuses when it holds things that are not. */
  claim(settings: ClusterSettings): void {
    this.refuseForeign();
    const marker: Marker = { is: markerWords, settings };
    writeFileWhole(join(this.path, markerName), `${JSON.stringify(marker, null, 2)}\n`);
  }

  /** Removes what the cluster has written, and nothing else. Nothing of it may run. */
  clear(): void {
    this.refuseForeign();
    for (const name of [...ours, markerName]) {
      rmSync(join(this.path, name), { recursive: true, force: true });
    }
  }

  /** Throws when the folder holds things that are not ours. */
  refuseForeign(): void {
    if (this.#marker() !== undefined) return;
    const foreign = readdirSync(this.path).filter((name) => !passing.test(name));
    if (foreign.length === 0) return;
    throw new ConfigFault(
      "directory-not-ours",
      `${this.path} holds other things (${foreign.slice(0, 3).join(", ")}): choose an empty folder with --data`,
    );
  }

  #marker(): Marker | undefined {
    const text = readIfThere(join(this.path, markerName));
    if (text === undefined) return undefined;
    const marker = JSON.parse(text) as Partial<Marker>;
    return marker.is === markerWords ? (marker as Marker) : undefined;
  }
}

/** Where the data is when nobody says otherwise. */
export const defaultDataDirectory = join(projectRoot, ".outcry");

export function dataDirectoryPath(named: string | undefined): string {
  const fromEnvironment = process.env["OUTCRY_DATA"];
  if (named !== undefined) return resolve(named);
  if (fromEnvironment !== undefined && fromEnvironment !== "") return resolve(fromEnvironment);
  return defaultDataDirectory;
}

/** What a command is to be given to mean that folder: nothing for the default one. */
export function dataOption(path: string | undefined): string {
  if (path === undefined || path === defaultDataDirectory) return "";
  const isPlain = /^[\w@%+=:,./-]+$/.test(path);
  return ` --data ${isPlain ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** With its parents, one by one: asked for all at once, Node never returns from within /proc. */
function makeFolder(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    if (dirname(path) !== path) makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EEXIST" && statSync(path).isDirectory()) return;
    if (error instanceof ConfigFault) throw error;
    throw new ConfigFault(
      "directory-unusable",
      `${path} cannot be made a folder (${String(error.code)}): choose another with --data`,
      error,
    );
  }
}

/** Whoever reads the file sees what was in it or what is, never half of one. */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content, { mode: 0o600 });
  renameSync(unfinished, path);
}

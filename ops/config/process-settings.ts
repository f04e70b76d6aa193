/**
 * What a process of the cluster is started with: one JSON file, any of whose fields a flag of the
 * same name may replace. So that each can also be run by hand:
 *
 *   node ops/processes/engine.ts --config .outcry/processes/e1.json --shards 1
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { newestLogic } from "../../actors/index.ts";
import type { EmissionMode } from "../../cluster/emission.ts";
import { isProducerId } from "../../protocols/identifiers.ts";
import { ConfigFault } from "./config-fault.ts";

export interface EngineSettings {
  readonly cluster: string;
  /** This node's name. */
  readonly node: string;
  /** All nodes' names, in the order in which they are preferred as emitters. */
  readonly nodes: readonly string[];
  readonly shards: number;
  /** On how many servers each entry is stored. */
  readonly replicas: number;
  /** Where the nats-servers listen, the nearest first. */
  readonly servers: readonly string[];
  /** Credentials files: of the role `engine`, and of the role `publisher`. */
  readonly engineCredentials: string;
  readonly publisherCredentials: string;
  readonly snapshots: string;
  /** The folder for what replicas had in hand when they diverged. */
  readonly dumps: string;
  /** Followers take a snapshot at each entry whose number is a multiple of this. */
  readonly snapshotEveryEntries: number;
  /** Who sends what is decided: `chosen` for the log's choice, or `all`. */
  readonly emission: EmissionMode;
  /**
   * The last version of the actors' logic that it is to carry: as an older release would, to
   * rehearse an upgrade. The newest there is unless told.
   */
  readonly logicMax?: number;
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** How large a log's stream becomes before the next one begins. */
  readonly generationBytes: number;
  /** By shard, where logs begin that are to be created. */
  readonly firstSequences: readonly (number | string)[];
}

export interface GatewaySettings {
  /** This gateway's name, and the name under which it appends. */
  readonly gateway: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** Credentials files: of the roles `gateway-back` and `gateway-front`. */
  readonly backCredentials: string;
  readonly frontCredentials: string;
}

export interface RefereeSettings {
  /** This referee's name. */
  readonly referee: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `referee`. */
  readonly refereeCredentials: string;
}

export interface AuditorSettings {
  /** This auditor's name. */
  readonly auditor: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `auditor`. */
  readonly auditorCredentials: string;
  /** Its own folder: where it is, and states to go on from. */
  readonly folder: string;
  /** Where traces are taken by OTLP over HTTP. */
  readonly otlp: string;
  /** Of how many orders in a thousand the traces are told. */
  readonly perMille: number;
}

/** In place of a server's address: a database in the projector's own folder. */
export const embeddedDatabase = "embedded";

export interface ProjectorSettings {
  /** This projector's name. */
  readonly projector: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `projector`. */
  readonly projectorCredentials: string;
  /** Its own folder: states to go on from, and the database if that is `embedded`. */
  readonly folder: string;
  /** The address of a PostgreSQL server's database, or `embedded`. */
  readonly database: string;
  /** Where it listens for questions in SQL. */
  readonly socket: string;
}

type FieldKind = "text" | "count" | "list" | "optional count";
type FieldKinds<Settings> = { readonly [Key in keyof Settings]-?: FieldKind };

const engineFields: FieldKinds<EngineSettings> = {
  cluster: "text",
  node: "text",
  nodes: "list",
  shards: "count",
  replicas: "count",
  servers: "list",
  engineCredentials: "text",
  publisherCredentials: "text",
  snapshots: "text",
  dumps: "text",
  snapshotEveryEntries: "count",
  emission: "text",
  logicMax: "optional count",
  archive: "text",
  generationBytes: "count",
  firstSequences: "list",
};

const gatewayFields: FieldKinds<GatewaySettings> = {
  gateway: "text",
  shards: "count",
  replicas: "count",
  servers: "list",
  backCredentials: "text",
  frontCredentials: "text",
};

const refereeFields: FieldKinds<RefereeSettings> = {
  referee: "text",
  shards: "count",
  replicas: "count",
  servers: "list",
  archive: "text",
  refereeCredentials: "text",
};

const auditorFields: FieldKinds<AuditorSettings> = {
  auditor: "text",
  shards: "count",
  replicas: "count",
  servers: "list",
  archive: "text",
  auditorCredentials: "text",
  folder: "text",
  otlp: "text",
  perMille: "count",
};

const projectorFields: FieldKinds<ProjectorSettings> = {
  projector: "text",
  shards: "count",
  replicas: "count",
  servers: "list",
  archive: "text",
  projectorCredentials: "text",
  folder: "text",
  database: "text",
  socket: "text",
};

export function readEngineSettings(args: readonly string[]): EngineSettings {
  const settings = readSettings(args, engineFields);
  if (!isProducerId(settings.node)) throw invalid("node is no name for a node");
  if (!["chosen", "all"].includes(settings.emission)) throw invalid("emission is chosen or all");
  if (!settings.nodes.includes(settings.node)) throw invalid("nodes does not name this node");
  if ((settings.logicMax ?? 1) > newestLogic) {
    throw invalid(`logicMax is beyond the logic that there is: ${newestLogic}`);
  }
  return settings;
}

export function readGatewaySettings(args: readonly string[]): GatewaySettings {
  const settings = readSettings(args, gatewayFields);
  if (!isProducerId(settings.gateway)) throw invalid("gateway is no name for a gateway");
  return settings;
}

export function readRefereeSettings(args: readonly string[]): RefereeSettings {
  const settings = readSettings(args, refereeFields);
  if (!isProducerId(settings.referee)) throw invalid("referee is no name for a referee");
  return settings;
}

export function readAuditorSettings(args: readonly string[]): AuditorSettings {
  const settings = readSettings(args, auditorFields);
  if (!isProducerId(settings.auditor)) throw invalid("auditor is no name for an auditor");
  if (settings.perMille > 1000) throw invalid("perMille is 1000 at most");
  return settings;
}

export function readProjectorSettings(args: readonly string[]): ProjectorSettings {
  const settings = readSettings(args, projectorFields);
  if (!isProducerId(settings.projector)) throw invalid("projector is no name for a projector");
  return settings;
}

function readSettings<Settings extends object>(
  args: readonly string[],
  fields: FieldKinds<Settings>,
): Settings {
  const flags = readFlags(args, Object.keys(fields));
  const fromFile = flags["config"] === undefined ? {} : readObject(flags["config"]);
  const settings: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries<FieldKind>(fields)) {
    const flag = flags[flagOf(name)];
    const value = flag === undefined ? fromFile[name] : parsed(kind, flag);
    if (value !== undefined || kind !== "optional count")
      settings[name] = checked(name, kind, value);
  }
  return settings as Settings;
}

function readFlags(args: readonly string[], names: readonly string[]): Record<string, string> {
  const options = ["config", ...names.map(flagOf)].map(
    (name) => [name, { type: "string" }] as const,
  );
  try {
    const { values } = parseArgs({ args: [...args], options: Object.fromEntries(options) });
    return values as Record<string, string>;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : "flags cannot be read", error);
  }
}

function readObject(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw invalid(`${path} cannot be read as JSON`, error);
  }
  throw invalid(`${path} holds no JSON object`);
}

/** `engineCredentials` is `--engine-credentials`. */
function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function parsed(kind: FieldKind, text: string): unknown {
  if (kind === "list") return text.split(",");
  return kind === "text" ? text : Number(text);
}

function checked(name: string, kind: FieldKind, value: unknown): unknown {
  const isRight = {
    text: () => typeof value === "string" && value !== "",
    count: () => isCount(value),
    "optional count": () => isCount(value),
    list: () => Array.isArray(value) && value.length > 0 && value.every((item) => item !== ""),
  }[kind]();
  if (isRight) return value;
  const what = {
    text: "a text",
    count: "a count from 1",
    "optional count": "a count from 1",
    list: "a list",
  }[kind];
  throw invalid(`${name} must be ${what} (in the file, or with --${flagOf(name)})`);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function invalid(message: string, cause?: unknown): ConfigFault {
  return new ConfigFault("process-settings-invalid", message, cause);
}

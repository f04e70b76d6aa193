/**
 * Every setting that a process of a cluster can have: the one list that flags, variables of the
 * environment, files, their help and `outcry config check` follow from.
 *
 * `ops/config/process-settings.ts` says what a role's settings are as a type; a role has a field
 * for each of them here, or it does not compile.
 */
import { join } from "node:path";
import { defaultReplicaTiming } from "../../cluster/replica.ts";
import { historySocketPath } from "./local-socket.ts";
import type {
  AuditorSettings,
  CustodianSettings,
  EngineSettings,
  ExporterSettings,
  GatewaySettings,
  ProjectorSettings,
  RefereeSettings,
  SurveillantSettings,
} from "./process-settings.ts";

export type FieldKind = "text" | "count" | "list" | "optional count" | "optional text";

/** What is known of a process when the default of one of its settings is worked out. */
export type Known = Readonly<Record<string, unknown>>;

export interface Field {
  readonly kind: FieldKind;
  /** For people, with its unit. */
  readonly what: string;
  /** The variable that sets it, where that is not the usual one. */
  readonly variable?: string;
  /** What it is unless somebody says; undefined when that does not follow from what is known. */
  readonly otherwise?: (known: Known) => unknown;
  /** Whether it names a file that must be there and hold something that nobody else may read. */
  readonly isSecretFile?: true;
  /** Whether it names a file that must be there. */
  readonly isFile?: true;
}

export type RoleSettings = {
  engine: EngineSettings;
  gateway: GatewaySettings;
  referee: RefereeSettings;
  auditor: AuditorSettings;
  projector: ProjectorSettings;
  exporter: ExporterSettings;
  surveillant: SurveillantSettings;
  custodian: CustodianSettings;
};

/** What a process can be: its program is ops/processes/<role>.ts. */
export type ProcessRole = keyof RoleSettings;

const always = (value: unknown) => () => value;
const generationBytes = 1024 ** 3;

const shared = {
  servers: { kind: "list", what: "where nats-servers listen, the nearest first" },
  ca: {
    kind: "optional text",
    isFile: true,
    what: "the certificate of the authority that vouches for the nats-servers; without it, lines are in the clear",
  },
  shards: { kind: "count", what: "how many shards there are", otherwise: always(3) },
  replicas: {
    kind: "count",
    what: "on how many nats-servers each entry is stored",
    otherwise: ({ servers }) => (Array.isArray(servers) && servers.length >= 3 ? 3 : 1),
  },
} as const satisfies Readonly<Record<string, Field>>;

const telemetry = {
  metricsPort: {
    kind: "optional count",
    what: "the port of /metrics and /healthz; without it, nothing is measured",
  },
  metricsHost: {
    kind: "optional text",
    what: "the address of that port, this machine's own unless told",
  },
} as const satisfies Readonly<Record<string, Field>>;

const archive = {
  kind: "text",
  what: "where the logs are archived: a folder, or s3://bucket/prefix",
  otherwise: inData(() => ["archive"]),
} as const satisfies Field;

const statusSocket = {
  kind: "optional text",
  what: "where it says how far it is, to outcry status on its machine; nowhere unless told",
} as const satisfies Field;

/** From which the places of others follow; no process is told of them. */
export const placeFields = {
  data: { kind: "text", what: "the folder for what it keeps" },
  keys: { kind: "text", what: "the keys' folder", otherwise: inData(() => ["keys"]) },
} as const satisfies Readonly<Record<string, Field>>;

export const settingFields: {
  readonly [Role in ProcessRole]: { readonly [Key in keyof RoleSettings[Role]]-?: Field };
} = {
  engine: {
    node: { kind: "text", what: "this node's name" },
    nodes: { kind: "list", what: "all nodes' names, the one that emits first before the others" },
    cluster: { kind: "text", what: "the cluster's name", otherwise: always("outcry") },
    ...shared,
    engineCredentials: credentials("engine", "node"),
    publisherCredentials: credentials("publisher", "node"),
    snapshots: {
      kind: "text",
      what: "the folder for its snapshots",
      otherwise: inData(({ node }) => ["engines", node, "snapshots"]),
    },
    dumps: {
      kind: "text",
      what: "the folder for what replicas had in hand when they diverged",
      otherwise: inData(({ node }) => ["engines", node, "dumps"]),
    },
    snapshotEveryEntries: {
      kind: "count",
      what: "how many entries lie between snapshots, at least",
      variable: "OUTCRY_SNAPSHOT_ENTRIES",
      otherwise: always(defaultReplicaTiming.snapshotEveryEntries),
    },
    emission: {
      kind: "text",
      what: "who sends: chosen, for each shard's chosen replica, or all",
      otherwise: always("chosen"),
    },
    logicMax: { kind: "optional count", what: "the last version of logic to carry" },
    archive,
    generationBytes: {
      kind: "count",
      what: "how many bytes a log's stream holds before the next one begins",
      otherwise: always(generationBytes),
    },
    firstSequences: {
      kind: "list",
      what: "by shard, where logs begin that are to be created",
      otherwise: ({ shards }) => Array.from({ length: Number(shards) || 1 }, () => 1),
    },
    ...telemetry,
  },
  gateway: {
    cluster: { kind: "text", what: "the cluster's name", otherwise: always("outcry") },
    gateway: { kind: "text", what: "this gateway's name" },
    ...shared,
    backCredentials: credentials("gateway-back", "gateway"),
    frontCredentials: credentials("gateway-front", "gateway"),
    administrators: {
      kind: "optional text",
      what: "the token of the account by which administrators are known who approve of commands",
      otherwise: ({ keys }) => within(keys, ["accounts", "clients", "account.jwt"]),
    },
    ...telemetry,
  },
  referee: {
    referee: { kind: "text", what: "this referee's name", otherwise: always("ref-1") },
    ...shared,
    archive,
    refereeCredentials: credentials("referee", "referee"),
    ...telemetry,
  },
  auditor: {
    auditor: { kind: "text", what: "this auditor's name", otherwise: always("aud-1") },
    ...shared,
    archive,
    auditorCredentials: credentials("auditor", "auditor"),
    folder: {
      kind: "text",
      what: "the folder for where it is, and states to go on from",
      otherwise: inData(({ auditor }) => ["auditors", auditor]),
    },
    otlp: { kind: "text", what: "the address at which traces are taken by OTLP over HTTP" },
    perMille: {
      kind: "count",
      what: "of how many orders in a thousand the traces are told",
      otherwise: always(1000),
    },
    socket: statusSocket,
    ...telemetry,
  },
  projector: {
    projector: { kind: "text", what: "this projector's name", otherwise: always("prj-1") },
    ...shared,
    archive,
    projectorCredentials: credentials("projector", "projector"),
    frontCredentials: credentials("history-front", "projector"),
    folder: {
      kind: "text",
      what: "the folder for states to go on from, and for an embedded database",
      otherwise: inData(({ projector }) => ["projectors", projector]),
    },
    database: {
      kind: "text",
      what: "the address of a PostgreSQL server's database, or embedded",
      otherwise: always("embedded"),
    },
    socket: {
      kind: "text",
      what: "where it listens for questions in SQL",
      otherwise: ({ data }) => (typeof data === "string" ? historySocketPath(data) : undefined),
    },
    ...telemetry,
  },
  exporter: {
    exporter: { kind: "text", what: "this exporter's name", otherwise: always("csv-1") },
    ...shared,
    archive,
    exporterCredentials: credentials("projector", "exporter"),
    folder: {
      kind: "text",
      what: "the folder for states to go on from",
      otherwise: inData(({ exporter }) => ["exporters", exporter]),
    },
    csv: {
      kind: "text",
      what: "the folder of trades.csv and performance.csv",
      otherwise: inData(({ exporter }) => ["exporters", exporter, "csv"]),
    },
    socket: statusSocket,
    ...telemetry,
  },
  surveillant: {
    surveillant: { kind: "text", what: "this surveillant's name", otherwise: always("sur-1") },
    ...shared,
    archive,
    surveillantCredentials: credentials("projector", "surveillant"),
    folder: {
      kind: "text",
      what: "the folder for states to go on from",
      otherwise: inData(({ surveillant }) => ["surveillants", surveillant]),
    },
    surveillance: {
      kind: "text",
      what: "the folder of settings.yaml and relations.yaml, where there are such, and of alerts.jsonl",
      otherwise: inData(({ surveillant }) => ["surveillants", surveillant, "alerts"]),
    },
    socket: statusSocket,
    ...telemetry,
  },
  custodian: {
    custodian: { kind: "text", what: "this custodian's name", otherwise: always("custodian") },
    servers: shared.servers,
    ca: shared.ca,
    custodianCredentials: credentials("custodian", "custodian"),
    wallets: {
      kind: "text",
      what: "the file of its wallets",
      otherwise: inData(() => ["custody", "wallets.json"]),
    },
    folder: {
      kind: "text",
      what: "the folder for what it has signed, and how far it has told",
      otherwise: inData(({ custodian }) => ["custody", custodian]),
    },
    pollMs: {
      kind: "count",
      what: "how many milliseconds lie between two looks",
      otherwise: always(1000),
    },
    socket: statusSocket,
    ...telemetry,
  },
};

export const processRoles = Object.keys(settingFields) as readonly ProcessRole[];

/** A role's settings by name, and before them the places that others follow from. */
export function fieldsOf(role: ProcessRole): Readonly<Record<string, Field>> {
  return { ...placeFields, ...settingFields[role] };
}

/** `engineCredentials` is `--engine-credentials`. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `engineCredentials` is `OUTCRY_ENGINE_CREDENTIALS`. */
export function variableOf(name: string, field?: Field): string {
  return field?.variable ?? `OUTCRY_${flagOf(name).replaceAll("-", "_").toUpperCase()}`;
}

/** Keys made by `outcry keys init` hold them there. */
function credentials(role: string, owner: string): Field {
  return {
    kind: "text",
    what: `a credentials file of the role ${role}`,
    otherwise: (known) => within(known["keys"], ["users", role, suffixed(known[owner])]),
    isSecretFile: true,
  };
}

function inData(path: (known: Known) => readonly unknown[]): NonNullable<Field["otherwise"]> {
  return (known) => within(known["data"], path(known));
}

function suffixed(name: unknown): unknown {
  return typeof name === "string" ? `${name}.creds` : undefined;
}

function within(folder: unknown, path: readonly unknown[]): string | undefined {
  const parts = [folder, ...path];
  if (parts.some((part) => typeof part !== "string")) return undefined;
  return join(...(parts as string[]));
}

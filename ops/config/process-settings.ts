/**
 * What a process of the cluster is started with, as types. `setting-fields.ts` says what each
 * setting is for and what it is when nobody says; `read-settings.ts` reads them.
 */
import type { EmissionMode } from "../../cluster/emission.ts";

/** Where a process tells of itself over HTTP. */
export interface TelemetrySettings {
  /** Of `/metrics` and `/healthz`. Left out, the process measures nothing and tells nobody. */
  readonly metricsPort?: number;
  /** The address that it listens on: this machine's own unless told otherwise. */
  readonly metricsHost?: string;
}

/** How a process knows the nats-servers. */
export interface LineSettings {
  /** The certificate of the authority that vouches for them; left out, lines are in the clear. */
  readonly ca?: string;
}

export interface EngineSettings extends TelemetrySettings, LineSettings {
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

export interface GatewaySettings extends TelemetrySettings, LineSettings {
  readonly cluster: string;
  /** This gateway's name, and the name under which it appends. */
  readonly gateway: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** Credentials files: of the roles `gateway-back` and `gateway-front`. */
  readonly backCredentials: string;
  readonly frontCredentials: string;
  /**
   * A file with the token of the account that administrators are users of: by it they are known who
   * approve of commands. Where there is none, no approvals are taken.
   */
  readonly administrators?: string;
}

export interface RefereeSettings extends TelemetrySettings, LineSettings {
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

export interface AuditorSettings extends TelemetrySettings, LineSettings {
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
  /** Where it says how far it is; nowhere unless told. */
  readonly socket?: string;
}

export interface ExporterSettings extends TelemetrySettings, LineSettings {
  /** This exporter's name. */
  readonly exporter: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `projector`: it reads as one does. */
  readonly exporterCredentials: string;
  /** Its own folder: states to go on from. */
  readonly folder: string;
  /** The folder of the CSV files. */
  readonly csv: string;
  /** Where it says how far it is; nowhere unless told. */
  readonly socket?: string;
}

export interface SurveillantSettings extends TelemetrySettings, LineSettings {
  /** This surveillant's name. */
  readonly surveillant: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `projector`: it reads as one does. */
  readonly surveillantCredentials: string;
  /** Its own folder: states to go on from. */
  readonly folder: string;
  /** The compliance officer's folder: settings, relations and alerts. */
  readonly surveillance: string;
  /** Where it says how far it is; nowhere unless told. */
  readonly socket?: string;
}

export interface CustodianSettings extends TelemetrySettings, LineSettings {
  /** Its name, as the rules of its assets have it. */
  readonly custodian: string;
  readonly servers: readonly string[];
  /** A credentials file of the role `custodian`. */
  readonly custodianCredentials: string;
  /** The file of its wallets. */
  readonly wallets: string;
  /** Its own folder: what it has signed, and how far it has told. */
  readonly folder: string;
  /** How long it rests between two looks. */
  readonly pollMs: number;
  /** Where it says how far it is; nowhere unless told. */
  readonly socket?: string;
}

/** Simulated chains that are run beside a custodian. */
export interface ChainSettings {
  readonly chains: readonly { readonly journal: string; readonly socket: string }[];
  readonly blockSeconds: number;
}

/** In place of a server's address: a database in the projector's own folder. */
export const embeddedDatabase = "embedded";

export interface ProjectorSettings extends TelemetrySettings, LineSettings {
  /** This projector's name. */
  readonly projector: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `projector`. */
  readonly projectorCredentials: string;
  /** One of the role `history-front`, by which it answers participants. */
  readonly frontCredentials: string;
  /** Its own folder: states to go on from, and the database if that is `embedded`. */
  readonly folder: string;
  /** The address of a PostgreSQL server's database, or `embedded`. */
  readonly database: string;
  /** Where it listens for questions in SQL. */
  readonly socket: string;
}

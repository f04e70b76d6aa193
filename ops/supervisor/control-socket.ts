/**
 * How other programs of this machine speak to a running supervisor: a socket in the data directory,
 * one request and one answer per connection, each a line of JSON.
 *
 * Whoever listens there is the one supervisor of that directory: it is also the lock.
 */
import type { Server } from "node:net";
import { ConfigFault } from "../config/config-fault.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import type { SingleKind } from "../config/log-readers.ts";
import { answersAt, askAt, listenAt, localSocketPath } from "../config/local-socket.ts";

export type ControlRequest =
  | { readonly command: "processes" }
  | { readonly command: "stop" }
  /** Stops whatever is no nats-server, in order. */
  | { readonly command: "stop-processes" }
  | {
      readonly command: "kill";
      readonly process: string;
      readonly signal: NodeJS.Signals;
      readonly restart: boolean;
    }
  | {
      readonly command: "restart";
      readonly process: string;
      /** Start it as its sources are now; as it was unless told. */
      readonly renewed?: Renewal;
    }
  /** Starts one more engine node, now and whenever the cluster is started. */
  | { readonly command: "add-node"; readonly node: string }
  /** Stops an engine node for good. */
  | { readonly command: "remove-node"; readonly node: string }
  /** Makes the log of one more shard, which each process serves from its next start on. */
  | { readonly command: "serve-shards"; readonly shards: number };

export interface Renewal {
  /** The last version of logic that an engine node is to carry, to rehearse an upgrade. */
  readonly logicMax?: number | undefined;
}

export interface ProcessRecord {
  readonly name: string;
  readonly kind: "server" | "engine" | "gateway" | SingleKind | "chain" | "agents";
  readonly phase: string;
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Where it tells of itself, see ops/telemetry; undefined where it does not. */
  readonly telemetryUrl?: string | undefined;
}

/** What each request is answered with, when it is not refused. */
export interface ControlAnswers {
  processes: { readonly supervisor: number; readonly processes: readonly ProcessRecord[] };
  stop: Record<never, never>;
  "stop-processes": { readonly stopped: readonly string[] };
  kill: { readonly pid: number };
  restart: { readonly pid: number | undefined };
  "add-node": { readonly nodes: readonly string[] };
  "remove-node": { readonly nodes: readonly string[] };
  "serve-shards": { readonly shards: number };
}

export type ControlListener = (request: ControlRequest) => Promise<unknown>;

export function controlSocketPath(directory: DataDirectory): string {
  return localSocketPath(directory.path, "supervisor");
}

/** Listens; refuses when a supervisor of that directory runs. Call it under the start lock. */
export async function listenForControl(path: string, listener: ControlListener): Promise<Server> {
  if (await answersAt(path)) {
    throw new ConfigFault("running-already", "a supervisor listens there already");
  }
  return await listenAt(path, (request) => listener(request as ControlRequest));
}

/** Asks a running supervisor. Rejects with "not-running" when there is none. */
export async function askSupervisor<Request extends ControlRequest>(
  path: string,
  request: Request,
): Promise<ControlAnswers[Request["command"]]> {
  const answer = await askAt(path, request);
  if (answer === undefined) throw new ConfigFault("not-running", "no cluster runs here");
  if (answer === "cut off") {
    throw new ConfigFault("not-running", "the supervisor ended before it answered");
  }
  if (!answer.ok) throw new ConfigFault("refused", answer.error);
  return answer.value as ControlAnswers[Request["command"]];
}

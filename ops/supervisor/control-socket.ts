/**
 * How other programs of this machine speak to a running supervisor: a socket in the data directory,
 * one request and one answer per connection, each a line of JSON.
 *
 * Whoever listens there is the one supervisor of that directory: it is also the lock.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ConfigFault } from "../config/config-fault.ts";
import type { DataDirectory } from "../config/data-directory.ts";

export type ControlRequest =
  | { readonly command: "processes" }
  | { readonly command: "stop" }
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
  readonly kind: "server" | "engine" | "gateway" | "referee" | "auditor" | "agents";
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
  kill: { readonly pid: number };
  restart: { readonly pid: number | undefined };
  "add-node": { readonly nodes: readonly string[] };
  "remove-node": { readonly nodes: readonly string[] };
  "serve-shards": { readonly shards: number };
}

type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };
export type ControlListener = (request: ControlRequest) => Promise<unknown>;

/** A socket's path has room for about a hundred bytes. */
const pathBytesMax = 100;

export function controlSocketPath(directory: DataDirectory): string {
  const path = join(directory.path, "supervisor.sock");
  if (Buffer.byteLength(path) <= pathBytesMax) return path;
  const digest = createHash("sha256").update(directory.path).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), `outcry-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${digest}.sock`);
}

/** Listens; refuses when a supervisor of that directory runs. Call it under the start lock. */
export async function listenForControl(path: string, listener: ControlListener): Promise<Server> {
  if (await answersAt(path)) {
    throw new ConfigFault("running-already", "a supervisor listens there already");
  }
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket, listener));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  // What is asked for is asked by people; it must not keep a supervisor alive that is done.
  server.unref();
  return server;
}

/** Asks a running supervisor. Rejects with "not-running" when there is none. */
export async function askSupervisor<Request extends ControlRequest>(
  path: string,
  request: Request,
): Promise<ControlAnswers[Request["command"]]> {
  const socket = await open(path);
  if (socket === undefined) throw new ConfigFault("not-running", "no cluster runs here");
  socket.end(`${JSON.stringify(request)}\n`);
  const text = await readAll(socket);
  if (text === "") throw new ConfigFault("not-running", "the supervisor ended before it answered");
  const answer = JSON.parse(text) as Answer;
  if (!answer.ok) throw new ConfigFault("refused", answer.error);
  return answer.value as ControlAnswers[Request["command"]];
}

/** Whether a supervisor listens there. */
export async function answersAt(path: string): Promise<boolean> {
  const socket = await open(path);
  socket?.destroy();
  return socket !== undefined;
}

function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
  });
}

async function serve(socket: Socket, listener: ControlListener): Promise<void> {
  // Whoever asked may have gone; that is no concern of ours.
  socket.on("error", () => undefined);
  const text = await readAll(socket);
  if (text === "") {
    socket.end();
    return;
  }
  let answer: Answer;
  try {
    answer = { ok: true, value: await listener(JSON.parse(text) as ControlRequest) };
  } catch (error) {
    answer = { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  socket.end(`${JSON.stringify(answer)}\n`);
}

async function readAll(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of socket) pieces.push(piece as Buffer);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    // Cut off in the middle: what came so far is no answer.
    return "";
  }
  return Buffer.concat(pieces).toString();
}

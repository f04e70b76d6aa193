/**
 * How programs of one machine speak to each other: a socket in the data directory, one request and
 * one answer per connection, each a line of JSON.
 */
import { createHash } from "node:crypto";
import { constants, lstatSync, mkdirSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ConfigFault } from "./config-fault.ts";

const { S_IFDIR, S_IFMT } = constants;

export type LocalAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

/** A socket's path has room for about a hundred bytes. */
const pathBytesMax = 100;

/** Where a program listens that belongs to a data directory. */
export function localSocketPath(folder: string, name: string): string {
  const path = join(folder, `${name}.sock`);
  if (Buffer.byteLength(path) <= pathBytesMax) return path;
  const of = name === "supervisor" ? folder : join(folder, name);
  const digest = createHash("sha256").update(of).digest("hex").slice(0, 16);
  const sockets = join(tmpdir(), `outcry-${userInfo().uid}`);
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  refuseOthers(sockets);
  return join(sockets, `${digest}.sock`);
}

/** Where the projector of a data directory answers questions. */
export function historySocketPath(folder: string): string {
  return localSocketPath(folder, "history");
}

/** Where its auditor says how far it is, */
export function tracesSocketPath(folder: string): string {
  return localSocketPath(folder, "traces");
}

/** and its exporter, */
export function csvSocketPath(folder: string): string {
  return localSocketPath(folder, "csv");
}

/** and its surveillant, */
export function surveillanceSocketPath(folder: string): string {
  return localSocketPath(folder, "surveillance");
}

/** and its custodian. */
export function custodySocketPath(folder: string): string {
  return localSocketPath(folder, "custody");
}

/** Where the simulated chain of an asset listens. */
export function chainSocketPath(folder: string, asset: string): string {
  return localSocketPath(folder, `chain-${asset}`);
}

/** Where everybody may make folders, one of this name may be somebody else's, or open to others. */
function refuseOthers(folder: string): void {
  const { uid, mode } = lstatSync(folder);
  if (uid === userInfo().uid && (mode & S_IFMT) === S_IFDIR && (mode & 0o077) === 0) return;
  const why = "it is no folder that is this user's and nobody else's";
  throw new ConfigFault("settings-invalid", `${folder} is not used for sockets: ${why}`);
}

/** Listens in the place of whoever did before. What the listener throws is the answer, as text. */
export async function listenAt(
  path: string,
  listener: (request: unknown) => Promise<unknown>,
): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket, listener));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  // What is asked for is asked by people; it must not keep a program alive that is done.
  server.unref();
  return server;
}

/**
 * Asks whoever listens there; undefined when nobody does.
 *
 * @param patienceMs after which it is waited for no longer, which counts as cut off; without it,
 *   an answer may take as long as it does.
 */
export async function askAt(
  path: string,
  request: unknown,
  patienceMs?: number,
): Promise<LocalAnswer | "cut off" | undefined> {
  const socket = await open(path);
  if (socket === undefined) return undefined;
  if (patienceMs !== undefined) socket.setTimeout(patienceMs, () => socket.destroy());
  socket.end(`${JSON.stringify(request)}\n`);
  const text = await readAll(socket);
  return text === "" ? "cut off" : (JSON.parse(text) as LocalAnswer);
}

/** Whether anybody listens there. */
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

async function serve(
  socket: Socket,
  listener: (request: unknown) => Promise<unknown>,
): Promise<void> {
  // Whoever asked may have gone; that is no concern of ours.
  socket.on("error", () => undefined);
  const text = await readAll(socket);
  if (text === "") {
    socket.end();
    return;
  }
  let answer: LocalAnswer;
  try {
    answer = { ok: true, value: await listener(JSON.parse(text)) };
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

/**
 * Which process listens on a TCP port of this machine. Linux tells through /proc, elsewhere lsof is
 * asked. Without the right to look, the answer is "unknown", never a guess.
 */
import { readdir, readFile, readlink } from "node:fs/promises";
import { firstLineOf } from "./program.ts";

/** Like "nats-server (pid 4711)", or undefined. */
export async function listenerOn(port: number): Promise<string | undefined> {
  if (process.platform !== "linux") return await askLsof(port);
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(readOrEmpty));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || !(await holdsSocket(pid, inodes))) continue;
    return `${(await readOrEmpty(`/proc/${pid}/comm`)).trim()} (pid ${pid})`;
  }
  return undefined;
}

/** The socket inodes that listen on the port, from the text of /proc/net/tcp. */
export function listeningInodes(table: string, port: number): string[] {
  const listen = "0A";
  const portInHex = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [localAddress, state, inode] = [fields[1], fields[3], fields[9]];
    const matches = state === listen && localAddress?.endsWith(`:${portInHex}`) === true;
    return matches && inode !== undefined ? [inode] : [];
  });
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await orElse([], readdir(folder));
  for (const descriptor of descriptors) {
    const target = await orElse("", readlink(`${folder}/${descriptor}`));
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function readOrEmpty(path: string): Promise<string> {
  return await orElse("", readFile(path, "utf8"));
}

/** Processes end, and descriptors close, while one looks; others are not ours to look at. */
async function orElse<T>(fallback: T, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error) return fallback;
    throw error;
  }
}

async function askLsof(port: number): Promise<string | undefined> {
  const pid = await firstLineOf("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"]);
  if (pid === undefined || pid === "") return undefined;
  const name = await firstLineOf("ps", ["-p", pid, "-o", "comm="]);
  return `${name ?? "a process"} (pid ${pid})`;
}

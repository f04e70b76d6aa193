/**
 * A Docker engine for tests: the one that this machine has, or one that is started for them where
 * `dockerd` is at hand and may be run. Whether there is one is found out by asking it.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../../../cluster/testing/eventually.ts";
import { findOnPath } from "../../setup/command.mjs";

export interface DockerEngine {
  /** As `DOCKER_HOST` wants it. */
  readonly host: string;
  stop(): Promise<void>;
}

export type DockerSearch = { readonly engine: DockerEngine } | { readonly reason: string };

const startTimeoutMs = 20_000;
const usualHost = "unix:///var/run/docker.sock";

/** The least that a kernel must offer comes last. */
const ways: readonly (readonly string[])[] = [[], ["--storage-driver", "vfs"]];

/** @param folder for what an engine keeps that has to be started */
export async function findDockerEngine(folder: string): Promise<DockerSearch> {
  const search = await searchEngine(folder);
  if (!("engine" in search)) return search;
  const { host, stop } = search.engine;
  // A kernel may let an engine run, and no network of containers.
  const network = `outcry-trial-${process.pid}`;
  const isMade = await does(host, "network", "create", network);
  if (isMade && (await does(host, "network", "rm", network))) return search;
  await stop();
  return { reason: `the Docker engine at ${host} makes no networks` };
}

async function searchEngine(folder: string): Promise<DockerSearch> {
  if (findOnPath("docker", process.env) === undefined) return { reason: "there is no docker" };
  const host = process.env["DOCKER_HOST"] ?? usualHost;
  if (await answers(host)) return { engine: { host, stop: () => Promise.resolve() } };
  const daemon = findOnPath("dockerd", process.env);
  if (daemon === undefined)
    return { reason: `no engine answers at ${host}, and there is no dockerd` };
  if (process.getuid?.() !== 0) {
    return { reason: `no engine answers at ${host}, and only root may start one` };
  }
  for (const [index, flags] of ways.entries()) {
    const engine = await startEngine(daemon, join(folder, `engine-${index}`), flags);
    if (engine !== undefined) return { engine };
  }
  return { reason: `no engine answers at ${host}, and dockerd does not start here` };
}

async function startEngine(
  daemon: string,
  folder: string,
  flags: readonly string[],
): Promise<DockerEngine | undefined> {
  const host = `unix://${folder}.sock`;
  const log = openSync(`${folder}.log`, "a");
  const places = {
    "data-root": folder,
    "exec-root": `${folder}-run`,
    pidfile: `${folder}.pid`,
    host,
  };
  const named = Object.entries(places).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(daemon, [...named, ...flags], { stdio: ["ignore", log, log] });
  const stop = async (): Promise<void> => {
    if (hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await eventually(async () => hasEnded(child) || (await answers(host)), {
      what: "a Docker engine answers",
      deadlineMs: startTimeoutMs,
      everyMs: 200,
    });
  } catch (error) {
    await stop();
    process.stderr.write(`${String(error)}\n`);
    return undefined;
  }
  return hasEnded(child) ? undefined : { host, stop };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function answers(host: string): Promise<boolean> {
  return await does(host, "version");
}

async function does(host: string, ...args: readonly string[]): Promise<boolean> {
  const env = { ...process.env, DOCKER_HOST: host };
  return await promisify(execFile)("docker", [...args], { env, timeout: 5000 }).then(
    () => true,
    () => false,
  );
}

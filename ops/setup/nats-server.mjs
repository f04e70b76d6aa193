/**
 * Finds a nats-server, or gets one, in a fixed order: `$NATS_SERVER`, PATH, a copy that an earlier
 * set-up put into the user's cache, a build from the pinned source with Go, Debian's package.
 *
 * Never installs anything system-wide, starts no service and needs no root.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandFailed, findOnPath, isExecutable, run, secondsSince } from "./command.mjs";
import { withLock } from "./lock.mjs";

/** The version that `ops/nats/go.mod` pins. */
export const pinnedVersion = "2.15.1";

/** Older servers acknowledge before an order is safe on disk, or make that very slow. */
const advisedVersionMin = "2.12.0";

const goModule = fileURLToPath(new URL("../nats/", import.meta.url));

/**
 * @typedef {"environment" | "path" | "built" | "debian"} NatsServerSource
 * @typedef {{ path: string, version: string, source: NatsServerSource }} NatsServer
 * @typedef {(line: string) => void} Report
 */

/** What to tell someone whose machine offers no way to a nats-server. */
export class NatsServerUnavailable extends Error {
  /** @param {readonly string[]} attempts what was tried and why it failed */
  constructor(attempts) {
    super(
      [
        "No nats-server was found, and there is no way to get one here.",
        ...attempts.map((attempt) => `  tried: ${attempt}`),
        "Any one of these will do; then run the same command again:",
        "  Go 1.21 or newer on the PATH: set-up then builds the pinned version itself",
        "  macOS: brew install nats-server",
        "  Docker: docker create --name nats nats:2 && docker cp nats:/nats-server ~/.local/bin/",
        "  official release: https://github.com/nats-io/nats-server/releases, unpack onto the PATH",
        "  elsewhere on the disk: NATS_SERVER=/path/to/nats-server",
      ].join("\n"),
    );
    this.name = "NatsServerUnavailable";
  }
}

/**
 * The nats-server that a cluster here would run, without getting one. Throws when `$NATS_SERVER`
 * names something that is no nats-server: a wish that cannot be met is not passed over.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NatsServer | undefined}
 */
export function findNatsServer(env = process.env) {
  const named = env["NATS_SERVER"];
  if (named !== undefined && named !== "") {
    const version = versionOf(named);
    if (version === undefined) throw new Error(`NATS_SERVER=${named} is not a nats-server`);
    return { path: named, version, source: "environment" };
  }
  return (
    identify(findOnPath("nats-server", env), "path") ??
    identify(cachePath(env, "built"), "built") ??
    identify(cachePath(env, "debian"), "debian")
  );
}

/**
 * The nats-server that a cluster here will run, built or fetched if need be. Debian's old copy does
 * not stand in the way of a build once there is a Go to build with.
 *
 * @param {Report} [report]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<NatsServer>}
 */
export async function obtainNatsServer(report = () => {}, env = process.env) {
  const found = findNatsServer(env);
  if (found !== undefined && !(found.source === "debian" && hasGo(env))) return found;
  const lock = join(cacheFolder(env), "nats-server.lock");
  return await withLock(
    lock,
    async () => {
      const meanwhile = findNatsServer(env);
      if (meanwhile !== undefined && meanwhile.source !== "debian") return meanwhile;
      return await build(report, env);
    },
    () => report("another set-up is getting nats-server, waiting for it"),
  );
}

/**
 * The dotted version in what `nats-server --version` prints, or undefined.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
export function parseVersion(text) {
  return /\bv?(\d+\.\d+\.\d+(?:-[\w.]+)?)/.exec(text)?.[1];
}

/**
 * Whether that server accepts `sync_interval: always`.
 *
 * @param {string} version
 */
export function supportsSyncAlways(version) {
  return isAtLeast(version, "2.10.0");
}

/**
 * What somebody running this version must know, or undefined when there is nothing to warn of.
 *
 * @param {string} version
 * @returns {string | undefined}
 */
export function versionWarning(version) {
  if (isAtLeast(version, advisedVersionMin)) return undefined;
  const reason = supportsSyncAlways(version)
    ? "its sync_interval: always costs one fsync per message, and known faults are mended later"
    : "it has no sync_interval setting, so servers acknowledge orders before they are on disk";
  return (
    `WARNING: nats-server ${version} can lose acknowledged orders in a power cut: ${reason}. ` +
    `Good enough to try things out. For more, put nats-server ${pinnedVersion} or a Go to build ` +
    "it with on the PATH."
  );
}

/**
 * @param {string} version
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const ours = version.split(/[.-]/).map(Number);
  const theirs = minimum.split(/[.-]/).map(Number);
  for (let part = 0; part < 3; part += 1) {
    const difference = (ours[part] ?? 0) - (theirs[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * @param {Report} report
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NatsServer>}
 */
async function build(report, env) {
  /** @type {string[]} */
  const attempts = [];
  if (hasGo(env)) {
    try {
      return await buildWithGo(report, env);
    } catch (error) {
      attempts.push(`building with Go: ${reasonOf(error)}`);
      report(`nats-server could not be built with Go: ${reasonOf(error)}`);
    }
  } else attempts.push("building with Go: there is no go on the PATH");
  const earlier = identify(cachePath(env, "debian"), "debian");
  if (earlier !== undefined) return earlier;
  if (findOnPath("apt-get", env) !== undefined && findOnPath("dpkg-deb", env) !== undefined) {
    try {
      return await fetchFromDebian(report, env);
    } catch (error) {
      attempts.push(`Debian's package: ${reasonOf(error)}`);
    }
  } else attempts.push("Debian's package: there is no apt-get here");
  throw new NatsServerUnavailable(attempts);
}

/**
 * @param {Report} report
 * @param {NodeJS.ProcessEnv} env
 */
async function buildWithGo(report, env) {
  report(`building nats-server ${pinnedVersion} with Go (once, a minute or two)`);
  const startedAtMs = performance.now();
  const server = await placeInCache(cachePath(env, "built"), async (binary) => {
    const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
    await run(["go", "build", ...flags, "-o", binary, "github.com/nats-io/nats-server/v2"], {
      cwd: goModule,
      env: { ...env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    });
  });
  report(`nats-server ${server.version} built (${secondsSince(startedAtMs)})`);
  return /** @type {NatsServer} */ ({ ...server, source: "built" });
}

/**
 * Takes the program out of Debian's package without installing it: nothing needs root, and no
 * service starts. When the machine's own package lists do not lead to it, fresh ones are read into
 * a folder of ours.
 *
 * @param {Report} report
 * @param {NodeJS.ProcessEnv} env
 */
async function fetchFromDebian(report, env) {
  report("fetching Debian's nats-server (no Go here to build a newer one)");
  const startedAtMs = performance.now();
  const server = await placeInCache(cachePath(env, "debian"), async (binary) => {
    const room = mkdtempSync(join(tmpdir(), "outcry-debian-"));
    try {
      await downloadPackage(room, env);
      const archive = readdirSync(room).find((name) => name.endsWith(".deb"));
      if (archive === undefined) throw new Error("apt-get download left no package");
      await run(["dpkg-deb", "-x", join(room, archive), join(room, "unpacked")], { env });
      copyFileSync(join(room, "unpacked", "usr", "sbin", "nats-server"), binary);
    } finally {
      rmSync(room, { recursive: true, force: true });
    }
  });
  report(`nats-server ${server.version} taken from Debian (${secondsSince(startedAtMs)})`);
  return /** @type {NatsServer} */ ({ ...server, source: "debian" });
}

/**
 * @param {string} room
 * @param {NodeJS.ProcessEnv} env
 */
async function downloadPackage(room, env) {
  // apt would give up root to a user who cannot write into our folder.
  const quiet = ["-qq", "-o", "APT::Sandbox::User=root"];
  try {
    await run(["apt-get", ...quiet, "download", "nats-server"], { cwd: room, env });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const lists = join(room, "lists");
    mkdirSync(join(lists, "partial"), { recursive: true });
    const own = [...quiet, "-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${room}/cache`];
    await run(["apt-get", ...own, "update"], { cwd: room, env });
    await run(["apt-get", ...own, "download", "nats-server"], { cwd: room, env });
  }
}

/**
 * Nobody ever sees half a server: it is made under another name, run once, and then renamed.
 *
 * @param {string} path
 * @param {(binary: string) => Promise<void>} make
 */
export async function placeInCache(path, make) {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    await make(unfinished);
    chmodSync(unfinished, 0o755);
    const version = versionOf(unfinished);
    if (version === undefined) throw new Error("the result does not run on this machine");
    renameSync(unfinished, path);
    return { path, version };
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * @param {string | undefined} path
 * @param {NatsServerSource} source
 * @returns {NatsServer | undefined}
 */
function identify(path, source) {
  if (path === undefined) return undefined;
  const version = versionOf(path);
  return version === undefined ? undefined : { path, version, source };
}

/** @param {string} path */
function versionOf(path) {
  if (!isExecutable(path)) return undefined;
  try {
    return parseVersion(execFileSync(path, ["--version"], { encoding: "utf8", stdio: "pipe" }));
  } catch (error) {
    // It is there and executable, and yet does not run here: not a nats-server for us.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** @param {NodeJS.ProcessEnv} env */
function hasGo(env) {
  return findOnPath("go", env) !== undefined;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {"built" | "debian"} source
 */
function cachePath(env, source) {
  const folder = source === "built" ? `nats-server-${pinnedVersion}` : "nats-server-debian";
  return join(cacheFolder(env), folder, "nats-server");
}

/** @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env) {
  const base = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return join(base, "outcry");
}

/** @param {unknown} error */
function reasonOf(error) {
  if (error instanceof CommandFailed) return error.lastLine;
  return error instanceof Error ? error.message : String(error);
}

/**
 * The npm packages and the Node 24 among them. Decides by content whether what is installed is what
 * `package-lock.json` asks for, so that a set-up with nothing to do costs a few milliseconds and an
 * install made by hand is recognised.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isExecutable, run, secondsSince } from "./command.mjs";
import { withLock } from "./lock.mjs";

const nodeMajorMin = 24;

/**
 * @typedef {object} Stamp what the last set-up found installed; kept inside node_modules
 * @property {string} lockfile hash of package-lock.json
 * @property {string} platform
 * @property {string} node version of node_modules/.bin/node
 */

/**
 * Installs the packages unless they are there. Resolves with the version of the project's Node.
 *
 * @param {string} root
 * @param {(line: string) => void} report
 * @returns {Promise<string>}
 */
export async function ensureDependencies(root, report) {
  const present = stampedNodeVersion(root);
  if (present !== undefined) return present;
  const lock = join(root, ".outcry", "set-up.lock");
  return await withLock(
    lock,
    async () => {
      // Whoever held the lock may have done the work.
      const meanwhile = stampedNodeVersion(root);
      if (meanwhile !== undefined) return meanwhile;
      if (!isInstalled(root)) await install(root, report);
      const node = ensureNode(root, report);
      /** @type {Stamp} */
      const stamp = { lockfile: lockfileHash(root), platform: platform(), node };
      writeFileSync(stampPath(root), JSON.stringify(stamp));
      return node;
    },
    () => report("another set-up is at work here, waiting for it"),
  );
}

/**
 * Whether node_modules holds exactly the versions that package-lock.json names. npm keeps its own
 * account of what it installed, and writes it last, so an interrupted install does not pass.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  const account = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(account)) return false;
  const wanted = packagesIn(join(root, "package-lock.json"));
  const installed = packagesIn(account);
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    if (found === undefined ? optional !== true : found.version !== version) return false;
  }
  return true;
}

/**
 * @param {string} root
 * @returns {string | undefined}
 */
function stampedNodeVersion(root) {
  if (!existsSync(stampPath(root)) || !existsSync(projectNode(root))) return undefined;
  const stamp = /** @type {Partial<Stamp>} */ (JSON.parse(readFileSync(stampPath(root), "utf8")));
  const valid = stamp.lockfile === lockfileHash(root) && stamp.platform === platform();
  return valid ? stamp.node : undefined;
}

/**
 * @param {string} root
 * @param {(line: string) => void} report
 */
async function install(root, report) {
  report("installing the npm packages (npm ci)");
  const startedAtMs = performance.now();
  // npm must not run on the Node that it is about to replace.
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes(join("node_modules", ".bin")))
    .join(delimiter);
  await run(["npm", "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"], {
    cwd: root,
    env: { ...process.env, PATH: path },
  });
  report(`npm packages installed (${secondsSince(startedAtMs)})`);
}

/**
 * Where npm has no Node 24 for this machine, the one that runs us will do if it is new enough.
 *
 * @param {string} root
 * @param {(line: string) => void} report
 */
function ensureNode(root, report) {
  const version = runnableVersion(projectNode(root));
  if (version !== undefined) return version;
  if (majorOf(process.versions.node) < nodeMajorMin) {
    throw new Error(
      `npm offers no Node ${nodeMajorMin} that runs on ${platform()}, and this is Node ` +
        `${process.versions.node}. Install Node ${nodeMajorMin} or newer and try again.`,
    );
  }
  mkdirSync(join(root, "node_modules", ".bin"), { recursive: true });
  rmSync(projectNode(root), { force: true });
  symlinkSync(process.execPath, projectNode(root));
  report(`using the installed Node ${process.versions.node} (npm offers none for ${platform()})`);
  return process.versions.node;
}

/** @param {string} path */
function runnableVersion(path) {
  if (!isExecutable(path)) return undefined;
  try {
    const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim().slice(1);
    return majorOf(version) >= nodeMajorMin ? version : undefined;
  } catch (error) {
    // A binary for another C library: present, executable, and not for us.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** @param {string} version */
function majorOf(version) {
  return Number(version.split(".")[0]);
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesIn(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
}

/** @param {string} root */
function lockfileHash(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** @param {string} root */
function stampPath(root) {
  return join(root, "node_modules", ".outcry-set-up.json");
}

/** @param {string} root */
function projectNode(root) {
  return join(root, "node_modules", ".bin", "node");
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

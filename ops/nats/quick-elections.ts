/**
 * `npm run nats:quick-elections`: builds the pinned nats-server with elections that begin after half
 * a second instead of four to nine, and prints where it is:
 *
 *   NATS_SERVER=$(npm run --silent nats:quick-elections) ./outcry start
 *
 * The server's own times are constants of its source. They are replaced in a copy of it; nothing else
 * differs. What it brings and what it costs: docs/decisions/0029-quick-elections.md.
 */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../setup/command.mjs";
import { cacheFolder, pinnedVersion, placeInCache } from "../setup/nats-server.mjs";

const server = "github.com/nats-io/nats-server/v2";
const pinned = fileURLToPath(new URL(".", import.meta.url));
const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };

/**
 * By the names of `server/raft.go`, in milliseconds. A leader that reaches no majority gives up after
 * ten heartbeats; the votes take a campaign's time at most.
 */
const times = {
  minElectionTimeoutDefault: 500,
  maxElectionTimeoutDefault: 1000,
  hbIntervalDefault: 100,
} as const;

/** The source with those times in it. Throws when it does not name each of them exactly once. */
export function withQuickElections(source: string): string {
  let changed = source;
  for (const [name, ms] of Object.entries(times)) {
    const line = new RegExp(`^(\\t${name} +=) .*$`, "gm");
    if ((source.match(line) ?? []).length !== 1) throw new Error(`raft.go does not set ${name}`);
    changed = changed.replace(line, `$1 ${String(ms)} * time.Millisecond`);
  }
  return changed;
}

async function main(): Promise<void> {
  process.stderr.write(`building nats-server ${pinnedVersion} with quick elections\n`);
  const folder = mkdtempSync(join(tmpdir(), "outcry-quick-elections-"));
  try {
    const at = { cwd: await changedModule(folder), env };
    const name = `nats-server-${pinnedVersion}-quick-elections`;
    const path = join(cacheFolder(process.env), name, "nats-server");
    await placeInCache(path, async (binary) => {
      await run(["go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, server], at);
    });
    process.stdout.write(`${path}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A copy of our module that takes the server from a changed copy of its source. */
async function changedModule(folder: string): Promise<string> {
  const [module, copy] = [join(folder, "module"), join(folder, "nats-server")];
  await run(["go", "mod", "download"], { cwd: pinned, env });
  const listed = await run(["go", "list", "-m", "-f", "{{.Dir}}", server], { cwd: pinned, env });
  const isNeeded = (path: string): boolean => !path.endsWith("_test.go");
  cpSync(listed.trim(), copy, { recursive: true, filter: isNeeded });
  // Go keeps its modules read-only, and so is the copy.
  await run(["chmod", "-R", "u+w", copy], {});
  const file = join(copy, "server", "raft.go");
  writeFileSync(file, withQuickElections(readFileSync(file, "utf8")));
  mkdirSync(module);
  for (const each of ["go.mod", "go.sum"]) copyFileSync(join(pinned, each), join(module, each));
  await run(["go", "mod", "edit", "-replace", `${server}=${copy}`], { cwd: module, env });
  return module;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

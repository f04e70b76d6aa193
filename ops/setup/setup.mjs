/**
 * Makes a fresh clone ready to run and test: npm packages, Node 24 among them, and a nats-server.
 * Runs on the Node that is there (20 or newer) and says one line when there is nothing to do.
 */
import { fileURLToPath } from "node:url";
import { CommandFailed } from "./command.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { obtainNatsServer, versionWarning } from "./nats-server.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @param {string} line */
function report(line) {
  process.stdout.write(`set-up: ${line}\n`);
}

/** @param {unknown} error */
function explain(error) {
  const details = error instanceof CommandFailed ? `\n${error.output}` : "";
  process.stderr.write(`set-up: ${error instanceof Error ? error.message : error}${details}\n`);
}

// One mostly waits for the network and the other for the processor.
const [dependencies, server] = await Promise.allSettled([
  ensureDependencies(root, report),
  obtainNatsServer(report),
]);

if (dependencies.status === "rejected" || server.status === "rejected") {
  for (const result of [dependencies, server]) {
    if (result.status === "rejected") explain(result.reason);
  }
  process.exitCode = 1;
} else {
  const { path, version } = server.value;
  report(`ready: Node ${dependencies.value}, nats-server ${version} (${path})`);
  const warning = versionWarning(version);
  if (warning !== undefined) report(warning);
}

/**
 * Every check that needs no running program, several at a time: `npm run check`, or some of them by
 * name: `npm run check -- types lint`. Says one line per check, and what a failing one printed.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Longest first, so that the short ones fill the gaps. */
const checks: readonly Check[] = [
  { name: "lint", script: "npm run --silent lint" },
  { name: "types", script: "npm run --silent types" },
  { name: "format", script: "prettier --check --cache ." },
  { name: "imports", script: "npm run --silent imports" },
  { name: "dead-code", script: "npm run --silent dead-code" },
  { name: "tidy", script: "node ops/scripts/tidy.ts" },
];

interface Check {
  readonly name: string;
  readonly script: string;
}

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: string;
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    const known = checks.map(({ name }) => name).join(", ");
    console.error(`check: no such check: ${unknown.join(", ")} (there are ${known})`);
    process.exitCode = 2;
    return;
  }
  const waiting = checks.filter(({ name }) => names.length === 0 || names.includes(name));
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const outcome = await perform(check);
      console.log(`${outcome.ok ? "ok    " : "FAILED"} ${check.name} (${outcome.seconds} s)`);
      if (outcome.ok) continue;
      console.log(outcome.output.trimEnd());
      process.exitCode = 1;
    }
  });
  await Promise.all(lanes);
}

function perform(check: Check): Promise<Outcome> {
  const startedAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(check.script, {
      cwd: root,
      shell: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
      resolve({ ok: code === 0, output, seconds });
    });
  });
}

await main(process.argv.slice(2));

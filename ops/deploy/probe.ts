/**
 * Asks a process of this container whether it does its work, for engines that run a command to find
 * out: exits with 0 when it says so, with 1 otherwise.
 *
 *   node ops/deploy/probe.ts [URL]
 */
const ownPort = process.env["OUTCRY_METRICS_PORT"] ?? "9560";
const url = process.argv[2] ?? `http://127.0.0.1:${ownPort}/healthz/ready`;
const timeoutMs = 3000;

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${url}: ${String(error)}\n`);
  process.exitCode = 1;
}

/**
 * `npm run drill:failover -- MESSAGES ORDERBOOK`: the failover drill on a cluster of its own.
 *
 * Prints, for each kind of kill, the longest silence between two acknowledgements, then whether the
 * rows match and the replicas agree. Exits with 1 when anything was lost, doubled or different.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { allVictims, FailoverDrill, isPassed } from "./failover-drill.ts";
import type { DrillResult } from "./failover-drill.ts";

const usage = `usage: npm run drill:failover -- MESSAGES ORDERBOOK [options]

  MESSAGES        a LOBSTER message file, its name beginning with a symbol
  ORDERBOOK       the order-book file of the same name; samples: https://lobsterdata.com

  --levels N      levels to compare (10)
  --shards N      shards of the cluster (3)
  --rounds N      how often each kind of kill is made (1)
  --every N       rows from one kill to the next (400)
  --rate N        rows a second (100)
  --port-base N   the first port to use (24700)
  --json          the result as JSON
`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    levels: { type: "string", default: "10" },
    shards: { type: "string", default: "3" },
    rounds: { type: "string", default: "1" },
    every: { type: "string", default: "400" },
    rate: { type: "string", default: "100" },
    "port-base": { type: "string", default: "24700" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const [messages, orderbook] = positionals;
if (flags.help || messages === undefined || orderbook === undefined) {
  process.stdout.write(usage);
  process.exit(flags.help ? 0 : 2);
}

const victims = Array.from({ length: Number(flags.rounds) }, () => allVictims).flat();
const cluster = await ThrowawayCluster.start({
  shards: Number(flags.shards),
  portBase: Number(flags["port-base"]),
});
try {
  const result = await new FailoverDrill({
    cluster,
    paths: { messages, orderbook },
    symbol: basename(messages).split("_")[0] ?? "",
    levels: Number(flags.levels),
    victims,
    rowsPerKill: Number(flags.every),
    rowsPerSecond: Number(flags.rate),
    say: (line) => process.stderr.write(`${line}\n`),
  }).run();
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : render(result));
  process.exitCode = isPassed(result) ? 0 : 1;
} finally {
  await cluster.close();
}

function render({ run, kills, calmGapMsMax, isVerified, verification }: DrillResult): string {
  const lines = kills.map(
    ({ victim, process: name, row, gapMsMax }) =>
      `${victim.padEnd(14)} ${name} at row ${row}: longest silence ${Math.round(gapMsMax)} ms`,
  );
  return [
    ...lines,
    `nothing down: longest silence ${Math.round(calmGapMsMax)} ms`,
    run.fault === null ? "no fault" : `fault: ${run.fault.message}`,
    `orders resting: ${run.resting?.firstDifference ?? "each as it should be"}`,
    `rows played again: ${run.rowsPlayedAgain}`,
    isVerified ? "replicas equal to a rebuild from the log" : `replicas DIFFER:\n${verification}`,
    `rows matched ${run.matched}/${run.rows}`,
    "",
  ].join("\n");
}

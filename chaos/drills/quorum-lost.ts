/**
 * `npm run drill:quorum-lost`: two of three nats-servers are lost for good, on a cluster of its own.
 *
 * Prints what a survivor that had lagged was said to lack, what the other one was restored to, and
 * how soon clients traded again. Exits with 1 when a promise was broken.
 */
import { parseArgs } from "node:util";
import type { PlannedShard } from "../../ops/repair/repair.ts";
import { isRepaired, QuorumLostDrill } from "./quorum-lost-drill.ts";
import type { QuorumLostResult } from "./quorum-lost-drill.ts";

const usage = `usage: npm run drill:quorum-lost -- [options]

  --shards N      shards of the cluster (3)
  --seed N        what the clients' choices follow from (1)
  --rate N        commands a second (300)
  --seconds N     how long is traded before, meanwhile and afterwards (10)
  --calm          let everything be answered before the servers die
  --port-base N   the first port to use (24950)
  --json          the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    shards: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "300" },
    seconds: { type: "string", default: "10" },
    calm: { type: "boolean", default: false },
    "port-base": { type: "string", default: "24950" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const result = await new QuorumLostDrill({
  shards: Number(flags.shards),
  portBase: Number(flags["port-base"]),
  seed: Number(flags.seed),
  rate: Number(flags.rate),
  tradeMs: Number(flags.seconds) * 1000,
  isUnderLoad: !flags.calm,
  say: (line) => process.stderr.write(`${line}\n`),
}).run();
process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : render(result));
process.exitCode = isRepaired(result) ? 0 : 1;

function render(drill: QuorumLostResult): string {
  const { ofLaggard, ofSurvivor, acknowledged, violations } = drill;
  return [
    "the one that had lagged: " + (ofLaggard.error?.name ?? "was taken"),
    ...(ofLaggard.error?.shards ?? []).map(inWords),
    "the other one:",
    ...(ofSurvivor.shards ?? []).map(inWords),
    `traded again ${drill.secondsToTrade.toFixed(1)} s after the repair was called`,
    `${acknowledged.before} acknowledged before, ${acknowledged.after} after`,
    violations.length === 0 ? "no promise was broken" : "BROKEN:",
    ...violations.map(({ promise, text }) => `  ${promise}: ${text}`),
    "",
  ].join("\n");
}

function inWords({ shard, last, confirmedTo, missing, restoredTo }: PlannedShard): string {
  return `  shard ${shard}: ${last} entries left, ${confirmedTo} confirmed, ${missing} missing, restored to ${restoredTo}`;
}

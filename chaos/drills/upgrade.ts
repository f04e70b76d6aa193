/**
 * `npm run drill:upgrade`: the upgrade drill on a cluster of its own.
 *
 * Prints for each restart how long an order had to wait at most, and the percentiles over all of
 * them. Exits with 1 when an order was lost, a shard was left behind or a replica differs.
 */
import { parseArgs } from "node:util";
import { newestLogic } from "../../actors/logic-versions.ts";
import { percentilesOf } from "../../ops/bench/percentiles.ts";
import { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { isUpgraded, UpgradeDrill } from "./upgrade-drill.ts";
import type { UpgradeDrillResult, Window } from "./upgrade-drill.ts";

const usage = `usage: npm run drill:upgrade -- [options]

  --shards N      shards of the cluster (3)
  --rounds N      how often every engine node is restarted (1)
  --rate N        orders a second (30)
  --servers       drain and restart the nats-servers, too
  --port-base N   the first port to use (24900)
  --json          the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    shards: { type: "string", default: "3" },
    rounds: { type: "string", default: "1" },
    rate: { type: "string", default: "30" },
    servers: { type: "boolean", default: false },
    "port-base": { type: "string", default: "24900" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const cluster = await ThrowawayCluster.start({
  shards: Number(flags.shards),
  portBase: Number(flags["port-base"]),
  gateways: 2,
  logicMax: newestLogic - 1,
});
try {
  const result = await new UpgradeDrill({
    cluster,
    ordersPerSecond: Number(flags.rate),
    rounds: Number(flags.rounds),
    servers: flags.servers ? cluster.file.servers.map(({ name }) => name) : [],
    say: (line) => process.stderr.write(`${line}\n`),
  }).run();
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : render(result));
  process.exitCode = isUpgraded(result) ? 0 : 1;
} finally {
  await cluster.close();
}

function render({ windows, orders, lost, logics, ...verified }: UpgradeDrillResult): string {
  const kinds: readonly Window["what"][] = [
    ...(["calm", "nodes", "node", "activation", "gateways", "server"] as const),
  ];
  return [
    ...kinds.flatMap((kind) => {
      const waits = windows.filter(({ what }) => what === kind).map(({ waitMsMax }) => waitMsMax);
      if (waits.length === 0) return [];
      const { count, p50, p99, max } = percentilesOf(waits);
      return [
        `${kind.padEnd(11)} ${count} times; longest wait p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
      ];
    }),
    `${orders} orders, ${lost.length} lost`,
    `logic of the shards: ${logics.join(", ")}`,
    verified.isVerified
      ? "replicas equal to a rebuild from the log"
      : `replicas DIFFER:\n${verified.verification}`,
    "",
  ].join("\n");
}

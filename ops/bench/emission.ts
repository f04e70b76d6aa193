/**
 * `npm run bench:emission`: what it costs and gives when all replicas send what is decided, beside
 * the one that the log has chosen: messages and bytes for each order, processor time, and the
 * longest silence between two answers around the kill of an emitter.
 *
 * Measured: a cluster of its own for each mode, on this machine, one shard; one client that keeps
 * some orders under way; the servers' own counters. Orders rest, so each gives one report and one
 * change of the book.
 * Not measured: subscribers of market data (there is none, so nothing is delivered twice to them).
 */
import { parseArgs } from "node:util";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { delay, systemClock } from "../../cluster/clock.ts";
import type { EmissionMode } from "../../cluster/emission.ts";
import { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { longestGap } from "./longest-gap.ts";
import { percentilesOf } from "./percentiles.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    kills: { type: "string", default: "3" },
    "under-way": { type: "string", default: "8" },
    "port-base": { type: "string", default: "24800" },
    help: { type: "boolean", default: false },
  },
});

interface Traffic {
  readonly messages: number;
  readonly bytes: number;
}

const symbol = "BTC-USDT";
const price = 6_300_000;
const funds = { USDT: "4000000000000000" };

async function measure(emission: EmissionMode): Promise<void> {
  const cluster = await ThrowawayCluster.start({
    shards: 1,
    portBase: Number(flags["port-base"]),
    emission,
  });
  try {
    const client = await cluster.participant("bench-1", funds);
    await load(client, Number(flags.seconds));
    const traffic = await trafficOf(cluster);
    const { answeredAtMs, latencies } = await load(client, Number(flags.seconds));
    const after = await trafficOf(cluster);
    const orders = answeredAtMs.length;
    const { p50, p99 } = percentilesOf(latencies);
    const perOrder = (name: keyof Traffic): string =>
      ((after[name] - traffic[name]) / orders).toFixed(1);
    say(`emission ${emission}`);
    say(
      `  ${Math.round(orders / Number(flags.seconds))} orders/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
    );
    say(
      `  ${perOrder("messages")} messages and ${perOrder("bytes")} bytes through the servers for each order, in and out`,
    );
    for (let kill = 1; kill <= Number(flags.kills); kill++)
      say(`  ${await gapAtKill(cluster, client)}`);
    await client.close();
  } finally {
    await cluster.close();
  }
}

/** Kills the emitter in the middle of a load. */
async function gapAtKill(cluster: ThrowawayCluster, client: OutcryClient): Promise<string> {
  const { shards } = await client.status();
  const emitter = shards[0]?.emitter ?? "";
  const loading = load(client, 4);
  await delay(systemClock, 1500);
  const killedAtMs = systemClock.nowMs();
  await cluster.kill(emitter);
  const { answeredAtMs } = await loading;
  const gapMs = longestGap(answeredAtMs.filter((at) => at > killedAtMs - 200));
  const calmMs = longestGap(answeredAtMs.filter((at) => at < killedAtMs - 200));
  await settled(client);
  return `${emitter} killed: longest silence ${gapMs.toFixed(0)} ms, ${calmMs.toFixed(0)} ms before`;
}

/** Until the killed node is back and follows. */
async function settled(client: OutcryClient): Promise<void> {
  const deadlineMs = systemClock.nowMs() + 30_000;
  while (systemClock.nowMs() < deadlineMs) {
    const { shards } = await client.status();
    if (shards[0]?.emitter === "e1") break;
    await delay(systemClock, 250);
  }
  await delay(systemClock, 1000);
}

let placed = 0;

async function load(
  client: OutcryClient,
  seconds: number,
): Promise<{ readonly answeredAtMs: readonly number[]; readonly latencies: number[] }> {
  const endMs = systemClock.nowMs() + seconds * 1000;
  const answeredAtMs: number[] = [];
  const latencies: number[] = [];
  const lane = async (): Promise<void> => {
    while (systemClock.nowMs() < endMs) {
      placed += 1;
      const startMs = systemClock.nowMs();
      await client.place({
        symbol,
        side: "buy",
        type: "limit",
        price: price - (placed % 50),
        quantity: 1,
      });
      answeredAtMs.push(systemClock.nowMs());
      latencies.push(systemClock.nowMs() - startMs);
    }
  };
  await Promise.all(Array.from({ length: Number(flags["under-way"]) }, lane));
  return { answeredAtMs, latencies };
}

/** What all servers together have taken in and given out, to one another too. */
async function trafficOf(cluster: ThrowawayCluster): Promise<Traffic> {
  const all = await Promise.all(
    cluster.file.servers.map(async ({ monitorUrl }) => {
      return (await (await fetch(`${monitorUrl}/varz`)).json()) as ServerCounts;
    }),
  );
  return {
    messages: all.reduce((sum, { in_msgs: taken, out_msgs: given }) => sum + taken + given, 0),
    bytes: all.reduce((sum, { in_bytes: taken, out_bytes: given }) => sum + taken + given, 0),
  };
}

interface ServerCounts {
  readonly in_msgs: number;
  readonly in_bytes: number;
  readonly out_msgs: number;
  readonly out_bytes: number;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (flags.help)
  say(
    "usage: npm run bench:emission -- [--seconds 5] [--kills 3] [--under-way 8] [--port-base 24800]",
  );
else for (const mode of ["chosen", "all"] as const) await measure(mode);

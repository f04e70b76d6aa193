/**
 * `npm run bench:pipeline`: acknowledged orders a second and order-to-acknowledgement latency
 * through the whole exchange, next to what JetStream alone gives in the same run.
 *
 * Measured: client SDK → gateway → replicated log (3 servers, synced) → engine → reply, every party
 * a process of its own on this machine, and what each used of the processor. Latency at low load is
 * one order at a time, alternating with one raw publish, so that both see the same machine, when
 * the cluster has settled after its first load.
 * Not measured: a network between machines; other people's load on this one.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { systemClock } from "../../cluster/clock.ts";
import { shardOfAccount, shardOfInstrument } from "../../protocols/placement.ts";
import type { ProcessorTime } from "../supervisor/throwaway-cluster.ts";
import { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { clear, funds, loadFrom, price, settle, symbol } from "./order-load.ts";
import type { Percentiles } from "./percentiles.ts";
import { medianOf, percentilesOf } from "./percentiles.ts";
import { RawPublish } from "./raw-publish.ts";

interface PipelineOptions {
  readonly shards: number;
  readonly portBase: number;
  readonly seconds: number;
  readonly runs: number;
  readonly samples: number;
  readonly clients: number;
  readonly underWay: number;
}

interface PipelineResult {
  readonly shards: number;
  readonly raw: { readonly latencyMs: Percentiles; readonly messagesPerSecond: number };
  readonly order: { readonly latencyMs: Percentiles };
  readonly p50Ratio: number;
  readonly load: {
    readonly ordersPerSecond: readonly number[];
    readonly median: number;
    readonly latencyMs: Percentiles;
    readonly processorUsPerOrder: readonly { readonly name: string; readonly us: number }[];
  };
}

async function measure(options: PipelineOptions): Promise<PipelineResult> {
  const cluster = await ThrowawayCluster.start(options);
  let raw: RawPublish | undefined;
  try {
    raw = await RawPublish.open(cluster);
    const names = Array.from({ length: options.clients }, (_, index) => `bench-${index + 1}`);
    const clients = await cluster.participants(names, funds);
    say(
      `  accounts on shards ${clients.map(({ account }) => shardOfAccount(account, options.shards)).join(", ")}; book on shard ${shardOfInstrument(symbol, options.shards)}`,
    );
    const [first] = clients;
    if (first === undefined) throw new Error("at least one client is needed");
    await warmUp(clients, options);
    if (!(await settle(first))) {
      say("  emission did not return to each shard's first node: orders have longer ways");
    }
    const low = await lowLoad(first, raw, options);
    const rawRate = await raw.rate({ payload: new Uint8Array(256), underWay: 100, seconds: 3 });
    const load = await fullLoad(cluster, clients, options);
    const rawLatency = percentilesOf(low.rawMs);
    const orderLatency = percentilesOf(low.orderMs);
    for (const client of clients) await client.close();
    return {
      shards: options.shards,
      raw: { latencyMs: rawLatency, messagesPerSecond: rawRate },
      order: { latencyMs: orderLatency },
      p50Ratio: orderLatency.p50 / rawLatency.p50,
      load,
    };
  } finally {
    await raw?.close();
    await cluster.close();
  }
}

/** Code compiled, connections warm, books not empty. */
async function warmUp(clients: readonly OutcryClient[], options: PipelineOptions): Promise<void> {
  await Promise.all(clients.map((client) => loadFrom(client, { ...options, seconds: 3 }, [])));
  await clear(clients);
}

/** One raw publish and one order in turn, nothing else under way. */
async function lowLoad(
  client: OutcryClient,
  raw: RawPublish,
  { samples }: PipelineOptions,
): Promise<{ rawMs: number[]; orderMs: number[] }> {
  const rawMs: number[] = [];
  const orderMs: number[] = [];
  const payload = new Uint8Array(256);
  for (let sample = 0; sample < samples; sample++) {
    rawMs.push(await raw.once(payload));
    const startMs = systemClock.nowMs();
    // Far from the market: it rests.
    await client.place({ symbol, side: "buy", type: "limit", price: price - 1000, quantity: 1 });
    orderMs.push(systemClock.nowMs() - startMs);
  }
  return { rawMs, orderMs };
}

/** Every client keeps so many orders under way; a third of them trade. */
async function fullLoad(
  cluster: ThrowawayCluster,
  clients: readonly OutcryClient[],
  options: PipelineOptions,
): Promise<PipelineResult["load"]> {
  const ordersPerSecond: number[] = [];
  const latencies: number[] = [];
  let orders = 0;
  const secondsOf = new Map<string, number>();
  for (let run = 0; run < options.runs; run++) {
    const before = [...cluster.processorTimes(), ownTime()];
    const startMs = systemClock.nowMs();
    const counts = await Promise.all(clients.map((client) => loadFrom(client, options, latencies)));
    const count = counts.reduce((sum, each) => sum + each, 0);
    orders += count;
    ordersPerSecond.push((count * 1000) / (systemClock.nowMs() - startMs));
    for (const [index, { name, seconds }] of [...cluster.processorTimes(), ownTime()].entries()) {
      const used = seconds - (before[index]?.seconds ?? 0);
      secondsOf.set(name, (secondsOf.get(name) ?? 0) + used);
    }
    // Half of the orders rest: so that the next run finds the same book, and accounts some room.
    await clear(clients);
  }
  return {
    ordersPerSecond,
    median: medianOf(ordersPerSecond),
    latencyMs: percentilesOf(latencies),
    processorUsPerOrder: [...secondsOf].map(([name, seconds]) => ({
      name,
      us: (seconds * 1e6) / orders,
    })),
  };
}

function ownTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  return { name: "load", seconds: (user + system) / 1e6 };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function render(result: PipelineResult): string {
  const { raw, order, load } = result;
  const ms = (value: number): string => value.toFixed(2);
  const processor = load.processorUsPerOrder.map(({ name, us }) => `${name} ${us.toFixed(1)}`);
  return [
    `shards ${result.shards}`,
    `  raw publish, 256 B, one at a time   p50 ${ms(raw.latencyMs.p50)} ms  p99 ${ms(raw.latencyMs.p99)} ms`,
    `  order to acknowledgement, likewise  p50 ${ms(order.latencyMs.p50)} ms  p99 ${ms(order.latencyMs.p99)} ms  (p50 = ${result.p50Ratio.toFixed(2)} x raw)`,
    `  raw publish, 256 B, 100 under way   ${Math.round(raw.messagesPerSecond)} messages/s`,
    `  orders acknowledged under load      ${Math.round(load.median)} orders/s, median of ${load.ordersPerSecond.map((rate) => Math.round(rate)).join(", ")}`,
    `  latency under load                  p50 ${ms(load.latencyMs.p50)} ms  p99 ${ms(load.latencyMs.p99)} ms`,
    `  processor time an order (us)        ${processor.join(", ")}`,
  ].join("\n");
}

const usage = `usage: npm run bench:pipeline -- [options]

  --shards N,...  clusters to measure, by their number of shards (1,3)
  --seconds N     how long each run under load takes (5)
  --runs N        runs under load (5)
  --samples N     orders one at a time (400)
  --clients N     clients under load (4)
  --under-way N   orders that each of them keeps under way (4000)
  --port-base N   the first port to use (24600)
  --json          the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    shards: { type: "string", default: "1,3" },
    seconds: { type: "string", default: "5" },
    runs: { type: "string", default: "5" },
    samples: { type: "string", default: "400" },
    clients: { type: "string", default: "4" },
    "under-way": { type: "string", default: "4000" },
    "port-base": { type: "string", default: "24600" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(usage);
  process.exit();
}

const results: PipelineResult[] = [];
for (const shards of flags.shards.split(",").map(Number)) {
  say(`starting a cluster with ${shards} shard(s)`);
  results.push(
    await measure({
      shards,
      portBase: Number(flags["port-base"]),
      seconds: Number(flags.seconds),
      runs: Number(flags.runs),
      samples: Number(flags.samples),
      clients: Number(flags.clients),
      underWay: Number(flags["under-way"]),
    }),
  );
}
if (flags.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else {
  const [processor] = cpus();
  process.stdout.write(
    `${cpus().length} x ${processor?.model ?? "?"}, Node ${process.version}, everything on this machine\n` +
      `${results.map(render).join("\n")}\n`,
  );
}

/**
 * `npm run bench:pipeline`: acknowledged orders a second and order-to-acknowledgement latency
 * through the whole exchange, next to what JetStream alone gives in the same run.
 *
 * Measured: client SDK → gateway → replicated log (3 servers, synced) → engine → reply, every party
 * a process of its own on this machine, and what each used of the processor. Latency at low load is
 * one order at a time, alternating with one raw publish, so that both see the same machine, when
 * the cluster has settled after its first load. With `--auditor` and `--projector`, also how far
 * those are behind the logs and what they cost the others: they are looked at ten times a second,
 * and run only in every other run under load.
 * Not measured: a network between machines; other people's load on this one.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { systemClock } from "../../cluster/clock.ts";
import { shardOfAccount, shardOfInstrument } from "../../protocols/placement.ts";
import { embeddedDatabase } from "../config/process-settings.ts";
import { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { Followers } from "./followers.ts";
import type { FollowerKind, FollowerLag } from "./followers.ts";
import { startForgetfulReceiver } from "./forgetful-receiver.ts";
import { LoadMeasurement } from "./load-measurement.ts";
import type { LoadResult } from "./load-measurement.ts";
import { clear, funds, loadFrom, price, settle, symbol } from "./order-load.ts";
import type { Lag } from "./lag-meter.ts";
import type { Percentiles } from "./percentiles.ts";
import { percentilesOf } from "./percentiles.ts";
import { RawPublish } from "./raw-publish.ts";

interface PipelineOptions {
  readonly shards: number;
  readonly portBase: number;
  readonly seconds: number;
  readonly runs: number;
  readonly samples: number;
  readonly clients: number;
  readonly underWay: number;
  /** Of how many orders in a thousand an auditor is to tell traces; undefined for no auditor. */
  readonly perMille: number | undefined;
  /** The database of a projector: its address, or `embedded`; undefined for no projector. */
  readonly history: string | undefined;
}

interface PipelineResult {
  readonly shards: number;
  readonly raw: { readonly latencyMs: Percentiles; readonly messagesPerSecond: number };
  readonly order: { readonly latencyMs: Percentiles };
  readonly p50Ratio: number;
  readonly load: LoadResult;
  /** The same while somebody follows the logs, where that is measured. */
  readonly followed?: FollowedResult;
}

interface FollowedResult extends LoadResult {
  /** Of the medians: with those who follow, divided by without them. */
  readonly ratio: number;
  /** Of each who follows, by run. */
  readonly lags: readonly FollowerLag[];
}

interface Measured {
  readonly cluster: ThrowawayCluster;
  readonly followers: Followers | undefined;
}

async function measure(options: PipelineOptions): Promise<PipelineResult> {
  const { perMille } = options;
  const receiver = perMille === undefined ? undefined : await startForgetfulReceiver();
  const traces = receiver && { otlp: receiver.url, perMille: perMille ?? 0 };
  const cluster = await ThrowawayCluster.start({ ...options, traces });
  let raw: RawPublish | undefined;
  let followers: Followers | undefined;
  try {
    const kinds = followerKinds(options);
    if (kinds.length > 0) followers = await Followers.open(cluster, kinds);
    await followers?.stop();
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
    const loads = await fullLoad({ cluster, followers }, clients, options);
    const rawLatency = percentilesOf(low.rawMs);
    const orderLatency = percentilesOf(low.orderMs);
    for (const client of clients) await client.close();
    return {
      shards: options.shards,
      raw: { latencyMs: rawLatency, messagesPerSecond: rawRate },
      order: { latencyMs: orderLatency },
      p50Ratio: orderLatency.p50 / rawLatency.p50,
      ...loads,
    };
  } finally {
    await followers?.close();
    await raw?.close();
    await cluster.close();
    receiver?.close();
  }
}

function followerKinds({ perMille, history }: PipelineOptions): readonly FollowerKind[] {
  const kinds: FollowerKind[] = [];
  if (perMille !== undefined) kinds.push("auditor");
  if (history !== undefined) kinds.push("projector");
  return kinds;
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

/** So often with those who follow the logs as without them, in turn. */
async function fullLoad(
  { cluster, followers }: Measured,
  clients: readonly OutcryClient[],
  options: PipelineOptions,
): Promise<Pick<PipelineResult, "load" | "followed">> {
  const alone = new LoadMeasurement(cluster, clients, options);
  const followed = new LoadMeasurement(cluster, clients, options);
  const lags: FollowerLag[] = [];
  const runAlone = async (): Promise<void> => {
    await followers?.stop();
    await alone.run();
    // Half of the orders rest: so that the next run finds the same book, and accounts some room.
    await clear(clients);
  };
  const runFollowed = async (): Promise<void> => {
    if (followers === undefined) return;
    await followers.start();
    lags.push(...(await followers.measure(() => followed.run())));
    await clear(clients);
  };
  for (let run = 0; run < options.runs; run++) {
    // Whoever comes second finds another machine: both do so as often.
    const both = run % 2 === 0 ? [runAlone, runFollowed] : [runFollowed, runAlone];
    for (const one of both) await one();
  }
  const load = alone.result();
  if (followers === undefined) return { load };
  const beside = followed.result();
  return { load, followed: { ...beside, ratio: beside.median / load.median, lags } };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const ms = (value: number): string => value.toFixed(2);

function render(result: PipelineResult): string {
  const { raw, order, load, followed } = result;
  return [
    `shards ${result.shards}`,
    `  raw publish, 256 B, one at a time   p50 ${ms(raw.latencyMs.p50)} ms  p99 ${ms(raw.latencyMs.p99)} ms`,
    `  order to acknowledgement, likewise  p50 ${ms(order.latencyMs.p50)} ms  p99 ${ms(order.latencyMs.p99)} ms  (p50 = ${result.p50Ratio.toFixed(2)} x raw)`,
    `  raw publish, 256 B, 100 under way   ${Math.round(raw.messagesPerSecond)} messages/s`,
    `  orders acknowledged under load      ${Math.round(load.median)} orders/s, median of ${load.ordersPerSecond.map((rate) => Math.round(rate)).join(", ")}`,
    `  latency under load                  p50 ${ms(load.latencyMs.p50)} ms  p99 ${ms(load.latencyMs.p99)} ms`,
    `  processor time an order (us)        ${processorInWords(load)}`,
    ...(followed === undefined ? [] : renderFollowed(followed)),
  ].join("\n");
}

function renderFollowed(followed: FollowedResult): readonly string[] {
  const { ordersPerSecond, median, ratio, latencyMs, lags } = followed;
  const kinds = [...new Set(lags.map(({ follower }) => follower))];
  const runs = ordersPerSecond.map((rate) => Math.round(rate)).join(", ");
  return [
    `  the same with ${kinds.join(" and ")}, run by run in turn`,
    `  orders acknowledged under load      ${Math.round(median)} orders/s, median of ${runs}  (= ${ratio.toFixed(2)} x without)`,
    `  latency under load                  p50 ${ms(latencyMs.p50)} ms  p99 ${ms(latencyMs.p99)} ms`,
    `  processor time an order (us)        ${processorInWords(followed)}`,
    ...kinds.flatMap((kind) => renderLags(lags.filter(({ follower }) => follower === kind))),
  ];
}

/** A line for each run of one of them. */
function renderLags(lags: readonly FollowerLag[]): readonly string[] {
  return lags.map(({ follower, most, atEnd, caughtUpMs }, run) => {
    const after =
      caughtUpMs === null ? "not caught up" : `caught up ${Math.round(caughtUpMs)} ms later`;
    const heading = `  ${follower}, run ${run + 1}, was behind by`.padEnd(38);
    return `${heading}${lagInWords(most)} at most, ${lagInWords(atEnd)} at the end; ${after}`;
  });
}

function lagInWords({ entries, ms: time }: Lag): string {
  return `${entries} ${entries === 1 ? "entry" : "entries"}, ${Math.round(time)} ms`;
}

function processorInWords({ processorUsPerOrder }: LoadResult): string {
  return processorUsPerOrder.map(({ name, us }) => `${name} ${us.toFixed(1)}`).join(", ");
}

const usage = `usage: npm run bench:pipeline -- [options]

  --shards N,...  clusters to measure, by their number of shards (1,3)
  --seconds N     how long each run under load takes (5)
  --runs N        runs under load (5)
  --samples N     orders one at a time (400)
  --clients N     clients under load (4)
  --under-way N   orders that each of them keeps under way (4000)
  --auditor       run as often beside an auditor that tells traces to a receiver which forgets
                  them, in turn with runs without it; say how far it is behind
  --share N       of so many orders in a thousand (1000)
  --projector     likewise beside a projector, with a database of its own in PGlite
  --database URL  or with this database of a PostgreSQL server, which nobody has written to
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
    auditor: { type: "boolean", default: false },
    share: { type: "string", default: "1000" },
    projector: { type: "boolean", default: false },
    database: { type: "string" },
    "port-base": { type: "string", default: "24600" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(usage);
  process.exit();
}

const shardCounts = flags.shards.split(",").map(Number);
if (flags.database !== undefined && shardCounts.length > 1) {
  process.stderr.write(
    "a database takes the history of one cluster: give one number of --shards\n",
  );
  process.exit(2);
}

const results: PipelineResult[] = [];
for (const shards of shardCounts) {
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
      perMille: flags.auditor ? Number(flags.share) : undefined,
      history: flags.projector ? (flags.database ?? embeddedDatabase) : flags.database,
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

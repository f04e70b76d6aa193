/**
 * `npm run bench:telemetry`: what it costs the whole exchange to measure itself and to be asked.
 *
 * Two clusters run side by side, alike but for telemetry. In pairs, now the one first and now the
 * other, each gets the same load, while the processes of the one that measures are scraped every
 * five seconds, three times as often as is usual. The cost is the median over all pairs of what the
 * one took more of than the other: processor time of our processes for an order under load, and of
 * the nats-servers with them; the time between two answers under load, and of an order by itself.
 * And what counting takes by itself, timed apart: that is too little to be seen in the whole on a
 * machine that others use.
 * Not measured: Prometheus and whoever else stores what is told.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { systemClock } from "../../cluster/clock.ts";
import { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { timeCounting } from "./counting-time.ts";
import { clear, funds, loadFrom, price, settle, symbol } from "./order-load.ts";
import { medianOf } from "./percentiles.ts";

interface Side {
  readonly cluster: ThrowawayCluster;
  readonly clients: readonly OutcryClient[];
  /** Asked every second while it is measured; none for the cluster without telemetry. */
  readonly scraped: readonly string[];
}

/** Less is better of each. */
interface Measurement {
  readonly ourProcessorUs: number;
  readonly processorUs: number;
  readonly betweenAnswersUs: number;
  readonly aloneUs: number;
}

interface Cost {
  /** Medians, without and with telemetry. */
  readonly without: number;
  readonly with: number;
  readonly percent: number;
  /** Of each pair. */
  readonly percents: readonly number[];
}

const scrapeEveryMs = 5000;
const whats = ["ourProcessorUs", "processorUs", "betweenAnswersUs", "aloneUs"] as const;
const titles: Readonly<Record<keyof Measurement, string>> = {
  ourProcessorUs: "processor time an order, our processes",
  processorUs: "processor time an order, with nats-servers",
  betweenAnswersUs: "time for an order under load",
  aloneUs: "order to ack, one at a time, p50",
};

const usage = `usage: npm run bench:telemetry -- [options]

  --pairs N       pairs of runs, with telemetry and without (10)
  --seconds N     how long each run under load takes (3)
  --samples N     orders one at a time in each run (100)
  --clients N     clients under load (2)
  --under-way N   orders that each of them keeps under way (1000)
  --shards N      shards of each cluster (1)
  --port-base N   the first port to use; the other cluster's is 100 above (24900)
  --json          the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    pairs: { type: "string", default: "10" },
    seconds: { type: "string", default: "3" },
    samples: { type: "string", default: "100" },
    clients: { type: "string", default: "2" },
    "under-way": { type: "string", default: "1000" },
    shards: { type: "string", default: "1" },
    "port-base": { type: "string", default: "24900" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function open(hasTelemetry: boolean): Promise<Side> {
  const portBase = Number(flags["port-base"]) + (hasTelemetry ? 0 : 100);
  const shards = Number(flags.shards);
  const cluster = await ThrowawayCluster.start({ shards, portBase, hasTelemetry });
  const names = Array.from({ length: Number(flags.clients) }, (_, index) => `bench-${index + 1}`);
  const clients = await cluster.participants(names, funds);
  const urls = cluster.file.processes.flatMap(({ telemetryUrl }) => telemetryUrl ?? []);
  if ((urls.length === 0) === hasTelemetry) throw new Error("telemetry is not as it was asked for");
  return { cluster, clients, scraped: urls.map((url) => `${url}/metrics`) };
}

async function close({ cluster, clients }: Side): Promise<void> {
  for (const client of clients) await client.close();
  await cluster.close();
}

async function measure({ cluster, clients, scraped }: Side): Promise<Measurement> {
  const [first] = clients;
  if (first === undefined) throw new Error("at least one client is needed");
  const stopScraping = scrape(scraped);
  const load = { seconds: Number(flags.seconds), underWay: Number(flags["under-way"]) };
  const [oursBefore, before] = secondsOf(cluster);
  const startMs = systemClock.nowMs();
  const counts = await Promise.all(clients.map((client) => loadFrom(client, load, [])));
  const orders = counts.reduce((sum, count) => sum + count, 0);
  const tookUs = (systemClock.nowMs() - startMs) * 1000;
  const [ours, all] = secondsOf(cluster);
  const ourProcessorUs = ((ours - oursBefore) * 1e6) / orders;
  const processorUs = ((all - before) * 1e6) / orders;
  await clear(clients);
  const aloneUs = await oneAtATime(first);
  await stopScraping();
  return { ourProcessorUs, processorUs, betweenAnswersUs: tookUs / orders, aloneUs };
}

/** Of our processes, and of all: the nats-servers know of no telemetry. */
function secondsOf(cluster: ThrowawayCluster): readonly [ours: number, all: number] {
  const servers = new Set(cluster.file.servers.map(({ name }) => name));
  const times = cluster.processorTimes();
  const sum = (some: typeof times): number => some.reduce((all, { seconds }) => all + seconds, 0);
  return [sum(times.filter(({ name }) => !servers.has(name))), sum(times)];
}

async function oneAtATime(client: OutcryClient): Promise<number> {
  const times: number[] = [];
  for (let sample = 0; sample < Number(flags.samples); sample++) {
    const startMs = systemClock.nowMs();
    await client.place({ symbol, side: "buy", type: "limit", price: price - 1000, quantity: 1 });
    times.push((systemClock.nowMs() - startMs) * 1000);
  }
  await client.cancelAll();
  return medianOf(times);
}

/** Scrapes until the returned function is called. */
function scrape(urls: readonly string[]): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const once = (): void => {
    last = Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  };
  once();
  const timer = setInterval(once, scrapeEveryMs);
  return async () => {
    clearInterval(timer);
    await last;
  };
}

/** Of each pair first the one without. */
function costOf(
  pairs: readonly (readonly [Measurement, Measurement])[],
  what: keyof Measurement,
): Cost {
  const percents = pairs.map(([off, on]) => (100 * (on[what] - off[what])) / off[what]);
  return {
    without: medianOf(pairs.map(([off]) => off[what])),
    with: medianOf(pairs.map(([, on]) => on[what])),
    percent: medianOf(percents),
    percents,
  };
}

async function measurePairs(pairs: number): Promise<Readonly<Record<keyof Measurement, Cost>>> {
  const sides: Side[] = [];
  try {
    for (const hasTelemetry of [false, true]) sides.push(await open(hasTelemetry));
    // Code compiled, connections warm.
    for (const side of [...sides, ...sides]) await measure(side);
    for (const { clients } of sides) await settle(clients[0]!);
    const taken: [Measurement, Measurement][] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const order = pair % 2 === 0 ? [0, 1] : [1, 0];
      const measured: Measurement[] = [];
      for (const index of order) measured[index] = await measure(sides[index]!);
      taken.push([measured[0]!, measured[1]!]);
      if (!flags.json) process.stderr.write(`pair ${pair + 1} of ${pairs}\n`);
    }
    return {
      ourProcessorUs: costOf(taken, "ourProcessorUs"),
      processorUs: costOf(taken, "processorUs"),
      betweenAnswersUs: costOf(taken, "betweenAnswersUs"),
      aloneUs: costOf(taken, "aloneUs"),
    };
  } finally {
    for (const side of sides) await close(side);
  }
}

if (flags.help) process.stdout.write(usage);
else {
  const counting = await timeCounting();
  const costs = await measurePairs(Number(flags.pairs));
  if (flags.json) process.stdout.write(`${JSON.stringify({ counting, ...costs }, null, 2)}\n`);
  else {
    const [processor] = cpus();
    process.stdout.write(
      `${cpus().length} x ${processor?.model ?? "?"}, Node ${process.version}\n`,
    );
    const { orderNs, batchedOrderNs, frameNs, scrapeMs } = counting;
    const { notedOrderNs, notedBesideOthersNs } = counting;
    process.stdout.write(
      `  counting: ${orderNs.toFixed(0)} ns an order, ${batchedOrderNs.toFixed(0)} in a batch of ` +
        `100, ${frameNs.toFixed(0)} a frame; ${scrapeMs.toFixed(1)} ms a scrape of a gateway\n` +
        `  notes: ${notedOrderNs.toFixed(0)} ns an order alone in its frame, ` +
        `${notedBesideOthersNs.toFixed(0)} one of a hundred\n`,
    );
    for (const what of whats) {
      const { without, with: on, percent, percents } = costs[what];
      const all = percents.map((each) => each.toFixed(1)).join(", ");
      const line = `${titles[what]}: ${without.toFixed(1)} us without, ${on.toFixed(1)} with`;
      process.stdout.write(`  ${line}; ${percent.toFixed(1)} %, median of ${all}\n`);
    }
  }
}

/**
 * `npm run bench:overload`: what becomes of orders when twice as many come as the exchange takes:
 * how many are refused as busy, how soon, and how long the accepted ones take.
 *
 * Measured: a cluster of its own on this machine, one shard, single orders as JSON requests that
 * come whether or not earlier ones were answered. First the rate that it answers when so many are
 * under way, then offered rates as multiples of that. Latency counts from when an order was due.
 * How much of it is the generator's own is told, too: how late it sent, and how long what came back
 * waited before it was heard.
 * Not measured: the SDK, which asks again after a refusal; a network between machines.
 */
import { parseArgs } from "node:util";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { delay, systemClock } from "../../cluster/clock.ts";
import { clientSubjects } from "../../protocols/subjects.ts";
import { inboxPrefix } from "../credentials/permissions.ts";
import { loadKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { percentilesOf } from "./percentiles.ts";
import { withAwakeProcessors } from "./processors/awake-processors.ts";
import { processorTime, stolenPercent } from "./processors/stolen-time.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    "under-way": { type: "string", default: "256" },
    multiples: { type: "string", default: "0.5,1,2" },
    "port-base": { type: "string", default: "24900" },
    undisturbed: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const account = "bench-1";
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const tickMs = 5;
const seconds = Number(flags.seconds);

interface Answers {
  readonly accepted: number[];
  readonly busy: number[];
  unknown: number;
  /** How late each was sent. */
  readonly late: number[];
  /** How long what came back waited before it was heard. */
  readonly wait: number[];
}

class Generator {
  readonly #connection: JetStreamConnection;
  readonly #bus: JetStreamBus;
  #placed = 0;

  constructor(connection: JetStreamConnection) {
    this.#connection = connection;
    this.#bus = new JetStreamBus(connection);
  }

  /** Keeps so many under way; returns how many a second were answered. */
  async saturate(underWay: number): Promise<{ rate: number; answers: Answers }> {
    const answers: Answers = { accepted: [], busy: [], unknown: 0, late: [], wait: [] };
    const endMs = systemClock.nowMs() + seconds * 1000;
    const lane = async (): Promise<void> => {
      while (systemClock.nowMs() < endMs) await this.#place(systemClock.nowMs(), answers);
    };
    await Promise.all(Array.from({ length: underWay }, lane));
    return { rate: answers.accepted.length / seconds, answers };
  }

  /** Sends so many a second, whatever comes back. */
  async offer(rate: number): Promise<Answers> {
    const answers: Answers = { accepted: [], busy: [], unknown: 0, late: [], wait: [] };
    const startMs = systemClock.nowMs();
    const all: Promise<void>[] = [];
    let sent = 0;
    while (systemClock.nowMs() - startMs < seconds * 1000) {
      const due = Math.floor(((systemClock.nowMs() - startMs) * rate) / 1000);
      for (; sent < due; sent++) all.push(this.#place(startMs + (sent * 1000) / rate, answers));
      void this.#connection.nats.rtt().then((ms) => answers.wait.push(ms));
      await delay(systemClock, tickMs);
    }
    await Promise.all(all);
    return answers;
  }

  async #place(dueMs: number, answers: Answers): Promise<void> {
    this.#placed += 1;
    answers.late.push(systemClock.nowMs() - dueMs);
    const price = 6_300_000 - (this.#placed % 50);
    const order = { symbol: "BTC-USDT", side: "buy", type: "limit", price, quantity: 1 };
    const body = encoder.encode(JSON.stringify(order));
    try {
      const subject = clientSubjects.account(account, "order.place");
      const reply = await this.#bus.request(subject, body, { timeoutMs: 10_000 });
      const answer = JSON.parse(decoder.decode(reply)) as { ok: boolean; error?: { name: string } };
      const tookMs = systemClock.nowMs() - dueMs;
      if (answer.ok) answers.accepted.push(tookMs);
      else if (answer.error?.name === "busy") answers.busy.push(tookMs);
      else answers.unknown += 1;
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      answers.unknown += 1;
    }
  }
}

async function measure(): Promise<void> {
  const cluster = await ThrowawayCluster.start({ shards: 1, portBase: Number(flags["port-base"]) });
  try {
    const funded = await cluster.participant(account, { USDT: "4000000000000000" });
    await funded.close();
    const keys = await loadKeys(cluster.file.keys);
    const { creds: text } = await mintUser(keys, { role: "participant", name: account });
    const connection = await JetStreamConnection.open({
      servers: cluster.servers,
      name: account,
      credentials: text,
      inboxPrefix: inboxPrefix("participant", account),
    });
    const generator = new Generator(connection);
    const underWay = Number(flags["under-way"]);
    await generator.saturate(underWay);
    const { rate, answers } = await generator.saturate(underWay);
    say(`capacity with ${underWay} under way: ${Math.round(rate)}/s, ${told(answers)}`);
    for (const multiple of (flags.multiples ?? "").split(",").map(Number)) {
      const offered = rate * multiple;
      say(
        `offered ${multiple} x (${Math.round(offered)}/s): ${told(await generator.offer(offered))}`,
      );
      await delay(systemClock, 1000);
    }
    await connection.close();
  } finally {
    await cluster.close();
  }
}

function told({ accepted, busy, unknown, late, wait }: Answers): string {
  const of = (times: number[]): string => {
    if (times.length === 0) return "0";
    const { p50, p99 } = percentilesOf(times);
    return `${times.length} (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`;
  };
  return `accepted ${of(accepted)}, busy ${of(busy)}, without an outcome ${unknown}, sent late ${of(late)}, heard late ${of(wait)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (flags.help) {
  say(
    "usage: npm run bench:overload -- [--seconds 5] [--under-way 256] [--multiples 0.5,1,2] " +
      "[--undisturbed]",
  );
} else {
  const before = processorTime();
  // A host takes idle processors away, and gives them back late.
  await (flags.undisturbed ? withAwakeProcessors(measure) : measure());
  const stolen = stolenPercent(before, processorTime());
  if (stolen !== null) say(`other machines on the host took ${stolen.toFixed(1)} % of the time`);
}

/** `outcry latency`: how long gateways wait for answers to commands on orders. */
import { Command, InvalidArgumentError } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { interrupted } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface LatencyFlags extends CommonOptions {
  readonly watch?: number | true;
  readonly url?: readonly string[];
}

const watchSecondsDefault = 5;
const answerTimeoutMs = 3000;

export function command(): Command {
  const latency = new Command("latency")
    .description(
      "Shows how long commands on orders take, from a gateway's admission until the actors' " +
        "answer is back, as percentiles since each gateway started.",
    )
    .option("--watch [seconds]", "only what came in the last seconds, again and again", seconds)
    .option("--url <url...>", "gateways elsewhere, by where they tell their metrics");
  return withCommonOptions(latency).action(async (flags: LatencyFlags) => {
    const gateways = flags.url ? gatewaysAt(flags.url) : gatewaysHere(flags);
    if (flags.watch === undefined) await show(flags, gateways);
    else await watch(flags, gateways);
  });
}

/** By name, where it tells of itself; null where it does not. */
type Gateways = ReadonlyMap<string, string | null>;

function gatewaysHere(flags: LatencyFlags): Gateways {
  const { processes } = findCluster(flags).file;
  const gateways = processes.filter(({ kind }) => kind === "gateway");
  if (gateways.every(({ telemetryUrl }) => telemetryUrl === null)) {
    const message =
      "no gateway tells of itself: they run without telemetry, or their ports are taken";
    throw new CommandFault("no-telemetry", message);
  }
  return new Map(gateways.map(({ name, telemetryUrl }) => [name, telemetryUrl]));
}

function gatewaysAt(urls: readonly string[]): Gateways {
  return new Map(urls.map((url) => [url, url]));
}

async function show(flags: LatencyFlags, gateways: Gateways): Promise<void> {
  const { reportLatency, renderLatency } = await import("./latency-report.ts");
  const { readings, silent } = await readAll(gateways);
  if (readings.length === 0) {
    throw new CommandFault("unanswered", `no gateway answers: ${silent.join(", ")}`);
  }
  print(flags, reportLatency(readings, silent), renderLatency);
}

async function watch(flags: LatencyFlags, gateways: Gateways): Promise<void> {
  const { reportLatency, renderLatency, LatencyWatch } = await import("./latency-report.ts");
  const everySeconds = flags.watch === true ? watchSecondsDefault : (flags.watch ?? 0);
  const over = new AbortController();
  void interrupted().then(() => over.abort());
  const watched = new LatencyWatch();
  for (let round = 0; !over.signal.aborted; round++) {
    const { readings, silent } = await readAll(gateways);
    const latest = watched.latest(readings);
    if (round > 0) print(flags, reportLatency(latest, silent), renderLatency);
    await sleep(everySeconds * 1000, undefined, { signal: over.signal }).catch(() => undefined);
  }
}

async function readAll(gateways: Gateways) {
  const { decodeReading, latencyPath } = await import("../telemetry/latency-page.ts");
  const silent: string[] = [];
  const asked = [...gateways].map(async ([name, url]) => {
    const text = url === null ? undefined : await fetchText(new URL(latencyPath, url).href);
    const reading = text === undefined ? undefined : decodeReading(text);
    if (reading === undefined) silent.push(name);
    return reading ?? [];
  });
  return { readings: (await Promise.all(asked)).flat(), silent };
}

async function fetchText(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerTimeoutMs) });
    return response.ok ? await response.text() : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function seconds(text: string): number {
  const count = Number(text);
  if (/^[0-9]{1,5}(\.[0-9]+)?$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError("It is a number of seconds.");
}

/**
 * The gap study: one fault in a world that is calm otherwise, and how long nobody is answered who
 * asks again and again.
 *
 * In virtual time nothing costs anything but waiting, so what is measured is the protocol: how long
 * it takes to notice, to agree on who goes on, and to be heard. It is the same on every machine.
 */
import { newestLogic } from "../../actors/index.ts";
import { longestGap } from "../../ops/bench/longest-gap.ts";
import { percentilesOf } from "../../ops/bench/percentiles.ts";
import { OrderHistory } from "./checkers/order-history.ts";
import type { Fault } from "./faults/fault.ts";
import { allFaults } from "./faults/swarm.ts";
import { BackOffice } from "./parts/back-office.ts";
import { SimCluster } from "./parts/sim-cluster.ts";
import { TradingWorkload } from "./parts/trading-workload.ts";
import { Chance } from "./world/chance.ts";
import { SimWorld } from "./world/sim-world.ts";

export interface GapFigures {
  readonly fault: string;
  readonly runs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The same before the fault. */
  readonly calmP99Ms: number;
}

export interface GapStudyOptions {
  /** A world for each. */
  readonly seeds: readonly number[];
  /** For how long after its end the fault may still be felt. */
  readonly afterMs: number;
}

/** Time to settle, and to be calm. */
const settlingMs = 2000;
const calmMs = 2000;

export function faultNamed(name: string): Fault {
  const fault = allFaults.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new RangeError(`there is no fault ${name}`);
  return fault;
}

export async function studyGaps(
  fault: Fault,
  { seeds, afterMs }: GapStudyOptions,
): Promise<GapFigures> {
  const gaps: number[] = [];
  const calm: number[] = [];
  for (const seed of seeds) {
    const study = await studyOnce(fault, seed, afterMs);
    if (study === undefined) continue;
    gaps.push(study.gapMs);
    calm.push(study.calmMs);
  }
  const { p50 = 0, p99 = 0, max = 0 } = gaps.length > 0 ? percentilesOf(gaps) : {};
  const calmP99Ms = calm.length > 0 ? percentilesOf(calm).p99 : 0;
  return {
    ...{ fault: fault.name, runs: gaps.length },
    ...{ p50Ms: p50, p99Ms: p99, maxMs: max, calmP99Ms },
  };
}

/** Undefined when the fault found nothing to befall. */
async function studyOnce(fault: Fault, seed: number, afterMs: number) {
  const world = new SimWorld(new Chance(seed).branch("gaps"), 1);
  const cluster = new SimCluster(world, {
    engines: 3,
    gateways: 2,
    snapshotEveryEntries: 1000,
    emission: "chosen",
    logicMax: newestLogic,
    report: () => undefined,
  });
  const history = new OrderHistory();
  const office = new BackOffice(world);
  const workload = new TradingWorkload(world, { office, history, pauseMs: 8 });
  cluster.start();
  let isOpen = false;
  void workload.open().then(() => (isOpen = true));
  await world.time.run(Infinity, () => isOpen);
  workload.begin();
  const pass = (ms: number): Promise<void> => world.time.run(world.time.nowMs + ms, () => false);
  await pass(settlingMs);
  const calmFromMs = world.time.nowMs;
  await pass(calmMs);
  const struckAtMs = world.time.nowMs;
  const struck = fault.strike(cluster, world.chance.branch("strike"));
  if (struck === undefined) return undefined;
  if (struck.lastsMs > 0) world.time.after(struck.lastsMs, struck.heal);
  await pass(struck.lastsMs + afterMs);
  workload.end();
  const answeredAtMs = history.asked
    .filter(({ ending }) => ending?.kind === "answered")
    .map(({ endedAtMs }) => endedAtMs)
    .sort((a, b) => a - b);
  return {
    calmMs: longestGapBetween(calmFromMs, struckAtMs, answeredAtMs),
    gapMs: longestGapBetween(struckAtMs, world.time.nowMs, answeredAtMs),
  };
}

function longestGapBetween(fromMs: number, untilMs: number, atMs: readonly number[]): number {
  const within = atMs.filter((ms) => ms > fromMs && ms < untilMs);
  return longestGap([fromMs, ...within, untilMs]);
}

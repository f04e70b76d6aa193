/**
 * What many simulations came to, added up.
 */
import type { SimulationResult } from "./simulation.ts";
import type { PoolResult } from "./worker-pool.ts";

export interface Totals {
  readonly seeds: number;
  readonly failed: readonly FailedSeed[];
  readonly virtualMs: number;
  /** The longest that any world took to come to rest once it was healed. */
  readonly restMsMax: number;
  /** Of all workers together. */
  readonly realMs: number;
  readonly cpuMs: number;
  readonly turns: number;
  readonly entries: number;
  readonly commands: number;
  readonly moves: number;
  readonly nodeChanges: number;
  readonly replicasCompared: number;
  readonly booksCompared: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

export interface FailedSeed {
  readonly seed: number;
  readonly promise: string;
  readonly message: string;
  readonly stack: string;
}

const summed = [
  "virtualMs",
  "realMs",
  "cpuMs",
  "turns",
  "entries",
  "commands",
  "moves",
  "nodeChanges",
  "replicasCompared",
  "booksCompared",
] as const;

export const noTotals: Totals = {
  seeds: 0,
  failed: [],
  virtualMs: 0,
  restMsMax: 0,
  realMs: 0,
  cpuMs: 0,
  turns: 0,
  entries: 0,
  commands: 0,
  moves: 0,
  nodeChanges: 0,
  replicasCompared: 0,
  booksCompared: 0,
  endings: {},
  faults: {},
};

export function added(totals: Totals, result: PoolResult): Totals {
  const { seed, failure } = result;
  const failed = failure === undefined ? totals.failed : [...totals.failed, { seed, ...failure }];
  const seeds = totals.seeds + 1;
  if (!isWhole(result)) return { ...totals, seeds, failed };
  const sums = Object.fromEntries(summed.map((name) => [name, totals[name] + result[name]]));
  return {
    ...totals,
    ...sums,
    restMsMax: Math.max(totals.restMsMax, result.restMs),
    seeds,
    failed,
    endings: sumOf(totals.endings, result.endings),
    faults: sumOf(totals.faults, result.faults),
  };
}

function isWhole(result: PoolResult): result is SimulationResult {
  return "trace" in result;
}

function sumOf(
  some: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sums = { ...some };
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/**
 * How much of the processors' time was taken by other virtual machines on the same host, as Linux
 * counts it ("steal", proc(5)). While it is taken nothing runs here, neither the cluster nor its
 * clients, and a gap tells of the host.
 */
import { readFileSync } from "node:fs";

/** Since the machine's start, in the kernel's ticks, of all processors together. */
export interface ProcessorTime {
  readonly all: number;
  readonly stolen: number;
}

/** Undefined where the system does not tell. */
export function processorTime(): ProcessorTime | undefined {
  if (process.platform !== "linux") return undefined;
  return processorTimeIn(readFileSync("/proc/stat", "utf8"));
}

/** @param stat what stands in `/proc/stat` */
export function processorTimeIn(stat: string): ProcessorTime | undefined {
  const [first = ""] = stat.split("\n");
  // user, nice, system, idle, iowait, irq, softirq, steal; what guests took is in the first two.
  const ticks = first.split(/\s+/).slice(1, 9).map(Number);
  const stolen = ticks[7];
  if (stolen === undefined || ticks.some(Number.isNaN)) return undefined;
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen };
}

/** Between two readings; null where one of them is missing. */
export function stolenPercent(
  from: ProcessorTime | undefined,
  to: ProcessorTime | undefined,
): number | null {
  if (from === undefined || to === undefined || to.all <= from.all) return null;
  return (100 * (to.stolen - from.stolen)) / (to.all - from.all);
}

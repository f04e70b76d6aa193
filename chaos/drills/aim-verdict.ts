/** Whether the runs of a drill met its aim, and by how much. Only arithmetic. */
import type { Percentiles } from "../../ops/bench/percentiles.ts";
import type { Aim } from "./drill.ts";
import type { AimVerdict, GapAim } from "./drill-report.ts";

/** What is held against the aim, over all runs. */
export interface Measured {
  /** Of each run, the longest gap in the shards that the fault is about. */
  readonly gapMs: Percentiles;
  /** Of each run, the longest gap in the shards that it is not about; undefined without any. */
  readonly untouchedGapMs: Percentiles | undefined;
  readonly ackCalmMs: Percentiles;
  readonly ackFaultedMs: Percentiles;
  /** Of each run, from the fault's end to the next acknowledgement in every shard. */
  readonly backMs: Percentiles;
  /** Of each run, until nothing was wrong any more; Infinity where that was not seen. */
  readonly wholeMs: Percentiles;
  /** How long each command took that was asked for during the fault; Infinity without an answer. */
  readonly faultedTimesMs: readonly number[];
}

export function judgeAim(aim: Aim, measured: Measured): AimVerdict {
  const parts = partsOf(aim, measured);
  return { isMet: parts.every(({ isMet }) => isMet), parts };
}

export function aimInWords(aim: Aim): string {
  switch (aim.kind) {
    case "gap": {
      const p50 = aim.p50Ms === undefined ? "" : `p50 ${duration(aim.p50Ms)}, `;
      const rest =
        aim.untouchedP99Ms === undefined
          ? ""
          : `; in other shards p99 ${duration(aim.untouchedP99Ms)}`;
      return `longest gap: ${p50}p99 ${duration(aim.p99Ms)}${rest}`;
    }
    case "calm":
      return `no effect: acknowledgements p99 at most ${aim.growthPercentMax} % above calm`;
    case "back":
      return `acknowledged again within ${duration(aim.withinMs)} of the fault's end`;
    case "whole":
      return `whole again within ${duration(aim.withinMs)} of the fault's end`;
    case "share":
      return `${aim.percent} % of commands acknowledged within ${duration(aim.withinMs)}`;
  }
}

/** What the gaps of the shards that a fault is about are held against. */
export function gapAimsOf(aim: Aim): readonly GapAim[] {
  if (aim.kind !== "gap") return [];
  const p99 = { percentile: "p99", ms: aim.p99Ms } as const;
  return aim.p50Ms === undefined ? [p99] : [{ percentile: "p50", ms: aim.p50Ms }, p99];
}

function partsOf(aim: Aim, measured: Measured): AimVerdict["parts"] {
  switch (aim.kind) {
    case "gap": {
      const { gapMs, untouchedGapMs } = measured;
      return [
        ...(aim.p50Ms === undefined ? [] : [part("gap p50", gapMs.p50, aim.p50Ms)]),
        part("gap p99", gapMs.p99, aim.p99Ms),
        ...(aim.untouchedP99Ms === undefined || untouchedGapMs === undefined
          ? []
          : [part("gap p99 in other shards", untouchedGapMs.p99, aim.untouchedP99Ms)]),
      ];
    }
    case "calm": {
      const most = measured.ackCalmMs.p99 * (1 + aim.growthPercentMax / 100);
      return [part("acknowledgement p99", measured.ackFaultedMs.p99, most)];
    }
    case "back":
      return [part("acknowledged again after", measured.backMs.max, aim.withinMs)];
    case "whole":
      return [part("whole again after", measured.wholeMs.max, aim.withinMs)];
    case "share": {
      const { faultedTimesMs } = measured;
      const inTime = faultedTimesMs.filter((ms) => ms <= aim.withinMs).length;
      const percent = (100 * inTime) / faultedTimesMs.length;
      const text = `${percent.toFixed(3)} % within ${duration(aim.withinMs)} (aim ${aim.percent} %)`;
      return [{ text, isMet: percent >= aim.percent }];
    }
  }
}

function part(what: string, ms: number, mostMs: number): { text: string; isMet: boolean } {
  return { text: `${what} ${duration(ms)} (aim ${duration(mostMs)})`, isMet: ms <= mostMs };
}

/** "8.5 ms", "182 ms", "4.21 s". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "no end";
  if (ms >= 1000) return `${Number((ms / 1000).toFixed(2))} s`;
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : `${Math.round(ms)} ms`;
}

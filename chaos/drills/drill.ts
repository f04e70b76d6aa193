/** What a drill is: a story, a fault, how long it lasts, and what is aimed at meanwhile. */
import type { Nemesis } from "../nemeses/fault.ts";

/**
 * What speed is aimed at. That no promise is broken is no aim: it is asked of every drill.
 *
 * - `gap`: the longest time without an acknowledgement to a client, over the runs.
 * - `calm`: acknowledgements as fast as before, but for so many percent.
 * - `back`: acknowledged again so soon after the fault ended.
 * - `whole`: every copy of everything as the others so soon after the fault ended, by itself.
 * - `share`: so many percent of all commands acknowledged in time.
 */
export type Aim =
  | {
      readonly kind: "gap";
      readonly p50Ms?: number;
      readonly p99Ms: number;
      /** What shards that the fault is not about may notice. */
      readonly untouchedP99Ms?: number;
    }
  | { readonly kind: "calm"; readonly growthPercentMax: number }
  | { readonly kind: "back" | "whole"; readonly withinMs: number }
  | { readonly kind: "share"; readonly percent: number; readonly withinMs: number };

export interface Drill {
  readonly name: string;
  /** One line for people. */
  readonly story: string;
  readonly nemesis: Nemesis;
  /** How long the fault lasts: so long, or a time between two that the seed chooses. */
  readonly holdMs: number | readonly [min: number, max: number];
  /** How long after healing it is still looked at. */
  readonly settleMs: number;
  /** In which time the cluster has to be whole again after healing, without anybody's help. */
  readonly recoveryMsMax: number;
  readonly aim: Aim;
  /** Whether every connection goes through a proxy of ours. */
  readonly isProxied?: boolean;
  /** Whether the clocks of our own processes can be set. */
  readonly hasClocks?: boolean;
  /** Whether each machine has a disk of its own that can fail; not everybody may make one. */
  readonly hasDisks?: boolean;
}

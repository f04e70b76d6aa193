/**
 * A fault: something that befalls the world, and how it ends.
 */
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";

export interface Fault {
  /** Kebab-case: what it is called in reports. */
  readonly name: string;
  /**
   * Makes it happen, if there is anything that it could happen to now. Gives what it did and how
   * to undo that; undefined when there was nothing to do.
   */
  strike(cluster: SimCluster, chance: Chance): Struck | undefined;
}

export interface Struck {
  /** What it befell, for people. */
  readonly what: string;
  /** How long it lasts; 0 for what is over at once. */
  readonly lastsMs: number;
  readonly heal: () => void;
}

export function once(what: string): Struck {
  return { what, lastsMs: 0, heal: () => undefined };
}
